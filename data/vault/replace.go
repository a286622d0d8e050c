package vault

// HalfWritten matches the names that Replace gives to a file until it is whole.
const HalfWritten = ".vault-*"

// Replace writes a whole small file in the place of the old one: beside it,
// synced, renamed over it, and the folder synced. At every moment the old or
// the new one is there in full; a crash leaves at most a file of HalfWritten.
func Replace(path string, b []byte) error { return replace(path, b) }
