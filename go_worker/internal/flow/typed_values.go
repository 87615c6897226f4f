package flow

import (
	"bytes"
	"encoding/json"
	"strings"
)

// typeOf is the text of a saved value for templates, and its kind for scripts: empty for a text,
// "undefined" for what was not found, else its JSON. jsonType is empty when the value stood in no JSON.
func (e *extractor) typeOf(text []byte, jsonType string, found bool) (shown []byte, kind string) {
	switch {
	case !e.typed || jsonType == "string":
		return text, ""
	case !found:
		return text, "undefined"
	case !json.Valid(text):
		return text, ""
	case jsonType == "array" || jsonType == "object":
		return []byte(printed(text)), string(text)
	}
	return text, string(text)
}

// printed is a JSON value as JavaScript makes a text of it: the elements of a list with commas between
// them, objects as `[object Object]`.
func printed(text []byte) string {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return string(text)
	}
	return printedValue(value, "null")
}

func printedValue(value any, null string) string {
	switch v := value.(type) {
	case nil:
		return null
	case bool:
		if v {
			return "true"
		}
		return "false"
	case string:
		return v
	case json.Number:
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = printedValue(one, "")
		}
		return strings.Join(parts, ",")
	}
	return "[object Object]"
}
