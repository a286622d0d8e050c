package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"paradero/data/fault"
)

// drain reads a file to its end; whatever it is, it ends in rows or in an error
// with words.
func drain(t *testing.T, data []byte, as string) {
	table, err := Open(bytes.NewReader(data), int64(len(data)), "x", Options{As: as, Day: today})
	var e *fault.Error
	if err != nil {
		if !errors.As(err, &e) || e.Key == "" {
			t.Fatalf("an error without words: %v", err)
		}
		return
	}
	defer func() { _ = table.Close() }()
	last := 0
	for range 1 << 21 {
		row, err := table.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			if !errors.As(err, &e) {
				t.Fatalf("an error without words: %v", err)
			}
			return
		}
		if row.Num <= last {
			t.Fatalf("row %d after %d", row.Num, last)
		}
		last = row.Num
		for f, v := range row.Values {
			if v == "" {
				t.Fatalf("an empty value of %s", f)
			}
		}
	}
	t.Fatal("does not end")
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		offices, bom + offices, "sep=;\n" + offices, "CEDULA\n\"", "NOMBRES,APELLIDOS\n\"a\"\"b\",\"c\n", "CEDULA\r\r1\r", "\xff\xfeC\x00E\x00D\x00U\x00L\x00A\x00\n\x001\x00",
		"APELLIDOS Y NOMBRES|EDAD|PENA\nPAZ, ANA|34|5 años\n", "NOMBRES\n'=1\n", "CEDULA;ESTADO;FECHA\n1;fallecido;31/02/2021\n", "%PDF-", "CI\n\xf1\xe1",
	} {
		f.Add([]byte(s), byte(0))
		f.Add([]byte(s), byte(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, kind byte) {
		drain(t, data, Kinds[int(kind)%len(Kinds)])
	})
}

func FuzzXLSX(f *testing.F) {
	f.Add(workbook(f, func(x *excelize.File) {
		put(x, "Sheet1", 1, "CEDULA", "APELLIDOS Y NOMBRES", "F. NACIMIENTO")
		put(x, "Sheet1", 2, 1710034065, "PAZ ANA", 31000)
	}))
	f.Add(workbook(f, func(x *excelize.File) { put(x, "Sheet1", 1, "nada") }))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) { drain(t, data, "detainees") })
}

// cedula makes the i-th sound number of Pichincha.
func cedula(i int) string {
	digits := fmt.Sprintf("17%07d", i)
	sum := 0
	for k, d := range digits {
		n := int(d-'0') * (2 - k%2)
		if n > 9 {
			n -= 9
		}
		sum += n
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}

// people writes a list of n invented people.
func people(n int) []byte {
	given := []string{"LUIS ALBERTO", "ROSA MARIA", "JHON JAIRO", "CARLOS", "ANGELA"}
	last := []string{"GUAMAN", "QUISHPE", "YUPANGUI", "VERA", "MORA", "ZAMBRANO", "TIGSE"}
	var b strings.Builder
	b.WriteString("APELLIDOS Y NOMBRES;CEDULA;F. NACIMIENTO;SEXO;CENTRO;PABELLON;SITUACION JURIDICA;DELITO\n")
	for i := range n {
		fmt.Fprintf(&b, "%s %s %s;%s;%02d/%02d/%d;M;CPL GUAYAS N°%d;%d;SENTENCIADO;ROBO\n",
			last[i%7], last[i/7%7], given[i%5], cedula(i), 1+i%28, 1+i%12, 1950+i%50, 1+i%5, 1+i%12)
	}
	return []byte(b.String())
}

func BenchmarkCSV(b *testing.B) {
	data := people(100_000)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		table := open(b, data, "x", Options{AsOf: "2021-10-01"})
		for {
			row, err := table.Next()
			if err == io.EOF {
				break
			}
			if err != nil || row.Refused() {
				b.Fatal(err, row)
			}
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
