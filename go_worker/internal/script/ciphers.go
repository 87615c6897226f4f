package script

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rc4"
	"errors"
	"fmt"
	"hash"
)

// maxDerivation bounds the rounds of a key derivation, which cannot be interrupted.
const maxDerivation = 1 << 20

// newBlock is the block cipher of CryptoJS with this name.
func newBlock(name string, key []byte) (cipher.Block, error) {
	switch name {
	case "AES":
		return aes.NewCipher(key)
	case "DES":
		return des.NewCipher(key)
	case "TripleDES":
		if len(key) == 16 {
			key = append(bytes.Clone(key), make([]byte, des.BlockSize)...) // as crypto-js 3 does
		}
		return des.NewTripleDESCipher(key)
	}
	return nil, fmt.Errorf("CryptoJS.%s is not provided", name)
}

// sealing is how a text is encrypted, in the words of CryptoJS; drop is how much of the key stream RC4
// leaves out.
type sealing struct {
	name, mode, padding string
	drop                int
}

func (s sealing) isStream() bool { return s.name == "RC4" || s.name == "RC4Drop" }

// stream is RC4.
func (s sealing) stream(key, text []byte) ([]byte, error) {
	made, err := rc4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	dropped := make([]byte, min(max(s.drop, 0), maxDerivation))
	made.XORKeyStream(dropped, dropped)
	out := make([]byte, len(text))
	made.XORKeyStream(out, text)
	return out, nil
}

// encrypt pads and encrypts.
func (s sealing) encrypt(key, iv, text []byte) ([]byte, error) {
	if s.isStream() {
		return s.stream(key, text)
	}
	block, err := newBlock(s.name, key)
	if err != nil {
		return nil, err
	}
	text = s.padded(text, block.BlockSize())
	return text, s.blocks(block, iv, text, true)
}

// decrypt decrypts and takes the padding off.
func (s sealing) decrypt(key, iv, text []byte) ([]byte, error) {
	if s.isStream() {
		return s.stream(key, text)
	}
	block, err := newBlock(s.name, key)
	if err != nil {
		return nil, err
	}
	text = bytes.Clone(text)
	if err := s.blocks(block, iv, text, false); err != nil {
		return nil, err
	}
	return s.unpadded(text), nil
}

func (s sealing) padded(text []byte, size int) []byte {
	gap := size - len(text)%size
	padding := make([]byte, gap)
	switch s.padding {
	case "Pkcs7":
		padding = bytes.Repeat([]byte{byte(gap)}, gap)
	case "AnsiX923":
		padding[gap-1] = byte(gap)
	case "Iso10126":
		_, _ = rand.Read(padding) // never fails
		padding[gap-1] = byte(gap)
	case "Iso97971":
		padding[0] = 0x80
	case "ZeroPadding":
		padding = padding[:gap%size]
	default:
		padding = nil
	}
	return append(bytes.Clone(text), padding...)
}

func (s sealing) unpadded(text []byte) []byte {
	if len(text) == 0 {
		return text
	}
	switch s.padding {
	case "Pkcs7", "AnsiX923", "Iso10126":
		// A wrong key gives a wrong length; CryptoJS gives what is left then, which may be nothing.
		return text[:max(0, len(text)-int(text[len(text)-1]))]
	case "Iso97971":
		text = bytes.TrimRight(text, "\x00")
		return text[:max(0, len(text)-1)]
	case "ZeroPadding":
		return bytes.TrimRight(text, "\x00")
	}
	return text
}

// blocks changes the text in place.
func (s sealing) blocks(block cipher.Block, iv, text []byte, encrypt bool) error {
	size := block.BlockSize()
	if s.mode != "ECB" && len(iv) != size {
		return errors.New("the iv has the wrong length")
	}
	whole := len(text)%size == 0
	switch {
	case s.mode == "CTR":
		cipher.NewCTR(block, iv).XORKeyStream(text, text)
	case s.mode == "OFB", s.mode == "CFB":
		s.feedBack(block, iv, text, encrypt)
	case !whole:
		return errors.New("the text is no whole number of blocks")
	case s.mode == "CBC" && encrypt:
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	case s.mode == "CBC":
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	case s.mode == "ECB":
		for at := 0; at < len(text); at += size {
			if encrypt {
				block.Encrypt(text[at:at+size], text[at:at+size])
			} else {
				block.Decrypt(text[at:at+size], text[at:at+size])
			}
		}
	default:
		return fmt.Errorf("CryptoJS.mode.%s is not provided", s.mode)
	}
	return nil
}

// feedBack is OFB, whose key stream feeds itself, and CFB, which is fed with what was encrypted.
func (s sealing) feedBack(block cipher.Block, iv, text []byte, encrypt bool) {
	size := block.BlockSize()
	state := bytes.Clone(iv)
	for at := 0; at < len(text); at += size {
		part := text[at:min(at+size, len(text))]
		block.Encrypt(state, state)
		before := bytes.Clone(part)
		for i := range part {
			part[i] ^= state[i]
		}
		switch {
		case s.mode == "CFB" && encrypt:
			copy(state, part)
		case s.mode == "CFB":
			copy(state, before)
		}
	}
}

// openSSLKey derives a key from a word and a salt as `openssl enc` did, which is what CryptoJS does with
// keys that are texts.
func openSSLKey(newHash func() hash.Hash, word, salt []byte, rounds, size int) ([]byte, error) {
	if rounds < 1 || size < 1 || rounds*(size/16+1) > maxDerivation {
		return nil, fmt.Errorf("EvpKDF takes 1 to %d rounds here", maxDerivation)
	}
	var derived, last []byte
	for len(derived) < size {
		h := newHash()
		h.Write(last)
		h.Write(word)
		h.Write(salt)
		last = h.Sum(nil)
		for range rounds - 1 {
			h.Reset()
			h.Write(last)
			last = h.Sum(nil)
		}
		derived = append(derived, last...)
	}
	return derived[:size], nil
}

// stretchedKey is PBKDF2.
func stretchedKey(newHash func() hash.Hash, word, salt []byte, rounds, size int) ([]byte, error) {
	if rounds < 1 || size < 1 || rounds*(size/16+1) > maxDerivation {
		return nil, fmt.Errorf("PBKDF2 takes 1 to %d rounds here", maxDerivation)
	}
	return pbkdf2.Key(newHash, string(word), salt, rounds, size)
}
