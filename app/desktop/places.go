package desktop

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	fw "fyne.io/fyne/v2/widget"

	"paradero/assets"
)

// sticks are the folders of what is plugged in now: the sticks on which changes,
// invitations and backups travel. Windows shows its drives by itself.
func sticks(root string) []string {
	var found []string
	switch runtime.GOOS {
	case "windows":
		return nil
	case "darwin":
		found, _ = filepath.Glob(filepath.Join(root, "Volumes", "*"))
	default:
		for _, pattern := range []string{"media/*/*", "run/media/*/*"} {
			got, _ := filepath.Glob(filepath.Join(root, pattern))
			found = append(found, got...)
		}
	}
	return slices.DeleteFunc(found, func(dir string) bool {
		at, err := os.Lstat(dir)
		if err != nil || !at.IsDir() { // the disk of the system stands there as a link
			return true
		}
		_, err = os.ReadDir(dir) // another person's
		return err != nil
	})
}

// places gives the places of a dialog of files their words, which Fyne leaves in
// English, and adds the sticks that are plugged in: nobody at a morgue should have to
// look for one among the folders of the system.
func (s *shell) places(d *dialog.FileDialog) {
	top := s.win.Canvas().Overlays().Top()
	list := placesList(top)
	if list == nil || list.Length == nil || list.UpdateItem == nil {
		return
	}
	own, draw, chosen := list.Length(), list.UpdateItem, list.OnSelected
	sticks := sticks("/")
	list.Length = func() int { return own + len(sticks) }
	list.UpdateItem = func(id fw.ListItemID, o fyne.CanvasObject) {
		label, icon := placeParts(o)
		if id < own {
			draw(id, o)
			namePlace(label, s.words)
			return
		}
		if label != nil && icon != nil {
			icon.SetResource(theme.StorageIcon())
			label.SetText(filepath.Base(sticks[id-own]))
		}
	}
	list.OnSelected = func(id fw.ListItemID) {
		if id < own {
			chosen(id)
			return
		}
		if u, err := storage.ListerForURI(storage.NewFileURI(sticks[id-own])); err == nil {
			d.SetLocation(u)
		}
	}
	list.Refresh()
}

func namePlace(label *fw.Label, w *assets.Words) {
	if label != nil && w.Has(fynePrefix+label.Text) {
		label.SetText(w.T(fynePrefix + label.Text))
	}
}

// placesList finds the list of places in a dialog: it leads the pane with the files.
func placesList(o fyne.CanvasObject) *fw.List {
	switch o := o.(type) {
	case nil:
		return nil
	case *fw.PopUp:
		return placesList(o.Content)
	case *container.Split:
		list, _ := o.Leading.(*fw.List)
		return list
	case *fyne.Container:
		for _, each := range o.Objects {
			if list := placesList(each); list != nil {
				return list
			}
		}
		return nil
	}
	// Fyne keeps what lies over the window in a type of its own, whose content can be seen.
	v := reflect.Indirect(reflect.ValueOf(o))
	if v.Kind() != reflect.Struct {
		return nil
	}
	f := v.FieldByName("Content")
	if !f.IsValid() || !f.CanInterface() {
		return nil
	}
	content, _ := f.Interface().(fyne.CanvasObject)
	return placesList(content)
}

// placeParts finds the name and the icon of a place.
func placeParts(o fyne.CanvasObject) (label *fw.Label, icon *fw.Icon) {
	switch o := o.(type) {
	case *fw.Label:
		return o, nil
	case *fw.Icon:
		return nil, o
	case *fyne.Container:
		for _, each := range o.Objects {
			l, i := placeParts(each)
			if l != nil {
				label = l
			}
			if i != nil {
				icon = i
			}
		}
	}
	return label, icon
}
