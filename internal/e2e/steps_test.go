package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// create presses "Create Key" and answers the key that is shown.
func (b *tab) create() string {
	b.Helper()
	b.submit("Create Key")
	return b.secret()
}

// submit is visit for a form's button; the page that follows may show a secret.
func (b *tab) submit(name string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(pressable(name))); err != nil {
		b.Fatalf("press %s: %v\non %s", name, err, b.path())
	}
	b.keep()
}

// secret is the key that the page shows.
func (b *tab) secret() string {
	b.Helper()
	text := value[string](b, `(() => { const box = document.querySelector(".secret-box"); return box ? (box.value ?? box.textContent).trim() : "" })()`)
	if text == "" {
		b.Fatalf("%s shows no key", b.path())
	}
	return text
}

// leave closes the page with the key for good.
func (b *tab) leave() {
	b.Helper()
	if !strings.Contains(b.text(), "Have you copied the key?") {
		b.press("Close")
		b.see("Have you copied the key?")
	}
	b.visit("Yes, close")
}

func (b *tab) back() {
	b.Helper()
	// Where the page that Back leads to can't be had without sending its form again, the
	// browser shows a page of its own, or stays.
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	_ = chromedp.Do(ctx, chromedp.NavigateBack())
}

func (b *tab) reload() {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	_ = chromedp.Do(ctx, chromedp.Reload())
}

// await is value for an expression that answers a promise.
func await[T any](b *tab, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("evaluate: %v", err)
	}
	return v
}

// setValue puts a text into an input as it is, past what a keyboard could type and what the
// browser itself would check.
func setValue(selector, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const input = document.querySelector(%q);
		input.removeAttribute("maxlength"); input.form.noValidate = true;
		input.value = %q;
		input.dispatchEvent(new Event("input", {bubbles: true}));
	})()`, selector, text))
}

func evaluate(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](script)
}

func check(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { const i = document.querySelector(%q); i.checked = true; i.dispatchEvent(new Event("change", {bubbles: true})); })()`, selector))
}

// copied presses Copy by keyboard and reads the clipboard.
func copied(b *tab, text string) {
	b.Helper()
	b.allow("clipboard-read")
	b.allow("clipboard-write")
	b.do("focus Copy", chromedp.Focus(pressable("Copy key")), chromedp.KeyEvent("\r"))
	b.see("Copied")
	if got := await[string](b, `navigator.clipboard.readText()`); got != text {
		b.Error("Copy by keyboard did not put the key on the clipboard")
	}
	eventually(b.T, "the result of Copy is announced", func() bool {
		spoken := value[string](b, `[...document.querySelectorAll("[aria-live], [role=status]")].map(e => e.textContent).join(" ")`)
		return strings.Contains(spoken, "Copied")
	})
}

// answer is what the REST API answers to the signed-in member in the tab.
type answer struct {
	Status int
	Body   string
}

// fetch asks the REST API as the member who is signed in, with the tab's own cookies.
func (b *tab) fetch(path string) answer {
	b.Helper()
	cookies, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (network.GetCookiesResult, error) {
		return cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{URLs: []string{b.base}})
	})
	if err != nil {
		b.Fatal(err)
	}
	request, err := http.NewRequestWithContext(b.ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range cookies.Cookies {
		request.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return answer{response.StatusCode, string(body)}
}

// rest calls the REST API with a key.
func (k *keywright) rest(t *testing.T, text, method, path, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, k.console+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token token="+text)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(answer)
}

// end deletes the key whose page of deleting is open. Whether it is in use, and so to be confirmed,
// may become known while the page is open.
func (b *tab) end(lastFour string) {
	b.Helper()
	for range 2 {
		if value[bool](b, `document.querySelector("#confirm") != null`) {
			b.fill("Type "+lastFour+" to confirm", lastFour)
		}
		b.visit("Delete this key")
		if !strings.HasSuffix(b.path(), "/delete") {
			return
		}
	}
	b.Fatalf("the key is not deleted:\n%s", b.said())
}
