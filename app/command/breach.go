package command

import (
	"io"
	"path/filepath"
	"strings"

	"paradero/app"
	"paradero/data"
	"paradero/data/exchange"
	"paradero/data/fault"
	"paradero/reports"
)

// teamBreach tells what a lost device held, and writes it down for the notice.
func (c *call) teamBreach(o *data.Office, device, output string) error {
	form := strings.ToLower(filepath.Ext(output))
	if output != "" && form != ".pdf" && form != ".csv" {
		return usage("breach_form", output)
	}
	id, err := c.deviceNamed(o, device, nil)
	if err != nil {
		return err
	}
	b, err := o.Breach(c.ctx, id, c.meter.show)
	if err != nil {
		return err
	}
	if output != "" {
		if err := c.writeBreach(o, b, form, output); err != nil {
			return err
		}
		o.Exported(reports.BreachKind, b.Device.String(), len(b.People))
	}
	out := breachObject(b)
	if output != "" {
		out.put("file", output)
	}
	c.result(out, func() { c.sayBreach(b, output) })
	return nil
}

func (c *call) writeBreach(o *data.Office, b *data.Breach, form, output string) error {
	if form == ".csv" {
		return app.WriteFile(output, func(w io.Writer) error { return exchange.WriteTable(w, breachHead(), breachRows(b)) })
	}
	paper, err := reports.Breach(c.ctx, o, b)
	if err != nil {
		return err
	}
	return app.WriteFile(output, func(w io.Writer) error {
		_, err := w.Write(paper.PDF)
		return fault.Wrap(err, fault.Internal, "breach report", "file_failed", output)
	})
}

func breachHead() []string {
	return []string{"id", "kind", "name", "fields", "why", "restricted", "known"}
}

func breachRows(b *data.Breach) [][]string {
	rows := make([][]string, 0, len(b.People))
	for i := range b.People {
		p := &b.People[i]
		yes := map[bool]string{true: "true", false: "false"}
		rows = append(rows, []string{p.ID.String(), p.Kind.String(), p.Name, strings.Join(p.Fields, ";"), p.Why, yes[p.Restricted], yes[p.Known]})
	}
	return rows
}

func breachObject(b *data.Breach) object {
	out := object{{"device", b.Device.String()}, {"name", b.Name}, {"member", b.MemberName}, {"since", stamped(b.Since)}, {"ended", b.Ended}}
	if !b.LastWrote.IsZero() {
		out.put("last_wrote", stamped(b.LastWrote))
	}
	if !b.LastSaid.IsZero() {
		out.put("last_said", stamped(b.LastSaid))
	}
	out.put("due", b.Due.Format("2006-01-02"))
	out.put("changes", b.Changes)
	out.put("changes_known", b.ChangesKnown)
	out.put("epochs", len(b.Epochs))
	out.put("epochs_of", b.AllEpochs)
	circles := []object{}
	for _, k := range b.Circles {
		circles = append(circles, object{{"id", k.ID.String()}, {"name", k.Name}, {"keys", k.Keys}, {"keys_of", k.AllKeys}})
	}
	out.put("circles", circles)
	kinds := []object{}
	for _, k := range b.Kinds {
		kinds = append(kinds, object{{"kind", k.Kind.String()}, {"records", k.Records}, {"known", k.Known}})
	}
	out.put("kinds", kinds)
	people := make([]object, 0, len(b.People))
	for i := range b.People {
		p := &b.People[i]
		one := object{{"id", p.ID.String()}, {"kind", p.Kind.String()}, {"name", p.Name}, {"known", p.Known}}
		if len(p.Fields) > 0 {
			one.put("fields", p.Fields)
		}
		if p.Restricted {
			one.put("restricted", true)
		}
		people = append(people, one)
	}
	out.put("people", people)
	out.put("erased", b.Erased)
	out.put("restricted", b.Restricted)
	readings := make([]object, 0, len(b.Readings))
	for i := range b.Readings {
		readings = append(readings, readingObject(&b.Readings[i]))
	}
	out.put("readings", readings)
	return out
}

func (c *call) sayBreach(b *data.Breach, output string) {
	c.print("command.breach.device", joinWith(" ", b.Name, b.Device.String()), b.MemberName)
	if !b.Ended {
		c.print("command.breach.not_ended")
	}
	for _, k := range b.Kinds {
		c.print("command.breach.kind", c.words.T("kinds."+k.Kind.String()), c.words.Count(k.Records), c.words.Count(k.Known))
	}
	c.print("command.breach.people", c.words.Count(len(b.People)))
	for _, k := range b.Circles {
		c.print("command.breach.circle", k.Name)
	}
	if b.Restricted > 0 {
		c.print("command.breach.closed", c.words.Count(b.Restricted))
	}
	c.print("command.breach.readings", c.words.Count(len(b.Readings)))
	c.print("command.breach.due", b.Due.Format("2006-01-02"))
	if output != "" {
		c.print("command.breach.file", output)
	}
}
