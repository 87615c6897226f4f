package flow

import (
	"slices"
	"sync"

	"hazard/internal/script"
	"hazard/internal/template"
	"hazard/internal/vu"
)

// postmanScopes are the scopes of Postman below a data row, the strongest first.
func postmanScopes() []script.Scope {
	return []script.Scope{script.ScopeEnvironment, script.ScopeCollection, script.ScopeGlobals}
}

// scriptState is what a user keeps for its scripts: what they set in which scope. Templates see the
// strongest value of a name, which stands among the user's variables.
type scriptState struct {
	mu     sync.Mutex
	scoped map[script.Scope]map[string]scopedValue
	// typed are values that no script set but that are no texts, and local ones.
	typed map[string]scopedValue
}

// scopedValue is a value of a script, or the mark that the name has none in its scope.
type scopedValue struct {
	text, kind string
	removed    bool
}

func newScriptState() any {
	s := &scriptState{scoped: map[script.Scope]map[string]scopedValue{}, typed: map[string]scopedValue{}}
	for _, scope := range postmanScopes() {
		s.scoped[scope] = map[string]scopedValue{}
	}
	return s
}

func (x *Exec) scriptState() *scriptState { return x.user.Script(newScriptState).(*scriptState) }

// known tells whether a script set or removed the name in any scope.
func (s *scriptState) known(name string) bool {
	return slices.ContainsFunc(postmanScopes(), func(scope script.Scope) bool {
		_, found := s.scoped[scope][name]
		return found
	})
}

// saved forgets what scripts set: an extractor saved the name, and every scope shows that.
func (s *scriptState) saved(name, text, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, scope := range postmanScopes() {
		delete(s.scoped[scope], name)
	}
	if delete(s.typed, name); kind != "" {
		s.typed[name] = scopedValue{text: text, kind: kind}
	}
}

// Get implements script.Host.
func (h *scriptHost) Get(scope script.Scope, name string) (text, kind string, known bool) {
	state := h.x.scriptState()
	state.mu.Lock()
	defer state.mu.Unlock()
	if scope == script.ScopeLocal {
		return h.effective(state, name)
	}
	if value, found := state.scoped[scope][name]; found {
		return value.text, value.kind, !value.removed
	}
	origin := h.x.Program.World.Origins[name]
	switch {
	case origin == string(scope):
		if text, known = h.x.thread.Default(name); known && !state.known(name) {
			return h.effective(state, name)
		}
		return text, "", known
	case origin == "" && !state.known(name):
		return h.effective(state, name)
	}
	return "", "", false
}

// effective is the value that templates see, with the kind that a script gave it.
func (h *scriptHost) effective(state *scriptState, name string) (text, kind string, known bool) {
	if text, known = h.x.thread.Lookup(name); !known {
		return h.Column(name)
	}
	if value, found := state.typed[name]; found && value.text == text {
		return text, value.kind, true
	}
	if column, found := h.x.thread.Column(name); found && (column == text || h.ReplaceIn(column) == text) {
		return column, h.x.thread.ColumnKind(name), true
	}
	for _, scope := range postmanScopes() {
		if value, found := state.scoped[scope][name]; found && !value.removed && value.text == text {
			return text, value.kind, true
		}
	}
	return text, "", true
}

// Set implements script.Host.
func (h *scriptHost) Set(scope script.Scope, name, text, kind string) {
	state, variable := h.x.scriptState(), h.x.user.Variable(name)
	state.mu.Lock()
	defer state.mu.Unlock()
	if scope == script.ScopeLocal || h.x.shared {
		state.typed[name] = scopedValue{text: text, kind: kind}
		h.x.user.Set(h.x.scopeFor(scope), variable, []byte(text), true)
		return
	}
	state.scoped[scope][name] = scopedValue{text: text, kind: kind}
	h.settle(state, name, variable)
}

// Unset implements script.Host.
func (h *scriptHost) Unset(scope script.Scope, name string) {
	state, variable := h.x.scriptState(), h.x.user.Variable(name)
	state.mu.Lock()
	defer state.mu.Unlock()
	if scope == script.ScopeLocal || h.x.shared {
		h.x.user.Forget(h.x.scopeFor(scope), variable)
		return
	}
	state.scoped[scope][name] = scopedValue{removed: true}
	h.settle(state, name, variable)
}

// settle makes the strongest value of a name the user's. Columns of a data row are stronger than all.
func (h *scriptHost) settle(state *scriptState, name string, variable template.Variable) {
	user := h.x.user
	if _, found := h.x.thread.Column(name); found {
		user.Forget(vu.User, variable)
		return
	}
	origin := h.x.Program.World.Origins[name]
	for _, scope := range postmanScopes() {
		value, found := state.scoped[scope][name]
		switch {
		case found && !value.removed:
			user.Set(vu.User, variable, []byte(value.text), true)
			return
		case !found && origin == string(scope):
			user.Forget(vu.User, variable)
			return
		}
	}
	user.Unset(vu.User, variable)
}

// Names implements script.Host.
func (h *scriptHost) Names(scope script.Scope) []string {
	if scope == script.ScopeLocal {
		return h.x.user.Names()
	}
	origins := h.x.Program.World.Origins
	return slices.DeleteFunc(h.x.user.Names(), func(name string) bool {
		if _, _, known := h.Get(scope, name); !known {
			return true
		}
		// What the import itself needs as a variable stands in no scope of Postman.
		return len(origins) > 0 && origins[name] == "" && h.x.Program.World.Defines(name)
	})
}
