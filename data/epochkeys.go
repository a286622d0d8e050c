package data

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
	"sync/atomic"

	"paradero/data/ledger"
	"paradero/data/vault"
)

// errNoKey says that a batch is sealed with a key that this device was not given.
var errNoKey = errors.New("no key of this epoch")

// epochKeys seals for the ledger with the office's keys. It is safe for
// concurrent use: keys are only ever added.
type epochKeys struct {
	random io.Reader
	mu     sync.Mutex // held by who adds
	keys   atomic.Pointer[map[uint32]vault.Key]
	inUse  atomic.Uint32 // by the law as it was last heard
	unsure atomic.Bool   // some of the law did not read when the office was opened

	circles *circleBook // nil: no circles are known
}

func newEpochKeys(random io.Reader, keys map[uint32]vault.Key) *epochKeys {
	k := &epochKeys{random: random}
	own := maps.Clone(keys)
	k.keys.Store(&own)
	return k
}

// add makes keys known and gives those that were not.
func (k *epochKeys) add(keys map[uint32]vault.Key) map[uint32]vault.Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	all, fresh := maps.Clone(*k.keys.Load()), map[uint32]vault.Key{}
	for number, key := range keys {
		if _, ok := all[number]; !ok {
			all[number], fresh[number] = key, key
		}
	}
	if len(fresh) > 0 {
		k.keys.Store(&all)
	}
	return fresh
}

func (k *epochKeys) get(epoch uint32) (vault.Key, bool) {
	key, ok := (*k.keys.Load())[epoch]
	return key, ok
}

func (k *epochKeys) has(epoch uint32) bool {
	_, ok := k.get(epoch)
	return ok
}

// forget drops the keys.
func (k *epochKeys) forget() {
	none := map[uint32]vault.Key{}
	k.keys.Store(&none)
}

// Seal implements ledger.Keys.
func (k *epochKeys) Seal(epoch uint32, ad, plain []byte) ([]byte, error) {
	key, ok := k.get(epoch)
	if !ok {
		return nil, fmt.Errorf("seal: %w: %d", errNoKey, epoch)
	}
	return vault.Seal(k.random, nil, &key, ad, plain)
}

// Open implements ledger.Keys.
func (k *epochKeys) Open(epoch uint32, ad, sealed []byte) ([]byte, error) {
	key, ok := k.get(epoch)
	if !ok {
		return nil, fmt.Errorf("open: %w: %d", errNoKey, epoch)
	}
	return vault.Open(&key, ad, sealed)
}

// isForeign tells of a batch that does not read, verify or open here.
func isForeign(err error) bool {
	return errors.Is(err, ledger.ErrSignature) || errors.Is(err, ledger.ErrMalformed) || errors.Is(err, vault.ErrSealed) || errors.Is(err, errNoKey)
}
