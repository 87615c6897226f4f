package engine

import "time"

// pause lets the schedule stand still from a moment of the engine's clock on.
func (d *driver) pause(moment int64) {
	d.command(func() {
		if d.paused == 0 {
			d.pauseAt, d.resumeAt = moment, 0
		}
	})
}

// resume lets the schedule go on, from a moment of the engine's clock, where it stood still.
func (d *driver) resume(moment int64) {
	d.command(func() {
		if d.paused != 0 || d.pauseAt != 0 {
			d.resumeAt = moment
		}
	})
}

// turn pauses or resumes when its moment has come. What was planned before the pause, and changes before
// it, come first, however late the driver is; until is the next planned moment. How long the schedule stands still
// follows from the two moments alone, so that it does so on all workers alike.
func (d *driver) turn(until time.Duration) {
	now := d.floor.now()
	first := len(d.pending) == 0 || d.pending[0].moment >= d.pauseAt
	if d.paused == 0 && d.pauseAt != 0 && d.pauseAt <= now && first && int64(until) >= d.pauseAt-d.origin-2 {
		d.paused, d.pauseAt = d.pauseAt, 0
		d.floor.pause()
	}
	if d.paused == 0 || d.resumeAt == 0 || d.resumeAt > now {
		return
	}
	shift := max(d.resumeAt-d.paused, 0)
	for i := range d.pending {
		d.pending[i].at = max(d.pending[i].at, d.resumeAt)
	}
	d.paused, d.resumeAt = 0, 0
	d.origin += shift
	d.floor.resume(time.Duration(shift))
}

// untilTurn is how long it takes until the driver pauses or resumes.
func (d *driver) untilTurn(now int64) int64 {
	next := d.pauseAt
	if d.paused != 0 {
		next = d.resumeAt
	}
	if next == 0 {
		return int64(time.Hour)
	}
	return max(next-now, 0)
}
