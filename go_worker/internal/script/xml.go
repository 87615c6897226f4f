package script

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// element is an XML element on its way to JSON.
type element struct {
	name   string
	fields map[string]any
	text   strings.Builder
}

// xmlToJSON does what xml2Json of Postman does: attributes under $, text beside them under _, elements
// that repeat as a list.
func xmlToJSON(text string) (string, error) {
	decoder := xml.NewDecoder(strings.NewReader(text))
	open := []*element{{fields: map[string]any{}}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > 1000 {
				return "", errors.New("the XML is nested too deep")
			}
			made := &element{name: t.Name.Local, fields: map[string]any{}}
			if len(t.Attr) > 0 {
				attributes := map[string]any{}
				for _, a := range t.Attr {
					attributes[a.Name.Local] = a.Value
				}
				made.fields["$"] = attributes
			}
			open = append(open, made)
		case xml.CharData:
			top.text.Write(t)
		case xml.EndElement:
			open = open[:len(open)-1]
			open[len(open)-1].add(top.name, top.value())
		}
	}
	encoded, err := json.Marshal(open[0].fields)
	return string(encoded), err
}

func (e *element) value() any {
	text := strings.TrimSpace(e.text.String())
	if len(e.fields) == 0 {
		return text
	}
	if text != "" {
		e.fields["_"] = text
	}
	return e.fields
}

func (e *element) add(name string, value any) {
	before, repeated := e.fields[name]
	if !repeated {
		e.fields[name] = value
		return
	}
	if list, ok := before.([]any); ok {
		e.fields[name] = append(list, value)
		return
	}
	e.fields[name] = []any{before, value}
}
