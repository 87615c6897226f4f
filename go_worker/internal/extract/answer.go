// Package extract reads values out of answers: JMESPath, dotted JSON paths, XPath, CSS selectors,
// regular expressions, boundaries, headers, cookies and more.
package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/antchfx/htmlquery"
	"github.com/antchfx/xmlquery"
	"golang.org/x/net/html"

	"hazard/internal/http1"
	"hazard/internal/http1/jar"
)

// Value is what was read: its text and whether it was there at all.
type Value struct {
	Text  []byte
	Found bool
	// Type is the JSON type of a value that stood in a JSON body, else empty. The text of a string is
	// without its quotes.
	Type string
}

// Text is a value that is there and is plain text.
func Text(text []byte) Value { return Value{Text: text, Found: true} }

// Answer is what is read from: the response and what was parsed of it so far. It belongs to one
// goroutine.
type Answer struct {
	Response *http1.Response
	Jar      *jar.Jar

	json      any
	jsonError error
	hasJSON   bool
	html      *html.Node
	xml       *xmlquery.Node
	scratch   []byte
	texts     [][]byte
}

// Reset forgets what was parsed of the answer before.
func (a *Answer) Reset() {
	a.json, a.jsonError, a.hasJSON = nil, nil, false
	a.html, a.xml = nil, nil
}

// Body is the decoded body of the last answer.
func (a *Answer) Body() ([]byte, error) { return a.Response.Decoded() }

// decodedJSON is the whole body of the last answer, decoded.
func (a *Answer) decodedJSON(text []byte, isBody bool) (any, error) {
	if isBody && a.hasJSON {
		return a.json, a.jsonError
	}
	var decoded any
	err := json.Unmarshal(text, &decoded)
	if err != nil {
		err = errors.New("the text is no JSON")
	}
	if isBody {
		a.json, a.jsonError, a.hasJSON = decoded, err, true
	}
	return decoded, err
}

// isXML goes by the Content-Type, and by the first bytes when there is none.
func (a *Answer) isXML(text []byte) bool {
	value, found := a.Response.Headers.Get("content-type")
	kind := strings.ToLower(string(value))
	if found && strings.Contains(kind, "html") {
		return false
	}
	return strings.Contains(kind, "xml") || bytes.HasPrefix(bytes.TrimSpace(text), []byte("<?xml"))
}

func (a *Answer) htmlTree(text []byte, isBody bool) (*html.Node, error) {
	if isBody && a.html != nil {
		return a.html, nil
	}
	tree, err := htmlquery.Parse(bytes.NewReader(text))
	if isBody {
		a.html = tree
	}
	return tree, err
}

func (a *Answer) xmlTree(text []byte, isBody bool) (*xmlquery.Node, error) {
	if isBody && a.xml != nil {
		return a.xml, nil
	}
	tree, err := xmlquery.Parse(bytes.NewReader(text))
	if isBody {
		a.xml = tree
	}
	return tree, err
}

// Status is the status code as text.
func (a *Answer) Status() []byte {
	return strconv.AppendInt(a.scratch[:0], int64(a.Response.Status), 10)
}

// Milliseconds is the time of the exchange as text.
func (a *Answer) Milliseconds() []byte {
	return strconv.AppendFloat(nil, float64(a.Response.Timing.Total)/1000, 'f', -1, 64)
}

// URL is that of the last answer, after redirects.
func (a *Answer) URL() []byte {
	if a.Response.URL == nil {
		return nil
	}
	return a.Response.URL.Append(nil)
}

// Cookie is a cookie that the answer set, or that the user holds for its URL.
func (a *Answer) Cookie(name string) ([]byte, bool) {
	a.texts = a.Response.Headers.AppendAll(a.texts[:0], "set-cookie")
	for i := len(a.texts) - 1; i >= 0; i-- {
		pair, _, _ := bytes.Cut(a.texts[i], []byte{';'})
		key, value, _ := bytes.Cut(pair, []byte{'='})
		if string(bytes.TrimSpace(key)) == name {
			return bytes.TrimSpace(value), true
		}
	}
	if a.Jar == nil || a.Response.URL == nil {
		return nil, false
	}
	url := a.Response.URL
	origin := jar.Origin{Host: url.Host, Path: url.Target, Secure: url.Scheme == "https"}
	value, found := a.Jar.Get(&origin, name, time.Now())
	return []byte(value), found
}
