package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"paradero/assets"
	"paradero/data/fault"
)

func words(t *testing.T, lang assets.Lang) *assets.Words {
	t.Helper()
	w, err := assets.LoadWords(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestEveryErrorHasAWayOut looks at the errors of the office itself; a wrong
// command line says what to type in its one sentence.
func TestEveryErrorHasAWayOut(t *testing.T) {
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		b, err := os.ReadFile(filepath.Join("..", "assets", "locale", string(lang), "errors.json"))
		if err != nil {
			t.Fatal(err)
		}
		own := map[string]string{}
		if err := json.Unmarshal(b, &own); err != nil {
			t.Fatal(err)
		}
		for k := range own {
			if strings.HasPrefix(k, "error.") && !strings.HasSuffix(k, ".hint") && own[k+".hint"] == "" {
				t.Errorf("%s: %s has no way out", lang, k)
			}
		}
	}
}

func TestWordsOfFailures(t *testing.T) {
	w := words(t, assets.Spanish)
	for name, c := range map[string]struct {
		err  error
		want string
		code int
	}{
		"wrong passphrase": {fault.New(fault.Passphrase, "open office", "passphrase_wrong"), "La frase de acceso no es correcta.", 4},
		"wrapped":          {fmt.Errorf("open: %w", fault.New(fault.Damaged, "open office", "vault_damaged")), "El archivo de claves de esta oficina está dañado.", 5},
		"without words":    {fault.New(fault.Internal, "x", "no_such_key_ever"), "Algo falló en el programa.", 1},
		"stopped":          {context.Canceled, "Se detuvo a pedido suyo.", 1},
		"full":             {&os.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}, "Queda muy poco espacio en el disco.", 1},
		"refused":          {fault.Refuse("issue", "no_such_key_ever", nil), "Algo falló en el programa.", 3},
		"usage":            {fault.New(fault.Usage, "args", "no_such_key_ever"), "Algo falló en el programa.", 2},
	} {
		got, hint := Words(c.err, w)
		if got != c.want || hint == "" {
			t.Errorf("%s: %q, %q", name, got, hint)
		}
		if code := ExitCode(c.err); code != c.code {
			t.Errorf("%s: exit %d, want %d", name, code, c.code)
		}
	}
	if ExitCode(nil) != 0 {
		t.Error("no error is not 0")
	}
}

func TestDates(t *testing.T) {
	es, en := words(t, assets.Spanish), words(t, assets.English)
	today := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{DateText("2026-11-21", es), "21 nov 2026"},
		{DateText("2026-11-21T14:30", es), "21 nov 2026, 14:30"},
		{DateText("2026-11", es), "nov 2026"},
		{DateText("2026", es), "2026"},
		{DateText("", es), ""},
		{DateText("hacia 1990", es), "hacia 1990"},
		{DateFull("2026-11-21", es), "21 de noviembre de 2026"},
		{DateFull("2026-11-21", en), "21 November 2026"},
		{BirthText("1989-08-14", today, es), "14 ago 1989 (37 años)"},
		{BirthText("2025-11-22", today, es), "22 nov 2025 (1 año)"},
		{BirthText("~34@2026-11-21", today, es), "34 años (según se dijo el 21 nov 2026)"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestSettingsComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "settings.json")
	s, err := LoadSettings(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Theme, s.TextPercent, s.LastOffice, s.Lang = ThemeDark, 150, "/home/x/oficina", assets.English
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := LoadSettings(path)
	if err != nil || again != s {
		t.Fatalf("%+v, %v; want %+v", again, err, s)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte(`{"text_percent":9000,"lang":"xx","theme":"pink","lock_minutes":-4}`), 0o600); err != nil {
		t.Fatal(err)
	}
	odd, err := LoadSettings(path)
	if err != nil || odd.TextPercent != 200 || odd.Theme != ThemeSystem || odd.LockMinutes != 0 {
		t.Fatalf("%+v, %v", odd, err)
	}
	if err := os.WriteFile(path, []byte(`{`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSettings(path); !errors.As(err, new(*fault.Error)) {
		t.Fatalf("damaged settings: %v", err)
	}
}

func TestStrength(t *testing.T) {
	for pass, want := range map[string][2]int{
		"":                                    {0, 0},
		"aaaaaaaaaaaaaaaaaaaaaaaa":            {1, 1},
		"12345678901234567890":                {1, 1},
		"guayaquil2024":                       {1, 1},
		"barcelona campeón":                   {1, 1},
		"Rosa Quishpe 1984":                   {1, 1}, // the person's own name
		"tortuga martillo":                    {1, 1},
		"tortuga martillo cereza":             {2, 2},
		"tortuga martillo cereza ventana":     {2, 3},
		"tortuga martillo cereza nube violín": {3, 4},
		"tortuga tortuga tortuga tortuga":     {1, 1},
		"x7Kq!9pTz2wLm4Rb":                    {4, 4},
	} {
		got := PassphraseStrength(pass, "Rosa Quishpe", "Defensoría de Guayaquil").Level
		if got < want[0] || got > want[1] {
			t.Errorf("%q: level %d (%.0f bits), want %v", pass, got, PassphraseStrength(pass).Bits, want)
		}
	}
}

// A share's seven groups stand on one line of its sheet, however wide.
func TestShareSheet(t *testing.T) {
	sheet, err := ShareSheet("Defensa y Familia Guayaquil", "8K2Q1-9M4TW-B1Z8C-WWWWW-RN6PD-QX0AE-7YT2M", 1, time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC), words(t, assets.Spanish))
	if err != nil || !bytes.HasPrefix(sheet, []byte("%PDF-")) {
		t.Fatalf("%v", err)
	}
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("poppler is not here")
	}
	cmd := exec.CommandContext(t.Context(), reader, "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(sheet)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(strings.Fields(string(out)), " "); !strings.Contains(text, "8K2Q1 9M4TW B1Z8C WWWWW RN6PD QX0AE 7YT2M") || !strings.Contains(text, "Parte 1") {
		t.Errorf("%s", out)
	}
	for _, line := range strings.Split(string(out), "\n") {
		if strings.Contains(line, "8K2Q1") && !strings.Contains(line, "7YT2M") {
			t.Errorf("it is broken: %q", line)
		}
	}
}
