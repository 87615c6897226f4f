// Package certs makes and loads the certificates with which controllers and workers know each other.
//
// Every installation has its own authority. A certificate carries its role as organisational unit:
// workers accept only controllers. There are no default keys.
package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Roles of certificates.
const (
	RoleWorker     = "hazard-worker"
	RoleController = "hazard-controller"
)

const authorityName = "hazard authority"

// Authority signs certificates of one installation.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// NewAuthority makes an authority that is valid for ten times `validity`.
func NewAuthority(validity time.Duration) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: authorityName},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(10 * validity),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(raw)
	return &Authority{certificate: certificate, key: key}, err
}

// Issue signs a certificate for a role and the names or addresses under which it is dialled.
func (a *Authority) Issue(role string, hosts []string, validity time.Duration) (certPEM, keyPEM []byte, err error) {
	usage := x509.ExtKeyUsageClientAuth
	if role == RoleWorker {
		usage = x509.ExtKeyUsageServerAuth
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: role, OrganizationalUnit: []string{role}},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(validity),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{usage},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, nil, err
	}
	rawKey, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return block("CERTIFICATE", raw), block("EC PRIVATE KEY", rawKey), nil
}

func serial() *big.Int {
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err) // the system has no randomness: nothing secret can be made
	}
	return number
}

func block(kind string, raw []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})
}

// WriteAll makes or reuses the authority in `dir`, and writes a certificate for a worker that is dialled
// under `hosts`. A controller's certificate is made unless a valid one is there, so that a second worker
// does not lock the first controller out. Keys have mode 0600. It returns the files it wrote.
func WriteAll(dir string, hosts []string, validity time.Duration) ([]string, error) {
	if len(hosts) == 0 {
		return nil, errors.New("name the worker's host")
	}
	for _, host := range hosts {
		if host == "" || strings.ContainsAny(host, "/\\: ") && net.ParseIP(host) == nil {
			return nil, fmt.Errorf("%q is no host name or address (no port, no scheme)", host)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	authority, written, err := ensureAuthority(dir, validity)
	if err != nil {
		return nil, err
	}
	// Addresses of IPv6 hold colons, which are no part of a file name everywhere.
	worker := "worker-" + strings.ReplaceAll(hosts[0], ":", "-")
	paths, err := authority.write(dir, worker, RoleWorker, hosts, validity)
	if err != nil {
		return nil, err
	}
	written = append(written, paths...)
	if !authority.hasIssued(dir, "controller") {
		if paths, err = authority.write(dir, "controller", RoleController, nil, validity); err != nil {
			return nil, err
		}
		written = append(written, paths...)
	}
	slices.Sort(written)
	return written, nil
}

func (a *Authority) write(dir, name, role string, hosts []string, validity time.Duration) ([]string, error) {
	certificate, key, err := a.Issue(role, hosts, validity)
	if err != nil {
		return nil, err
	}
	certificatePath, keyPath := filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	if err := writePrivate(keyPath, key); err != nil {
		return nil, err
	}
	if err := writePrivate(certificatePath, certificate); err != nil {
		return nil, err
	}
	return []string{certificatePath, keyPath}, nil
}

// writePrivate replaces a file by one that only its owner reads, whatever the mode of the old one.
func writePrivate(path string, content []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// hasIssued tells whether a certificate of this authority is there and valid for another day.
func (a *Authority) hasIssued(dir, name string) bool {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key"))
	if err != nil {
		return false
	}
	certificate, err := x509.ParseCertificate(pair.Certificate[0])
	return err == nil && certificate.CheckSignatureFrom(a.certificate) == nil &&
		time.Until(certificate.NotAfter) > 24*time.Hour
}

// LoadAuthority reads the authority of a folder that WriteAll made.
func LoadAuthority(dir string) (*Authority, error) {
	keyPath := filepath.Join(dir, "ca.key")
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "ca.pem"), keyPath)
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is not a key of this program", keyPath)
	}
	certificate, err := x509.ParseCertificate(pair.Certificate[0])
	return &Authority{certificate: certificate, key: key}, err
}

func ensureAuthority(dir string, validity time.Duration) (*Authority, []string, error) {
	certificatePath, keyPath := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")
	authority, err := LoadAuthority(dir)
	if err == nil {
		return authority, nil, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	for _, path := range []string{certificatePath, keyPath} {
		if _, err := os.Stat(path); err == nil {
			return nil, nil, fmt.Errorf("%s is there, but ca.pem and ca.key belong together; bring the other back, "+
				"or use another folder", path)
		}
	}
	authority, err = NewAuthority(validity)
	if err != nil {
		return nil, nil, err
	}
	raw, err := x509.MarshalECPrivateKey(authority.key)
	if err != nil {
		return nil, nil, err
	}
	if err := writePrivate(keyPath, block("EC PRIVATE KEY", raw)); err != nil {
		return nil, nil, err
	}
	if err := writePrivate(certificatePath, authority.PEM()); err != nil {
		return nil, nil, err
	}
	return authority, []string{certificatePath, keyPath}, nil
}

// PEM is the authority's certificate.
func (a *Authority) PEM() []byte { return block("CERTIFICATE", a.certificate.Raw) }

// ServerConfig loads what a worker needs: it accepts only clients whose certificate its authority
// signed for the role of a controller.
func ServerConfig(certPath, keyPath, authorityPath string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(certPath, keyPath)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", certPath, err)
	}
	pool, err := loadPool(authorityPath)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:       tls.VersionTLS13,
		Certificates:     []tls.Certificate{pair},
		ClientAuth:       tls.RequireAndVerifyClientCert,
		ClientCAs:        pool,
		VerifyConnection: requireRole(RoleController),
	}, nil
}

// ClientConfig loads certificates for dialling etcd; empty paths use the system's authorities.
func ClientConfig(certPath, keyPath, authorityPath string) (*tls.Config, error) {
	if certPath == "" && authorityPath == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if certPath != "" {
		pair, err := tls.LoadX509KeyPair(certPath, keyPath)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", certPath, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if authorityPath != "" {
		pool, err := loadPool(authorityPath)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	return config, nil
}

func loadPool(path string) (*x509.CertPool, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	return pool, nil
}

func requireRole(role string) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errors.New("no client certificate")
		}
		if !slices.Contains(state.PeerCertificates[0].Subject.OrganizationalUnit, role) {
			return fmt.Errorf("the client's certificate is not one of a %s", role)
		}
		return nil
	}
}
