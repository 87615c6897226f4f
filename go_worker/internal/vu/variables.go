package vu

import (
	"bytes"
	"sync"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// Scope says how long a value lives and who sees it.
type Scope uint8

// Scopes.
const (
	User Scope = iota
	Iteration
	Run
)

type valueState uint8

const (
	valueNone valueState = iota
	valueSet
	valueRemoved // hides the plan's own value
)

// value is text, or a template when the text refers to variables.
type value struct {
	text     []byte
	template *template.Template
	state    valueState
}

// set copies text, reusing memory. With resolve a text with braces is rendered at every use.
func (v *value) set(text []byte, resolve bool, names *template.Names) {
	v.state = valueSet
	v.text = append(v.text[:0], text...)
	v.template = nil
	if resolve && bytes.Contains(text, []byte("{{")) {
		v.template = template.Compile(string(text), names)
	}
}

// values are those of one scope: by slot for the names of the plan, by name for the others.
type values struct {
	bySlot []value
	byName map[string]*value
	dirty  bool
}

func (v *values) find(variable template.Variable) *value {
	if variable.Slot >= 0 {
		if variable.Slot < len(v.bySlot) {
			return &v.bySlot[variable.Slot]
		}
		return nil
	}
	return v.byName[variable.Name]
}

// place finds or makes the value of a variable.
func (v *values) place(variable template.Variable, slots int) *value {
	v.dirty = true
	if variable.Slot >= 0 {
		if len(v.bySlot) < slots {
			v.bySlot = append(v.bySlot, make([]value, slots-len(v.bySlot))...)
		}
		return &v.bySlot[variable.Slot]
	}
	if v.byName == nil {
		v.byName = map[string]*value{}
	}
	found := v.byName[variable.Name]
	if found == nil {
		found = &value{}
		v.byName[variable.Name] = found
	}
	return found
}

// clear forgets the values and keeps their memory.
func (v *values) clear() {
	if !v.dirty {
		return
	}
	v.dirty = false
	for i := range v.bySlot {
		v.bySlot[i].state = valueNone
	}
	clear(v.byName)
}

// RunValues are shared by all users of a worker.
type RunValues struct {
	mu     sync.RWMutex
	values values
}

// SharedValues are the values of the run's scope, for other workers.
func (w *World) SharedValues() []*pb.RunValue {
	w.Run.mu.RLock()
	defer w.Run.mu.RUnlock()
	var all []*pb.RunValue
	add := func(name string, v *value) {
		if v.state != valueNone {
			all = append(all, &pb.RunValue{Name: name, Text: bytes.Clone(v.text),
				Resolve: v.template != nil, Removed: v.state == valueRemoved})
		}
	}
	for slot := range w.Run.values.bySlot {
		add(w.Names.Name(slot), &w.Run.values.bySlot[slot])
	}
	for name, v := range w.Run.values.byName {
		add(name, v)
	}
	return all
}

// Share keeps values of the run's scope that another worker has.
func (w *World) Share(shared []*pb.RunValue) {
	w.Run.mu.Lock()
	defer w.Run.mu.Unlock()
	for _, one := range shared {
		variable := template.Variable{Name: one.Name, Slot: w.Names.Slot(one.Name)}
		v := w.Run.values.place(variable, w.Names.Len())
		v.set(one.Text, one.Resolve, w.Names)
		if one.Removed {
			v.state = valueRemoved
		}
	}
}

// Default is where a variable of the plan has its value from before anything is saved.
type Default struct {
	// Value is a constant or a secret; nil for the other sources.
	Value *template.Template
	// Feed and Column name a column of a data feed.
	Feed   int
	Column string
	// Generator is evaluated when Scope begins.
	Generator *template.Template
	Scope     Scope
	// Kind tells which of them holds.
	Kind DefaultKind
}

// DefaultKind is a source of a variable.
type DefaultKind uint8

// Kinds of sources.
const (
	NoDefault DefaultKind = iota
	Constant
	FromColumn
	FromGenerator
)
