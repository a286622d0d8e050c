//go:build !linux

package data

import "os"

func dropCache(*os.File) {}
