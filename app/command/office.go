package command

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"paradero/app"
	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/search"
)

// dir is the office's folder, by flag or by environment.
func (c *call) dir() (string, error) {
	dir := c.common.office
	if dir == "" {
		dir = c.env.Getenv("PARADERO_OFFICE")
	}
	if dir == "" {
		return "", usage("office_not_named")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "find office", "office_not_named")
	}
	return abs, nil
}

func (c *call) config(dir string) data.Config {
	return data.Config{Dir: dir, Program: c.env.Version, Clock: c.env.Clock, Rand: c.env.Rand, Cost: c.env.Cost, Progress: c.meter.show, Probe: c.env.Probe}
}

// withOffice opens the office, does the work and closes it again.
func (c *call) withOffice(do func(*data.Office) error) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	err = do(o)
	c.meter.clear()
	if closeErr := o.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (c *call) open() (*data.Office, error) { return c.openWith(func(*data.Config) {}) }

// openWith opens the office in a manner of the verb's.
func (c *call) openWith(manner func(*data.Config)) (*data.Office, error) {
	dir, err := c.dir()
	if err != nil {
		return nil, err
	}
	// What stands on the sign-in page also says that there is no office here,
	// before a person is asked for its passphrase.
	sign, err := data.Peek(dir)
	if err != nil {
		return nil, err
	}
	secret, err := c.passphrase(sign)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	cfg := c.config(dir)
	manner(&cfg)
	o, err := data.Open(c.ctx, cfg, secret)
	c.meter.clear()
	if err != nil {
		return nil, err
	}
	return o, nil
}

// passphrase comes from a file, or from the person at the terminal; a
// demonstration office tells its own. Never from the command line, where other
// programs read it.
func (c *call) passphrase(sign data.Sign) ([]byte, error) {
	if path := c.passphraseFile(); path != "" {
		return readSecret(path)
	}
	if sign.Demo && sign.DemoPassphrase != "" {
		return []byte(sign.DemoPassphrase), nil
	}
	return c.ask("command.ask.passphrase", sign.Office)
}

func (c *call) passphraseFile() string {
	if c.common.passphraseFile != "" {
		return c.common.passphraseFile
	}
	return c.env.Getenv("PARADERO_PASSPHRASE_FILE")
}

// newPassphrase comes from a file, or is asked for twice. Known are names that
// an attacker knows too. A weak one is taken, since a script cannot be asked
// again, but never without a word.
func (c *call) newPassphrase(path string, known ...string) ([]byte, error) {
	secret, err := c.chosenPassphrase(path)
	if err == nil && !app.PassphraseStrength(string(secret), known...).Enough() {
		c.note(c.words.T("command.warning", c.words.T("command.pass.weak")))
	}
	return secret, err
}

func (c *call) chosenPassphrase(path string) ([]byte, error) {
	if path != "" {
		return readSecret(path)
	}
	first, err := c.ask("command.ask.new")
	if err != nil {
		return nil, err
	}
	again, err := c.ask("command.ask.again")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, again) {
		return nil, fault.New(fault.Invalid, "choose passphrase", "passphrases_differ")
	}
	if len(first) == 0 {
		return nil, fault.New(fault.Invalid, "choose passphrase", "passphrase_file_empty")
	}
	return first, nil
}

func (c *call) ask(key string, args ...string) ([]byte, error) {
	if !c.env.IsTerminal(c.env.Stdin) {
		return nil, usage("passphrase_not_given")
	}
	c.meter.clear()
	type answer struct {
		secret []byte
		err    error
	}
	answers := make(chan answer, 1)
	restore := echo(c.env.Stdin)
	go func() {
		secret, err := c.env.ReadPassphrase(c.words.T(key, args...) + " ")
		answers <- answer{secret, err}
	}()
	select {
	case a := <-answers:
		return a.secret, fault.Wrap(a.err, fault.Cancelled, "ask passphrase", "cancelled")
	case <-c.ctx.Done():
		// Ctrl-C while the person types: the terminal must show letters again.
		restore()
		_, _ = io.WriteString(c.env.Stderr, "\n")
		return nil, fault.Wrap(c.ctx.Err(), fault.Cancelled, "ask passphrase", "cancelled")
	}
}

// confirm asks a person at the terminal, who has to say yes.
func (c *call) confirm(key string) (bool, error) {
	c.meter.clear()
	_, _ = io.WriteString(c.env.Stderr, c.words.T(key)+" ")
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := readLine(c.env.Stdin)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		typed := record.Plain(strings.TrimSpace(a.line))
		return slices.Contains(strings.Fields(record.Plain(c.words.T("command.yes"))), typed), a.err
	case <-c.ctx.Done():
		return false, fault.Wrap(c.ctx.Err(), fault.Cancelled, "ask", "cancelled")
	}
}

// readLine reads one line of what a person types, and no byte beyond it.
func readLine(from io.Reader) (string, error) {
	var line []byte
	var b [1]byte
	for len(line) < 1000 {
		n, err := from.Read(b[:])
		if n > 0 && b[0] == '\n' || errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fault.Wrap(err, fault.Cancelled, "ask", "cancelled")
		}
		line = append(line, b[:n]...)
	}
	return string(line), nil
}

// echo remembers how a terminal stands and gives what sets it back.
func echo(stream any) func() {
	f, ok := stream.(*os.File)
	if !ok {
		return func() {}
	}
	state, err := term.GetState(int(f.Fd()))
	if err != nil {
		return func() {}
	}
	return func() { _ = term.Restore(int(f.Fd()), state) }
}

// readSecret reads a passphrase file; a newline at its end is not part of it.
func readSecret(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, app.FileFault(err, "read passphrase", path)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	if len(b) == 0 {
		return nil, fault.New(fault.Invalid, "read passphrase", "passphrase_file_empty")
	}
	return b, nil
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// readPassphrase asks on the terminal without showing what is typed.
func (e Env) readPassphrase(prompt string) ([]byte, error) {
	if _, err := e.Stderr.Write([]byte(prompt)); err != nil {
		return nil, err
	}
	f, ok := e.Stdin.(*os.File)
	if !ok {
		return nil, fs.ErrInvalid
	}
	secret, err := term.ReadPassword(int(f.Fd()))
	_, _ = e.Stderr.Write([]byte("\n"))
	return secret, err
}

// shortest is how much of an id must be given to name a record.
const shortest = 6

// resolve finds the record that an id, or the unique beginning of one, names.
// Kinds, when given, are those that fit here.
func (c *call) resolve(o data.API, text string, kinds ...record.Kind) (*record.Record, error) {
	id, err := c.resolveID(o, text)
	if err != nil {
		return nil, err
	}
	r, err := o.Get(c.ctx, id)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fault.New(fault.NotFound, "find record", "not_found", text)
	}
	for _, k := range kinds {
		if r.Kind == k {
			return r, nil
		}
	}
	if len(kinds) > 0 {
		return nil, fault.New(fault.Invalid, "find record", "record_of_other_kind", text, c.kind(r.Kind), c.kind(kinds[0]))
	}
	return r, nil
}

func (c *call) resolveID(o data.API, text string) (record.ID, error) {
	if id, err := record.ParseID(text); err == nil {
		return id, nil
	}
	start := strings.ToLower(strings.TrimSpace(text))
	if len(start) < shortest || strings.Trim(start, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return record.ID{}, fault.New(fault.Invalid, "find record", "id_not_an_id", text)
	}
	var found []record.ID
	for _, s := range record.Kinds() {
		if s.Entry {
			continue
		}
		res, err := o.List(c.ctx, data.ListQuery{Kind: s.Kind})
		if err != nil {
			return record.ID{}, err
		}
		for i := range res.Len() {
			if id := res.At(i).ID; strings.HasPrefix(id.String(), start) {
				found = append(found, id)
			}
		}
	}
	if hidden, ok := o.(interface{ HiddenRows() *search.Result }); ok {
		res := hidden.HiddenRows()
		for i := range res.Len() {
			if id := res.ID(i); strings.HasPrefix(id.String(), start) {
				found = append(found, id)
			}
		}
	}
	switch len(found) {
	case 0:
		return record.ID{}, fault.New(fault.NotFound, "find record", "not_found", text)
	case 1:
		return found[0], nil
	}
	return record.ID{}, fault.New(fault.Invalid, "find record", "id_not_unique", text)
}

// kind is the name of a kind for people.
func (c *call) kind(k record.Kind) string {
	if key := "kind." + k.String(); c.words.Has(key) {
		return c.words.T(key)
	}
	return k.String()
}

// label is the name of a field for people; its own name where nobody wrote one.
func (c *call) label(k record.Kind, field string) string {
	if key := k.String() + "." + field; c.words.Has(key) {
		return c.words.T(key)
	}
	return strings.ReplaceAll(field, "_", " ")
}
