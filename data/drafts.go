package data

import (
	"path/filepath"
	"time"

	"paradero/data/draft"
	"paradero/data/fault"
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
// which never leaves this machine, as they never do.
func (o *Office) bringDrafts() error {
	key, err := vault.Sub(&o.vault.Keys().Store, "drafts")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "open office", "keys_failed")
	}
	o.drafts, err = draft.New(filepath.Join(o.cfg.Dir, draftsDir), key, o.cfg.Rand)
	return err
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
