package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"hazard/internal/lab/conduit"
	"hazard/internal/lab/target"
)

// targetReady is the line that the target prints when it serves.
type targetReady struct {
	Ready  bool   `json:"ready"`
	Listen string `json:"listen"`
	URL    string `json:"url"`
	TLS    string `json:"tls,omitempty"`
	TLSURL string `json:"tls_url,omitempty"`
	target.Certificates
}

func targetCommand(flags *flag.FlagSet) command {
	options := target.Options{Limits: conduit.DefaultLimits()}
	flags.StringVar(&options.Listen, "listen", "127.0.0.1:0", "`host:port`; port 0 picks a free one")
	flags.StringVar(&options.TLSListen, "tls-listen", "",
		"`host:port` for HTTPS (HTTP/1.1 and HTTP/2) with a certificate made at start")
	flags.StringVar(&options.TLSDir, "tls-dir", "",
		"existing `folder` for the certificates; without it a temporary one")
	flags.BoolVar(&options.MutualTLS, "mtls", false, "require the client certificate made at start")
	flags.IntVar(&options.Limits.Users, "max-users", options.Limits.Users,
		"stored RealWorld users; the oldest goes first")
	flags.IntVar(&options.Limits.Articles, "max-articles", options.Limits.Articles,
		"stored RealWorld articles; the oldest goes first")
	return func(ctx context.Context, ready func(any) error) (err error) {
		if options.MutualTLS && options.TLSListen == "" {
			return errors.New("--mtls needs --tls-listen")
		}
		if options.Limits.Users < 1 || options.Limits.Articles < 1 {
			return errors.New("--max-users and --max-articles must be at least 1")
		}
		if options.TLSListen != "" && options.TLSDir == "" {
			if options.TLSDir, err = os.MkdirTemp("", "hazard-target-"); err != nil {
				return fmt.Errorf("make a temporary folder: %w", err)
			}
			defer func() { err = errors.Join(err, os.RemoveAll(options.TLSDir)) }()
		}
		running, err := target.Start(options)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, running.Close()) }()
		line := targetReady{
			Ready: true, Listen: running.Address(), URL: "http://" + running.Address(),
			TLS: running.TLSAddress(), Certificates: running.Certificates(),
		}
		if line.TLS != "" {
			line.TLSURL = "https://" + line.TLS
		}
		if err := ready(line); err != nil {
			return fmt.Errorf("print the ready line: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-running.Failed():
			return err
		}
	}
}
