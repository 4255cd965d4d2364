//go:build race

package follow_test

func init() { raced = true }
