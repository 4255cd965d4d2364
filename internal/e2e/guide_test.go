package e2e

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestTheGuideIsFollowed does what the guide "Generating an API key" says, step by step, and
// takes the picture of each step (F20). `make pictures` writes them into the console and the
// documentation; otherwise the test holds that each one that is there has the size of its step.
func TestTheGuideIsFollowed(t *testing.T) {
	k := demo(t)
	old := k.issue(t, "acme", "status page", "v2", "--as", "admin@acme.example")
	used := k.issue(t, "acme", "Grafana of team blue", "v1", "--as", "owner@acme.example")
	k.run(t, "", "key", "revoke", old.ID, "--reason", "retired", "--yes")
	k.ask(t, used.Secret)
	eventually(t, "the use is saved", func() bool {
		return bytes.Contains([]byte(k.run(t, "", "key", "show", used.ID, "--account", "acme", "--json")), []byte(`"last_used_at": "`))
	})
	word, err := os.ReadFile(filepath.Join(k.data, "demo-password"))
	if err != nil {
		t.Fatal(err)
	}
	b := browse(t, k.console, look{})
	b.goTo("/sign-in")
	b.fill("E-mail", "owner@acme.example")
	b.fill("Password", string(bytes.TrimSpace(word)))
	b.visit("Sign in")

	b.window(960, 480)
	b.goTo("/api-access")
	b.picture("api-access.png", filepath.Join(repository, "docs", "api-access.png"))
	b.window(960, 660)
	b.visit("+ Create New API Key")
	b.fill("Description", "nightly export on db-2")
	b.picture("create.png")
	text := remember(t, b.create())
	b.hideKey()
	b.picture("reveal.png")
	b.press("Close")
	b.see("Have you copied the key?")
	b.picture("close.png")
	b.leave()
	b.window(960, 480)
	b.goTo("/api-access")
	b.picture("list.png")
	if !k.ask(t, text).Valid {
		t.Error("whoever follows the guide has a key that does not verify")
	}
	b.window(960, 560)
	b.visit("nightly export on db-2")
	b.visit("Delete")
	b.picture("delete.png")
}

// window sets the size of the tab's window, in CSS pixels, for pictures on a fine screen.
func (b *tab) window(width, height int64) {
	b.Helper()
	b.do("set the window", func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1.375})
		return chromedp.Void{}, err
	})
}

// picture takes a picture of the window for the guide, and for further files.
func (b *tab) picture(name string, more ...string) {
	b.Helper()
	shot, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (page.CaptureScreenshotResult, error) {
		return cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: "png"})
	})
	if err != nil {
		b.Fatal(err)
	}
	taken, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		b.Fatal(err)
	}
	for _, file := range append(more, filepath.Join(repository, "server", "console", "static", "help", name)) {
		if os.Getenv("KEYWRIGHT_GUIDE") != "" {
			if err := os.WriteFile(file, small(b.T, taken), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		kept, err := os.ReadFile(file)
		if err != nil {
			b.Fatalf("%v; make pictures takes it", err)
		}
		if size, err := png.DecodeConfig(bytes.NewReader(kept)); err != nil || size.Width != taken.Bounds().Dx() || size.Height != taken.Bounds().Dy() {
			b.Errorf("%s is %dx%d, its step is %v: make pictures takes it anew (%v)", file, size.Width, size.Height, taken.Bounds(), err)
		}
	}
}

// small writes a picture with a palette of its 128 most frequent colours: flat pages lose
// nothing that an eye sees, and a page of help weighs a third.
func small(t *testing.T, taken image.Image) []byte {
	t.Helper()
	bounds, count := taken.Bounds(), map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(taken.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	var colors []color.RGBA
	for c := range count {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range colors[:min(128, len(colors))] {
		palette = append(palette, c)
	}
	reduced := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			reduced.Set(x, y, at(x, y))
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, reduced); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
