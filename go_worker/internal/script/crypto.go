package script

import (
	"crypto/hmac"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/grafana/sobek"
	//lint:ignore SA1019 scripts of collections name it
	"golang.org/x/crypto/ripemd160"

	"hazard/internal/template"
)

//lint:ignore ST1005 these are the words of CryptoJS
var errUTF8 = errors.New("Malformed UTF-8 data")

// errHash is for a script that names a hash which is none.
var errHash = errors.New("CryptoJS has no such hash")

// newHash is a hash by the name that the module crypto-js gives it; nil for none.
func newHash(name string) func() hash.Hash {
	if name == "ripemd160" {
		return ripemd160.New
	}
	if length, found := strings.CutPrefix(name, "sha3-"); found {
		bits, err := strconv.Atoi(length)
		if err != nil || (bits != 224 && bits != 256 && bits != 384 && bits != 512) {
			return nil
		}
		return func() hash.Hash { return newKeccak(bits) }
	}
	return template.NewHash(name)
}

// hashes throws for a name that is none.
func (r *Runtime) hashes(name string) func() hash.Hash {
	made := newHash(name)
	if made == nil {
		panic(r.vm.NewGoError(errHash))
	}
	return made
}

// cryptoFunctions are what the module crypto-js calls; bytes are hexadecimal texts.
func (r *Runtime) cryptoFunctions() map[string]any {
	seal := func(do func(s sealing, key, iv, text []byte) ([]byte, error)) any {
		return func(name, mode, padding, key, iv, text string, drop int) string {
			s := sealing{name, mode, padding, drop}
			return r.toHex(do(s, r.fromHex(key), r.fromHex(iv), r.fromHex(text)))
		}
	}
	return map[string]any{
		"encrypt": seal(sealing.encrypt), "decrypt": seal(sealing.decrypt),
		"openSSLKey": func(name, word, salt string, rounds, size int) string {
			return r.toHex(openSSLKey(r.hashes(name), r.fromHex(word), r.fromHex(salt), rounds, size))
		},
		"stretchedKey": func(name, word, salt string, rounds, size int) string {
			return r.toHex(stretchedKey(r.hashes(name), r.fromHex(word), r.fromHex(salt), rounds, size))
		},
		"hash": func(name, text string) string {
			h := r.hashes(name)()
			h.Write(r.fromHex(text))
			return hex.EncodeToString(h.Sum(nil))
		},
		"hmac": func(name, text, key string) string {
			h := hmac.New(r.hashes(name), r.fromHex(key))
			h.Write(r.fromHex(text))
			return hex.EncodeToString(h.Sum(nil))
		},
		"wordsToHex": func(words []float64, size int) string { return r.toHex(wordsToBytes(words, size)) },
		"hexToWords": func(text string) sobek.Value { return r.words(r.fromHex(text)) },
		"hexToUtf8": func(text string) string {
			raw := r.fromHex(text)
			if !utf8.Valid(raw) {
				panic(r.vm.NewGoError(errUTF8))
			}
			return string(raw)
		},
	}
}

// wordsToBytes are the first bytes of words of 32 bits; bytes beyond them are zero.
func wordsToBytes(words []float64, size int) ([]byte, error) {
	if size < 0 || size > maxBytes {
		return nil, fmt.Errorf("a word array of %d bytes", size)
	}
	raw := make([]byte, 0, 4*len(words))
	for _, word := range words {
		if math.IsNaN(word) || math.IsInf(word, 0) {
			word = 0
		}
		raw = binary.BigEndian.AppendUint32(raw, uint32(int64(word)))
	}
	if missing := size - len(raw); missing > 0 {
		raw = append(raw, make([]byte, missing)...)
	}
	return raw[:size], nil
}

// maxBytes is the longest word array.
const maxBytes = 1 << 24

func (r *Runtime) words(raw []byte) sobek.Value {
	padded := append(raw, make([]byte, (4-len(raw)%4)%4)...)
	words := make([]any, len(padded)/4)
	for i := range words {
		words[i] = int32(binary.BigEndian.Uint32(padded[4*i:]))
	}
	return r.vm.NewArray(words...)
}
