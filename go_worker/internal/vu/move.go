package vu

import (
	"bytes"

	"hazard/internal/template"
)

// Follow gives a new world the values that the run's scope has in an old one.
func (w *World) Follow(old *World) {
	old.Run.mu.RLock()
	w.Run.mu.Lock()
	old.Run.values.copyTo(&w.Run.values, old.Names, w.Names)
	w.Run.mu.Unlock()
	old.Run.mu.RUnlock()
	w.newcomer().generateMissing(Run, &w.Run.values)
}

// Move lets a user live in another world between two iterations. It keeps cookies, data rows and what it
// saved, and its connections unless the new world's requests go another way; generators of variables
// that are new to it are evaluated.
func (v *VU) Move(world *World) {
	v.mu.Lock()
	old := v.world
	if old == world {
		v.mu.Unlock()
		return
	}
	var moved values
	v.user.copyTo(&moved, old.Names, world.Names)
	v.user, v.iteration, v.world = moved, values{}, world
	v.rows = rowsIn(world, v.rows)
	v.Client.SetRoute(world.Route)
	for _, branch := range v.branches {
		branch.SetRoute(world.Route)
	}
	v.mu.Unlock()
	v.generateMissing(User, &v.user)
}

// rowsIn are the rows that a user has, in the order of another world's feeds: its last steps may need
// them before it takes the next ones.
func rowsIn(world *World, rows []taken) []taken {
	moved := make([]taken, len(world.Feeds))
	for i, feed := range world.Feeds {
		for _, one := range rows {
			if one.feed != nil && one.feed.Name == feed.Name {
				moved[i] = one
			}
		}
	}
	return moved
}

// generateMissing evaluates the generators of a scope whose variables have no value in it.
func (v *VU) generateMissing(scope Scope, in *values) {
	thread := Thread{}
	thread.Begin(v)
	for slot := range v.world.Defaults {
		d := &v.world.Defaults[slot]
		variable := template.Variable{Slot: slot}
		if d.Kind != FromGenerator || d.Scope != scope {
			continue
		}
		if known := in.find(variable); known == nil || known.state == valueNone {
			v.Set(scope, variable, d.Generator.Append(nil, &thread), false)
		}
	}
}

// copyTo copies every value, by name: the same name may have another slot, or none.
func (v *values) copyTo(to *values, names, newNames *template.Names) {
	one := func(name string, from *value) {
		if from.state == valueNone {
			return
		}
		copied := *from
		copied.text = bytes.Clone(from.text)
		if from.template != nil {
			copied.template = template.Compile(string(from.text), newNames)
		}
		variable := template.Variable{Name: name, Slot: newNames.Slot(name)}
		*to.place(variable, newNames.Len()) = copied
	}
	for slot := range v.bySlot {
		one(names.Name(slot), &v.bySlot[slot])
	}
	for name, from := range v.byName {
		one(name, from)
	}
}
