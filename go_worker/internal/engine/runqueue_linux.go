package engine

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// runQueue reads how long the threads of this process were ready to run and waited for a processor
// (kernel documentation, "Scheduler Statistics", /proc/<pid>/schedstat).
type runQueue struct {
	seen    map[string]uint64 // nanoseconds by thread at the last reading
	content [128]byte
}

// since is how long all threads together waited since the last call; 0 where the kernel does not tell.
func (q *runQueue) since() time.Duration {
	names, err := threads()
	if err != nil {
		return 0
	}
	sum := uint64(0)
	now := make(map[string]uint64, len(names))
	for _, name := range names {
		waited, known := q.read("/proc/self/task/" + name + "/schedstat")
		if !known {
			continue // the thread ended just now
		}
		now[name] = waited
		if before := q.seen[name]; waited > before { // before is zero for a thread that is new
			sum += waited - before
		}
	}
	q.seen = now
	return time.Duration(sum)
}

func threads() ([]string, error) {
	folder, err := os.Open("/proc/self/task")
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	return folder.Readdirnames(-1)
}

// read gives the second number of the file: nanoseconds spent waiting since the thread began.
func (q *runQueue) read(path string) (waited uint64, known bool) {
	file, err := os.Open(path)
	if err != nil {
		return 0, false
	}
	defer func() { _ = file.Close() }()
	n, err := file.Read(q.content[:])
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(q.content[:n])
	if len(fields) < 2 {
		return 0, false
	}
	waited, err = strconv.ParseUint(string(fields[1]), 10, 64)
	return waited, err == nil
}
