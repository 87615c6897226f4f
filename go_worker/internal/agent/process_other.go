//go:build !unix

package agent

import (
	"os"
	"os/exec"
)

func separate(*exec.Cmd) {}

// exitCode is the code of an ended child.
func exitCode(command *exec.Cmd) int32 { return int32(command.ProcessState.ExitCode()) }

// killGroup kills a child.
func killGroup(process *os.Process) error { return process.Kill() }
