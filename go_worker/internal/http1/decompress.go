package http1

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// decodeState says whether Response.decoded holds something.
type decodeState uint8

const (
	decodeNot decodeState = iota
	decodeDone
	decodeFailed
)

// maxCodings bounds a chain like "gzip, gzip, gzip".
const maxCodings = 5

var errCoding = errors.New("unknown Content-Encoding")

// decoders keeps decompressors between answers; each costs tens of kilobytes to make.
type decoders struct {
	gzip, brotli, zstd, flate sync.Pool
}

// Decoded is the body with its Content-Encoding (gzip, deflate, br, zstd, also in a chain) removed;
// Body itself when there is none. It is computed once per answer. The error's kind is KindDecode, or
// KindBodyTooLarge when the result exceeds the policy's limit.
func (r *Response) Decoded() ([]byte, error) {
	codings, _ := r.Headers.Get("content-encoding")
	codings = trim(codings)
	if len(codings) == 0 || equalFold(codings, "identity") || len(r.Body) == 0 {
		return r.Body, nil
	}
	if r.decode == decodeNot {
		r.decode = decodeDone
		if err := r.decodeBody(codings); err != nil {
			r.decode = decodeFailed
			return nil, err
		}
	}
	if r.decode == decodeFailed {
		return nil, fail(KindDecode, nil)
	}
	return r.decoded, nil
}

// decodeBody removes the codings, the last one applied first.
func (r *Response) decodeBody(codings []byte) error {
	var failure error
	body := r.Body
	for round := 0; len(codings) > 0; round++ {
		if round == maxCodings {
			return fail(KindDecode, errCoding)
		}
		at := bytes.LastIndexByte(codings, ',')
		coding := trim(codings[at+1:])
		codings = codings[:max(at, 0)]
		if len(coding) == 0 || equalFold(coding, "identity") {
			continue
		}
		var target []byte
		if round == 0 {
			target = r.decoded[:0]
		}
		body, failure = r.shared.decoders.expand(target, coding, body, r.limit)
		if failure != nil {
			return failure
		}
	}
	r.decoded = body
	return nil
}

// expand decompresses one coding into dst.
func (d *decoders) expand(dst, coding, body []byte, limit int64) ([]byte, error) {
	source := bytes.NewReader(body)
	var reader io.Reader
	var err error
	var release func()
	switch {
	case equalFold(coding, "gzip"), equalFold(coding, "x-gzip"):
		reader, release, err = d.gzipReader(source)
	case equalFold(coding, "br"):
		reader, release, err = d.brotliReader(source)
	case equalFold(coding, "zstd"):
		reader, release, err = d.zstdReader(source)
	case equalFold(coding, "deflate"):
		reader, release, err = d.flateReader(body)
	default:
		return nil, fail(KindDecode, fmt.Errorf("%w: %.20q", errCoding, coding))
	}
	if err != nil {
		return nil, fail(KindDecode, err)
	}
	defer release()
	out := bytes.NewBuffer(dst)
	n, err := io.Copy(out, io.LimitReader(reader, limit+1))
	switch {
	case err != nil:
		return nil, fail(KindDecode, err)
	case n > limit:
		return nil, fail(KindBodyTooLarge, fmt.Errorf("limit %d bytes after decoding", limit))
	}
	return out.Bytes(), nil
}

func (d *decoders) gzipReader(source io.Reader) (io.Reader, func(), error) {
	reader, ok := d.gzip.Get().(*gzip.Reader)
	if !ok {
		reader = new(gzip.Reader)
	}
	if err := reader.Reset(source); err != nil {
		d.gzip.Put(reader)
		return nil, nil, err
	}
	return reader, func() { d.gzip.Put(reader) }, nil
}

func (d *decoders) brotliReader(source io.Reader) (io.Reader, func(), error) {
	reader, ok := d.brotli.Get().(*brotli.Reader)
	if !ok {
		reader = brotli.NewReader(nil)
	}
	if err := reader.Reset(source); err != nil {
		return nil, nil, err
	}
	return reader, func() { d.brotli.Put(reader) }, nil
}

func (d *decoders) zstdReader(source io.Reader) (io.Reader, func(), error) {
	reader, ok := d.zstd.Get().(*zstd.Decoder)
	if !ok {
		var err error
		reader, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, nil, err
		}
	}
	if err := reader.Reset(source); err != nil {
		reader.Close()
		return nil, nil, err
	}
	return reader, func() { d.zstd.Put(reader) }, nil
}

// flateReader takes both meanings of "deflate" found in the wild: zlib (RFC 9110) and raw.
func (d *decoders) flateReader(body []byte) (io.Reader, func(), error) {
	source := bufio.NewReader(bytes.NewReader(body))
	if looksLikeZlib(body) {
		reader, err := zlib.NewReader(source)
		return reader, func() {}, err
	}
	reader, ok := d.flate.Get().(io.ReadCloser)
	if !ok {
		reader = flate.NewReader(source)
	} else if err := reader.(flate.Resetter).Reset(source, nil); err != nil {
		return nil, nil, err
	}
	return reader, func() { d.flate.Put(reader) }, nil
}

// looksLikeZlib checks the header of RFC 1950: method 8 and a checksum.
func looksLikeZlib(body []byte) bool {
	return len(body) >= 2 && body[0]&0x0f == 8 && (int(body[0])<<8|int(body[1]))%31 == 0
}
