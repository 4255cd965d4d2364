//go:build !linux

package hugepages

// Ask does nothing here.
func Ask([]uint64) {}
