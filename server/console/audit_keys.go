package console

import "time"

// disabled says that a key was, until when and why.
func disabled(who, what part, detail map[string]string) []part {
	said := []part{who, ours(" disabled the key "), what}
	if detail["until"] != "" {
		said = append(said, ours(" until "+readable(detail["until"])))
	}
	if detail["why"] != "" {
		said = append(said, ours(", saying "), quoted(detail["why"]))
	}
	return append(said, ours("."))
}

// readable is an instant of the log's details as people read it.
func readable(text string) string {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	return at.UTC().Format("2 Jan 2006, 15:04:05 UTC")
}

func inDays(days string) string {
	if days == "1" {
		return "a day"
	}
	return days + " days"
}

// changes is what is different of a key, as it is now.
func changes(detail map[string]string) []part {
	var said []part
	for _, one := range []struct{ name, words string }{
		{"version", "its API version is "},
		{"scopes", "it may "},
		{"networks", "it may be used from "},
		{"not_before", "it begins "},
		{"expires", "it expires "},
		{"member", "another member answers for it"},
	} {
		text := detail[one.name]
		switch {
		case text == "":
			continue
		case one.name == "member":
			text = ""
		}
		before := "; "
		if said == nil {
			before = ": "
		}
		said = append(said, ours(before+one.words+readable(text)))
	}
	return append(said, ours("."))
}
