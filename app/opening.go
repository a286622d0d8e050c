package app

import (
	"paradero/assets"
	"paradero/data"
)

// OpeningWords tells how the first arrival on a new device stands: what is here
// already, and how far the rest has come.
func OpeningWords(at *data.Opening, w *assets.Words) (here, rest string) {
	switch {
	case at.Records > 0 && at.By != "":
		here = w.N("arriving.newest", at.Records, at.By, TimeText(at.At, w))
	case at.Records > 0:
		here = w.N("arriving.newest_of", at.Records, TimeText(at.At, w))
	default:
		here = w.T("arriving.oldest")
	}
	if at.Total > 0 {
		return here, w.T("arriving.rest", w.Count(at.Here), w.Count(at.Total))
	}
	return here, w.N("arriving.so_far", at.Here)
}
