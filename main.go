// Command paradero keeps detained people, their families and their cases, with
// a desktop and with a command line.
package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"paradero/app"
	"paradero/app/command"
	"paradero/app/desktop"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(run(os.Args[1:])) }

// run chooses between one command and the desktop. Fyne must be run by the
// goroutine of main, which this is.
func run(args []string) (status int) {
	defer func() {
		if os.Getenv("PARADERO_TRACE") != "" {
			return // for developers: the trace itself
		}
		if recover() != nil {
			app.Crashed(os.Stderr)
			status = 1
		}
	}()
	app.LimitMemory()
	if !command.Verb(args) {
		return desktop.Run(version, officeOf(args))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return command.Main(ctx, args, command.Env{
		Version: version,
		Probe:   app.Probe(),
		OpenWindow: func(dir string) int {
			stop() // from here on the window takes the signals
			return desktop.Run(version, dir)
		},
	})
}

// officeOf reads --office DIR or --office=DIR, else PARADERO_OFFICE.
func officeOf(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--office="); ok {
			return v
		}
		if a == "--office" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv("PARADERO_OFFICE")
}
