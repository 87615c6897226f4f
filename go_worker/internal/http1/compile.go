package http1

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"hazard/internal/http1/dial"
)

// Policy is a checked and compiled PolicyOptions. Immutable; shared by all VUs.
type Policy struct {
	options      PolicyOptions
	class        *class
	connect      int64 // nanoseconds, as the next three
	handshake    int64
	firstByte    int64
	total        int64
	maxRedirects int
	maxBody      int64
}

// NewPolicy checks and compiles options. Policies with the same connection rules share connections
// within a Client. A policy belongs to the Shared that made it.
func (s *Shared) NewPolicy(options PolicyOptions) (*Policy, error) {
	shared, err := s.class(&options)
	if err != nil {
		return nil, err
	}
	p := &Policy{
		options:      options,
		class:        shared,
		connect:      orDefault(options.ConnectTimeout, 10*time.Second),
		handshake:    orDefault(options.TLSTimeout, 10*time.Second),
		firstByte:    int64(options.FirstByteTimeout),
		total:        orDefault(options.Timeout, 30*time.Second),
		maxRedirects: options.MaxRedirects,
		maxBody:      options.MaxBodyBytes,
	}
	if p.maxRedirects <= 0 {
		p.maxRedirects = 10
	}
	if p.maxBody <= 0 {
		p.maxBody = 64 << 20
	}
	return p, nil
}

// Options are the options the policy was made of.
func (p *Policy) Options() PolicyOptions { return p.options }

func orDefault(value, fallback time.Duration) int64 {
	if value <= 0 {
		return int64(fallback)
	}
	return int64(value)
}

// class is what makes two connections to one origin interchangeable: TLS, proxy and address rules.
type class struct {
	tls                *tls.Config
	proxy              *dial.Proxy
	proxyAuthorization []byte
	rules              dial.Rules
	unixSocket         string
	version            Version
	resume             bool
}

// class finds or makes the connection class of the options.
func (s *Shared) class(o *PolicyOptions) (*class, error) {
	version := o.Version
	if version == Version10 {
		version = Version11 // differs in the request line only
	}
	key := fmt.Sprintf("%v|%x|%x|%x|%s|%s|%s|%v|%d|%s|%q|%q|%s", o.Insecure, o.CAPEM, o.CertPEM,
		o.KeyPEM, o.TLSMin, o.TLSMax, o.ServerName, o.NoTLSResume, version, o.Proxy, o.Resolve,
		o.ConnectTo, o.UnixSocket)
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.classes[key]; found != nil {
		return found, nil
	}
	made := &class{unixSocket: o.UnixSocket, version: version, resume: !o.NoTLSResume}
	var err error
	if made.tls, err = s.tlsConfig(o, version); err != nil {
		return nil, err
	}
	if o.Proxy != "" {
		if made.proxy, err = dial.ParseProxy(o.Proxy); err != nil {
			return nil, err
		}
		if !made.proxy.SOCKS() {
			made.proxyAuthorization = []byte(made.proxy.Authorization())
		}
	}
	if made.rules, err = dial.ParseRules(o.Resolve, o.ConnectTo); err != nil {
		return nil, err
	}
	s.classes[key] = made
	return made, nil
}

func (s *Shared) tlsConfig(o *PolicyOptions, version Version) (*tls.Config, error) {
	config := &tls.Config{
		InsecureSkipVerify: o.Insecure, //nolint:gosec // the plan's explicit choice
		ServerName:         o.ServerName,
		MinVersion:         tls.VersionTLS12,
		KeyLogWriter:       s.options.KeyLog,
		NextProtos:         []string{"http/1.1"},
	}
	switch version {
	case VersionAuto, Version2:
		config.NextProtos = []string{"h2", "http/1.1"}
	case Version2PriorKnown:
		config.NextProtos = []string{"h2"}
	}
	var err error
	if config.MinVersion, err = tlsVersion(o.TLSMin, tls.VersionTLS12); err != nil {
		return nil, err
	}
	if config.MaxVersion, err = tlsVersion(o.TLSMax, 0); err != nil {
		return nil, err
	}
	if config.MinVersion < tls.VersionTLS12 {
		// Servers that still speak TLS 1.0 often know only these suites.
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			config.CipherSuites = append(config.CipherSuites, suite.ID)
		}
	}
	if len(o.CAPEM) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(o.CAPEM) {
			return nil, errors.New("the CA file holds no PEM certificate")
		}
	}
	if len(o.CertPEM) > 0 {
		key := o.KeyPEM
		if len(key) == 0 {
			key = o.CertPEM // both in one file, as curl accepts
		}
		pair, err := tls.X509KeyPair(o.CertPEM, key)
		if err != nil {
			return nil, fmt.Errorf("the client certificate cannot be used: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func tlsVersion(text string, fallback uint16) (uint16, error) {
	switch text {
	case "":
		return fallback, nil
	case "1.0":
		return tls.VersionTLS10, nil
	case "1.1":
		return tls.VersionTLS11, nil
	case "1.2":
		return tls.VersionTLS12, nil
	case "1.3":
		return tls.VersionTLS13, nil
	}
	return 0, fmt.Errorf("TLS version %q is not 1.0, 1.1, 1.2 or 1.3", text)
}
