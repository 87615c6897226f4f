package script

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxElements bounds how deep XML is nested.
const maxElements = 1000

// xmlNode is an element as the module xml2js gets it: name, pairs of attributes, then elements and texts
// in their order.
type xmlNode struct {
	name       string
	attributes [][2]string
	content    []any
}

// MarshalJSON writes the node as a list.
func (n *xmlNode) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{n.name, n.attributes, n.content})
}

// xmlTree reads XML; names keep their prefixes. The result is the JSON of the first
// root.
func xmlTree(text string) (string, error) {
	decoder := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	// The text was decoded already, whatever it says of itself.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	root := &xmlNode{}
	open := []*xmlNode{root}
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > maxElements {
				return "", errors.New("the XML is nested too deep")
			}
			made := &xmlNode{name: prefixed(t.Name), attributes: [][2]string{}}
			for _, a := range t.Attr {
				made.attributes = append(made.attributes, [2]string{prefixed(a.Name), a.Value})
			}
			top.content = append(top.content, made)
			open = append(open, made)
		case xml.CharData:
			if top != root {
				top.content = append(top.content, string(t))
			} else if strings.TrimSpace(string(t)) != "" {
				return "", errors.New("there is text outside of the XML's root")
			}
		case xml.EndElement:
			if top == root || top.name != prefixed(t.Name) {
				return "", fmt.Errorf("the XML ends %q where it is not open", prefixed(t.Name))
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 1 {
		return "", fmt.Errorf("the XML does not end %q", open[len(open)-1].name)
	}
	if len(root.content) == 0 {
		return "null", nil
	}
	encoded, err := json.Marshal(root.content[0])
	return string(encoded), err
}

// xmlFunctions are what the module xml2js calls.
func (r *Runtime) xmlFunctions() map[string]any {
	return map[string]any{"tree": func(text string) string {
		tree, err := xmlTree(text)
		if err != nil {
			panic(r.vm.NewGoError(err))
		}
		return tree
	}}
}

func prefixed(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}
