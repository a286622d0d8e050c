package data

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/record"
)

func segment(cfg Config) string { return filepath.Join(cfg.Dir, journalDir, ledger.SegmentName(1)) }

func readSegment(t *testing.T, cfg Config) []byte {
	t.Helper()
	b, err := os.ReadFile(segment(cfg))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeSegment(t *testing.T, cfg Config, b []byte) {
	t.Helper()
	if err := os.WriteFile(segment(cfg), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// frames gives where each frame of a segment begins.
func frames(b []byte) (at []int) {
	for i := len(segmentLineForTest); i+12 <= len(b) && string(b[i:i+4]) == "PdB1"; {
		at = append(at, i)
		i += 12 + int(binary.BigEndian.Uint32(b[i+4:]))
	}
	return at
}

// Whichever frame of the own feed is damaged, also the first, with the working
// copy or without it: all others are shown and new edits are accepted.
func TestDamageInTheMiddle(t *testing.T) {
	ctx := context.Background()
	for which := range 4 {
		for _, lost := range []bool{false, true} {
			if lost && which == 3 {
				continue // the last frame, and nobody else knows of it: as if a crash had torn it
			}
			t.Run(fmt.Sprintf("frame %d, copy lost %v", which, lost), func(t *testing.T) {
				o, cfg := newOffice(t)
				ids := []record.ID{o.Info().Member, task(t, o, "uno"), task(t, o, "dos"), task(t, o, "tres")}
				if err := o.Close(); err != nil {
					t.Fatal(err)
				}
				b := readSegment(t, cfg)
				b[frames(b)[which]+200] ^= 1
				writeSegment(t, cfg, b)
				if lost {
					_ = os.RemoveAll(filepath.Join(cfg.Dir, recordsDir))
				}
				for range 2 {
					o = openAgain(t, cfg)
					for i, id := range ids {
						if _, err := o.Get(ctx, id); err != nil && i != which {
							t.Errorf("intact record %d: %v", i, err)
						}
					}
					ids = append(ids, task(t, o, "después"))
					if found, err := o.Verify(ctx, nil); err != nil || !damaged(found) {
						t.Errorf("verify %v, %v", found, err)
					}
					if err := o.Close(); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

// A batch of a newer version says so; nothing is cut off and the copy stays.
func TestNewerBatch(t *testing.T) {
	o, cfg := newOffice(t)
	task(t, o, "uno")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	whole := readSegment(t, cfg)
	at := frames(whole)
	next := bytes.Clone(whole[at[1]:])
	i := bytes.Index(next, []byte{1, ledger.Version, 2, 0x50}) // the envelope's keys 1 and 2
	next[i+1] = ledger.Version + 1
	binary.BigEndian.PutUint32(next[8:], crc32.Checksum(next[12:], crc32.MakeTable(crc32.Castagnoli)))
	writeSegment(t, cfg, append(bytes.Clone(whole), next...))
	for range 2 {
		if _, err := Open(context.Background(), cfg, pass); !fault.Is(err, fault.Newer) {
			t.Errorf("opened: %v", err)
		}
	}
	if got := readSegment(t, cfg); len(got) != len(whole)+len(next) {
		t.Errorf("%d bytes of %d", len(got), len(whole)+len(next))
	}
	writeSegment(t, cfg, whole)
	if o = openAgain(t, cfg); o.Rebuilt() {
		t.Error("the copy was thrown away")
	}
}

// A shortened journal is damage and is named as such, also by Damage.
func TestShortenedJournal(t *testing.T) {
	o, cfg := newOffice(t)
	kept := task(t, o, "uno")
	task(t, o, "dos")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	b := readSegment(t, cfg)
	writeSegment(t, cfg, b[:frames(b)[2]])
	o = openAgain(t, cfg)
	if o.Damage() == 0 {
		t.Error("nobody is told")
	}
	get(t, o, kept)
	task(t, o, "tres")
	o = reopen(t, o, cfg)
	if found, err := o.Verify(context.Background(), nil); err != nil || len(found) != 1 || found[0].Key != "journal_shorter" {
		t.Errorf("verify %v, %v", found, err)
	}
}

// A journal that is gone altogether is no empty office: what the working copy
// still holds is not thrown away for it.
func TestJournalGone(t *testing.T) {
	o, cfg := newOffice(t)
	task(t, o, "uno")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(t.TempDir(), "diario")
	if err := os.Rename(filepath.Join(cfg.Dir, journalDir), aside); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := Open(context.Background(), cfg, pass); !fault.Is(err, fault.Damaged) {
			t.Errorf("opened: %v", err)
		}
	}
	_ = os.RemoveAll(filepath.Join(cfg.Dir, journalDir))
	if err := os.Rename(aside, filepath.Join(cfg.Dir, journalDir)); err != nil {
		t.Fatal(err)
	}
	if o = openAgain(t, cfg); o.Rebuilt() || o.Count(record.Task) != 1 {
		t.Errorf("put back: rebuilt %v, %d tasks", o.Rebuilt(), o.Count(record.Task))
	}
}

// A rebuild that is stopped half way, by a person or a full disk, loses
// nothing: writing goes on, and the next opening finishes it.
func TestRebuildStopped(t *testing.T) {
	o, cfg := newOffice(t)
	for i := range 20 {
		task(t, o, fmt.Sprint("tarea ", i))
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := o.Rebuild(ctx, func(p Progress) {
		if p.Done > 10 {
			cancel()
		}
	})
	if !fault.Is(err, fault.Cancelled) || !o.Behind() {
		t.Fatalf("stopped: %v, behind %v", err, o.Behind())
	}
	task(t, o, "después")
	o = reopen(t, o, cfg)
	if o.Count(record.Task) != 21 {
		t.Errorf("%d tasks", o.Count(record.Task))
	}
	if found, err := o.Verify(context.Background(), nil); err != nil || damaged(found) {
		t.Errorf("verify %v, %v", found, err)
	}
	// Stopped while opening.
	_ = o.Close()
	_ = os.RemoveAll(filepath.Join(cfg.Dir, recordsDir))
	stopping := cfg
	ctx, cancel = context.WithCancel(context.Background())
	stopping.Progress = func(p Progress) {
		if p.Phase == "rebuild" && p.Done > 10 {
			cancel()
		}
	}
	if _, err := Open(ctx, stopping, pass); !fault.Is(err, fault.Cancelled) {
		t.Fatalf("stopped: %v", err)
	}
	if o = openAgain(t, cfg); o.Count(record.Task) != 21 {
		t.Errorf("%d tasks", o.Count(record.Task))
	}
}

// What the working copy holds beyond a shortened journal is not thrown away.
func TestCopyAheadOfTheJournalIsKept(t *testing.T) {
	ctx := context.Background()
	o, cfg := newOffice(t)
	save(t, o, Change{Kind: record.Task, Set: map[string]string{"what": "llamar"}})
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	segment := filepath.Join(cfg.Dir, journalDir, "00000001.journal")
	whole, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(segment, whole[:len(whole)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	if o, err = Open(ctx, cfg, pass); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	if _, err := os.Stat(filepath.Join(cfg.Dir, recordsDir+".kept", "MANIFEST")); err != nil {
		t.Errorf("the copy was thrown away: %v", err)
	}
}

// A creation that fails half way leaves a folder in which it can be tried again.
func TestCreateAgainAfterAFailure(t *testing.T) {
	ctx := context.Background()
	cfg := testConfig(filepath.Join(t.TempDir(), "oficina"))
	founding := Founding{Office: "Sede", Member: "Ana", Role: "lawyer", Passphrase: pass}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, _, err := Create(stopped, cfg, founding); err == nil {
		t.Fatal("created although it was stopped")
	}
	o, _, err := Create(ctx, cfg, founding)
	if err != nil {
		t.Fatal(err)
	}
	_ = o.Close()
}
