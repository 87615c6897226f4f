package stats

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// Bounded is a text as valid UTF-8 of at most 200 bytes, cut between characters.
func Bounded(text string) string { return BoundedTo(text, maxTextBytes) }

// BoundedTo is Bounded with another limit in bytes.
func BoundedTo(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// failureTexts numbers the failure texts of a whole run, at most maxTexts of them.
type failureTexts struct {
	mu      sync.Mutex
	numbers map[string]uint16
	texts   []string
}

// number is 1 + the number of the text.
func (f *failureTexts) number(kind, text string) uint16 {
	f.mu.Lock()
	defer f.mu.Unlock()
	full := kind
	if text != "" {
		full = Bounded(kind + ": " + text)
	}
	if known, found := f.numbers[full]; found {
		return known + 1
	}
	if len(f.texts) >= maxTexts-1 {
		full = otherText
		if known, found := f.numbers[full]; found {
			return known + 1
		}
	}
	number := uint16(len(f.texts))
	f.numbers[full] = number
	f.texts = append(f.texts, full)
	return number + 1
}

// FailureText is the text of Mirrored.Failure.
func (r *Recorder) FailureText(failure uint16) string {
	f := &r.failures
	f.mu.Lock()
	defer f.mu.Unlock()
	if failure == 0 || int(failure) > len(f.texts) {
		return otherText
	}
	return f.texts[failure-1]
}
