package extract

import (
	"encoding/json"

	"github.com/jmespath/go-jmespath"
)

// PlainAndDecoded evaluates an expression both ways.
func PlainAndDecoded(expression string, text []byte) (plain, decoded Value) {
	plain, _, _ = plainPath(expression).read(text, nil)
	var document any
	if json.Unmarshal(text, &document) == nil {
		if result, err := jmespath.Search(expression, document); err == nil {
			decoded = jsonValue(result)
		}
	}
	return plain, decoded
}
