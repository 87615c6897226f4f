//go:build unix

package agent

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// separate puts a child into a process group of its own: ^C in the agent's terminal reaches the agent,
// which ends its children in order.
func separate(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// killGroup kills a child and everything it started.
func killGroup(process *os.Process) error {
	// After a wait the number may belong to somebody else.
	if err := process.Signal(syscall.Signal(0)); errors.Is(err, os.ErrProcessDone) {
		return err
	}
	if err := syscall.Kill(-process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return process.Kill()
}

// exitCode is the code of an ended child; 128 + signal when it was killed.
func exitCode(command *exec.Cmd) int32 {
	state := command.ProcessState
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int32(status.Signal())
	}
	return int32(state.ExitCode())
}
