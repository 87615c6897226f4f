package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"hazard/internal/agent"
	"hazard/internal/certs"
	"hazard/internal/legacy"
	"hazard/internal/pb"
	"hazard/internal/policy"
	"hazard/internal/registry"
	"hazard/internal/version"
)

var (
	errHelp    = errors.New("help was asked for")
	errUsage   = errors.New("wrong usage")
	errServing = errors.New("serving failed")
)

const usageHead = `hazard-worker runs load for hazard's controllers.

On this machine:
  hazard-worker --etcd 127.0.0.1:2379

On another machine, with mutual TLS (make the certificates once, copy them where they belong):
  hazard-worker certs --out DIR --host NAME
  hazard-worker --listen 0.0.0.0:7070 --advertise NAME:7070 --etcd HOST:2379 --allow 10.0.0.0/8 \
      --tls-cert DIR/worker-NAME.pem --tls-key DIR/worker-NAME.key --tls-ca DIR/ca.pem

It prints one line of JSON with its address and id when it serves, and logs to standard error.
Load reaches only what --allow names: this machine, until you widen it. Certificates are needed to
listen on anything but loopback. A password for etcd is read from HAZARD_ETCD_PASSWORD.
Exit codes: 0 fine, 1 failed while serving, 2 usage, 3 a port or file cannot be had.

`

// options are the flags as they were given.
type options struct {
	listen, advertise         string
	etcd, prefix              string
	endpoints                 []string
	etcdUser, etcdPassword    string
	etcdCert, etcdKey, etcdCA string
	tlsCert, tlsKey, tlsCA    string
	allow                     string
	labels                    labelFlag
	maxRPS                    float64
	maxConnections            uint
	maxRun, orphanGrace       time.Duration
	dataDir                   string
	calibrate                 string
	legacy, version, verbose  bool
}

// labelFlag collects repeated --label NAME=VALUE.
type labelFlag map[string]string

func (l labelFlag) String() string { return strings.Join(slices.Sorted(maps.Keys(l)), ",") }

func (l labelFlag) Set(text string) error {
	name, value, found := strings.Cut(text, "=")
	if !found || name == "" {
		return fmt.Errorf("%q is not NAME=VALUE", text)
	}
	l[name] = value
	return nil
}

func parseFlags(arguments []string, stdout io.Writer) (*options, error) {
	o := &options{labels: labelFlag{}}
	flags := flag.NewFlagSet("hazard-worker", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are told in one line by the caller
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "`address` to listen on; port 0 chooses one")
	flags.StringVar(&o.advertise, "advertise", "", "`address` that controllers dial; default: where it listens")
	flags.StringVar(&o.etcd, "etcd", "", "etcd `endpoints`, host:port,…; none: not announced")
	flags.StringVar(&o.prefix, "prefix", registry.DefaultPrefix, "`prefix` of keys in etcd")
	flags.StringVar(&o.etcdUser, "etcd-user", "", "`name` for etcd")
	flags.StringVar(&o.etcdCert, "etcd-cert", "", "client certificate `file` for etcd")
	flags.StringVar(&o.etcdKey, "etcd-key", "", "key `file` for etcd")
	flags.StringVar(&o.etcdCA, "etcd-ca", "", "authority `file` for etcd")
	flags.StringVar(&o.tlsCert, "tls-cert", "", "certificate `file` of this worker")
	flags.StringVar(&o.tlsKey, "tls-key", "", "key `file` of this worker")
	flags.StringVar(&o.tlsCA, "tls-ca", "", "authority `file` that signed the controllers")
	flags.StringVar(&o.allow, "allow", strings.Join(policy.DefaultTargets(), ","),
		"`targets` that load may address: CIDR, host, *.domain, each with :port if wanted")
	flags.Var(o.labels, "label", "`NAME=VALUE` shown in the fleet (repeatable)")
	flags.Float64Var(&o.maxRPS, "max-rps", 0, "most requests per second; 0: no limit")
	flags.UintVar(&o.maxConnections, "max-connections", 0, "most open connections; 0: no limit")
	flags.DurationVar(&o.maxRun, "max-run", 0, "longest run; 0: no limit")
	flags.DurationVar(&o.orphanGrace, "orphan-grace", 15*time.Second, "how long a run goes on without its controller")
	flags.StringVar(&o.dataDir, "data-dir", "", "`folder` that keeps the worker's id and floor; default: new ones each start")
	flags.StringVar(&o.calibrate, "calibrate", cmp.Or(os.Getenv(calibrateVariable), whenIdle),
		"`when` to measure what the generator itself costs, for 2 s against a target of its own on loopback: "+
			"idle (once, when nothing else runs on this machine) or asked (by `hazard workers --calibrate`)")
	flags.BoolVar(&o.legacy, "legacy", false,
		"serve masters of locust-hazard as well (InitBommer, EndBommer; announced under "+legacy.KeyPrefix+"): "+
			"their Locust counts the users; it must be on loopback or in --allow")
	flags.BoolVar(&o.version, "version", false, "print the version")
	flags.BoolVar(&o.verbose, "v", false, "log more")
	switch err := flags.Parse(arguments); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usageHead)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return nil, errHelp
	case err != nil:
		return nil, fmt.Errorf("%w: %w; see --help", errUsage, err)
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%w: %q is not expected; see --help", errUsage, flags.Arg(0))
	}
	// A password in the arguments would be seen by every user of the machine, and children need none.
	o.etcdPassword = os.Getenv(passwordVariable)
	_ = os.Unsetenv(passwordVariable)
	return o, o.judge()
}

const passwordVariable = "HAZARD_ETCD_PASSWORD"

// Values of --calibrate, and where its default comes from.
const (
	whenIdle          = "idle"
	whenAsked         = "asked"
	calibrateVariable = "HAZARD_CALIBRATE"
)

// judge refuses values that can never work.
func (o *options) judge() error {
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return fmt.Errorf("%w: --listen %q is not HOST:PORT", errUsage, o.listen)
	}
	if o.advertise != "" {
		if name, port, err := net.SplitHostPort(o.advertise); err != nil || name == "" || port == "" || port == "0" {
			return fmt.Errorf("%w: --advertise %q is not HOST:PORT", errUsage, o.advertise)
		}
	}
	ip, err := netip.ParseAddr(host)
	unspecified := host == "" || (err == nil && ip.IsUnspecified())
	if unspecified && o.etcd != "" && o.advertise == "" {
		return fmt.Errorf("%w: --listen %s says no address that controllers can dial; add --advertise HOST:PORT",
			errUsage, o.listen)
	}
	// Controllers dial loopback in the clear, so nobody would reach what is announced.
	announced := cmp.Or(o.advertise, o.listen)
	if o.etcd != "" && o.tlsCert != "" && policy.IsLoopback(announced) {
		return fmt.Errorf("%w: certificates are for other machines, but etcd would be told %s; "+
			"add --advertise HOST:PORT as they know this one, or leave --tls-cert out", errUsage, announced)
	}
	if o.calibrate != whenIdle && o.calibrate != whenAsked {
		return fmt.Errorf("%w: --calibrate %q is neither %s nor %s", errUsage, o.calibrate, whenIdle, whenAsked)
	}
	if o.maxRPS < 0 || o.maxRun < 0 || o.maxConnections > math.MaxUint32 {
		return fmt.Errorf("%w: a limit is out of range", errUsage)
	}
	if o.orphanGrace <= 0 {
		return fmt.Errorf("%w: --orphan-grace must be longer than nothing", errUsage)
	}
	if o.etcd == "" {
		return nil
	}
	if o.endpoints, err = registry.ParseEndpoints(o.etcd); err != nil {
		return fmt.Errorf("%w: --etcd: %w", errUsage, err)
	}
	return nil
}

func (o *options) serverTLS() (*tls.Config, error) {
	given := []string{o.tlsCert, o.tlsKey, o.tlsCA}
	missing := slices.Contains(given, "")
	if missing && (o.tlsCert+o.tlsKey+o.tlsCA) != "" {
		return nil, fmt.Errorf("%w: --tls-cert, --tls-key and --tls-ca belong together", errUsage)
	}
	if missing {
		return nil, nil
	}
	return certs.ServerConfig(o.tlsCert, o.tlsKey, o.tlsCA)
}

func (o *options) config(log *slog.Logger) (agent.Config, error) {
	allowed, err := policy.ParseTargets(o.allow)
	if err != nil {
		return agent.Config{}, fmt.Errorf("%w: --allow: %w", errUsage, err)
	}
	tlsConfig, err := o.serverTLS()
	if err != nil {
		return agent.Config{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return agent.Config{}, fmt.Errorf("finding this program: %w", err)
	}
	return agent.Config{
		Listen:         o.listen,
		Advertise:      o.advertise,
		TLS:            tlsConfig,
		AllowedTargets: allowed,
		Caps: &pb.Caps{
			Rps: o.maxRPS, Connections: uint32(o.maxConnections), RunMs: uint64(o.maxRun / time.Millisecond),
		},
		Labels:        o.labels,
		DataDir:       o.dataDir,
		OrphanGrace:   o.orphanGrace,
		Version:       version.Number,
		EngineCommand: []string{self, "engine"},
		CheckCommand:  []string{self, "check"}, // the agent adds what it allows

		CalibrateCommand:  []string{self, "calibrate"},
		CalibrateWhenIdle: o.calibrate == whenIdle,
		Log:               log,
	}, nil
}

// ready is the line on standard output that tells who the worker is.
type ready struct {
	Ready    bool   `json:"ready"`
	Address  string `json:"address"`
	WorkerID string `json:"worker_id"`
}

func serve(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	o, err := parseFlags(arguments, stdout)
	if err != nil {
		return err
	}
	if o.version {
		fmt.Fprintln(stdout, "hazard-worker", version.Number)
		return nil
	}
	level := slog.LevelInfo
	if o.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	config, err := o.config(log)
	if err != nil {
		return err
	}
	worker, err := agent.New(config)
	if err != nil {
		return err
	}
	if o.legacy {
		legacy.Register(worker.Server(), worker, log)
	}
	info := worker.Info()
	line, err := json.Marshal(ready{true, info.Address, info.WorkerId})
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, string(line))
	var announcing sync.WaitGroup
	defer announcing.Wait()
	announced, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.etcd != "" {
		record, err := o.registration(info, log)
		if err != nil {
			return err
		}
		announcing.Go(func() { registry.Run(announced, record) })
	}
	if err := worker.Serve(ctx); err != nil {
		return fmt.Errorf("%w: %w", errServing, err)
	}
	return nil
}

func (o *options) registration(info *pb.WorkerInfo, log *slog.Logger) (registry.Config, error) {
	value, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(info)
	if err != nil {
		return registry.Config{}, fmt.Errorf("writing the record for etcd: %w", err)
	}
	tlsConfig, err := certs.ClientConfig(o.etcdCert, o.etcdKey, o.etcdCA)
	if err != nil {
		return registry.Config{}, err
	}
	records := map[string]string{o.prefix + info.WorkerId: string(value)}
	if o.legacy {
		records[legacy.KeyPrefix+info.Address] = info.Address
	}
	return registry.Config{
		Endpoints: o.endpoints,
		Username:  o.etcdUser,
		Password:  o.etcdPassword,
		TLS:       tlsConfig,
		Records:   records,
		Log:       log,
	}, nil
}
