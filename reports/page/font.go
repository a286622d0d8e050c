package page

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/jung-kurt/gofpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"

	"paradero/assets"
)

// Fonts are the embedded fonts prepared once. Most of the time of a letter
// would otherwise go into reading the same half megabyte of font twice for each
// document: so the Latin letters (Windows-1252: Spanish, Kichwa and Shuar as
// they are written here) are cut out and compressed once, and shared by all
// documents. A text with other letters gets the whole fonts, at their price.
type Fonts struct {
	faces map[string]*face
}

type face struct {
	style string // gofpdf's: "", "B", "I"
	whole []byte
	cut   []byte // the Latin letters, compressed
	def   []byte // gofpdf's description of the cut
	font  *sfnt.Font
	latin [256]int // advance by code, thousandths of an em
}

const family = "noto"

var faceFiles = map[string]string{"": "NotoSans-Regular", "B": "NotoSans-Bold", "I": "NotoSans-Italic"}

// Prepared gives the embedded fonts, read at the first call.
var Prepared = sync.OnceValues(func() (*Fonts, error) { return LoadFonts(assets.Font) })

// LoadFonts prepares the three faces; load finds a font by its file's name.
func LoadFonts(load func(name string) ([]byte, error)) (*Fonts, error) {
	f := &Fonts{faces: map[string]*face{}}
	for style, name := range faceFiles {
		ttf, err := load(name + ".ttf")
		if err != nil {
			return nil, fmt.Errorf("prepare font %s: %w", name, err)
		}
		fc, err := newFace(style, name, ttf)
		if err != nil {
			return nil, fmt.Errorf("prepare font %s: %w", name, err)
		}
		f.faces[style] = fc
	}
	return f, nil
}

func newFace(style, name string, ttf []byte) (*face, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	fc := &face{style: style, whole: ttf, font: parsed}
	var buf sfnt.Buffer
	var letters []rune
	for code := 32; code < 256; code++ {
		r := charmap.Windows1252.DecodeByte(byte(code))
		if w, ok := fc.advance(&buf, r); ok && r != 0xFFFD {
			letters, fc.latin[code] = append(letters, r), w
		}
	}
	cut := gofpdf.UTF8CutFont(bytes.Clone(ttf), string(letters)) // it writes into what it is given
	var z bytes.Buffer
	w, err := zlib.NewWriterLevel(&z, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(cut); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	fc.cut = z.Bytes()
	fc.def, err = fc.describe(&buf, name, len(cut))
	return fc, err
}

// describe writes what gofpdf wants to know of an 8-bit TrueType font.
func (fc *face) describe(buf *sfnt.Buffer, name string, size int) ([]byte, error) {
	thousand := fixed.I(1000)
	m, err := fc.font.Metrics(buf, thousand, font.HintingNone)
	if err != nil {
		return nil, err
	}
	box, err := fc.font.Bounds(buf, thousand, font.HintingNone)
	if err != nil {
		return nil, err
	}
	desc := map[string]any{
		"Ascent": m.Ascent.Round(), "Descent": -m.Descent.Round(), "CapHeight": m.CapHeight.Round(),
		"Flags": 32, "ItalicAngle": 0, "StemV": 80, "MissingWidth": 600,
		"FontBBox": map[string]int{"Xmin": box.Min.X.Floor(), "Ymin": -box.Max.Y.Ceil(), "Xmax": box.Max.X.Ceil(), "Ymax": -box.Min.Y.Floor()},
	}
	switch fc.style {
	case "I":
		desc["Flags"], desc["ItalicAngle"] = 32|64, -12
	case "B":
		desc["StemV"] = 140
	}
	return json.Marshal(map[string]any{
		"Tp": "TrueType", "Name": "PARADE+" + name, "Desc": desc, "Up": -100, "Ut": 50,
		"Cw": fc.latin, "Enc": "cp1252", "File": name + ".z", "OriginalSize": size,
	})
}

// advance gives a character's width in thousandths of an em, false when the
// font has no glyph for it.
func (fc *face) advance(buf *sfnt.Buffer, r rune) (int, bool) {
	g, err := fc.font.GlyphIndex(buf, r)
	if err != nil || g == 0 {
		return 0, false
	}
	w, err := fc.font.GlyphAdvance(buf, g, fixed.I(1000), font.HintingNone)
	if err != nil {
		return 0, false
	}
	return w.Round(), true
}
