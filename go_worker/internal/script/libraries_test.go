package script

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// plainHost is an engine with variables and nothing else.
type plainHost struct {
	Host
	values map[string]string
	random *rand.Rand
}

func newPlainHost() *plainHost {
	return &plainHost{values: map[string]string{}, random: rand.New(rand.NewPCG(1, 2))}
}

func (h *plainHost) Get(_ Scope, name string) (string, string, bool) {
	text, known := h.values[name]
	return text, "", known
}
func (h *plainHost) Set(_ Scope, name, text, _ string) { h.values[name] = text }
func (h *plainHost) ReplaceIn(text string) string {
	return strings.ReplaceAll(text, "{{$guid}}", "6929bb52-3ab2-448a-9796-d6480ecad36b")
}
func (h *plainHost) Validate(string, string) string { return "" }
func (h *plainHost) Sleep(time.Duration) bool       { return true }
func (h *plainHost) Random() *rand.Rand             { return h.random }
func (h *plainHost) Now() time.Time                 { return time.Now() }

// recording is what the sandbox of newman gave for expressions; see tests/importers/wire/libraries.py.
type recording struct {
	Zone  string      `json:"zone"`
	Setup string      `json:"setup"`
	Cases [][2]string `json:"cases"`
}

// evaluation is the script that the recordings were made with.
const evaluation = "testdata/libraries/evaluate.js"

func evaluated(t *testing.T, r *recording) []string {
	t.Helper()
	list := make([]string, len(r.Cases))
	for i, c := range r.Cases {
		list[i] = c[0]
	}
	cases, err := json.Marshal(map[string]any{"setup": r.Setup, "list": list})
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(evaluation)
	if err != nil {
		t.Fatal(err)
	}
	script, err := Compile("evaluate", string(source), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := New()
	if err != nil {
		t.Fatal(err)
	}
	host := newPlainHost()
	host.values["cases"] = string(cases)
	if result := runtime.Run(script, host, nil, nil, map[string]any{}); result.Err != nil {
		t.Fatal(result.Err)
	}
	var results []string
	if err := json.Unmarshal([]byte(host.values["results"]), &results); err != nil {
		t.Fatal(err)
	}
	return results
}

// verdict leaves out the words of an error: that it is thrown is what counts.
func verdict(shown string) string {
	if strings.HasPrefix(shown, "throws ") {
		return "throws"
	}
	return shown
}

func TestLibrariesGiveWhatThoseOfPostmanGive(t *testing.T) {
	files, err := filepath.Glob("testdata/libraries/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no recordings", err)
	}
	local := time.Local
	defer func() { time.Local = local }()
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r recording
			if err := json.Unmarshal(text, &r); err != nil {
				t.Fatal(err)
			}
			if time.Local, err = time.LoadLocation(r.Zone); err != nil {
				t.Fatal(err)
			}
			for i, got := range evaluated(t, &r) {
				if want := r.Cases[i][1]; verdict(got) != verdict(want) {
					t.Errorf("%s\n   is %s\n want %s", r.Cases[i][0], got, want)
				}
			}
			t.Logf("%d expressions", len(r.Cases))
		})
	}
}
