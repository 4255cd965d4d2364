package keyset

import (
	"slices"
	"strings"
)

// names gives the names of versions, plans or roles numbers. They come from a policy, so they are
// few, and stay.
type names struct {
	numbers map[string]uint16
	list    []string // by number
}

func newNames() *names { return &names{numbers: map[string]uint16{"": 0}, list: []string{""}} }

// number gives 0 for the empty name, and for what comes after 65,535 others: nothing has it.
func (n *names) number(name string) uint16 {
	number, ok := n.numbers[name]
	if !ok && len(n.list) <= 0xffff {
		number, name = uint16(len(n.list)), strings.Clone(name)
		n.numbers[name] = number
		n.list = append(n.list, name)
	}
	return number
}

// byNumber puts what has names in the order of their numbers.
func byNumber[T, U any](n *names, list []T, name func(T) string, compile func(T) U) []U {
	out := make([]U, 1)
	for _, item := range list {
		number := int(n.number(name(item)))
		if number == 0 {
			continue
		}
		if missing := number + 1 - len(out); missing > 0 {
			out = slices.Concat(out, make([]U, missing))
		}
		out[number] = compile(item)
	}
	return out
}

// at is the zero value for a number beyond the list.
func at[T any](list []T, number int) (value T) {
	if number < len(list) {
		value = list[number]
	}
	return value
}
