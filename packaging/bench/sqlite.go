package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // the peer
)

// peerWork says exactly what SQLite does here, printed with the results.
const peerWork = `SQLite (mattn/go-sqlite3, one file, WAL, prepared statements, one connection, nothing encrypted, nothing signed):
  one save    one transaction: the person's row of 14 columns with his place, and one history row (JSON of all values, time, author);
              indexes on the folded name, on the cédula (unique) and on the history's person; synchronous=FULL
  16 writers  the same transactions from 16 goroutines; SQLite takes them one after the other
  import      INSERT … ON CONFLICT(cedula) DO UPDATE with a history row each, 512 rows a transaction, synchronous=NORMAL
  search      folded name or cédula LIKE '%text%' of every word, the first 50 in the order of names, and how many there are`

var columns = []string{
	"given_names", "paternal_surname", "maternal_surname", "cedula", "birth", "sex", "nationality", "legal_status", "detained_on", "offence",
	"penalty_months", "process_number", "facility", "wing",
}

// peer is an SQLite database that keeps the same people.
type peer struct {
	db      *sql.DB
	mu      sync.Mutex // SQLite writes one at a time; waiting here is cheaper than its busy handler
	person  *sql.Stmt
	history *sql.Stmt
	find    *sql.Stmt
	count   *sql.Stmt
}

func openPeer(dir, synchronous string) (*peer, error) {
	dsn := "file:" + filepath.Join(dir, "peer.db") + "?_journal_mode=WAL&_synchronous=" + synchronous + "&_busy_timeout=10000"
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	schema := `CREATE TABLE IF NOT EXISTS person (id INTEGER PRIMARY KEY, folded TEXT, ` + strings.Join(columns, " TEXT, ") + ` TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS person_cedula ON person (cedula);
CREATE INDEX IF NOT EXISTS person_name ON person (folded);
CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, person INTEGER, at TEXT, author TEXT, said TEXT);
CREATE INDEX IF NOT EXISTS history_person ON history (person);`
	if _, err := db.Exec(schema); err != nil {
		return nil, err
	}
	p := &peer{db: db}
	var sets []string
	for _, c := range columns {
		sets = append(sets, c+"=excluded."+c)
	}
	upsert := `INSERT INTO person (folded, ` + strings.Join(columns, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(columns)) +
		`) ON CONFLICT(cedula) DO UPDATE SET folded=excluded.folded, ` + strings.Join(sets, ", ") + ` RETURNING id`
	match := ` FROM person WHERE (folded LIKE ? OR cedula LIKE ?) AND (folded LIKE ? OR cedula LIKE ?)`
	for _, s := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&p.person, upsert},
		{&p.history, `INSERT INTO history (person, at, author, said) VALUES (?, ?, ?, ?)`},
		{&p.find, `SELECT id, given_names, paternal_surname, maternal_surname, cedula, facility, wing` + match + ` ORDER BY folded LIMIT 50`},
		{&p.count, `SELECT count(*)` + match},
	} {
		if *s.to, err = db.Prepare(s.text); err != nil {
			return nil, fmt.Errorf("prepare %q: %w", s.text, err)
		}
	}
	return p, nil
}

func (p *peer) close() error { return p.db.Close() }

// save writes people in one transaction.
func (p *peer) save(ctx context.Context, people ...person) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, history := tx.StmtContext(ctx, p.person), tx.StmtContext(ctx, p.history)
	for _, who := range people {
		args := []any{folded(who)}
		for _, c := range columns {
			v := who.values[c]
			if v == "" {
				v = who.claim[c]
			}
			args = append(args, v)
		}
		var id int64
		if err := insert.QueryRowContext(ctx, args...).Scan(&id); err != nil {
			return err
		}
		said, err := json.Marshal(who.values)
		if err != nil {
			return err
		}
		if _, err := history.ExecContext(ctx, id, time.Now().UTC().Format(time.RFC3339Nano), "Lucía Andrade", string(said)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// importAll writes people as a list is brought in.
func (p *peer) importAll(ctx context.Context, n int, next func() person) error {
	const chunk = 512
	rows := make([]person, 0, chunk)
	for start := 0; start < n; start += chunk {
		rows = rows[:0]
		for range min(chunk, n-start) {
			rows = append(rows, next())
		}
		if err := p.save(ctx, rows...); err != nil {
			return err
		}
	}
	return nil
}

// search gives how many people match and reads the first fifty.
func (p *peer) search(ctx context.Context, text string) (int, error) {
	words := strings.Fields(fold(text))
	for len(words) < 2 {
		words = append(words, "")
	}
	a, b := "%"+words[0]+"%", "%"+words[1]+"%"
	var n int
	if err := p.count.QueryRowContext(ctx, a, a, b, b).Scan(&n); err != nil {
		return 0, err
	}
	rows, err := p.find.QueryContext(ctx, a, a, b, b)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		var s [6]string
		if err := rows.Scan(&id, &s[0], &s[1], &s[2], &s[3], &s[4], &s[5]); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

func folded(p person) string {
	return fold(p.values["paternal_surname"] + " " + p.values["maternal_surname"] + " " + p.values["given_names"])
}

// unaccent is all that these names need; a table is the cheapest way, and the
// peer is to be measured at its best.
var unaccent = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n")

// fold takes accents and capitals away.
func fold(s string) string { return unaccent.Replace(strings.ToLower(s)) }
