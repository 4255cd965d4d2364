package console

import (
	"html"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// blocks writes what scrolls sideways when it is too wide, so that it can be reached with
// the keyboard and says what it is.
type blocks struct{}

func (b blocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(table.KindTable, b.table)
	r.Register(table.KindTableCell, b.cell)
	r.Register(ast.KindFencedCodeBlock, b.code)
}

func label(n ast.Node) string {
	value, _ := n.AttributeString("label")
	words, _ := value.(string)
	return html.EscapeString(words)
}

func (blocks) table(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<div class="table-container" role="group" tabindex="0" aria-label="Table: ` + label(n) + `"><table class="table">`)
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

// cell makes the first cell of each row its heading: all our tables say something about it.
func (blocks) cell(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	open, end := "<td>", "</td>"
	if n.Parent().Kind() == table.KindTableHeader {
		open, end = `<th scope="col">`, "</th>"
	} else if n.PreviousSibling() == nil {
		open, end = `<th scope="row">`, "</th>"
	}
	if entering {
		_, _ = w.WriteString(open)
	} else {
		_, _ = w.WriteString(end)
	}
	return ast.WalkContinue, nil
}

func (blocks) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</pre>\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<pre class="code-block" role="group" tabindex="0" aria-label="Example: ` + label(n) + `">`)
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		_, _ = w.WriteString(html.EscapeString(string(line.Value(source))))
	}
	return ast.WalkContinue, nil
}
