package engine

import (
	"bytes"
	"os"
	"strconv"
)

// memoryAndFiles reads the resident memory and the number of open descriptors of this process.
func memoryAndFiles() (rss, files uint64) {
	if content, err := os.ReadFile("/proc/self/statm"); err == nil {
		fields := bytes.Fields(content)
		if len(fields) > 1 {
			pages, _ := strconv.ParseUint(string(fields[1]), 10, 64)
			rss = pages * uint64(os.Getpagesize())
		}
	}
	if folder, err := os.Open("/proc/self/fd"); err == nil {
		names, _ := folder.Readdirnames(-1)
		_ = folder.Close()
		files = uint64(max(len(names)-1, 0))
	}
	return rss, files
}

// stealReading is the time that other machines took from this one, in ticks over all processors.
type stealReading struct{ stolen, total uint64 }

// since is the share of stolen time since the last call, percent.
func (s *stealReading) since() float64 {
	content, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := bytes.Cut(content, []byte{'\n'})
	var now stealReading
	for i, field := range bytes.Fields(line) {
		ticks, err := strconv.ParseUint(string(field), 10, 64)
		if err != nil || i > 8 {
			continue // the label, and guest time, which is counted in user time as well
		}
		now.total += ticks
		if i == 8 {
			now.stolen = ticks
		}
	}
	before := *s
	*s = now
	if now.total <= before.total || before.total == 0 {
		return 0
	}
	return 100 * float64(now.stolen-before.stolen) / float64(now.total-before.total)
}
