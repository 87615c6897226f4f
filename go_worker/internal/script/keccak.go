package script

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// keccak is the hash that CryptoJS calls SHA3: Keccak as it was before it became a standard, whose
// padding differs. Go's libraries have it for two of the four lengths only.
type keccak struct {
	state [25]uint64
	rest  []byte
	rate  int
	size  int
}

// newKeccak makes one with 224, 256, 384 or 512 bits.
func newKeccak(bits int) hash.Hash { return &keccak{rate: 200 - bits/4, size: bits / 8} }

func (k *keccak) Size() int      { return k.size }
func (k *keccak) BlockSize() int { return k.rate }
func (k *keccak) Reset()         { k.state, k.rest = [25]uint64{}, nil }

func (k *keccak) Write(p []byte) (int, error) {
	k.rest = append(k.rest, p...)
	for len(k.rest) >= k.rate {
		k.absorb(k.rest[:k.rate])
		k.rest = k.rest[k.rate:]
	}
	return len(p), nil
}

func (k *keccak) absorb(block []byte) {
	for i := range k.rate / 8 {
		k.state[i] ^= binary.LittleEndian.Uint64(block[8*i:])
	}
	permute(&k.state)
}

func (k *keccak) Sum(b []byte) []byte {
	last := *k
	block := make([]byte, k.rate)
	copy(block, k.rest)
	block[len(k.rest)] ^= 0x01
	block[k.rate-1] ^= 0x80
	last.absorb(block)
	var out []byte
	for _, lane := range last.state {
		out = binary.LittleEndian.AppendUint64(out, lane)
	}
	return append(b, out[:k.size]...)
}

// rotations and places of the step that moves lanes around.
var (
	rotations = [24]int{1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44}
	places    = [24]int{10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1}
)

// permute is Keccak-f[1600].
func permute(a *[25]uint64) {
	constant := byte(1) // of a shift register
	for range 24 {
		var c [5]uint64
		for x := range 5 {
			c[x] = a[x] ^ a[x+5] ^ a[x+10] ^ a[x+15] ^ a[x+20]
		}
		for x := range 5 {
			d := c[(x+4)%5] ^ bits.RotateLeft64(c[(x+1)%5], 1)
			for y := 0; y < 25; y += 5 {
				a[y+x] ^= d
			}
		}
		moved := a[1]
		for i, place := range places {
			a[place], moved = bits.RotateLeft64(moved, rotations[i]), a[place]
		}
		for y := 0; y < 25; y += 5 {
			row := [5]uint64(a[y : y+5])
			for x := range 5 {
				a[y+x] = row[x] ^ (^row[(x+1)%5] & row[(x+2)%5])
			}
		}
		for j := range 7 {
			if constant&1 != 0 {
				a[0] ^= 1 << (1<<j - 1)
			}
			high := constant & 0x80
			if constant <<= 1; high != 0 {
				constant ^= 0x71
			}
		}
	}
}
