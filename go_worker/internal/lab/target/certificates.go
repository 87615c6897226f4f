package target

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificates are the PEM files of the TLS listener, made anew at every start.
type Certificates struct {
	Authority  string `json:"ca,omitempty"`          // to verify the target with
	ClientCert string `json:"client_cert,omitempty"` // for mutual TLS
	ClientKey  string `json:"client_key,omitempty"`
}

const certificateLife = 7 * 24 * time.Hour

// issuer is a certificate and the key that signs with it.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// makeCertificates makes an authority, a server certificate for loopback and a client certificate,
// and writes what clients need into a folder.
func makeCertificates(dir string, mutual bool) (Certificates, *tls.Config, error) {
	files := Certificates{
		Authority:  filepath.Join(dir, "ca.pem"),
		ClientCert: filepath.Join(dir, "client.pem"),
		ClientKey:  filepath.Join(dir, "client-key.pem"),
	}
	authority, err := issue(nil, x509.Certificate{
		Subject: pkix.Name{CommonName: "hazard-lab authority"},
		IsCA:    true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	if err != nil {
		return files, nil, err
	}
	server, err := issue(&authority, x509.Certificate{
		Subject:     pkix.Name{CommonName: "localhost"},
		DNSNames:    []string{"localhost", "target.test"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return files, nil, err
	}
	client, err := issue(&authority, x509.Certificate{
		Subject:     pkix.Name{CommonName: "hazard-lab client"},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return files, nil, err
	}
	if err := files.write(authority, client); err != nil {
		return files, nil, err
	}
	return files, serverConfig(authority, server, mutual), nil
}

func serverConfig(authority, server issuer, mutual bool) *tls.Config {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		Certificates: []tls.Certificate{{
			Certificate: [][]byte{server.cert.Raw}, PrivateKey: server.key,
		}},
	}
	if mutual {
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AddCert(authority.cert)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config
}

// issue signs a certificate by an issuer, or by itself without one.
func issue(by *issuer, template x509.Certificate) (issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return issuer{}, fmt.Errorf("make a key: %w", err)
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return issuer{}, fmt.Errorf("make a serial number: %w", err)
	}
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().Add(certificateLife)
	parent, signer := &template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, parent, &key.PublicKey, signer)
	if err != nil {
		return issuer{}, fmt.Errorf("sign a certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		return issuer{}, fmt.Errorf("read back a certificate: %w", err)
	}
	return issuer{cert: cert, key: key}, nil
}

func (files Certificates) write(authority, client issuer) error {
	key, err := x509.MarshalPKCS8PrivateKey(client.key)
	if err != nil {
		return fmt.Errorf("encode the client key: %w", err)
	}
	for _, file := range []struct {
		path, kind string
		content    []byte
	}{
		{files.Authority, "CERTIFICATE", authority.cert.Raw},
		{files.ClientCert, "CERTIFICATE", client.cert.Raw},
		{files.ClientKey, "PRIVATE KEY", key},
	} {
		text := pem.EncodeToMemory(&pem.Block{Type: file.kind, Bytes: file.content})
		if err := os.WriteFile(file.path, text, 0o600); err != nil {
			return fmt.Errorf("write a certificate: %w", err)
		}
	}
	return nil
}
