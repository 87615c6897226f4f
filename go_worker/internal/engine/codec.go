// Package engine is the life of a run inside the engine child: commands in, events and frames out, the
// load in between. It is the only package that imports boomer.
package engine

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"google.golang.org/protobuf/proto"
)

// maxMessageBytes bounds one message: a plan with its files and feeds.
const maxMessageBytes = 1 << 30

// ReadMessage reads one message that is preceded by its length as a protobuf varint. At the end of
// the input the error is io.EOF.
func ReadMessage(in *bufio.Reader, into proto.Message) error {
	size, err := binary.ReadUvarint(in)
	if err != nil {
		return err // io.EOF before the first byte, io.ErrUnexpectedEOF inside
	}
	if size > maxMessageBytes {
		return fmt.Errorf("a message of %d bytes is too long", size)
	}
	content, err := io.ReadAll(io.LimitReader(in, int64(size)))
	if err != nil {
		return fmt.Errorf("reading a message of %d bytes: %w", size, err)
	}
	if uint64(len(content)) != size {
		return fmt.Errorf("reading a message of %d bytes: %w", size, io.ErrUnexpectedEOF)
	}
	if err := proto.Unmarshal(content, into); err != nil {
		return fmt.Errorf("the message is damaged: %w", err)
	}
	return nil
}

// Writer writes messages, each preceded by its length as a protobuf varint. Safe for concurrent use.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
	buf []byte
}

// NewWriter makes a Writer.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Write writes one message in one call of the underlying writer.
func (w *Writer) Write(message proto.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = binary.AppendUvarint(w.buf[:0], uint64(proto.Size(message)))
	var err error
	if w.buf, err = (proto.MarshalOptions{UseCachedSize: true}).MarshalAppend(w.buf, message); err != nil {
		return err
	}
	_, err = w.out.Write(w.buf)
	return err
}
