package docs

import (
	"testing"
	"time"

	"paradero/data/ledger"
	"paradero/data/sync"
)

// statementVector is vectors/statement.json; its batches are those of batch.json.
type statementVector struct {
	Says      string    `json:"says"`
	Seed      octets    `json:"signing_seed"`
	Office    octets    `json:"office"`
	Serial    uint64    `json:"serial"`
	At        time.Time `json:"at"`
	Program   string    `json:"program"`
	Tips      []int     `json:"tips"`
	Lacks     []int     `json:"lacks"`
	Statement octets    `json:"statement"`
}

func TestStatement(t *testing.T) {
	var v statementVector
	var batches batchVectors
	load(t, "statement.json", &v)
	load(t, "batch.json", &batches)
	all, s := batches.made(t), signerOf(v.Seed)
	want := sync.Statement{
		Office: v.Office.id(t), Device: ledger.DeviceOf(s.Public()), Public: s.Public(), Serial: v.Serial, At: v.At, Program: v.Program,
	}
	for _, i := range v.Tips {
		want.Tips = append(want.Tips, ledger.Tip{Device: all[i].Device, Seq: all[i].Seq, Hash: all[i].Hash, Lamport: all[i].Lamport})
	}
	for _, i := range v.Lacks {
		want.Lacks = append(want.Lacks, sync.Name{Device: all[i].Device, Seq: all[i].Seq, Hash: all[i].Hash})
	}
	equal(t, "statement", &v.Statement, want.Sign(s.Sign))
	refusedWhenChanged(t, "statement", v.Statement, func(b []byte) error {
		got, err := sync.ReadStatement(b)
		if err == nil && (got.Serial != v.Serial || !got.At.Equal(v.At) || got.Program != v.Program || len(got.Tips) != len(want.Tips) ||
			got.Tips[0] != want.Tips[0] || len(got.Lacks) != len(want.Lacks) || got.Lacks[0] != want.Lacks[0] || got.Office != want.Office) {
			t.Errorf("read %+v", got)
		}
		return err
	})
	keep(t, "statement.json", &v)
}
