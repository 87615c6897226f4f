package extract_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"hazard/internal/extract"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// context is one without variables.
type context struct{ random *rand.Rand }

func (context) AppendVariable(dst []byte, _ template.Variable, _ int) ([]byte, bool) {
	return dst, false
}
func (c context) Random() *rand.Rand                                { return c.random }
func (context) Now() time.Time                                      { return time.Time{} }
func (context) Count(string) uint64                                 { return 1 }
func (context) AppendColumn(dst []byte, _, _ string) ([]byte, bool) { return dst, false }
func (context) Indexes() (user, iteration uint64)                   { return 0, 0 }
func (context) Unresolved(string)                                   {}

// answered is a real answer with this body.
func answered(t testing.TB, contentType, body string) *extract.Answer {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/go" {
			http.SetCookie(w, &http.Cookie{Name: "hop", Value: "h1"})
			w.Header().Set("Location", "/there?code=42")
			w.WriteHeader(http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Add("X-Many", "one")
		w.Header().Add("X-Many", "two")
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "abc"})
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	shared := http1.NewShared(http1.Options{})
	policy, err := shared.NewPolicy(http1.PolicyOptions{FollowRedirects: true})
	if err != nil {
		t.Fatal(err)
	}
	client := http1.New(shared)
	t.Cleanup(client.Close)
	request := &http1.Request{Policy: policy, Want: http1.Want{Body: true, HopBodies: true}}
	if err := http1.ParseURL(&request.URL, []byte(server.URL+"/go")); err != nil {
		t.Fatal(err)
	}
	answer := &extract.Answer{Response: &http1.Response{}, Jar: client.Jar()}
	if err := client.Do(request, answer.Response); err != nil {
		t.Fatal(err)
	}
	return answer
}

func apply(t testing.TB, answer *extract.Answer, rule *pb.Extractor) extract.Value {
	t.Helper()
	compiled, err := extract.Compile(rule, template.NewNames())
	if err != nil {
		t.Fatal(err)
	}
	value, err := compiled.Apply(answer, context{rand.New(rand.NewPCG(1, 2))})
	if err != nil && value.Found {
		t.Errorf("found %q and failed: %v", value.Text, err)
	}
	return value
}

func jmes(expression string) *pb.Extractor {
	return &pb.Extractor{Language: &pb.Extractor_Jmespath{Jmespath: expression}}
}

func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile("../../../tests/contract/vectors/" + name)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestSharedVectorsOfJMESPath(t *testing.T) {
	var file struct {
		Cases []struct {
			JSON, Expression, Text string
			Found                  bool
		}
	}
	readVectors(t, "jmespath.json", &file)
	for _, c := range file.Cases {
		value := apply(t, answered(t, "application/json", c.JSON), jmes(c.Expression))
		if value.Found != c.Found || string(value.Text) != c.Text {
			t.Errorf("%s in %s: %v %q instead of %v %q", c.Expression, c.JSON, value.Found, value.Text, c.Found, c.Text)
		}
	}
}

func TestSharedVectorsOfRegularExpressions(t *testing.T) {
	var file struct {
		Cases []struct {
			Text, Pattern, Value string
			Group, Match         uint32
			Found                bool
		}
		Invalid []string
	}
	readVectors(t, "regex.json", &file)
	for _, c := range file.Cases {
		value := apply(t, answered(t, "text/plain", c.Text), &pb.Extractor{MatchNumber: c.Match,
			Language: &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: c.Pattern, Group: c.Group}}})
		if value.Found != c.Found || string(value.Text) != c.Value {
			t.Errorf("%s in %q: %v %q", c.Pattern, c.Text, value.Found, value.Text)
		}
	}
	for _, pattern := range file.Invalid {
		rule := &pb.Extractor{Language: &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: pattern}}}
		if _, err := extract.Compile(rule, template.NewNames()); err == nil {
			t.Errorf("%q is accepted", pattern)
		}
	}
}

const page = `<html><body><form action="/x"><input name="csrf" value="t&amp;1"></form>
<ul><li class="i">one</li><li class="i">two</li></ul></body></html>`

func TestOtherLanguagesAndSources(t *testing.T) {
	html := answered(t, "text/html", page)
	xml := answered(t, "application/xml", `<?xml version="1.0"?><r><v id="1">a</v><v id="2">b</v></r>`)
	data := answered(t, "application/json", `{"a":{"b c":[10,20]},"n":null,"s":"xyz","list":[{"id":1},{"id":"two"}]}`)
	script := func(text string) *pb.Extractor {
		return &pb.Extractor{Language: &pb.Extractor_Jsonpath{Jsonpath: text}}
	}
	xpath := func(text string) *pb.Extractor { return &pb.Extractor{Language: &pb.Extractor_Xpath{Xpath: text}} }
	css := func(text string) *pb.Extractor { return &pb.Extractor{Language: &pb.Extractor_Css{Css: text}} }
	all := func(e *pb.Extractor) *pb.Extractor { e.Match = pb.Match_MATCH_ALL; return e }
	number := func(e *pb.Extractor, n uint32) *pb.Extractor { e.MatchNumber = n; return e }
	for _, c := range []struct {
		name   string
		answer *extract.Answer
		rule   *pb.Extractor
		found  bool
		text   string
	}{
		{"xpath attribute", html, xpath("//input[@name='csrf']/@value"), true, "t&1"},
		{"xpath text", html, number(xpath("//li"), 2), true, "two"},
		{"xpath all", html, all(xpath("//li")), true, `["one","two"]`},
		{"xpath count", html, xpath("count(//li)"), true, "2"},
		{"xpath xml", xml, xpath("/r/v[@id='2']"), true, "b"},
		{"xpath missing", xml, xpath("//none"), false, ""},
		{"css text", html, css("ul li.i"), true, "one"},
		{"css attribute", html, css("input[name=csrf]@value"), true, "t&1"},
		{"css missing attribute", html, css("li@id"), false, ""},
		{"script path", data, script(`a["b c"][1]`), true, "20"},
		{"script root", data, script(`$.s`), true, "xyz"},
		{"script null", data, script(`n`), true, "null"},
		{"script length", data, script(`list.length`), true, "2"},
		{"script string length", data, script(`s.length`), true, "3"},
		{"script missing", data, script(`a.x.y`), false, ""},
		{"jmespath all", data, all(jmes("list[*].id")), true, `[1,"two"]`},
		{"jmespath nth", data, number(jmes("list[*].id"), 2), true, "two"},
		{"jmespath list", data, jmes("list[*].id"), true, `[1,"two"]`},
		{"no JSON", html, jmes("a[*]"), false, ""},
		{"boundaries", html, &pb.Extractor{Language: &pb.Extractor_Boundaries{Boundaries: &pb.Boundaries{Left: `action="`, Right: `"`}}}, true, "/x"},
		{"boundaries second", html, &pb.Extractor{MatchNumber: 2, Language: &pb.Extractor_Boundaries{Boundaries: &pb.Boundaries{Left: `class="i">`, Right: `<`}}}, true, "two"},
		{"header", data, &pb.Extractor{Source: pb.Source_SOURCE_HEADER, Header: "x-many"}, true, "one"},
		{"header second", data, &pb.Extractor{Source: pb.Source_SOURCE_HEADER, Header: "X-Many", MatchNumber: 2}, true, "two"},
		{"header all", data, all(&pb.Extractor{Source: pb.Source_SOURCE_HEADER, Header: "X-Many"}), true, `["one","two"]`},
		{"header missing", data, &pb.Extractor{Source: pb.Source_SOURCE_HEADER, Header: "x-none"}, false, ""},
		{"cookie", data, &pb.Extractor{Source: pb.Source_SOURCE_COOKIE, Header: "sid"}, true, "abc"},
		{"cookie of the jar", data, &pb.Extractor{Source: pb.Source_SOURCE_COOKIE, Header: "hop"}, true, "h1"},
		{"status", data, &pb.Extractor{Source: pb.Source_SOURCE_STATUS}, true, "200"},
		{"status of a hop", data, &pb.Extractor{Source: pb.Source_SOURCE_STATUS, RedirectHop: 1}, true, "302"},
		{"header of a hop", data, &pb.Extractor{Source: pb.Source_SOURCE_HEADER, Header: "location", RedirectHop: 1,
			Language: &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: `code=(\d+)`}}}, true, "42"},
		{"hop that was not", data, &pb.Extractor{Source: pb.Source_SOURCE_STATUS, RedirectHop: 5}, false, ""},
		{"url", data, &pb.Extractor{Source: pb.Source_SOURCE_URL, Language: &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: `[^/]+$`}}}, true, "there?code=42"},
		{"constant", data, &pb.Extractor{Language: &pb.Extractor_Constant{Constant: "c"}}, true, "c"},
		{"random int", data, &pb.Extractor{Language: &pb.Extractor_RandomInt{RandomInt: &pb.IntRange{Min: -3, Max: -3}}}, true, "-3"},
		{"random choice", data, &pb.Extractor{Language: &pb.Extractor_RandomChoice{RandomChoice: &pb.Choices{Values: []string{"z"}}}}, true, "z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			value := apply(t, c.answer, c.rule)
			if value.Found != c.found || string(value.Text) != c.text {
				t.Errorf("%v %q instead of %v %q", value.Found, value.Text, c.found, c.text)
			}
		})
	}
}

// What the scanner finds by a plain path must be what decoding the text finds.
func FuzzPlainPathsEqualDecoding(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":{"b":[1,"x\n",null]}}`, `[]`, `{"a":[{"b":true},2]}`, `{"a":"\ud800"}`, "{\"a\":\"\xff é\"}"} {
		f.Add(seed)
	}
	expressions := []string{"a", "a.b", "a[0]", "a[-1].b", "a.b[1]", "[0].a"}
	f.Fuzz(func(t *testing.T, text string) {
		var decoded any
		if json.Unmarshal([]byte(text), &decoded) != nil || strings.Contains(text, `\u00`) ||
			strings.Count(text, `"a"`) > 1 || strings.Count(text, `"b"`) > 1 {
			return // of a field that stands twice the scanner takes the first, the decoder the last
		}
		for _, expression := range expressions {
			plain, slow := extract.PlainAndDecoded(expression, []byte(text))
			if plain.Found != slow.Found || (plain.Type == "string" && string(plain.Text) != string(slow.Text)) {
				t.Errorf("%s in %s: %q or %q", expression, text, plain.Text, slow.Text)
			}
		}
	})
}
