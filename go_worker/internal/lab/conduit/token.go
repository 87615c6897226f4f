package conduit

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"sync"
	"time"
)

// tokenLife is how long a token is accepted.
const tokenLife = 60 * 24 * time.Hour

// signer makes and checks JSON Web Tokens (RFC 7519) of the one kind {"alg":"HS256"}. The key lives
// as long as the process, and a pool of keyed hashes keeps a check at about a microsecond.
type signer struct {
	header []byte
	macs   sync.Pool
}

type claims struct {
	ID       uint64 `json:"id"`
	Username string `json:"username"`
	Expires  int64  `json:"exp"` // seconds since 1970
}

func newSigner() (*signer, error) {
	key := make([]byte, sha256.Size)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a token key: %w", err)
	}
	s := &signer{header: encodeSegment([]byte(`{"alg":"HS256","typ":"JWT"}`))}
	s.macs.New = func() any { return hmac.New(sha256.New, key) }
	return s, nil
}

func encodeSegment(raw []byte) []byte {
	return base64.RawURLEncoding.AppendEncode(nil, raw)
}

// sum is the keyed hash of some bytes, also used to keep passwords out of memory.
func (s *signer) sum(parts ...[]byte) [sha256.Size]byte {
	mac := s.macs.Get().(hash.Hash)
	mac.Reset()
	for _, part := range parts {
		mac.Write(part)
	}
	var out [sha256.Size]byte
	mac.Sum(out[:0])
	s.macs.Put(mac)
	return out
}

func (s *signer) token(id uint64, username string, now time.Time) (string, error) {
	payload, err := json.Marshal(claims{ID: id, Username: username, Expires: now.Add(tokenLife).Unix()})
	if err != nil {
		return "", fmt.Errorf("encode token claims: %w", err)
	}
	signed := append(append(bytes.Clone(s.header), '.'), encodeSegment(payload)...)
	mac := s.sum(signed)
	return string(append(append(signed, '.'), encodeSegment(mac[:])...)), nil
}

// check returns the user id of a token that this process signed and that has not expired.
func (s *signer) check(token []byte, now time.Time) (uint64, bool) {
	cut := bytes.LastIndexByte(token, '.')
	if cut < 0 || !bytes.HasPrefix(token, s.header) {
		return 0, false
	}
	mac := s.sum(token[:cut])
	if subtle.ConstantTimeCompare(encodeSegment(mac[:]), token[cut+1:]) != 1 {
		return 0, false
	}
	payload, err := base64.RawURLEncoding.AppendDecode(nil, token[len(s.header)+1:cut])
	if err != nil {
		return 0, false
	}
	var c claims
	if json.Unmarshal(payload, &c) != nil || now.Unix() >= c.Expires {
		return 0, false
	}
	return c.ID, true
}
