//go:build !unix

package agent

import "os/exec"

func separate(*exec.Cmd) {}

// exitCode is the code of an ended child.
func exitCode(command *exec.Cmd) int32 { return int32(command.ProcessState.ExitCode()) }
