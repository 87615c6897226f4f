// Command hazard-worker is the resident worker: it announces itself in etcd, takes plans from a
// controller and runs each in an engine child of its own.
//
// Exit codes: 0 fine, 1 failed while serving, 2 usage, 3 a port or file cannot be had.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"hazard/internal/agent"
)

const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
	exitRemote = 3
)

// subcommand is a part of the program that runs instead of the agent.
type subcommand func(ctx context.Context, arguments []string, stdin io.Reader, stdout, stderr io.Writer) int

// subcommands by name. All but `certs` are started by the agent, not by people.
func subcommands() map[string]subcommand {
	return map[string]subcommand{
		"engine":      runEngine,
		"check":       runCheck,
		"certs":       makeCerts,
		"calibrate":   runCalibration,
		"null-target": serveNull,
	}
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends at once
	if len(arguments) > 0 {
		if command := subcommands()[arguments[0]]; command != nil {
			return command(ctx, arguments[1:], stdin, stdout, stderr)
		}
	}
	err := serve(ctx, arguments, stdout, stderr)
	var usage *agent.UsageError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exitFine
	case errors.As(err, &usage), errors.Is(err, errUsage):
		fmt.Fprintln(stderr, "hazard-worker:", err)
		return exitUsage
	case errors.Is(err, errServing):
		fmt.Fprintln(stderr, "hazard-worker:", err)
		return exitFailed
	default:
		fmt.Fprintln(stderr, "hazard-worker:", err)
		return exitRemote
	}
}
