package vu

import "hazard/internal/pb"

// Inherit adds rows that were somebody else's, or gives a stream that the worker has its new end. Of a
// feed that begins again those that its own rows have passed count as used.
func (f *Feed) Inherit(left *pb.RowStream) {
	if !f.shared() || left.Step == 0 {
		return
	}
	f.mu.Lock()
	if known := f.find(left.Start, left.Step); known != nil {
		known.end = left.End
	} else {
		s := stream{start: left.Start, step: left.Step, end: left.End}
		if !f.ends() {
			s.pass(f.position())
		}
		f.streams = append(f.streams, s)
	}
	if f.guard != nil {
		f.guard.recalled = false
		f.guard.short()
	}
	f.mu.Unlock()
}

// Recall gives back the rows that a guarded feed was allowed and does not need within seconds; what it
// keeps.
func (f *Feed) Recall() []*pb.RowStream {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.guard == nil {
		return nil
	}
	f.guard.asked, f.guard.recalled = true, true
	kept := 1 + f.guard.window*keptSeconds/windowSeconds
	var streams []*pb.RowStream
	for i := range f.streams {
		s := &f.streams[i]
		s.allowed = min(s.allowed, s.taken+kept)
		streams = append(streams, &pb.RowStream{Feed: f.Name, Start: s.start, Step: s.step,
			Taken: s.taken, Allowed: s.allowed, End: s.end})
	}
	return streams
}

// Deal gives the worker the rows of a share from where it stands, of a feed that begins again. Other
// feeds stay as they are.
func (f *Feed) Deal(share *pb.Share) {
	if !f.shared() || f.ends() || share.GetCount() == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := stream{start: uint64(share.Index), step: uint64(share.Count)}
	s.pass(f.position())
	f.streams = []stream{s}
}

// Await leaves a worker that joins without rows of a feed that ends until it is given some.
func (f *Feed) Await() {
	if f.shared() && f.ends() {
		f.streams = nil
	}
}

// find is the stream with a start and a step; nil: there is none. With f.mu held.
func (f *Feed) find(start, step uint64) *stream {
	for i := range f.streams {
		if s := &f.streams[i]; s.start == start && s.step == step {
			return s
		}
	}
	return nil
}

// position is the number that the worker's first stream has come to. With f.mu held.
func (f *Feed) position() uint64 {
	if len(f.streams) == 0 {
		return 0
	}
	return f.streams[0].next()
}

// pass counts the numbers below one as taken.
func (s *stream) pass(number uint64) {
	if number > s.start {
		s.taken = (number - s.start + s.step - 1) / s.step
	}
}
