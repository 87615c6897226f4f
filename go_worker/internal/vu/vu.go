// Package vu is the state of virtual users: variables, cookies, connections, data rows, random
// numbers. A user belongs to one goroutine at a time; only steps that run in parallel share it.
package vu

import (
	"math/rand/v2"
	"sync"
	"time"

	"hazard/internal/auth"
	"hazard/internal/http1"
	"hazard/internal/template"
)

// World is what all users of a worker have in common.
type World struct {
	Names    *template.Names
	Defaults []Default // by slot
	Feeds    []*Feed
	HTTP     *http1.Shared
	Route    *http1.Route
	Seed     uint64
	// Scripts tells that scripts read variables, so that types of values matter.
	Scripts bool
	// Origins are scopes of Postman that define variables of the plan, by name.
	Origins map[string]string
	// Now is the wall clock of templates; nil: time.Now.
	Now func() time.Time
	Run RunValues
}

// VU is one user.
type VU struct {
	// Index is the user's number over all workers, from 0.
	Index uint64
	// Iteration counts the iterations begun, so it is 1 during the first.
	Iteration uint64
	Client    *http1.Client
	// Ready tells that the user's setup steps are done.
	Ready bool
	// Auth is what authorisation remembers for the user.
	Auth auth.State

	world     *World
	life      uint64
	source    rand.PCG
	random    *rand.Rand // over source
	mu        sync.Mutex
	user      values
	iteration values
	rows      []taken // by feed, of this iteration
	branches  []*http1.Client
	counters  map[string]uint64
	script    any
}

// New makes a user. Nothing is opened before its first request.
func New(world *World, index uint64) *VU { return NewAgain(world, index, 0) }

// NewAgain makes a user that another worker had until a moment, which life names: it begins anew, and
// its random values are not those that it had there. 0: nobody had it.
func NewAgain(world *World, index, life uint64) *VU {
	v := &VU{Index: index, world: world, life: life, Client: http1.New(world.HTTP)}
	v.Client.SetRoute(world.Route)
	v.random = rand.New(&v.source)
	v.seed(0)
	thread := Thread{}
	thread.Begin(v)
	v.generate(User, &thread)
	return v
}

// mixSeeds spreads neighbouring numbers over all bits (splitmix64 finaliser).
func mixSeeds(a, b uint64) uint64 {
	z := a + 0x9e3779b97f4a7c15*(b+1)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// seed restarts the user's random numbers for an iteration, so that what an iteration renders depends
// on seed, user and iteration only, as long as the user stays on its worker.
func (v *VU) seed(iteration uint64) {
	seed := v.world.Seed
	if v.life > 0 {
		seed = mixSeeds(seed, v.life)
	}
	v.source.Seed(mixSeeds(seed, v.Index), iteration)
}

// Begin starts an iteration: new random numbers, empty iteration scope, next rows of the feeds.
// False: a feed has no row for this user any more.
func (v *VU) Begin(thread *Thread) bool {
	v.Iteration++
	v.seed(v.Iteration)
	v.mu.Lock()
	v.iteration.clear()
	v.mu.Unlock()
	thread.Begin(v)
	if len(v.world.Feeds) > 0 && !v.takeRows(thread) {
		return false
	}
	v.generate(Iteration, thread)
	return true
}

func (v *VU) takeRows(thread *Thread) bool {
	if v.rows == nil {
		v.rows = make([]taken, len(v.world.Feeds))
	}
	for i, feed := range v.world.Feeds {
		row, found := feed.take(v.Index, thread.random)
		if !found {
			return false
		}
		v.rows[i] = taken{feed, row}
	}
	return true
}

// generate evaluates the generators of a scope that begins.
func (v *VU) generate(scope Scope, thread *Thread) {
	for slot := range v.world.Defaults {
		d := &v.world.Defaults[slot]
		if d.Kind == FromGenerator && d.Scope == scope {
			text := d.Generator.Append(nil, thread)
			v.Set(scope, template.Variable{Slot: slot}, text, false)
		}
	}
}

// GenerateRun evaluates the generators of the run's scope, once per worker.
func (w *World) GenerateRun() {
	v := w.newcomer()
	thread := &Thread{}
	thread.Begin(v)
	v.generate(Run, thread)
}

// newcomer is a user of no load, for what the run's scope needs.
func (w *World) newcomer() *VU {
	v := &VU{world: w}
	v.random = rand.New(&v.source)
	v.source.Seed(w.Seed, 0)
	return v
}

// Set saves a value. With resolve, braces in it are resolved at every use.
func (v *VU) Set(scope Scope, variable template.Variable, text []byte, resolve bool) {
	w := v.world
	if scope == Run {
		w.Run.mu.Lock()
		defer w.Run.mu.Unlock()
		w.Run.values.place(variable, w.Names.Len()).set(text, resolve, w.Names)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	in := &v.user
	if scope == Iteration {
		in = &v.iteration
	}
	in.place(variable, w.Names.Len()).set(text, resolve, w.Names)
}

// Unset removes a value; the name is unknown afterwards in this scope and below it.
func (v *VU) Unset(scope Scope, variable template.Variable) {
	v.Set(scope, variable, nil, false)
	w := v.world
	if scope == Run {
		w.Run.mu.Lock()
		defer w.Run.mu.Unlock()
		w.Run.values.find(variable).state = valueRemoved
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	in := &v.user
	if scope == Iteration {
		in = &v.iteration
	}
	in.find(variable).state = valueRemoved
}

// Forget removes a value, so that the ones below it are seen again.
func (v *VU) Forget(scope Scope, variable template.Variable) {
	w := v.world
	in := &v.user
	switch scope {
	case Run:
		w.Run.mu.Lock()
		defer w.Run.mu.Unlock()
		in = &w.Run.values
	case Iteration:
		in = &v.iteration
		fallthrough
	default:
		v.mu.Lock()
		defer v.mu.Unlock()
	}
	if found := in.find(variable); found != nil {
		found.state = valueNone
	}
}

// Variable is the plan's slot of a name, or the name itself.
func (v *VU) Variable(name string) template.Variable {
	return template.Variable{Name: name, Slot: v.world.Names.Slot(name)}
}

// Script is what the user keeps for its scripts, made when it is first asked for.
func (v *VU) Script(make func() any) any {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.script == nil {
		v.script = make()
	}
	return v.script
}

// Names lists the variables that may have a value for the user.
func (v *VU) Names() []string {
	w := v.world
	names := make([]string, 0, w.Names.Len())
	for slot := range w.Names.Len() {
		names = append(names, w.Names.Name(slot))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, in := range []*values{&v.user, &v.iteration} {
		for name := range in.byName {
			names = append(names, name)
		}
	}
	return names
}

// World is what the user shares with the others.
func (v *VU) World() *World { return v.world }

// BranchClient is the client of branch i of the user's parallel steps: connections of its own, the
// user's cookies.
func (v *VU) BranchClient(i int) *http1.Client {
	v.mu.Lock()
	defer v.mu.Unlock()
	for len(v.branches) <= i {
		branch := http1.NewWithJar(v.world.HTTP, v.Client.Jar())
		branch.SetRoute(v.world.Route)
		v.branches = append(v.branches, branch)
	}
	return v.branches[i]
}

// Abort cuts the requests in flight, from any goroutine; the user sends nothing any more.
func (v *VU) Abort() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Client.Abort()
	for _, branch := range v.branches {
		branch.Abort()
	}
}

// Revive lets an aborted user send again, with no connections.
func (v *VU) Revive() { v.Client.Reset() }

// Close closes the user's connections. Not while it sends.
func (v *VU) Close() {
	v.Client.Close()
	for _, branch := range v.branches {
		branch.Close()
	}
}
