package present

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"paradero/data"
	"paradero/data/fault"
	"paradero/data/record"
)

// illOffice tells how its ledger stands, and what it is without.
type illOffice struct {
	*workOffice
	health data.Health
	err    error
	away   int
}

func (o *illOffice) Health(context.Context) (data.Health, error)  { return o.health, o.err }
func (o *illOffice) Away() (int, string)                          { return o.away, "/media/usb/paradero-a-1.respaldo" }
func (o *illOffice) DeviceName(context.Context, record.ID) string { return "" }
func (o *illOffice) TravelPlan(context.Context, ...record.ID) (data.TravelPlan, error) {
	return data.TravelPlan{}, nil
}

func illHealth(t *testing.T) (*illOffice, *Health) {
	t.Helper()
	o := &illOffice{workOffice: newWorkOffice()}
	env := o.env(t)
	env.API = o
	return o, NewHealth(context.Background(), env, func() {})
}

func (h *Health) group(way Way, title string) *HealthGroup {
	i := slices.IndexFunc(h.Groups, func(g HealthGroup) bool { return g.Way == way && strings.Contains(g.Title, title) })
	if i < 0 {
		return nil
	}
	return &h.Groups[i]
}

func TestHealthSaysAllIsWellAndSinceWhen(t *testing.T) {
	o, h := illHealth(t)
	h.Load()
	if h.State != Ready || len(h.Groups) != 0 || h.Chip.Tone != Grey || h.When != "" || !strings.Contains(h.Line, "no se han verificado") {
		t.Errorf("%+v", h)
	}
	o.health.Last = data.Verified{At: time.Date(2026, 11, 20, 18, 5, 0, 0, time.UTC), Found: []data.Finding{{Key: "store_rebuilt"}}}
	o.away = 7
	h.Load()
	if h.Chip.Tone != OK || !strings.Contains(h.When, "20 nov 2026") || !strings.Contains(h.Line, "Todo está bien") {
		t.Errorf("%+v", h)
	}
	if g := h.group(ComeBack, ""); g == nil || !strings.Contains(g.About, "7 registros") {
		t.Errorf("what is away is not told: %+v", h.Groups)
	}
	o.err = fault.New(fault.Cancelled, "read", "office_closed")
	h.Load()
	if h.State != Ready {
		t.Error("a question that was stopped is no failure")
	}
	o.err = fault.New(fault.Internal, "read", "disk_failed")
	h.Load()
	if h.State != Failed || h.Failure.Hint == "" {
		t.Errorf("%+v", h.Failure)
	}
}

func TestHealthGroupsFindingsByTheirWayOut(t *testing.T) {
	o, h := illHealth(t)
	o.health = data.Health{Damage: 1, Last: data.Verified{At: o.now}}
	h.Load()
	if g := h.group(Refill, "diario está dañado"); g == nil || h.Verified(Refill) {
		t.Fatalf("damage that was found on opening is not told: %+v", h.Groups)
	}
	for range 12 {
		o.health.Last.Found = append(o.health.Last.Found, data.Finding{Key: "payload_owed", Damage: true, Args: []string{"abc"}})
	}
	o.health.Last.Found = append(o.health.Last.Found,
		data.Finding{Key: "store_missing", Damage: true, Args: []string{"3"}},
		data.Finding{Key: "batch_lost", Damage: true, Args: []string{"kkkk", "4"}},
		data.Finding{Key: "fork", Args: []string{"kkkk"}}, data.Finding{Key: "records_away", Args: []string{"3"}},
		data.Finding{Key: "backup_none"})
	o.health.Lost = []data.FromDevice{{Batches: 1}}
	h.Load()
	g := h.group(Refill, "Daño en el diario")
	if g == nil || g.Count != 12 || len(g.Lines) != healthLines || g.More != 4 || g.Tone != Bad {
		t.Fatalf("%+v", h.Groups)
	}
	for way, title := range map[Way]string{Rebuild: "copia de trabajo", BackUp: "respaldos", Refill: "Cambios que faltan"} {
		if h.group(way, title) == nil {
			t.Errorf("%s: %s is not told: %+v", way, title, h.Groups)
		}
	}
	if !h.Verified(Rebuild) || len(h.Groups) != 4 || h.Chip.Tone != Bad {
		t.Errorf("%d groups: %+v", len(h.Groups), h.Groups)
	}
}

func TestHealthTellsOfDevicesAndRights(t *testing.T) {
	o, h := illHealth(t)
	o.health = data.Health{
		Waiting: []data.FromDevice{{Name: "Portátil de Luis", Batches: 2, Changes: 3}},
		Forks:   []data.FromDevice{{Device: workID("viejo")}},
		Refused: []data.Powerless{{Why: "issue:habeas-corpus", Author: "Rosa"}, {Why: "issue:habeas-corpus", Author: "Rosa"}, {Why: "enrolled", Device: workID("ajeno")}},
	}
	h.Load()
	var all []string
	for _, g := range h.Groups {
		if g.About == "" || strings.HasPrefix(g.Title, "health.") {
			t.Errorf("without words: %+v", g)
		}
		for _, l := range g.Lines {
			all = append(all, l.Text)
		}
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"3 cambios de Portátil de Luis esperan", "un equipo sin nombre (" + workID("viejo").String()[:8] + ") numeró",
		"2 cambios de Rosa: faltaba el permiso de emitir", "no está inscrito",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	if h.Chip.Tone != Warn || h.Chip.Text != "3" {
		t.Errorf("%+v", h.Chip)
	}
}
