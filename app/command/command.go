// Package command is the command line: every verb does what the desktop does,
// through data.Office, without a screen.
//
// What must not live here: rules, storage, the texts of papers, Fyne. A verb
// reads its arguments, asks the office, and prints words or JSON.
package command

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"paradero/app"
	"paradero/assets"
	"paradero/data"
	"paradero/data/fault"
)

// Env is the world around a command; zero values mean the real one.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Version        string
	Clock          func() time.Time
	Rand           io.Reader
	Cost           data.Cost // key derivation; only Go tests set it
	// OpenWindow opens the desktop on an office and gives the exit code; nil
	// where there is no desktop.
	OpenWindow func(officeDir string) int
	// Probe tries a doubtful working copy in a process of its own; nil in Go tests.
	Probe data.Prober
	// IsTerminal says whether a person sits at the other end of a stream.
	IsTerminal func(stream any) bool
	// ReadPassphrase asks a person without showing what he types.
	ReadPassphrase func(prompt string) ([]byte, error)
}

// Main runs one command and gives its exit status.
func Main(ctx context.Context, args []string, env Env) int {
	env = env.completed()
	if len(args) == 1 && args[0] == app.ProbeVerb && !env.IsTerminal(env.Stdin) {
		return probe(ctx, env)
	}
	words, err := assets.LoadWords(language(args, env.Getenv))
	if err != nil {
		_, _ = io.WriteString(env.Stderr, err.Error()+"\n")
		return app.ExitCode(err)
	}
	c := &call{ctx: ctx, env: env, words: words}
	c.meter.out, c.meter.words = env.Stderr, words
	return c.finish(c.run(args))
}

// Verb reports whether the arguments ask for a command rather than for the
// desktop: `paradero --office DIR` opens the window, `paradero find X` does not.
func Verb(args []string) bool {
	name, help := verbOf(args)
	return name != "" || help
}

// call is one running command.
type call struct {
	ctx    context.Context
	env    Env
	words  *assets.Words
	common common
	verb   verb
	meter  meter
	outErr error // the first failure of standard output
	closed int   // records that a list leaves out: a circle reads them that the member is not in
}

// common are the flags of every verb.
type common struct {
	office, passphraseFile, lang string
	json, quiet, help            bool
}

func (f *common) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.office, "office", "", "")
	fs.StringVar(&f.passphraseFile, "passphrase-file", "", "")
	fs.StringVar(&f.lang, "lang", "", "")
	fs.BoolVar(&f.json, "json", false, "")
	fs.BoolVar(&f.quiet, "quiet", false, "")
	fs.BoolVarP(&f.help, "help", "h", false, "")
}

func (e Env) completed() Env {
	if e.Stdin == nil {
		e.Stdin = os.Stdin
	}
	if e.Stdout == nil {
		e.Stdout = os.Stdout
	}
	if e.Stderr == nil {
		e.Stderr = os.Stderr
	}
	if e.Getenv == nil {
		e.Getenv = os.Getenv
	}
	if e.Clock == nil {
		e.Clock = time.Now
	}
	if e.IsTerminal == nil {
		e.IsTerminal = isTerminal
	}
	if e.ReadPassphrase == nil {
		e.ReadPassphrase = e.readPassphrase
	}
	if e.Version == "" {
		e.Version = "dev"
	}
	return e
}

// language is asked for before anything else, so that even a wrong flag is
// told of in it. Spanish unless the person or his system says English.
func language(args []string, getenv func(string) string) assets.Lang {
	for i, a := range args {
		v, ok := strings.CutPrefix(a, "--lang=")
		if a == "--lang" && i+1 < len(args) {
			v, ok = args[i+1], true
		}
		if l, known := assets.ParseLang(v); ok && known {
			return l
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, "en") {
				return assets.English
			}
			break
		}
	}
	return assets.Spanish
}

// run finds the verb, reads its flags and does it.
func (c *call) run(args []string) error {
	name, _ := verbOf(args)
	if name == "" {
		name = "help"
	}
	v, err := c.find(name)
	if err != nil {
		return err
	}
	c.verb = v
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.SortFlags = true
	c.common.register(fs)
	act := v.setup(fs)
	if err := fs.Parse(args); err != nil {
		return c.wrongFlag(err, fs)
	}
	rest := fs.Args()
	if len(rest) > 0 {
		rest = rest[1:]
	}
	if c.common.lang != "" {
		if _, ok := assets.ParseLang(c.common.lang); !ok {
			return usage("lang_unknown", c.common.lang)
		}
	}
	if c.common.help && v.name != "help" {
		return c.helpOf(v)
	}
	if len(rest) < v.least || (v.most >= 0 && len(rest) > v.most) {
		return usage("wrong_count", c.words.T("help."+v.name+".usage"))
	}
	c.meter.quiet = c.common.quiet || !c.env.IsTerminal(c.env.Stderr)
	if err := act(c, rest); err != nil {
		return err
	}
	return c.outErr
}

// finish tells of a failure and gives the exit status.
func (c *call) finish(err error) int {
	c.meter.clear()
	if err == nil {
		return 0
	}
	var quiet *silent
	if errors.As(err, &quiet) {
		return quiet.status
	}
	c.complain(err)
	return app.ExitCode(err)
}

// complain says on standard error what failed, each reason, and a way out.
func (c *call) complain(err error) {
	sentence, hint := app.Words(err, c.words)
	lines := append([]string{sentence}, c.reasons(err)...)
	if hint != "" {
		lines = append(lines, hint)
	}
	if c.env.Getenv("PARADERO_CAUSE") != "" { // for developers: operation, key and cause
		lines = append(lines, "cause: "+strings.ReplaceAll(err.Error(), "\n", " "))
	}
	_, _ = io.WriteString(c.env.Stderr, strings.Join(lines, "\n")+"\n")
}

// reasons gives one line for each problem, with its field in front.
func (c *call) reasons(err error) []string {
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		lines = append(lines, "  "+c.reason(p))
	}
	return lines
}

func (c *call) reason(p fault.Problem) string {
	text := app.ProblemText(p, c.words)
	if p.Field == "" {
		return text
	}
	return p.Field + ": " + text
}

// silent ends a command with a status after everything has been said.
type silent struct{ status int }

func (s *silent) Error() string { return "ended" }

func usage(key string, args ...string) error {
	return fault.New(fault.Usage, "read command", key, args...)
}
