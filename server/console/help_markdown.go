package console

import (
	"bytes"
	"errors"
	"image/png"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// errHelpForm is a help text without the title and the summary that a page begins with.
var errHelpForm = errors.New("a help text begins with a title and one paragraph")

// render makes a page of a help text. Raw HTML in it is left out; links to other texts become
// links to their pages, and pictures get the addresses at which url finds them.
func render(source string, url func(string) string) (helpView, error) {
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(blocks{}, 100))),
	)
	raw := []byte(source)
	doc := md.Parser().Parse(text.NewReader(raw))
	title := doc.FirstChild()
	if title == nil || title.Kind() != ast.KindHeading {
		return helpView{}, errHelpForm
	}
	summary := title.NextSibling()
	if summary == nil || summary.Kind() != ast.KindParagraph {
		return helpView{}, errHelpForm
	}
	view := helpView{title: plainText(title, raw), summary: plainText(summary, raw)}
	doc.RemoveChild(doc, title)
	doc.RemoveChild(doc, summary)
	if err := view.adapt(doc, raw, url); err != nil {
		return helpView{}, err
	}
	var out bytes.Buffer
	err := md.Renderer().Render(&out, raw, doc)
	view.html = out.String()
	return view, err
}

// adapt makes a text fit for its page: its main headings are noted, its links and pictures
// lead to where they are here, and what scrolls is called after its heading.
func (view *helpView) adapt(doc ast.Node, source []byte, url func(string) string) error {
	heading := ""
	return ast.Walk(doc, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Heading:
			heading = plainText(n, source)
			if id, ok := n.AttributeString("id"); ok && n.Level == 2 {
				view.parts = append(view.parts, section{string(id.([]byte)), heading})
			}
		case *ast.Link:
			n.Destination = []byte(inConsole(string(n.Destination)))
		case *ast.Image:
			return ast.WalkContinue, placePicture(n, url)
		case *table.Table, *ast.FencedCodeBlock:
			n.SetAttributeString("label", heading)
		}
		return ast.WalkContinue, nil
	})
}

// inConsole turns a link between two texts into one between their pages.
func inConsole(link string) string {
	file, anchor, _ := strings.Cut(link, "#")
	slug, isText := strings.CutSuffix(file, ".md")
	if !isText || strings.Contains(slug, "/") {
		return link
	}
	if anchor != "" {
		anchor = "#" + anchor
	}
	return "/help/" + slug + anchor
}

// placePicture points an image at its file and says how large it is, so that the text
// doesn't jump when it arrives. Pictures are taken at twice the size at which they show.
func placePicture(n *ast.Image, url func(string) string) error {
	name := strings.TrimPrefix(string(n.Destination), "../static/")
	file, err := static.Open("static/" + name)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // embedded: nothing is held
	picture, err := png.DecodeConfig(file)
	if err != nil {
		return err
	}
	n.Destination = []byte(url(name))
	n.SetAttributeString("loading", "lazy") // most are far below the first screen
	n.SetAttributeString("width", strconv.Itoa(picture.Width/2))
	n.SetAttributeString("height", strconv.Itoa(picture.Height/2))
	return nil
}

// plainText is a node's text without its emphasis and links.
func plainText(node ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			out.Write(t.Value(source))
			if t.SoftLineBreak() {
				out.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}
