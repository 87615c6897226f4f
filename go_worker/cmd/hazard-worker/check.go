package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"hazard/internal/engine"
	"hazard/internal/policy"
)

// runCheck is a dry run: a request on standard input, events on standard output. An agent names the
// targets that it allows; `hazard check` on a person's own machine names none and may reach all.
func runCheck(ctx context.Context, arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("hazard-worker check", flag.ContinueOnError)
	flags.SetOutput(stderr)
	allow := flags.String("allow", "0.0.0.0/0,::/0", "`targets` that may be addressed")
	if err := flags.Parse(arguments); err != nil {
		return exitUsage
	}
	allowed, err := policy.ParseTargets(*allow)
	if err != nil {
		fmt.Fprintln(stderr, "hazard-worker check: --allow:", err)
		return exitUsage
	}
	return engine.RunCheck(ctx, allowed, stdin, stdout, stderr)
}
