// Package stats counts what the load did: per entry of the plan, exactly once per request, in shards
// that are merged into one frame a second.
package stats

import (
	"math/bits"

	"hazard/internal/pb"
)

const (
	pageSize = 128
	// pageCount covers values up to 2^40 microseconds (12 days): 2 pages for v < 256, then one page
	// per power of two.
	pageCount = 2 + 32
	maxValue  = 1<<40 - 1
)

// Histogram is a log-linear histogram of microseconds: relative error of a bucket below 1/128. Pages
// are made when first touched and kept, so that recording does not allocate in steady state. The
// zero value is empty.
type Histogram struct {
	pages [pageCount]*[pageSize]uint64
	count uint64
	sum   uint64
	min   uint64
	max   uint64
}

// Index is the bucket of a value, as worker.proto defines it.
func Index(value uint64) int {
	if value < 256 {
		return int(value)
	}
	e := bits.Len64(value) - 8
	return 256 + (e-1)*128 + int(value>>uint(e)) - 128
}

// Lowest is the smallest value of a bucket.
func Lowest(index int) uint64 {
	if index < 256 {
		return uint64(index)
	}
	e := (index-256)/128 + 1
	return uint64((index-256)%128+128) << uint(e)
}

// Add counts one value; negative ones count as 0.
func (h *Histogram) Add(microseconds int64) {
	value := uint64(max(microseconds, 0))
	bucket := Index(min(value, maxValue))
	page := h.pages[bucket/pageSize]
	if page == nil {
		page = new([pageSize]uint64)
		h.pages[bucket/pageSize] = page
	}
	page[bucket%pageSize]++
	if h.count == 0 || value < h.min {
		h.min = value
	}
	h.max = max(h.max, value)
	h.count++
	h.sum += value
}

// Count is how many values were added.
func (h *Histogram) Count() uint64 { return h.count }

// Merge adds another histogram's values.
func (h *Histogram) Merge(other *Histogram) {
	if other.count == 0 {
		return
	}
	for i, from := range other.pages {
		if from == nil {
			continue
		}
		if h.pages[i] == nil {
			h.pages[i] = new([pageSize]uint64)
		}
		to := h.pages[i]
		for j, n := range from {
			to[j] += n
		}
	}
	if h.count == 0 || other.min < h.min {
		h.min = other.min
	}
	h.max = max(h.max, other.max)
	h.count += other.count
	h.sum += other.sum
}

// AddMessage adds the values of a histogram that travelled.
func (h *Histogram) AddMessage(message *pb.Histogram) {
	for i, index := range message.GetIndex() {
		page := &h.pages[index/pageSize]
		if *page == nil {
			*page = new([pageSize]uint64)
		}
		(*page)[index%pageSize] += message.Count[i]
		if h.count == 0 || message.MinUs < h.min {
			h.min = message.MinUs
		}
		h.count += message.Count[i]
	}
	h.max = max(h.max, message.GetMaxUs())
	h.sum += message.GetSumUs()
}

// Reset empties the histogram and keeps its pages.
func (h *Histogram) Reset() {
	if h.count == 0 {
		return
	}
	for _, page := range h.pages {
		if page != nil {
			clear(page[:])
		}
	}
	h.count, h.sum, h.min, h.max = 0, 0, 0, 0
}

// Quantile is the lowest value of the bucket that holds the q-quantile (0 to 1).
func (h *Histogram) Quantile(q float64) uint64 {
	rank := uint64(q * float64(h.count))
	seen := uint64(0)
	for i, page := range h.pages {
		if page == nil {
			continue
		}
		for j, n := range page {
			if seen += n; seen > rank {
				return Lowest(i*pageSize + j)
			}
		}
	}
	return h.max
}

// Message is the histogram as it travels; nil when it is empty.
func (h *Histogram) Message() *pb.Histogram {
	if h.count == 0 {
		return nil
	}
	message := &pb.Histogram{MinUs: h.min, MaxUs: h.max, SumUs: h.sum}
	for i, page := range h.pages {
		if page == nil {
			continue
		}
		for j, n := range page {
			if n > 0 {
				message.Index = append(message.Index, uint32(i*pageSize+j))
				message.Count = append(message.Count, n)
			}
		}
	}
	return message
}
