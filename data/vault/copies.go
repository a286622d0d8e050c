package vault

import "path/filepath"

// damagedCopy gives the name of the vault's copy that is missing or not what
// was written, "" when both are whole. Two whole ones that differ are no
// damage: a crash came between them.
func damagedCopy(dir string) string {
	for _, name := range []string{fileName, spareName} {
		if _, err := readOne(filepath.Join(dir, name)); err != nil {
			return name
		}
	}
	return ""
}
