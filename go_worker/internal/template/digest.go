package template

import (
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // what the plan asks for
	"crypto/sha1" //nolint:gosec // what the plan asks for
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
)

// NewHash gives the constructor of md5, sha1, sha256, sha384 or sha512; nil for another name.
func NewHash(name string) func() hash.Hash {
	switch name {
	case "md5":
		return md5.New
	case "sha1":
		return sha1.New
	case "sha224":
		return sha256.New224
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	}
	return nil
}

func digest(name string) function {
	return func(dst []byte, _ Context, args []string) ([]byte, bool) {
		if len(args) == 0 || len(args) > 2 {
			return dst, false
		}
		h := NewHash(name)()
		h.Write([]byte(args[0]))
		return appendEncoded(dst, h.Sum(nil), args[1:])
	}
}

func appendHMAC(dst []byte, _ Context, args []string) ([]byte, bool) {
	if len(args) < 3 || len(args) > 4 || NewHash(args[0]) == nil {
		return dst, false
	}
	h := hmac.New(NewHash(args[0]), []byte(args[1]))
	h.Write([]byte(args[2]))
	return appendEncoded(dst, h.Sum(nil), args[3:])
}

func appendEncoded(dst, sum []byte, encoding []string) ([]byte, bool) {
	if len(encoding) == 0 {
		return hex.AppendEncode(dst, sum), true
	}
	switch encoding[0] {
	case "hex":
		return hex.AppendEncode(dst, sum), true
	case "base64":
		return base64.StdEncoding.AppendEncode(dst, sum), true
	case "base64url":
		return base64.RawURLEncoding.AppendEncode(dst, sum), true
	}
	return dst, false
}
