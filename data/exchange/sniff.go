package exchange

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"paradero/data/fault"
)

type form int

const (
	formText form = iota + 1
	formUTF16LE
	formUTF16BE
	formXLSX
)

// foreign are files that people send by mistake, known by their first bytes.
var foreign = []struct{ start, key string }{
	{"%PDF", "file_is_pdf"},
	{"\x89PNG", "file_is_image"},
	{"\xff\xd8\xff", "file_is_image"},
	{"GIF8", "file_is_image"},
	{"II*\x00", "file_is_image"},
	{"MM\x00*", "file_is_image"},
	{"\xd0\xcf\x11\xe0", "file_is_old_excel"},
	{`{\rtf`, "file_is_not_a_list"},
	{"\x1f\x8b", "file_is_not_a_list"},
	{"7z\xbc\xaf", "file_is_not_a_list"},
	{"Rar!", "file_is_not_a_list"},
	{"\x7fELF", "file_is_not_a_list"},
	{"MZ\x90", "file_is_not_a_list"},
}

// sniff says what a file is by its content; its name may say anything.
func sniff(r io.ReaderAt, size int64) (form, error) {
	if size <= 0 {
		return 0, fault.New(fault.Invalid, op, "file_empty")
	}
	if size > maxFile {
		return 0, fault.New(fault.Invalid, op, "file_too_large")
	}
	head := make([]byte, min(size, 8192))
	if n, err := r.ReadAt(head, 0); n < len(head) && err != nil {
		return 0, fault.Wrap(err, fault.Internal, op, "file_unreadable")
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.start)) {
			return 0, fault.New(fault.Invalid, op, f.key)
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return formXLSX, isWorkbook(r, size)
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return formUTF16LE, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return formUTF16BE, nil
	}
	return sniffText(head)
}

// sniffText tells text from other bytes; a UTF-16 without its mark shows by the
// place of its zeros.
func sniffText(head []byte) (form, error) {
	var zeros [2]int
	control := 0
	for i, b := range head {
		switch {
		case b == 0:
			zeros[i%2]++
		case b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f':
			control++
		}
	}
	half := len(head) / 2
	switch {
	case zeros[1] > half*3/4 && zeros[0] == 0 && half > 0:
		return formUTF16LE, nil
	case zeros[0] > half*3/4 && zeros[1] == 0 && half > 0:
		return formUTF16BE, nil
	case zeros[0]+zeros[1] > 0 || control > len(head)/50:
		return 0, fault.New(fault.Invalid, op, "file_is_not_a_list")
	}
	text := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(string(head), bom)))
	if text == "" && len(head) < 8192 {
		return 0, fault.New(fault.Invalid, op, "file_empty")
	}
	for _, tag := range []string{"<!doctype html", "<html", "<table", "<?xml"} {
		if strings.HasPrefix(text, tag) {
			return 0, fault.New(fault.Invalid, op, "file_is_web_page")
		}
	}
	return formText, nil
}

const bom = "\ufeff"

// isWorkbook looks into a zip without unpacking it.
func isWorkbook(r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "file_workbook_damaged")
	}
	var total uint64
	book := false
	for _, f := range z.File {
		total += f.UncompressedSize64
		if f.UncompressedSize64 > maxUnzip || total > maxUnzip || len(z.File) > 10000 {
			return fault.New(fault.Invalid, op, "file_too_large")
		}
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if strings.HasSuffix(name, "xl/workbook.xml") {
			book = true
		}
		if name == "content.xml" || name == "word/document.xml" || strings.HasSuffix(name, "xl/workbook.bin") {
			return fault.New(fault.Invalid, op, "file_is_other_office")
		}
	}
	if !book {
		return fault.New(fault.Invalid, op, "file_is_zip")
	}
	return nil
}

// decoded gives a cell as UTF-8: what is not valid is Windows-1252, which holds
// Latin-1. Deciding cell by cell also mends lists pasted together.
func decoded(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < 0x80 || c >= 0xa0:
			b.WriteRune(rune(c))
		default:
			b.WriteRune(windows1252[c-0x80])
		}
	}
	return b.String()
}

// windows1252 are the letters of 0x80 to 0x9f; the five unused become blanks.
var windows1252 = [32]rune{
	'€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ',
	' ', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
}
