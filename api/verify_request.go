package api

import "strings"

// ReadVerifyRequest reads a VerifyRequest strictly, as Unmarshal does: the result is the same,
// and so is each error. One comes with every request to the protected API, so those that programs
// write are read here, at a quarter of the cost. All else, and with it all that is wrong, is left to
// Unmarshal.
func ReadVerifyRequest(body []byte) (asked VerifyRequest, err error) {
	plain := plainJSON{all: string(body)}
	if plain.verifyRequest(&asked) {
		return asked, nil
	}
	return readAnyVerifyRequest(body)
}

// readAnyVerifyRequest is a function of its own because what it reads into has to be allocated.
func readAnyVerifyRequest(body []byte) (asked VerifyRequest, err error) {
	err = Unmarshal(body, &asked)
	return asked, err
}

// plainJSON reads the JSON that programs write most of the time: known members, each once, texts
// in ASCII without escapes, numbers of digits alone. Its methods answer false for anything else,
// right or wrong. What they answer refers to the text that is read.
type plainJSON struct {
	all string
	at  int
}

func (p *plainJSON) verifyRequest(into *VerifyRequest) bool {
	var given uint16 // a bit for each member
	for more := p.take('{'); more; more = p.take(',') {
		name, ok := p.text()
		if !ok || !p.take(':') {
			return false
		}
		var bit uint16
		switch name {
		case "credential":
			bit = 1 << 0
			into.Credential, ok = p.text()
		case "authorization":
			bit = 1 << 1
			into.Authorization, ok = p.text()
		case "accept":
			bit = 1 << 2
			into.Accept, ok = p.text()
		case "api_version":
			bit = 1 << 3
			into.APIVersion, ok = p.text()
		case "method":
			bit = 1 << 4
			into.Method, ok = p.text()
		case "path":
			bit = 1 << 5
			into.Path, ok = p.text()
		case "client_ip":
			bit = 1 << 6
			into.ClientIP, ok = p.text()
		case "scopes":
			bit = 1 << 7
			into.Scopes, ok = p.texts()
		case "min_revision":
			bit = 1 << 8
			into.MinRevision, ok = p.number()
		case "cost":
			bit = 1 << 9
			var cost uint64
			cost, ok = p.number()
			into.Cost = &cost
		case "environment":
			bit = 1 << 10
			into.Environment, ok = p.text()
		default:
			return false
		}
		if !ok || given&bit != 0 {
			return false
		}
		given |= bit
	}
	return given != 0 && p.take('}') && p.next() == 0 && p.at == len(p.all)
}

// next skips blanks and answers the byte after them, 0 at the end.
func (p *plainJSON) next() byte {
	for p.at < len(p.all) {
		switch c := p.all[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
	return 0
}

// take reads one byte of the syntax.
func (p *plainJSON) take(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

func (p *plainJSON) text() (string, bool) {
	if !p.take('"') {
		return "", false
	}
	end := strings.IndexByte(p.all[p.at:], '"')
	if end < 0 {
		return "", false
	}
	text := p.all[p.at : p.at+end]
	p.at += end + 1
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\\' {
			return "", false
		}
	}
	return text, true
}

func (p *plainJSON) texts() ([]string, bool) {
	if !p.take('[') {
		return nil, false
	}
	list := []string{} // not nil, even if it stays empty
	if p.take(']') {
		return list, true
	}
	for {
		text, ok := p.text()
		if !ok {
			return nil, false
		}
		list = append(list, text)
		if !p.take(',') {
			return list, p.take(']')
		}
	}
}

// number leaves 0 and what may be too large to Unmarshal.
func (p *plainJSON) number() (uint64, bool) {
	const fit = 19 // digits
	first, number := p.next(), uint64(0)
	begin := p.at
	for p.at < len(p.all) && p.all[p.at] >= '0' && p.all[p.at] <= '9' {
		number = 10*number + uint64(p.all[p.at]-'0')
		p.at++
	}
	return number, first >= '1' && first <= '9' && p.at-begin <= fit
}
