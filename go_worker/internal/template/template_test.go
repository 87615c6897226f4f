package template_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"hazard/internal/template"
)

// values is a context with fixed variables.
type values struct {
	names      *template.Names
	texts      map[string]string
	random     *rand.Rand
	unresolved []string
	counts     map[string]uint64
}

func newValues(texts map[string]string) *values {
	return &values{names: template.NewNames(), texts: texts, random: rand.New(rand.NewPCG(1, 2)),
		counts: map[string]uint64{}}
}

func (v *values) AppendVariable(dst []byte, variable template.Variable, depth int) ([]byte, bool) {
	text, known := v.texts[variable.Name]
	if !known {
		return dst, false
	}
	return template.Compile(text, v.names).AppendNested(dst, v, depth+1), true
}
func (v *values) Random() *rand.Rand { return v.random }
func (v *values) Now() time.Time     { return time.Date(2024, 2, 29, 12, 30, 15, 123456789, time.UTC) }
func (v *values) Count(name string) uint64 {
	v.counts[name]++
	return v.counts[name]
}
func (v *values) AppendColumn(dst []byte, feed, column string) ([]byte, bool) {
	return append(dst, feed+"."+column...), feed == "people"
}
func (v *values) Indexes() (user, iteration uint64) { return 4, 9 }
func (v *values) Unresolved(name string)            { v.unresolved = append(v.unresolved, name) }

func render(text string, texts map[string]string) string {
	v := newValues(texts)
	return template.Compile(text, v.names).Render(v)
}

func TestSharedVectors(t *testing.T) {
	content, err := os.ReadFile("../../../tests/contract/vectors/templates.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Text      string            `json:"text"`
			Variables map[string]string `json:"variables"`
			Rendered  string            `json:"rendered"`
			Names     []string          `json:"names"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(content, &file); err != nil || len(file.Cases) == 0 {
		t.Fatal(err, len(file.Cases))
	}
	for _, c := range file.Cases {
		if got := render(c.Text, c.Variables); got != c.Rendered {
			t.Errorf("%s: %q instead of %q", c.Text, got, c.Rendered)
		}
	}
}

func TestFunctions(t *testing.T) {
	texts := map[string]string{"key": "key", "msg": "The quick brown fox jumps over the lazy dog"}
	for text, want := range map[string]string{
		"{{$now}}":                        "2024-02-29T12:30:15.123Z",
		"{{$now unix}}":                   "1709209815",
		"{{$now unix_ms}}":                "1709209815123",
		"{{$now date +1d}}":               "2024-03-01",
		"{{$now time -1h30m}}":            "11:00:15",
		"{{$now +24h}}":                   "2024-03-01T12:30:15.123Z",
		"{{$now 2006/01}}":                "2024/02",
		"{{$now http}}":                   "Thu, 29 Feb 2024 12:30:15 GMT",
		"{{$timestamp}}":                  "1709209815",
		"{{$isoTimestamp}}":               "2024-02-29T12:30:15.123Z",
		"{{$int 5 5}}":                    "5",
		"{{$choice only}}":                "only",
		"{{$choice \"two words\"}}":       "two words",
		"{{$string 3 x}}":                 "xxx",
		"{{$counter}}{{$counter}}":        "12",
		"{{$counter a 10}}{{$counter a}}": "102",
		"{{$user}} {{$iteration}}":        "5 10",
		"{{$data people name}}":           "people.name",
		"{{$md5 a}}":                      "0cc175b9c0f1b6a831c399e269772661",
		"{{$sha256 a base64}}":            "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=",
		"{{$hmac sha256 @key @msg}}":      "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
		"{{$base64 a b}}":                 "YSBi",
		"{{$base64url \"??>\"}}":          "Pz8-",
		"{{$base64decode YSBi}}":          "a b",
		"{{$url \"a b&c\"}}":              "a%20b%26c",
		"{{$upper abc}}":                  "ABC",
		"{{$int 2 1}}":                    "{{$int 2 1}}",
		"{{$hmac sha3 a b}}":              "{{$hmac sha3 a b}}",
	} {
		if got := render(text, texts); got != want {
			t.Errorf("%s: %q instead of %q", text, got, want)
		}
	}
	if got := render("{{$json @q}}", map[string]string{"q": "a\"b\n"}); got != `a\"b\n` {
		t.Errorf("$json: %q", got)
	}
}

// The forms of the dynamic variables that collections use most.
func TestPostmanVariablesHaveTheirForm(t *testing.T) {
	uuid := `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`
	for name, form := range map[string]string{
		"$guid": uuid, "$randomUUID": uuid, "$randomAlphaNumeric": `[0-9a-z]`, "$randomBoolean": `true|false`,
		"$randomInt": `1000|[1-9]?\d?\d`, "$randomHexColor": `#[0-9a-f]{6}`, "$randomIP": `(\d{1,3}\.){3}\d{1,3}`,
		"$randomIPV6": `([0-9a-f]{4}:){7}[0-9a-f]{4}`, "$randomMACAddress": `([0-9a-f]{2}:){5}[0-9a-f]{2}`,
		"$randomPassword": `[0-9A-Za-z]{15}`, "$randomSemver": `\d\.\d\.\d`, "$randomEmail": `[\w.]+@\w+\.com`,
		"$randomExampleEmail": `[\w.]+@example\.(com|net|org)`, "$randomPhoneNumber": `\d{3}-\d{3}-\d{4}`,
		"$randomBankAccountIban": `[A-Z]{2}\d{20}`, "$randomPrice": `\d{1,3}\.\d{2}`, "$randomLatitude": `-?\d{1,2}\.\d{4}`,
		"$randomFullName": `\w+ \w+`, "$randomLoremSentence": `[A-Z][a-z ]+\.`,
	} {
		pattern := regexp.MustCompile(`^(?:` + form + `)$`)
		text := strings.Repeat("{{"+name+"}}\x00", 50)
		for _, one := range strings.Split(strings.TrimSuffix(render(text, nil), "\x00"), "\x00") {
			if !pattern.MatchString(one) {
				t.Errorf("%s gave %q", name, one)
			}
		}
	}
}

func TestEveryFunctionIsUsableAndSeeded(t *testing.T) {
	for _, name := range template.FunctionNames() {
		if strings.HasPrefix(name, "$random") {
			text := "{{" + name + "}}{{" + name + "}}{{" + name + "}}"
			if first, second := render(text, nil), render(text, nil); first != second || strings.Contains(first, "{{") {
				t.Errorf("%s: %q and %q", name, first, second)
			}
		}
	}
	if render("{{$guid}}", nil) == render("{{$guid}}{{$guid}}", nil)[36:] {
		t.Error("two occurrences of $guid are equal")
	}
}

func TestACircleEnds(t *testing.T) {
	if got := render("{{a}}", map[string]string{"a": "x{{a}}"}); got != strings.Repeat("x", template.MaxDepth)+"{{a}}" {
		t.Errorf("rendered %q", got)
	}
}

func FuzzTemplatesNeverFail(f *testing.F) {
	for _, seed := range []string{"{{a}}", "{{{{}}}}", "{{$int 1 2}}", "{{$now \"}}", "{{$string 9 é}}", "}}{{"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := newValues(map[string]string{"a": "1"})
		compiled := template.Compile(text, v.names)
		rendered := string(compiled.Append(nil, v))
		if compiled.Constant() && rendered != text {
			t.Errorf("%q without references renders %q", text, rendered)
		}
	})
}

func TestALiteralByteIsFoundOutsideOfReferences(t *testing.T) {
	for text, want := range map[string]int{"a#b": 1, "{{a#b}}c#": 8, "{{a#b}}": -1, "": -1, "{{a}}{{b}}#": 10, "{a#": 2, "{{a#": 3} {
		if got := template.IndexLiteral(text, '#'); got != want {
			t.Errorf("in %q at %d instead of %d", text, got, want)
		}
	}
}
