// Command hazard-lab runs what a lab on one machine needs besides workers: a real etcd and a sample
// target with exact counters. Each subcommand prints one JSON line when it serves, and ends on
// SIGTERM or SIGINT.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes, the same as those of the hazard command.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

const usage = `hazard-lab: what a lab on one machine needs

  hazard-lab etcd   [--client ADDR] [--peer ADDR] [--data DIR] [--exit-with-stdin]
  hazard-lab target [--listen ADDR] [--tls-listen ADDR [--mtls] [--tls-dir DIR]] [--exit-with-stdin]

Each prints one JSON line with its real addresses when it is ready, and ends on SIGTERM or SIGINT.
"hazard-lab COMMAND --help" explains the options.
`

// command runs until ctx ends; it calls ready once it serves.
type command func(ctx context.Context, ready func(any) error) error

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitUsage
	}
	flags := flag.NewFlagSet("hazard-lab "+args[0], flag.ContinueOnError)
	flags.SetOutput(stderr)
	withStdin := flags.Bool("exit-with-stdin", false,
		"also end when standard input ends, that is with the parent process")
	var chosen command
	switch args[0] {
	case "etcd":
		chosen = etcdCommand(flags)
	case "target":
		chosen = targetCommand(flags)
	case "help", "-h", "--help":
		fmt.Fprint(stdout, usage)
		return exitFine
	default:
		fmt.Fprintf(stderr, "hazard-lab: unknown command %q\n\n%s", args[0], usage)
		return exitUsage
	}
	if err := flags.Parse(args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitFine
		}
		return exitUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "hazard-lab: unexpected argument %q\n", flags.Arg(0))
		return exitUsage
	}
	return supervise(chosen, *withStdin, stdin, stdout, stderr)
}

// supervise runs a command until a signal, or the end of standard input if that is wanted.
func supervise(chosen command, withStdin bool, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if withStdin {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		go func() {
			defer cancel()
			_, _ = io.Copy(io.Discard, stdin) // an error is an end as well
		}()
	}
	ready := func(line any) error { return json.NewEncoder(stdout).Encode(line) }
	if err := chosen(ctx, ready); err != nil {
		fmt.Fprintf(stderr, "hazard-lab: %v\n", err)
		return exitFailed
	}
	return exitFine
}
