//go:build unix

package agent

import (
	"os/exec"
	"syscall"
)

// separate puts a child into a process group of its own: ^C in the agent's terminal reaches the agent,
// which ends its children in order.
func separate(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// exitCode is the code of an ended child; 128 + signal when it was killed.
func exitCode(command *exec.Cmd) int32 {
	state := command.ProcessState
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int32(status.Signal())
	}
	return int32(state.ExitCode())
}
