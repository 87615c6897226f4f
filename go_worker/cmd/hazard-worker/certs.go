package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"hazard/internal/certs"
)

// makeCerts is `hazard-worker certs`: an authority, a certificate for a worker and one for controllers.
func makeCerts(_ context.Context, arguments []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("hazard-worker certs", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("out", "", "`folder` for the files; an authority that is there already is used")
	hosts := flags.String("host", "", "`names` and addresses under which the worker is dialled, comma separated")
	days := flags.Int("days", 365, "how long the certificates are valid")
	if err := flags.Parse(arguments); err != nil {
		return exitUsage
	}
	if *out == "" || *hosts == "" {
		fmt.Fprintln(stderr, "hazard-worker certs: --out and --host are needed")
		return exitUsage
	}
	written, err := certs.WriteAll(*out, strings.Split(*hosts, ","), time.Duration(*days)*24*time.Hour)
	if err != nil {
		fmt.Fprintln(stderr, "hazard-worker certs:", err)
		return exitRemote
	}
	for _, path := range written {
		fmt.Fprintln(stdout, path)
	}
	return exitFine
}
