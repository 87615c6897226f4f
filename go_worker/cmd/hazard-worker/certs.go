package main

import (
	"context"
	"errors"
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
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return exitFine
	} else if err != nil {
		return exitUsage
	}
	names := strings.FieldsFunc(*hosts, func(r rune) bool { return r == ',' || r == ' ' })
	if *out == "" || len(names) == 0 || *days < 1 || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "hazard-worker certs: --out DIR and --host NAME,… are needed, and at least one day")
		return exitUsage
	}
	written, err := certs.WriteAll(*out, names, time.Duration(*days)*24*time.Hour)
	if err != nil {
		fmt.Fprintln(stderr, "hazard-worker certs:", err)
		return exitRemote
	}
	for _, path := range written {
		fmt.Fprintln(stdout, path)
	}
	return exitFine
}
