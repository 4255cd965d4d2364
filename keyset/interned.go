package keyset

import "sync/atomic"

// interned holds each different value once, under a number, for as long as a record uses it. A
// number is used again only after the revision in which the last record let go of it was
// published; view.go says why that is enough.
type interned[T any] struct {
	numbers numbers
	byText  map[string]uint32
	texts   []string // by number, "" for one that is free
	uses    []int
	values  shelf[T]
}

// shelf is what readers see of it, by number.
type shelf[T any] []atomic.Pointer[T]

func newInterned[T any]() *interned[T] {
	return &interned[T]{byText: map[string]uint32{}, texts: []string{""}, uses: []int{0}, values: make(shelf[T], 1)}
}

// take gives the number of the value that a text, which is not empty, stands for. One that is
// not there is made.
func (in *interned[T]) take(text string, value func() *T) uint32 {
	n, ok := in.byText[text]
	if !ok {
		n = in.numbers.take()
		if int(n) == len(in.uses) {
			in.texts, in.uses = append(in.texts, ""), append(in.uses, 0)
			in.values = in.values.grown()
		}
		in.byText[text], in.texts[n] = n, text
		in.values[n].Store(value())
	}
	in.uses[n]++
	return n
}

func (in *interned[T]) give(n uint32) {
	if n == 0 {
		return
	}
	if in.uses[n]--; in.uses[n] == 0 {
		delete(in.byText, in.texts[n])
		in.texts[n] = ""
		in.numbers.give(n)
	}
}

// renew makes each value anew from its text, on a shelf of its own: views of before keep theirs.
// zero is the value of number 0.
func (in *interned[T]) renew(zero *T, value func(text string, old *T) *T) {
	renewed := make(shelf[T], len(in.values))
	renewed[0].Store(zero)
	for n, text := range in.texts {
		if text != "" {
			renewed[n].Store(value(text, in.values[n].Load()))
		}
	}
	in.values = renewed
}

// grown is one longer. Readers keep the shelf that they have.
func (s shelf[T]) grown() shelf[T] {
	length := len(s) + 1
	if length <= cap(s) {
		return s[:length]
	}
	grown := make(shelf[T], length, 2*length)
	for n := range s {
		grown[n].Store(s[n].Load())
	}
	return grown
}
