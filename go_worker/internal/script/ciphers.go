package script

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/pbkdf2"
	"errors"
	"fmt"

	"hazard/internal/template"
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
			key = append(bytes.Clone(key), key[:8]...)
		}
		return des.NewTripleDESCipher(key)
	}
	return nil, fmt.Errorf("CryptoJS.%s is not provided", name)
}

// sealing is how a text is encrypted, in the words of CryptoJS.
type sealing struct{ name, mode, padding string }

// encrypt pads and encrypts.
func (s sealing) encrypt(key, iv, text []byte) ([]byte, error) {
	block, err := newBlock(s.name, key)
	if err != nil {
		return nil, err
	}
	size := block.BlockSize()
	if s.mode == "CTR" {
		return counted(block, iv, text)
	}
	gap := size - len(text)%size
	switch s.padding {
	case "Pkcs7":
		text = append(bytes.Clone(text), bytes.Repeat([]byte{byte(gap)}, gap)...)
	case "ZeroPadding":
		text = append(bytes.Clone(text), make([]byte, gap%size)...)
	default:
		text = bytes.Clone(text)
	}
	return text, s.blocks(block, iv, text, true)
}

// decrypt decrypts and takes the padding off.
func (s sealing) decrypt(key, iv, text []byte) ([]byte, error) {
	block, err := newBlock(s.name, key)
	if err != nil {
		return nil, err
	}
	if s.mode == "CTR" {
		return counted(block, iv, text)
	}
	text = bytes.Clone(text)
	if err := s.blocks(block, iv, text, false); err != nil {
		return nil, err
	}
	switch n := len(text); {
	case s.padding == "Pkcs7" && n > 0:
		// A wrong key gives a wrong length; CryptoJS gives what is left then, which may be nothing.
		return text[:max(0, n-int(text[n-1]))], nil
	case s.padding == "ZeroPadding":
		return bytes.TrimRight(text, "\x00"), nil
	}
	return text, nil
}

func counted(block cipher.Block, iv, text []byte) ([]byte, error) {
	if len(iv) != block.BlockSize() {
		return nil, errors.New("the iv has the wrong length")
	}
	out := make([]byte, len(text))
	cipher.NewCTR(block, iv).XORKeyStream(out, text)
	return out, nil
}

// blocks changes whole blocks in place.
func (s sealing) blocks(block cipher.Block, iv, text []byte, encrypt bool) error {
	size := block.BlockSize()
	if len(text)%size != 0 {
		return errors.New("the text is no whole number of blocks")
	}
	switch {
	case s.mode == "ECB":
		for at := 0; at < len(text); at += size {
			if encrypt {
				block.Encrypt(text[at:at+size], text[at:at+size])
			} else {
				block.Decrypt(text[at:at+size], text[at:at+size])
			}
		}
		return nil
	case s.mode != "CBC":
		return fmt.Errorf("CryptoJS.mode.%s is not provided", s.mode)
	case len(iv) != size:
		return errors.New("the iv has the wrong length")
	case encrypt:
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	default:
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	}
	return nil
}

// openSSLKey derives key and iv from a word and a salt as `openssl enc` did with MD5, which is what
// CryptoJS does with keys that are texts.
func openSSLKey(word, salt []byte, size int) []byte {
	var derived, last []byte
	for len(derived) < size {
		sum := md5.Sum(append(append(bytes.Clone(last), word...), salt...))
		last = sum[:]
		derived = append(derived, last...)
	}
	return derived[:size]
}

// stretchedKey is PBKDF2.
func stretchedKey(hash string, word, salt []byte, rounds, size int) ([]byte, error) {
	if rounds < 1 || size < 1 || rounds*(size/16+1) > maxDerivation {
		return nil, fmt.Errorf("PBKDF2 takes 1 to %d rounds here", maxDerivation)
	}
	return pbkdf2.Key(template.NewHash(hash), string(word), salt, rounds, size)
}
