package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/grafana/sobek"
	"golang.org/x/net/html"
)

// page is a document of HTML as the module cheerio sees it: what was written, with no element added.
// Scripts name nodes by their numbers; 0 is the root.
type page struct {
	nodes   []*html.Node
	numbers map[*html.Node]int
}

// maxDepth bounds how deep elements stand in each other.
const maxDepth = 1000

// closedBy are the elements that end where one begins, unless they were ended before.
var closedBy = map[string][]string{
	"tr": {"tr", "th", "td"}, "th": {"th"}, "td": {"thead", "th", "td"}, "body": {"head", "link", "script"},
	"li": {"li"}, "p": {"p"}, "h1": {"p"}, "h2": {"p"}, "h3": {"p"}, "h4": {"p"}, "h5": {"p"}, "h6": {"p"},
	"option": {"option"}, "optgroup": {"optgroup", "option"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"},
}

var voidElements = map[string]bool{"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true,
	"img": true, "input": true, "link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true}

func (p *page) number(n *html.Node) int {
	at, known := p.numbers[n]
	if !known {
		at = len(p.nodes)
		p.nodes, p.numbers[n] = append(p.nodes, n), at
	}
	return at
}

// readPage reads markup; damaged markup gives what can be read of it.
func readPage(text string) *page {
	root := &html.Node{Type: html.DocumentNode}
	p := &page{numbers: map[*html.Node]int{}}
	p.number(root)
	tokens := html.NewTokenizer(strings.NewReader(text))
	open := []*html.Node{root}
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return p
		}
		token := tokens.Token()
		made := &html.Node{Data: token.Data, DataAtom: token.DataAtom, Attr: token.Attr}
		switch kind {
		case html.TextToken:
			made.Type = html.TextNode
		case html.CommentToken:
			made.Type = html.CommentNode
		case html.DoctypeToken:
			made.Type = html.DoctypeNode
		case html.EndTagToken:
			open = closed(open, token.Data)
			continue
		default:
			made.Type = html.ElementNode
			for len(open) > 1 && slices.Contains(closedBy[token.Data], open[len(open)-1].Data) {
				open = open[:len(open)-1]
			}
		}
		open[len(open)-1].AppendChild(made)
		if made.Type == html.ElementNode && !voidElements[made.Data] && len(open) < maxDepth {
			open = append(open, made)
		}
	}
}

func closed(open []*html.Node, name string) []*html.Node {
	for i := len(open) - 1; i > 0; i-- {
		if open[i].Data == name {
			return open[:i]
		}
	}
	return open
}

// find are the elements below the roots that the selector matches, in the order of the document.
func (p *page) find(selector string, roots []int) ([]int, error) {
	matches, err := cascadia.ParseGroup(selector)
	if err != nil {
		return nil, fmt.Errorf("the selector %q: %w", selector, err)
	}
	var found []int
	seen := map[int]bool{}
	for _, root := range roots {
		for _, n := range cascadia.QueryAll(p.nodes[root], matches) {
			if at := p.number(n); n != p.nodes[root] && !seen[at] {
				seen[at] = true
				found = append(found, at)
			}
		}
	}
	return found, nil
}

func (p *page) matches(selector string, at int) (bool, error) {
	matches, err := cascadia.ParseGroup(selector)
	if err != nil {
		return false, fmt.Errorf("the selector %q: %w", selector, err)
	}
	return p.nodes[at].Type == html.ElementNode && matches.Match(p.nodes[at]), nil
}

// text is that of all texts below a node.
func text(n *html.Node, out *strings.Builder) {
	if n.Type == html.TextNode {
		out.WriteString(n.Data)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		text(c, out)
	}
}

// kinds are the names that htmlparser2 gives nodes.
var kinds = map[html.NodeType]string{html.DocumentNode: "root", html.TextNode: "text", html.CommentNode: "comment",
	html.DoctypeNode: "directive", html.ElementNode: "tag"}

// write is the markup of a node.
func write(n *html.Node, out *strings.Builder) {
	switch n.Type {
	case html.TextNode:
		if n.Parent != nil && (n.Parent.Data == "script" || n.Parent.Data == "style") {
			out.WriteString(n.Data)
			return
		}
		escapeMarkup(n.Data, out)
		return
	case html.CommentNode:
		out.WriteString("<!--" + n.Data + "-->")
		return
	case html.DoctypeNode:
		out.WriteString("<!DOCTYPE " + n.Data + ">")
		return
	case html.ElementNode:
		out.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			out.WriteString(" " + a.Key)
			if a.Val != "" {
				out.WriteString(`="`)
				escapeMarkup(a.Val, out)
				out.WriteString(`"`)
			}
		}
		out.WriteString(">")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		write(c, out)
	}
	if n.Type == html.ElementNode && !voidElements[n.Data] {
		out.WriteString("</" + n.Data + ">")
	}
}

func escapeMarkup(text string, out *strings.Builder) {
	for _, c := range text {
		switch {
		case c == '&':
			out.WriteString("&amp;")
		case c == '<':
			out.WriteString("&lt;")
		case c == '>':
			out.WriteString("&gt;")
		case c == '"':
			out.WriteString("&quot;")
		case c == '\'':
			out.WriteString("&apos;")
		case c > 126:
			fmt.Fprintf(out, "&#x%X;", c)
		default:
			out.WriteRune(c)
		}
	}
}

// pageFunctions are what the module cheerio calls: load gives the functions of one document.
func (r *Runtime) pageFunctions() map[string]any {
	return map[string]any{"load": func(text string) *sobek.Object {
		o := r.vm.NewObject()
		for name, f := range r.functionsOf(readPage(text)) {
			r.set(o, name, f)
		}
		return o
	}}
}

func (r *Runtime) functionsOf(p *page) map[string]any {
	thrown := func(err error) {
		if err != nil {
			panic(r.vm.NewGoError(err))
		}
	}
	optional := func(n *html.Node) int {
		if n == nil {
			return -1
		}
		return p.number(n)
	}
	built := func(at int, do func(*html.Node, *strings.Builder)) string {
		var out strings.Builder
		do(p.nodes[at], &out)
		return out.String()
	}
	return map[string]any{
		"find": func(selector string, roots []int) []int {
			found, err := p.find(selector, roots)
			thrown(err)
			return found
		},
		"matches": func(selector string, at int) bool {
			matches, err := p.matches(selector, at)
			thrown(err)
			return matches
		},
		"kind":   func(at int) string { return kinds[p.nodes[at].Type] },
		"data":   func(at int) string { return p.nodes[at].Data },
		"text":   func(at int) string { return built(at, text) },
		"markup": func(at int) string { return built(at, write) },
		"parent": func(at int) int { return optional(p.nodes[at].Parent) },
		"next":   func(at int) int { return optional(p.nodes[at].NextSibling) },
		"before": func(at int) int { return optional(p.nodes[at].PrevSibling) },
		"first":  func(at int) int { return optional(p.nodes[at].FirstChild) },
		"attributes": func(at int) sobek.Value {
			var list [][2]string
			for _, a := range p.nodes[at].Attr {
				list = append(list, [2]string{a.Key, a.Val})
			}
			return r.pairs(list)
		},
		"setAttribute": func(at int, name, value string) { p.setAttribute(at, name, value) },
		"remove": func(at int) {
			if n := p.nodes[at]; n.Parent != nil {
				n.Parent.RemoveChild(n)
			}
		},
	}
}

func (p *page) setAttribute(at int, name, value string) {
	n := p.nodes[at]
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}
