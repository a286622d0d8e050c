package widget

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"rsc.io/qr"
)

// quiet is the light margin around a QR code, in its squares, without which
// readers do not find it.
const quiet = 4

// NewQR draws a text as a QR code of that many pixels, dark on light in both
// themes, as readers want it.
func NewQR(text string, px float32) (fyne.CanvasObject, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("encode QR: %w", err)
	}
	side := code.Size + 2*quiet
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				img.SetColorIndex(x+quiet, y+quiet, 1)
			}
		}
	}
	pic := canvas.NewImageFromImage(img)
	pic.ScaleMode = canvas.ImageScalePixels
	pic.FillMode = canvas.ImageFillContain
	return container.New(&fixed{px, px}, pic), nil
}
