package vu

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"hazard/internal/template"
)

// Thread is one line of execution of a user: the main one, or a branch of a parallel step with random
// numbers of its own. It is the context of templates.
type Thread struct {
	// OnUnresolved is told names that are sent literally; nil: nobody.
	OnUnresolved func(name string)

	vu     *VU
	random *rand.Rand
	branch rand.PCG
	own    *rand.Rand // over branch
}

// Begin makes the thread the main one of a user.
func (t *Thread) Begin(v *VU) {
	t.vu, t.random = v, v.random
}

// Branch makes the thread a branch of a user's parallel step, with a number that differs per branch.
func (t *Thread) Branch(v *VU, number uint64) {
	t.vu = v
	t.branch.Seed(mixSeeds(mixSeeds(v.world.Seed, v.Index), number), v.Iteration)
	if t.own == nil {
		t.own = rand.New(&t.branch)
	}
	t.random = t.own
}

// VU is the user.
func (t *Thread) VU() *VU { return t.vu }

// AppendVariable implements template.Context: values saved in the iteration come first, then the
// user's, the run's, and the plan's own.
func (t *Thread) AppendVariable(dst []byte, variable template.Variable, depth int) ([]byte, bool) {
	v, w := t.vu, t.vu.world
	var nested *template.Template
	v.mu.Lock()
	found := v.iteration.find(variable)
	if found == nil || found.state == valueNone {
		found = v.user.find(variable)
	}
	if found != nil && found.state != valueNone {
		removed := found.state == valueRemoved
		if nested = found.template; nested == nil && !removed {
			dst = append(dst, found.text...)
		}
		v.mu.Unlock()
		if nested != nil {
			dst = nested.AppendNested(dst, t, depth+1)
		}
		return dst, !removed
	}
	v.mu.Unlock()
	w.Run.mu.RLock()
	found = w.Run.values.find(variable)
	if found != nil && found.state != valueNone {
		removed := found.state == valueRemoved
		if nested = found.template; nested == nil && !removed {
			dst = append(dst, found.text...)
		}
		w.Run.mu.RUnlock()
		if nested != nil {
			dst = nested.AppendNested(dst, t, depth+1)
		}
		return dst, !removed
	}
	w.Run.mu.RUnlock()
	return t.appendDefault(dst, variable, depth)
}

func (t *Thread) appendDefault(dst []byte, variable template.Variable, depth int) ([]byte, bool) {
	w := t.vu.world
	if variable.Slot < 0 || variable.Slot >= len(w.Defaults) {
		return dst, false
	}
	d := &w.Defaults[variable.Slot]
	switch d.Kind {
	case Constant:
		return d.Value.AppendNested(dst, t, depth+1), true
	case FromColumn:
		return t.appendColumn(dst, d.Feed, d.Column, depth+1)
	}
	return dst, false
}

func (t *Thread) appendColumn(dst []byte, feed int, column string, depth int) ([]byte, bool) {
	if feed >= len(t.vu.rows) {
		return dst, false
	}
	row := t.vu.rows[feed]
	text, found := row.column(column)
	if !found || row.kind(column) == null {
		return dst, false
	}
	if row.feed.typed() && strings.Contains(text, "{{") {
		return template.Compile(text, t.vu.world.Names).AppendNested(dst, t, depth), true
	}
	return append(dst, text...), true
}

// AppendColumn implements template.Context.
func (t *Thread) AppendColumn(dst []byte, feed, column string) ([]byte, bool) {
	for i, f := range t.vu.world.Feeds {
		if f.Name == feed {
			return t.appendColumn(dst, i, column, 0)
		}
	}
	return dst, false
}

// Column is a column of any feed's row of this iteration.
func (t *Thread) Column(name string) (string, bool) {
	for i, f := range t.vu.world.Feeds {
		if i < len(t.vu.rows) && f.Has(name) {
			return t.vu.rows[i].column(name)
		}
	}
	return "", false
}

// ColumnKind is empty for a text in a column, else the JSON of what stands there.
func (t *Thread) ColumnKind(name string) string {
	for i, f := range t.vu.world.Feeds {
		if i < len(t.vu.rows) && f.Has(name) {
			return t.vu.rows[i].kind(name)
		}
	}
	return ""
}

// Columns are the names of all columns that have a value in the feeds' rows of this iteration, in order.
func (t *Thread) Columns() []string {
	var all []string
	for _, f := range t.vu.world.Feeds {
		names := slices.Collect(maps.Keys(f.columns))
		slices.SortFunc(names, func(a, b string) int { return f.columns[a] - f.columns[b] })
		for _, name := range names {
			if _, found := t.Column(name); found {
				all = append(all, name)
			}
		}
	}
	return all
}

// Random implements template.Context.
func (t *Thread) Random() *rand.Rand { return t.random }

// Now implements template.Context.
func (t *Thread) Now() time.Time {
	if t.vu.world.Now != nil {
		return t.vu.world.Now()
	}
	return time.Now()
}

// Count implements template.Context.
func (t *Thread) Count(name string) uint64 {
	v := t.vu
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.counters == nil {
		v.counters = map[string]uint64{}
	}
	v.counters[name]++
	return v.counters[name]
}

// Indexes implements template.Context.
func (t *Thread) Indexes() (user, iteration uint64) {
	return t.vu.Index, max(t.vu.Iteration, 1) - 1
}

// Unresolved implements template.Context.
func (t *Thread) Unresolved(name string) {
	if t.OnUnresolved != nil {
		t.OnUnresolved(name)
	}
}

// Default is the plan's own value of a variable as text.
func (t *Thread) Default(name string) (string, bool) {
	text, known := t.appendDefault(nil, t.vu.Variable(name), 0)
	return string(text), known
}

// Defines tells whether the plan gives a variable a value of its own.
func (w *World) Defines(name string) bool {
	slot := w.Names.Slot(name)
	return slot >= 0 && slot < len(w.Defaults) && w.Defaults[slot].Kind != NoDefault
}

// Lookup is the value of a variable as text.
func (t *Thread) Lookup(name string) (string, bool) {
	text, known := t.AppendVariable(nil, t.vu.Variable(name), 0)
	return string(text), known
}
