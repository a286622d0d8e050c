package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The vault is stored twice, so that one damaged file costs nothing. Both are
// read at opening and a damaged one is written anew from the good one.
const (
	fileName  = "vault"
	spareName = "vault.spare"
	magic     = "paradero vault 1\n"
	magic2    = "paradero vault 2\n" // of several persons, or of one who joins
	maxFile   = 1 << 20
)

// ErrDamaged says that neither copy of the vault is what was written.
var ErrDamaged = errors.New("vault is damaged")

// ErrMissing says that there is no vault in the folder.
var ErrMissing = errors.New("no vault here")

// ErrNewer says that a newer version of the program wrote the vault.
var ErrNewer = errors.New("vault of a newer version")

// content is the file's JSON. Everything but what is sealed can be read without a
// passphrase, so it holds no personal data. Version 1 has one person's slots and
// keyring; it is read as a list of one.
type content struct {
	Version int             `json:"version"`
	Public  Public          `json:"public"`
	Slots   []slot          `json:"slots,omitempty"`
	Keys    []byte          `json:"keys,omitempty"`   // the keyring, sealed with the master key
	People  []person        `json:"people,omitempty"` // version 2
	Shared  []byte          `json:"shared,omitempty"` // what they share, sealed with a key that each has
	Later   json.RawMessage `json:"later,omitempty"`
}

// maxPeople bounds how many sign in on one computer.
const maxPeople = 64

// encode gives the file: magic, JSON, and a checksum of both.
func encode(c *content) ([]byte, error) {
	form, line := *c, magic2
	if c.Version == 1 {
		form.Slots, form.Keys, form.People, line = c.People[0].Slots, c.People[0].Keys, nil, magic
	}
	body, err := json.Marshal(form)
	if err != nil {
		return nil, fmt.Errorf("encode vault: %w", err)
	}
	out := append([]byte(line), body...)
	sum := sha256.Sum256(out)
	return append(out, "\nsha256 "+hex.EncodeToString(sum[:])+"\n"...), nil
}

// decode is strict: what it accepts is what encode wrote, byte for byte as far
// as this version knows the fields.
func decode(b []byte) (*content, error) {
	const tail = len("\nsha256 \n") + sha256.Size*2
	if !bytes.HasPrefix(b, []byte("paradero vault ")) || len(b) < len(magic)+tail {
		return nil, ErrDamaged
	}
	head, trailer := b[:len(b)-tail], b[len(b)-tail:]
	sum := sha256.Sum256(head)
	if string(trailer) != "\nsha256 "+hex.EncodeToString(sum[:])+"\n" {
		return nil, ErrDamaged
	}
	version := 1
	if !bytes.HasPrefix(b, []byte(magic)) {
		if version = 2; !bytes.HasPrefix(b, []byte(magic2)) {
			return nil, ErrNewer // the checksum holds, so it is no damage
		}
	}
	var c content
	if err := json.Unmarshal(head[len(magic):], &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if c.Version != version {
		return nil, ErrNewer
	}
	if version == 1 {
		c.People, c.Slots, c.Keys = []person{{Slots: c.Slots, Keys: c.Keys}}, nil, nil
	}
	if len(c.People) == 0 || len(c.People) > maxPeople {
		return nil, fmt.Errorf("%w: %d people", ErrDamaged, len(c.People))
	}
	return &c, nil
}

// read gives the vault of a folder and whether a copy of it is damaged or old.
func read(dir string) (c *content, mended bool, err error) {
	first, err1 := readOne(filepath.Join(dir, fileName))
	second, err2 := readOne(filepath.Join(dir, spareName))
	switch {
	case errors.Is(err1, ErrNewer), errors.Is(err2, ErrNewer):
		return nil, false, ErrNewer
	case err1 == nil && err2 == nil:
		// Two whole ones differ when a crash came between them: the first is newer.
		return first, differ(first, second), nil
	case err1 == nil:
		return first, true, nil
	case err2 == nil:
		return second, true, nil
	case errors.Is(err1, fs.ErrNotExist) && errors.Is(err2, fs.ErrNotExist):
		return nil, false, ErrMissing
	}
	return nil, false, fmt.Errorf("%w: %w", ErrDamaged, err1)
}

func differ(a, b *content) bool {
	x, err := encode(a)
	y, err2 := encode(b)
	return err != nil || err2 != nil || !bytes.Equal(x, y)
}

func readOne(path string) (*content, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read vault: %w", err)
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return nil, ErrDamaged
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read vault: %w", err)
	}
	return decode(b)
}

// write replaces both copies, one after the other, each atomically and synced,
// so that at every moment one of them is whole.
func write(dir string, c *content) error {
	b, err := encode(c)
	if err != nil {
		return err
	}
	for _, name := range []string{fileName, spareName} {
		if err := replace(filepath.Join(dir, name), b); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file beside the old one, syncs it, renames it over the old
// one and syncs the folder.
func replace(path string, b []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".vault-*")
	if err != nil {
		return fmt.Errorf("write vault: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write vault: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename durable. Windows cannot sync a folder and does not
// need it: NTFS journals its names.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrPermission) && !errors.Is(err, os.ErrInvalid) {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
