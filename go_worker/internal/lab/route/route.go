// Package route finds the handler of a request by method and path pattern, and names the pattern,
// so that requests can be counted per pattern ("GET /api/articles/:slug") at the cost of one lookup.
package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"
)

// AnyMethod as a Route's method accepts every method that has no route of its own.
const AnyMethod = "*"

// MaxParams is the largest number of ":name" segments in one pattern.
const MaxParams = 3

// Methods are the methods told apart; MethodIndex of any other one is that of the last entry.
var methods = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"}

// MethodCount is the number of different values of Match.Method.
const MethodCount = len(methods)

// MethodName is the name of a method index; methods outside the common seven share "OTHER".
func MethodName(index int) string { return methods[index] }

// Handler answers one request. Params are valid for as long as the handler keeps them.
type Handler func(ctx *fasthttp.RequestCtx, params Params)

// Route is one method and path pattern; a segment ":name" of the pattern matches any one segment.
type Route struct {
	Method  string
	Pattern string
	Handle  Handler
}

// Params are the values of the ":name" segments.
type Params struct {
	names  []string
	values [MaxParams]string
}

// Get is the value of a named segment, "" if the pattern has no such name.
func (p Params) Get(name string) string {
	for i, known := range p.names {
		if known == name {
			return p.values[i]
		}
	}
	return ""
}

// Match is the outcome of a lookup.
type Match struct {
	Endpoint int     // index into Patterns, -1 if no pattern matches the path
	Method   int     // method index of the request
	Handle   Handler // nil if the pattern does not accept the method
	Params   Params
}

type endpoint struct {
	pattern  string
	segments []string
	names    []string
	byMethod [MethodCount]Handler
	fallback Handler
}

// Router is immutable once made, so any number of connections may use it at the same time.
type Router struct {
	endpoints []*endpoint
	literal   map[string]int // patterns without parameters
	bySize    map[int][]int  // patterns with parameters, by number of segments
}

// New builds a router; it fails on a pattern declared twice for a method or with too many parameters.
func New(routes []Route) (*Router, error) {
	r := &Router{literal: map[string]int{}, bySize: map[int][]int{}}
	index := map[string]int{}
	for _, one := range routes {
		at, known := index[one.Pattern]
		if !known {
			var err error
			if at, err = r.add(one.Pattern); err != nil {
				return nil, err
			}
			index[one.Pattern] = at
		}
		if err := r.endpoints[at].accept(one); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Router) add(pattern string) (int, error) {
	if !strings.HasPrefix(pattern, "/") {
		return 0, fmt.Errorf("route %q does not start with /", pattern)
	}
	e := &endpoint{pattern: pattern, segments: strings.Split(pattern[1:], "/")}
	for _, segment := range e.segments {
		if strings.HasPrefix(segment, ":") {
			e.names = append(e.names, segment[1:])
		}
	}
	if len(e.names) > MaxParams {
		return 0, fmt.Errorf("route %q has more than %d parameters", pattern, MaxParams)
	}
	at := len(r.endpoints)
	r.endpoints = append(r.endpoints, e)
	if len(e.names) == 0 {
		r.literal[pattern] = at
	} else {
		r.bySize[len(e.segments)] = append(r.bySize[len(e.segments)], at)
	}
	return at, nil
}

func (e *endpoint) accept(one Route) error {
	slot := &e.fallback
	if one.Method != AnyMethod {
		at := slices.Index(methods[:], one.Method)
		if at < 0 {
			return fmt.Errorf("route %s %s: unknown method", one.Method, one.Pattern)
		}
		slot = &e.byMethod[at]
	}
	if *slot != nil {
		return fmt.Errorf("route %s %s is declared twice", one.Method, one.Pattern)
	}
	*slot = one.Handle
	return nil
}

// Patterns lists the patterns by endpoint index.
func (r *Router) Patterns() []string {
	patterns := make([]string, len(r.endpoints))
	for i, e := range r.endpoints {
		patterns[i] = e.pattern
	}
	return patterns
}

// Allowed is the value of the Allow header for an endpoint.
func (r *Router) Allowed(endpointIndex int) string {
	e := r.endpoints[endpointIndex]
	var allowed []string
	for i, handle := range e.byMethod {
		if handle != nil {
			allowed = append(allowed, methods[i])
		}
	}
	return strings.Join(allowed, ", ")
}

// Find looks up a literal pattern without allocating, and a pattern with parameters by its segments.
// HEAD falls back to GET.
func (r *Router) Find(method, path []byte) Match {
	m := Match{Endpoint: -1, Method: methodIndex(method)}
	if at, ok := r.literal[string(path)]; ok {
		m.Endpoint = at
	} else {
		r.findParameters(&m, path)
	}
	if m.Endpoint >= 0 {
		m.Handle = r.endpoints[m.Endpoint].handler(m.Method)
	}
	return m
}

func (r *Router) findParameters(m *Match, path []byte) {
	if len(path) == 0 || path[0] != '/' {
		return
	}
	segments := strings.Split(string(path[1:]), "/")
	for _, at := range r.bySize[len(segments)] {
		e := r.endpoints[at]
		if values, ok := e.match(segments); ok {
			m.Endpoint = at
			m.Params = Params{names: e.names, values: values}
			return
		}
	}
}

func (e *endpoint) match(segments []string) (values [MaxParams]string, ok bool) {
	n := 0
	for i, want := range e.segments {
		switch {
		case want[0] == ':':
			if segments[i] == "" {
				return values, false
			}
			values[n] = segments[i]
			n++
		case want != segments[i]:
			return values, false
		}
	}
	return values, true
}

func (e *endpoint) handler(method int) Handler {
	if h := e.byMethod[method]; h != nil {
		return h
	}
	if methods[method] == "HEAD" && e.byMethod[0] != nil {
		return e.byMethod[0]
	}
	return e.fallback
}

func methodIndex(method []byte) int {
	for i, name := range methods[:MethodCount-1] {
		if string(method) == name {
			return i
		}
	}
	return MethodCount - 1
}
