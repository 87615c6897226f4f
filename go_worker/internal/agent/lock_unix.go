//go:build unix

package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// machineLock says that something of this user goes on on this machine: a calibration alone, or runs
// together. The system gives it back when the process ends.
type machineLock struct{ file *os.File }

// lockMachine takes the lock; errBusy: somebody has it, and the taker is not patient.
func lockMachine(how locking) (*machineLock, error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("hazard-load-%d.lock", os.Getuid()))
	// Nothing is ever written to it, and a link that somebody put there is not followed.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the lock of this machine: %w", err)
	}
	flags := map[locking]int{
		alone: syscall.LOCK_EX | syscall.LOCK_NB, together: syscall.LOCK_SH | syscall.LOCK_NB, patiently: syscall.LOCK_SH,
	}[how]
	for {
		err = syscall.Flock(int(file.Fd()), flags)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		_ = file.Close()
		return nil, errBusy
	case err != nil:
		_ = file.Close()
		return nil, fmt.Errorf("the lock of this machine: %w", err)
	}
	return &machineLock{file}, nil
}

func (l *machineLock) release() { _ = l.file.Close() }
