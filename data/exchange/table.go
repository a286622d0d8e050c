package exchange

import (
	"bufio"
	"io"

	"paradero/data/fault"
)

// WriteTable writes rows of text as WriteCSV does: what is no list of records.
func WriteTable(w io.Writer, head []string, rows [][]string) error {
	out := bufio.NewWriter(w)
	for _, row := range append([][]string{head}, rows...) {
		for i, text := range row {
			cell(out, i, text)
		}
		out.WriteString("\r\n")
	}
	return fault.Wrap(out.Flush(), fault.Internal, "write list", "list_not_written")
}
