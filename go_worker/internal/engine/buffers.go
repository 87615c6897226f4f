package engine

import (
	"runtime/debug"

	"hazard/internal/flow"
)

// maxSpareExecs is how many sets of buffers are kept while nobody needs them.
const maxSpareExecs = 64

// takeExec finds or makes buffers for a program; those for another one are let go.
func (f *floor) takeExec(program *flow.Program) *flow.Exec {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := len(f.execs); n > 0; n = len(f.execs) {
		x := f.execs[n-1]
		f.execs = f.execs[:n-1]
		if x.Program == program {
			return x
		}
	}
	return flow.NewExec(program, f.recorder, f.control)
}

func (f *floor) putExec(c *carrier) {
	if c.exec == nil {
		return
	}
	f.mu.Lock()
	if len(f.execs) < maxSpareExecs {
		f.execs = append(f.execs, c.exec)
	} else {
		f.discarded++
	}
	f.mu.Unlock()
	c.exec = nil
}

// crowd is how many discarded buffers are worth a collection: users that all began at once and rest
// now.
const crowd = 500

// tidy gives back the memory of a crowd. The load itself allocates so little that the collector would
// not come by for minutes.
func (f *floor) tidy() {
	f.mu.Lock()
	discarded := f.discarded
	if discarded >= crowd {
		f.discarded = 0
	}
	f.mu.Unlock()
	if discarded >= crowd {
		debug.FreeOSMemory()
	}
}
