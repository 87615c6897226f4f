package engine

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"hazard/internal/flow"
	"hazard/internal/pb"
)

// masked stands where a secret stood.
const masked = "*****"

// mask removes secrets from what a person sees. From any goroutine.
type mask struct {
	mu       sync.Mutex // of changes
	secrets  []string   // raw
	replacer atomic.Pointer[strings.Replacer]
}

func newMask(secrets []*pb.RunSecret) *mask {
	m := &mask{}
	m.add(secrets)
	return m
}

// add masks more secrets.
func (m *mask) add(secrets []*pb.RunSecret) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, secret := range secrets {
		if secret.Value != "" {
			m.secrets = append(m.secrets, secret.Value)
		}
	}
	if len(m.secrets) == 0 {
		return
	}
	var forms []string
	for _, secret := range m.secrets {
		escaped := url.QueryEscape(secret)
		forms = append(forms, secret, escaped, strings.ReplaceAll(escaped, "+", "%20"),
			base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	// The longest first: one secret may be part of another.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, masked)
	}
	m.replacer.Store(strings.NewReplacer(pairs...))
}

func (m *mask) text(text string) string {
	replacer := m.replacer.Load()
	if replacer == nil {
		return text
	}
	return replacer.Replace(text)
}

func (m *mask) bytes(text []byte) []byte {
	replacer := m.replacer.Load()
	if replacer == nil || len(text) == 0 {
		return text
	}
	return []byte(replacer.Replace(string(text)))
}

// header masks a header's value; a pair in basic authentication hides its secret in base64.
func (m *mask) header(value []byte) []byte {
	encoded, found := bytes.CutPrefix(value, []byte("Basic "))
	if found && m.replacer.Load() != nil {
		if pair, err := base64.StdEncoding.DecodeString(string(encoded)); err == nil {
			if shown := m.text(string(pair)); shown != string(pair) {
				return []byte("Basic " + masked)
			}
		}
	}
	return m.bytes(value)
}

func (m *mask) message(message *pb.HttpMessage) {
	if message == nil {
		return
	}
	message.FirstLine = m.text(message.FirstLine)
	message.Body = m.bytes(message.Body)
	for _, header := range message.Headers {
		header.Value = m.header(header.Value)
	}
}

func (m *mask) step(step *pb.CheckStep) {
	m.message(step.Request)
	m.message(step.Response)
	step.Url, step.Error = m.text(step.Url), m.text(step.Error)
	for _, hop := range step.Hops {
		hop.Url, hop.Location = m.text(hop.Url), m.text(hop.Location)
	}
	for _, save := range step.Saves {
		save.Value = m.text(save.Value)
	}
	for _, test := range step.Tests {
		test.Name, test.Message = m.text(test.Name), m.text(test.Message)
	}
	for _, result := range step.Asserts {
		result.Name = m.text(result.Name)
		result.Actual, result.Expected = m.text(result.Actual), m.text(result.Expected)
	}
	for _, script := range step.Scripts {
		script.Error = m.text(script.Error)
		for i := range script.Console {
			script.Console[i] = m.text(script.Console[i])
		}
	}
}

// variables are the values at the end.
func (m *mask) variables(program *flow.Program, x *flow.Exec) map[string]string {
	found := map[string]string{}
	names := program.World.Names
	for slot := range names.Len() {
		if value, known := x.Lookup(names.Name(slot)); known {
			found[names.Name(slot)] = strings.ToValidUTF8(m.text(value), "\uFFFD")
		}
	}
	return found
}
