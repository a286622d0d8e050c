package reports

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"os/exec"
	"strconv"

	"paradero/data/fault"
)

// Render draws the pages of a PDF through poppler's pdftoppm, by pipes alone:
// nothing decrypted touches the disk.
func Render(ctx context.Context, pdf []byte, dpi int) ([]image.Image, error) {
	return render(ctx, pdf, dpi)
}

// RenderPage draws one page, the first is 1: a page that is looked at closely
// takes as much memory as ten that are not.
func RenderPage(ctx context.Context, pdf []byte, dpi, page int) (image.Image, error) {
	n := strconv.Itoa(page)
	pages, err := render(ctx, pdf, dpi, "-f", n, "-l", n)
	if err != nil {
		return nil, err
	}
	return pages[0], nil
}

func render(ctx context.Context, pdf []byte, dpi int, which ...string) ([]image.Image, error) {
	const op = "render document"
	path, err := exec.LookPath("pdftoppm")
	if err != nil {
		return nil, fault.New(fault.NotFound, op, "poppler_missing")
	}
	if dpi < 20 || dpi > 600 {
		return nil, fault.New(fault.Invalid, op, "document_render", strconv.Itoa(dpi))
	}
	cmd := exec.CommandContext(ctx, path, append(which, "-r", strconv.Itoa(dpi), "-")...) // no output name: standard output
	cmd.Stdin = bytes.NewReader(pdf)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, fault.Wrap(ctx.Err(), fault.Cancelled, op, "document_cancelled")
		}
		return nil, fault.Wrap(err, fault.Damaged, op, "document_render")
	}
	pages, err := readPPM(&out)
	if err == nil && len(pages) == 0 {
		err = errors.New("no pages")
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, op, "document_render")
	}
	return pages, nil
}

// readPPM reads pictures in PPM (P6, 8 bits), one after the other.
func readPPM(r io.Reader) ([]image.Image, error) {
	in := bufio.NewReader(r)
	var out []image.Image
	for {
		var head [4]string
		for i := range head {
			word, err := ppmWord(in)
			if err != nil {
				if i == 0 && errors.Is(err, io.EOF) {
					return out, nil
				}
				return nil, err
			}
			head[i] = word
		}
		w, errW := strconv.Atoi(head[1])
		h, errH := strconv.Atoi(head[2])
		if head[0] != "P6" || head[3] != "255" || errW != nil || errH != nil || w < 1 || h < 1 || w > 1<<14 || h > 1<<14 {
			return nil, errors.New("not a picture in PPM")
		}
		raw := make([]byte, 3*w*h)
		if _, err := io.ReadFull(in, raw); err != nil {
			return nil, err
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for i, j := 0, 0; i < len(raw); i, j = i+3, j+4 {
			img.Pix[j], img.Pix[j+1], img.Pix[j+2], img.Pix[j+3] = raw[i], raw[i+1], raw[i+2], 0xff
		}
		out = append(out, img)
	}
}

// ppmWord reads one word of the head and the single space after it.
func ppmWord(in *bufio.Reader) (string, error) {
	var word []byte
	for {
		c, err := in.ReadByte()
		if err != nil {
			return "", err
		}
		switch {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			if len(word) > 0 {
				return string(word), nil
			}
		default:
			if word = append(word, c); len(word) > 8 {
				return "", errors.New("not a picture in PPM")
			}
		}
	}
}
