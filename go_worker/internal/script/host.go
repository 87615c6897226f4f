package script

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"github.com/grafana/sobek"
)

// functions is the object that the prelude gets.
func (r *Runtime) functions() *sobek.Object {
	o := r.vm.NewObject()
	r.addVariables(o)
	r.addRequests(o)
	r.addBytes(o)
	for name, f := range map[string]any{
		"library": r.library,
		"native":  r.native,
		"log": func(level, line string) {
			if len(r.result.Console) < maxConsole {
				if level != "log" && level != "info" {
					line = level + ": " + line
				}
				r.result.Console = append(r.result.Console, cut(line))
			}
		},
		"next": func(name sobek.Value) {
			r.result.Jumps, r.result.Next = true, ""
			if !sobek.IsNull(name) {
				r.result.Next = name.String()
			}
		},
		"skip":   func() { r.result.Skip = true },
		"later":  r.later,
		"forget": r.forget,
		"validate": func(schema, document string) string {
			return r.host.Validate(schema, document)
		},
	} {
		r.set(o, name, f)
	}
	return o
}

// set adds a Go function; it fails only for names that are no names.
func (r *Runtime) set(o *sobek.Object, name string, f any) {
	if err := o.Set(name, f); err != nil {
		panic(err)
	}
}

func (r *Runtime) optional(text string, known bool) sobek.Value {
	if !known {
		return sobek.Undefined()
	}
	return r.vm.ToValue(text)
}

// typed is a text with its kind, for the prelude to make the value of.
func (r *Runtime) typed(text, kind string, known bool) sobek.Value {
	if !known {
		return sobek.Undefined()
	}
	return r.vm.NewArray(text, kind)
}

func (r *Runtime) addVariables(o *sobek.Object) {
	for name, f := range map[string]any{
		"get":       func(scope, name string) sobek.Value { return r.typed(r.host.Get(Scope(scope), name)) },
		"set":       func(scope, name, text, kind string) { r.host.Set(Scope(scope), name, text, kind) },
		"unset":     func(scope, name string) { r.host.Unset(Scope(scope), name) },
		"names":     func(scope string) sobek.Value { return r.list(r.host.Names(Scope(scope))) },
		"replaceIn": func(text string) string { return r.host.ReplaceIn(text) },
		"column":    func(name string) sobek.Value { return r.typed(r.host.Column(name)) },
		"columns":   func() sobek.Value { return r.list(r.host.Columns()) },
		"cookie":    func(name string) sobek.Value { return r.optional(r.host.Cookie(name)) },
		"cookies":   func() sobek.Value { return r.object(r.host.Cookies()) },
	} {
		r.set(o, name, f)
	}
}

func (r *Runtime) addRequests(o *sobek.Object) {
	r.set(o, "setHeader", func(name, value string, replace bool) { r.host.SetHeader(name, value, replace) })
	r.set(o, "removeHeader", func(name string) { r.host.RemoveHeader(name) })
	r.set(o, "change", func(part, text string) { r.host.Change(Part(part), text) })
	r.set(o, "send", func(method, url string, headers [][]string, body string) sobek.Value {
		pairs := make([][2]string, 0, len(headers))
		for _, h := range headers {
			if len(h) == 2 {
				pairs = append(pairs, [2]string{h[0], h[1]})
			}
		}
		var answer Answer
		r.outside(func() bool {
			answer = r.host.Send(method, url, pairs, body)
			return true
		})
		return r.answer(&answer)
	})
}

// fromHex throws for what is not hexadecimal.
func (r *Runtime) fromHex(text string) []byte {
	raw, err := hex.DecodeString(text)
	if err != nil {
		panic(r.vm.NewGoError(err))
	}
	return raw
}

// toHex throws an error.
func (r *Runtime) toHex(raw []byte, err error) string {
	if err != nil {
		panic(r.vm.NewGoError(err))
	}
	return hex.EncodeToString(raw)
}

func (r *Runtime) addBytes(o *sobek.Object) {
	fromHex := r.fromHex
	for name, f := range map[string]any{
		"utf8ToHex":   func(text string) string { return hex.EncodeToString([]byte(text)) },
		"hexToBase64": func(text string) string { return base64.StdEncoding.EncodeToString(fromHex(text)) },
		"base64ToHex": func(text string) string { return hex.EncodeToString(r.decodeBase64(text)) },
		"hexToText":   func(text string) string { return strings.ToValidUTF8(string(fromHex(text)), "\uFFFD") },
		"hexToLatin1": func(text string) string { return fromLatin1(fromHex(text)) },
		"latin1ToHex": func(text string) string { return hex.EncodeToString(r.toLatin1(text)) },
		"atob":        func(text string) string { return fromLatin1(r.decodeBase64(text)) },
		"btoa":        func(text string) string { return base64.StdEncoding.EncodeToString(r.toLatin1(text)) },
		"randomHex": func(n int) string {
			raw := make([]byte, min(max(n, 0), 1<<16))
			_, _ = rand.Read(raw) // never fails
			return hex.EncodeToString(raw)
		},
		"uuid": func() string { return r.host.ReplaceIn("{{$guid}}") },
	} {
		r.set(o, name, f)
	}
}

func (r *Runtime) decodeBase64(text string) []byte {
	text = strings.NewReplacer("=", "", "\n", "", "\r", "", " ", "").Replace(text)
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		panic(r.vm.NewGoError(err))
	}
	return raw
}

func fromLatin1(raw []byte) string {
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return string(runes)
}

func (r *Runtime) toLatin1(text string) []byte {
	raw := make([]byte, 0, len(text))
	for _, c := range text {
		raw = append(raw, byte(c)) // of a character outside Latin1 the low byte is left, as in Postman
	}
	return raw
}

// later puts a function off; the number lets it be forgotten.
func (r *Runtime) later(f sobek.Callable, milliseconds float64) int64 {
	if len(r.queue) >= maxTimers {
		panic(r.vm.NewTypeError("too many timers"))
	}
	r.lastID++
	wait := time.Duration(max(milliseconds, 0) * float64(time.Millisecond))
	r.queue = append(r.queue, task{r.lastID, time.Now().Add(wait), f})
	return r.lastID
}

func (r *Runtime) forget(id int64) {
	for i := range r.queue {
		if r.queue[i].id == id {
			r.queue = append(r.queue[:i], r.queue[i+1:]...)
			return
		}
	}
}

func (r *Runtime) list(texts []string) sobek.Value {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return r.vm.NewArray(values...)
}

func (r *Runtime) object(texts map[string]string) sobek.Value {
	o := r.vm.NewObject()
	for name, text := range texts {
		r.set(o, name, text)
	}
	return o
}

func (r *Runtime) pairs(list [][2]string) sobek.Value {
	values := make([]any, len(list))
	for i, p := range list {
		values[i] = r.vm.NewArray(p[0], p[1])
	}
	return r.vm.NewArray(values...)
}

func (r *Runtime) request(request *Request) sobek.Value {
	if request == nil {
		return sobek.Null()
	}
	o := r.vm.NewObject()
	r.set(o, "name", request.Name)
	r.set(o, "id", request.ID)
	r.set(o, "method", request.Method)
	r.set(o, "url", request.URL)
	r.set(o, "headers", func() sobek.Value { return r.pairs(request.Headers) })
	if request.Body != nil {
		r.set(o, "body", *request.Body)
	}
	r.set(o, "mode", request.Mode)
	r.set(o, "form", func() sobek.Value { return r.pairs(request.Form) })
	return o
}

func (r *Runtime) answer(answer *Answer) sobek.Value {
	if answer == nil {
		return sobek.Null()
	}
	o := r.vm.NewObject()
	r.set(o, "error", answer.Error)
	r.set(o, "code", answer.Code)
	r.set(o, "status", answer.Status)
	r.set(o, "time", answer.Milliseconds)
	r.set(o, "size", answer.Size)
	r.set(o, "headers", func() sobek.Value { return r.pairs(answer.Headers) })
	r.set(o, "body", answer.Body)
	return o
}
