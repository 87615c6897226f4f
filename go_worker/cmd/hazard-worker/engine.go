package main

import (
	"context"
	"io"

	"hazard/internal/engine"
)

// runEngine is the engine child of one run: commands on standard input, events on standard output.
func runEngine(ctx context.Context, _ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return engine.RunChild(ctx, stdin, stdout, stderr)
}
