package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium is the one real browser of all tests; each gets a profile of its own in it.
var chromium = sync.OnceValues(func() (context.Context, error) {
	profile := path("chromium")
	allocator, _ := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(profile), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "en-US"))
	ctx, _ := chromedp.NewContext(allocator)
	return ctx, chromedp.Do(ctx)
})

// look is how a tab looks at pages.
type look struct {
	noScript, dark, narrow bool
}

// tab is one browser tab on a console, with cookies of its own.
type tab struct {
	*testing.T
	ctx  context.Context
	base string
	look look

	dialogs atomic.Int32 // that the browser itself opened: "leave this page?"
}

func browse(t *testing.T, base string, l look) *tab {
	t.Helper()
	root, err := chromium()
	if err != nil {
		t.Fatalf("Chromium does not start; `make test` installs it: %v", err)
	}
	ctx, cancel := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context that it was first used with
		t.Fatalf("open a tab: %v", err)
	}
	ctx, cancelTime := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancelTime)
	b := &tab{T: t, ctx: ctx, base: base, look: l}
	width, scheme := int64(1280), "light"
	if l.narrow {
		width = 390
	}
	if l.dark {
		scheme = "dark"
	}
	b.do("open a tab", chromedp.EmulateViewport(width, 900), func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return chromedp.Void{}, err
	})
	b.scripts(!l.noScript)
	leaving := chromedp.Events(ctx, page.JavascriptDialogOpening)
	go func() { // every "leave this page?" is answered with yes, and counted
		for _, err := range leaving {
			if err != nil {
				return
			}
			b.dialogs.Add(1)
			_ = chromedp.Do(ctx, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
				_, err := cdp.Call(ctx, t, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
				return chromedp.Void{}, err
			})
		}
	}()
	return b
}

// scripts says whether pages may run script.
func (b *tab) scripts(may bool) {
	b.Helper()
	b.do("switch scripts", func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !may})
		return chromedp.Void{}, err
	})
}

// allow gives the pages of this tab a permission, such as "clipboard-read".
func (b *tab) allow(permission string) {
	b.Helper()
	id := chromedp.FromContext(b.ctx).BrowserContextID
	b.do("grant "+permission, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: permission}, Setting: browser.PermissionSettingGranted, Origin: b.base, BrowserContextID: id,
		})
		return chromedp.Void{}, err
	})
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("%s: %v\non %s:\n%s", what, err, b.path(), b.said())
	}
}

// value evaluates an expression in the page, also where the page itself may run no script.
func value[T any](b *tab, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("evaluate: %v", err)
	}
	return v
}

func (b *tab) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
	return text
}

var keyText = regexp.MustCompile(`kw_(live|test)_\w+`)

// said is the page's text for a failure: without the key that it may show.
func (b *tab) said() string { return keyText.ReplaceAllString(b.text(), "[key]") }

func (b *tab) path() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	location, _ := chromedp.Run(ctx, chromedp.Location())
	return strings.TrimPrefix(location, b.base)
}

func (b *tab) goTo(path string) {
	b.Helper()
	b.do("go to "+path, chromedp.Navigate(b.base+path))
	b.keep()
}

// field finds the input of a label by the label's text.
func field(label string) string {
	return fmt.Sprintf(`//*[@id=//label[normalize-space(.)=%[1]q or starts-with(normalize-space(.), %[1]q)]/@for]`, label)
}

// pressable finds a button or link by what it says.
func pressable(name string) string {
	return fmt.Sprintf(`//*[self::button or self::a or self::summary][normalize-space(.)=%[1]q or @aria-label=%[1]q]`, name)
}

func (b *tab) fill(label, text string) {
	b.Helper()
	b.do("fill "+label, chromedp.Clear(field(label)), chromedp.SendKeys(field(label), text))
}

// press presses a button or follows a link, by what it says; visit is for one that leads to
// another page.
func (b *tab) press(name string) {
	b.Helper()
	b.do("press "+name, chromedp.Click(pressable(name)))
}

func (b *tab) visit(name string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(pressable(name))); err != nil {
		b.Fatalf("press %s: %v\non %s:\n%s", name, err, b.path(), b.said())
	}
	b.keep()
}

// see waits until the page says something.
func (b *tab) see(texts ...string) {
	b.Helper()
	for _, text := range texts {
		for deadline := time.Now().Add(10 * time.Second); !strings.Contains(b.text(), text); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				b.Fatalf("%s does not say %q:\n%s", b.path(), text, b.said())
			}
		}
	}
}

func (b *tab) notSee(texts ...string) {
	b.Helper()
	for _, text := range texts {
		if strings.Contains(b.text(), text) {
			b.Errorf("%s says %q", b.path(), text)
		}
	}
}

func (b *tab) signIn(email string) {
	b.Helper()
	b.goTo("/sign-in")
	b.fill("E-mail", email)
	b.fill("Password", password)
	b.visit("Sign in")
}

var pages atomic.Int32

// keep saves the page for the canary, but for the one that shows a secret.
func (b *tab) keep() {
	html := value[string](b, "document.documentElement.outerHTML")
	if strings.Contains(html, "secret-box") {
		return
	}
	file := path("pages/%03d%s.html", pages.Add(1), strings.ReplaceAll(strings.SplitN(b.path(), "?", 2)[0], "/", "-"))
	_ = os.MkdirAll(filepath.Dir(file), 0o700)
	if err := os.WriteFile(file, []byte(html), 0o600); err != nil {
		b.Fatal(err)
	}
}

// shoot takes a picture of the whole page.
func (b *tab) shoot(file string) {
	b.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		b.Fatal(err)
	}
}

var axe = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile(filepath.Join(repository, "tools", "node_modules", "axe-core", "axe.min.js"))
	return string(text), err
})

// accessible lets axe-core look at the page as it is now.
func (b *tab) accessible() {
	b.Helper()
	script, err := axe()
	if err != nil {
		b.Fatalf("axe-core is missing; `make test` installs it: %v", err)
	}
	if b.look.noScript { // axe-core itself is a script
		b.scripts(true)
		defer b.scripts(false)
	}
	b.do("load axe-core", chromedp.Evaluate[chromedp.Void](script+";undefined"))
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](
		`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html + " " + (n.any[0] ? n.any[0].message : "")).slice(0, 5)}))))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("axe: %v", err)
	}
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		b.Fatal(err)
	}
	for _, v := range violations {
		b.Errorf("%s (%+v): %s: %s\n  %s", b.path(), b.look, v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
}
