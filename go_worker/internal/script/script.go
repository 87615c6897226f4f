// Package script runs JavaScript of Postman collections with the pm API, a time limit and a guard of the
// memory. Runtimes are kept and cleaned between scripts; variables belong to the users.
package script

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/grafana/sobek"
	"github.com/grafana/sobek/parser"
)

// DefaultTimeout is how long a script may compute; waiting for answers and timers is not counted.
const DefaultTimeout = time.Second

// Script is a compiled script. Immutable; shared by all users.
type Script struct {
	broken  error // why it cannot run; then it has no program
	name    string
	program *sobek.Program
	timeout time.Duration
	async   bool
}

// Broken is a script that cannot be compiled: where it would run, it fails.
func Broken(name string, err error) *Script { return &Script{name: name, broken: err} }

// Compile compiles a script; timeout 0 is the default.
func Compile(name, source string, timeout time.Duration) (*Script, error) {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	if depth(source) > maxNesting {
		return nil, errNesting
	}
	s := &Script{name: name, timeout: timeout}
	var err error
	s.program, err = compile(name, "(function () {"+source+"\n})")
	if err != nil && strings.Contains(source, "await") {
		s.async = true
		s.program, err = compile(name, "(async function () {"+source+"\n})")
	}
	if err != nil {
		return nil, fmt.Errorf("the script cannot be compiled: %w", err)
	}
	return s, nil
}

// depth is how deeply brackets are nested, those in texts and comments included: the reader of the
// language calls itself for each, and nothing could stop it.
func depth(source string) int {
	open, deepest := 0, 0
	for i := range len(source) {
		switch source[i] {
		case '(', '[', '{':
			open++
			deepest = max(deepest, open)
		case ')', ']', '}':
			open = max(0, open-1)
		}
	}
	return deepest
}

func compile(name, source string) (*sobek.Program, error) {
	parsed, err := sobek.Parse(name, source, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, err
	}
	nameArguments(parsed, source)
	return sobek.CompileAST(parsed, false)
}

// Scope is where a script saves a variable.
type Scope string

// Scopes as the prelude names them.
const (
	ScopeLocal       Scope = "local"
	ScopeEnvironment Scope = "environment"
	ScopeCollection  Scope = "collection"
	ScopeGlobals     Scope = "globals"
)

// Host is what scripts reach of the engine. One goroutine at a time.
type Host interface {
	// Get reads a variable of a scope; of ScopeLocal: the one that templates see. kind is empty for a
	// text, "undefined", or the JSON of what was no text.
	Get(scope Scope, name string) (text, kind string, known bool)
	Set(scope Scope, name, text, kind string)
	Unset(scope Scope, name string)
	// Names lists those that may have a value in a scope.
	Names(scope Scope) []string
	ReplaceIn(text string) string
	// Column reads the data row; kind is as of Get.
	Column(name string) (text, kind string, known bool)
	Columns() []string
	Cookie(name string) (value string, found bool)
	Cookies() map[string]string
	// JarCookies are those of the user that a request to the URL would send. The error is for the script.
	JarCookies(url string) ([]Cookie, error)
	// SetCookie stores what a Set-Cookie line from the URL asks for.
	SetCookie(url, line string) error
	RemoveCookie(Cookie)
	// Send does a request of its own beside the steps.
	Send(method, url string, headers [][2]string, body string) Answer
	// SetHeader changes the request that the script belongs to, before it is sent; so do those below.
	SetHeader(name, value string, replace bool)
	RemoveHeader(name string)
	// Change replaces a whole part; the text is a template.
	Change(part Part, text string)
	// Validate is what is wrong with a document under a JSON Schema; empty: nothing.
	Validate(schema, document string) string
	// Sleep waits; false: the run stops.
	Sleep(d time.Duration) bool
	Random() *rand.Rand
	Now() time.Time
}

// Cookie is a cookie of the user.
type Cookie struct {
	Name, Value, Domain, Path  string
	HostOnly, Secure, HTTPOnly bool
	Expires                    time.Time // zero: it has no end
}

// Part is what of a request a script replaces as a whole.
type Part string

// Parts as the prelude names them.
const (
	PartMethod Part = "method"
	PartURL    Part = "url"
	PartBody   Part = "body"
)

// Request is the request that a script belongs to. Before it is sent its texts are templates.
type Request struct {
	Name, ID, Method, URL string
	Headers               [][2]string
	Body                  *string
	// Mode is the kind of the body in the words of Postman; empty: none. Form holds the fields of an
	// urlencoded one that is not sent yet.
	Mode string
	Form [][2]string
}

// Answer is an answer as scripts see it.
type Answer struct {
	Code         int
	Status       string
	Milliseconds float64
	Size         int
	Headers      [][2]string
	Body         func() string
	Error        string
}

// Test is one pm.test, or one entry of tests[].
type Test struct {
	Name  string
	OK    bool
	Error string
}

// Result is what a script did.
type Result struct {
	Tests []Test
	// Jumps tells that the script named the next request; Next is its name, empty to end the iteration.
	Jumps    bool
	Next     string
	Skip     bool
	Console  []string
	Duration time.Duration
	Err      error
}

// Limits of what is kept of one run.
const (
	maxConsole   = 200
	maxLine      = 2000
	maxTests     = 10_000
	maxTimers    = 1000
	maxSleep     = time.Minute
	maxGrowth    = 512 << 20
	maxCallDepth = 2000
	maxNesting   = 1000
)

var (
	errTimeout = errors.New("the script took longer than allowed")
	errMemory  = errors.New("the script took more memory than allowed")
	errStopped = errors.New("the run stopped")
	errDepth   = errors.New("the script calls itself deeper than allowed")
	errNesting = errors.New("the script is nested too deeply")
	errSleep   = errors.New("the script waited longer than allowed")
)

func cut(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) > maxLine {
		return strings.ToValidUTF8(text[:maxLine], "") + "…"
	}
	return text
}
