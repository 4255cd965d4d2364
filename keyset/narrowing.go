package keyset

import "strings"

// narrowing is what makes a key good for less than its kind may. Many keys share one.
type narrowing struct {
	scopes   *scopeSet
	networks *networks // nil: anywhere
}

// takeNarrowing gives the number of the key's narrowing, 0 for a key that is not narrowed.
func (w *writer) takeNarrowing(k Key) uint32 {
	if len(k.Scopes) == 0 && len(k.Networks) == 0 {
		return 0
	}
	text := scopesText(k.Scopes) + "\x00"
	var within *networks
	if len(k.Networks) > 0 {
		within = compileNetworks(k.Networks)
		text += within.text()
	}
	return w.narrowings.take(text, func() *narrowing { return w.rules.narrow(text, within) })
}

// narrow reads the scopes from the text that takeNarrowing made.
func (c *compiled) narrow(text string, within *networks) *narrowing {
	scopes := c.all
	if patterns, _, _ := strings.Cut(text, "\x00"); patterns != "" {
		scopes = compileScopes(c.scopeNames, strings.Split(patterns, "\n"))
	}
	return &narrowing{scopes, within}
}

// setRules compiles what was compiled by the rules of before.
func (w *writer) setRules(rules Rules) {
	w.rules = w.compile(rules)
	w.narrowings.renew(&narrowing{scopes: w.rules.all}, func(text string, old *narrowing) *narrowing {
		return w.rules.narrow(text, old.networks)
	})
}
