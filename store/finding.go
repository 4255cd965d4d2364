package store

// Finding is one thing that was looked at in a database, for whoever runs it.
type Finding struct {
	What   string // in a word or two: "library", "clock"
	Health Health
	Found  string // what there is
	Remedy string // what to do about it; empty when it is Well
}

// Health is how a Finding is.
type Health string

// How things can be.
const (
	Well  Health = "well"
	Worry Health = "worry" // works today
	Wrong Health = "wrong"
)

// Find is a Finding that is Well, or with a remedy as bad as it is said to be.
func Find(what, found string, otherwise Health, remedy string) Finding {
	if remedy == "" {
		otherwise = Well
	}
	return Finding{what, otherwise, found, remedy}
}

// Examination is all that was found in a database.
type Examination struct {
	Findings []Finding
	Checks   map[int][]byte // of the keyring that belongs to it; nil when they could not be read
}

// Find adds a finding.
func (e *Examination) Find(what, found string, otherwise Health, remedy string) {
	e.Findings = append(e.Findings, Find(what, found, otherwise, remedy))
}
