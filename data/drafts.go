package data

import (
	"os"
	"path/filepath"
	"time"

	"paradero/data/draft"
	"paradero/data/fault"
	"paradero/data/record"
	"paradero/data/vault"
)

// draftsDir holds unfinished forms, beside the journal and never in it.
const draftsDir = "drafts"

// Draft is what was typed in a form that was neither saved nor given up.
type Draft = draft.Draft

// Drafts keeps unfinished forms on this machine, sealed. A draft is no record:
// it has no history, goes to nobody else, and is gone once it is dropped.
type Drafts interface {
	// Put keeps what was typed under a key, durably, in the place of what was
	// kept there before.
	Put(key string, typed map[string]string, at time.Time) error
	// Get gives the draft of a key; not ok where there is none that can be read.
	Get(key string) (d Draft, ok bool, err error)
	// List gives all drafts, the newest first, and the names of the files that
	// cannot be read; those stand in nobody's way.
	List() (drafts []Draft, unreadable []string, err error)
	// Drop forgets a draft.
	Drop(key string) error
}

// Drafts gives the office's unfinished forms.
func (o *Office) Drafts() Drafts { return o.drafts }

// bringDrafts makes them ready. Their keys come from the working copy's root,
// which never leaves this machine, as they never do. Where several people sign in
// here each has his own, under a key that the others do not have; what was begun
// before the second came is the first one's.
func (o *Office) bringDrafts() error {
	shared, err := o.draftsUnder(&o.vault.Keys().Store, "")
	if err != nil {
		return err
	}
	name := o.Info().Device.String()[:8]
	people, own := o.vault.People(), filepath.Join(o.cfg.Dir, draftsDir, name)
	if _, err := os.Stat(own); len(people) == 1 && err != nil {
		o.drafts = shared
		return nil
	}
	root := vault.Key(o.vault.Keys().Sign)
	if o.drafts, err = o.draftsUnder(&root, name); err != nil || !people[0].Me {
		return err
	}
	return moveDrafts(shared, o.drafts)
}

func (o *Office) draftsUnder(root *vault.Key, name string) (*draft.Store, error) {
	key, err := vault.Sub(root, "drafts")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "open office", "keys_failed")
	}
	return draft.New(filepath.Join(o.cfg.Dir, draftsDir, name), key, o.cfg.Rand)
}

// moveDrafts moves what can be read, each once it is kept in its new place.
func moveDrafts(from, to *draft.Store) error {
	list, _, err := from.List()
	if err != nil {
		return err
	}
	for _, d := range list {
		if err := to.Put(d.Key, d.Typed, d.At); err != nil {
			return err
		}
		if err := from.Drop(d.Key); err != nil {
			return err
		}
	}
	return nil
}

// dropPerson takes what a person who was taken off this computer left here.
func (o *Office) dropPerson(device record.ID) error {
	const op = "remove person"
	name := device.String()[:8]
	for _, path := range []string{filepath.Join(draftsDir, name), invitesName + "-" + name} {
		if err := os.RemoveAll(filepath.Join(o.cfg.Dir, path)); err != nil {
			return diskFault(op, err)
		}
	}
	return nil
}

// verifyDrafts names the files of drafts that do not open. What was typed there
// was never saved, yet somebody typed it.
func (o *Office) verifyDrafts() []Finding {
	_, unreadable, err := o.drafts.List()
	if err != nil {
		return []Finding{{Key: "draft_unreadable", Damage: true, File: draftsDir}}
	}
	var found []Finding
	for _, name := range unreadable {
		found = append(found, Finding{Key: "draft_unreadable", Damage: true, File: filepath.Join(draftsDir, name)})
	}
	return found
}

// vaultFinding tells of a vault that was mended on opening: damage when a copy
// was not what was written, a note when a crash had come between the two.
func (o *Office) vaultFinding() Finding {
	if name := o.vault.Damaged; name != "" {
		return Finding{Key: "vault_mended", Damage: true, File: name}
	}
	return Finding{Key: "vault_mended", File: "vault"}
}
