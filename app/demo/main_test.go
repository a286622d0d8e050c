package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// shared is where the demonstration stands that several tests read.
var shared string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "demo-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	shared = filepath.Join(dir, "demo")
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}
