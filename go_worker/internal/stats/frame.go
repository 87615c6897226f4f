package stats

import (
	"cmp"
	"slices"

	"hazard/internal/pb"
)

// Collect takes everything recorded since the last call, as deltas per entry; entries where nothing
// happened are left out. One goroutine at a time.
func (r *Recorder) Collect() []*pb.StepStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	var collected []*pb.StepStats
	for entry := range r.texts {
		if merged := r.collectEntry(entry); merged != nil {
			collected = append(collected, merged)
		}
	}
	return collected
}

func (r *Recorder) collectEntry(entry int) *pb.StepStats {
	var total cell
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		total.take(&s.cells[entry])
		s.mu.Unlock()
	}
	if total.ok+total.failed+total.aborted+total.warnings+total.stale == 0 {
		return nil
	}
	message := &pb.StepStats{
		Entry: uint32(entry), Ok: total.ok, Failed: total.failed, Aborted: total.aborted,
		SentBytes: total.sent, ReceivedBytes: total.received,
		StaleReuse: total.stale, Warnings: total.warnings,
		Service: total.service.Message(), Scheduled: total.scheduled.Message(),
		FirstByte: total.firstByte.Message(),
	}
	slices.SortFunc(total.statuses, func(a, b statusCount) int { return cmp.Compare(a.status, b.status) })
	for _, s := range total.statuses {
		message.Statuses = append(message.Statuses, &pb.StatusCount{Status: uint32(s.status), Count: s.count})
	}
	message.Errors = r.errorCounts(entry, total.failures)
	return message
}

// errorCounts holds the number of different texts of an entry over the whole run within its bound.
func (r *Recorder) errorCounts(entry int, counts map[failure]uint64) []*pb.ErrorCount {
	merged := map[failure]uint64{}
	known := r.texts[entry]
	for key, n := range counts {
		if !known[key] {
			if len(known) >= maxTexts {
				key.text = otherText
			} else {
				known[key] = true
			}
		}
		merged[key] += n
	}
	messages := make([]*pb.ErrorCount, 0, len(merged))
	for key, n := range merged {
		messages = append(messages, &pb.ErrorCount{Kind: key.kind, Text: key.text, Count: n})
	}
	slices.SortFunc(messages, func(a, b *pb.ErrorCount) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	return messages
}

// take moves the counts of a shard's cell here and empties it, keeping its memory.
func (c *cell) take(from *cell) {
	c.ok += from.ok
	c.failed += from.failed
	c.aborted += from.aborted
	c.sent += from.sent
	c.received += from.received
	c.stale += from.stale
	c.warnings += from.warnings
	from.ok, from.failed, from.aborted, from.sent, from.received = 0, 0, 0, 0, 0
	from.stale, from.warnings = 0, 0
	for i := range from.statuses {
		if n := from.statuses[i].count; n > 0 {
			c.addStatus(from.statuses[i].status, n)
			from.statuses[i].count = 0
		}
	}
	for key, n := range from.failures {
		if c.failures == nil {
			c.failures = map[failure]uint64{}
		}
		c.failures[key] += n
	}
	clear(from.failures)
	c.service.Merge(&from.service)
	c.scheduled.Merge(&from.scheduled)
	c.firstByte.Merge(&from.firstByte)
	from.service.Reset()
	from.scheduled.Reset()
	from.firstByte.Reset()
}

func (c *cell) addStatus(status int, n uint64) {
	for i := range c.statuses {
		if c.statuses[i].status == status {
			c.statuses[i].count += n
			return
		}
	}
	c.statuses = append(c.statuses, statusCount{status, n})
}
