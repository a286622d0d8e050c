package assets

import _ "embed"

//go:embed icons/paradero.png
var icon []byte

// Icon gives the program's icon as PNG, a copy that the caller may keep.
func Icon() []byte { return append([]byte(nil), icon...) }
