// Package auth authorises requests: one Signer per kind of plan.proto. Values are templates, rendered
// for each request; time and nonces can be given for tests.
package auth

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hazard/internal/address"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// Call is a rendered request that is to be authorised. Signers change Request in place.
type Call struct {
	Request *http1.Request
	// URL is the whole URL as rendered, fragment excluded.
	URL     []byte
	Context template.Context
	// Nonce gives a random token; nil: 32 hexadecimal digits.
	Nonce func() string
	// State is kept for the user between its requests.
	State *State
}

// Signer authorises a request before it is sent.
type Signer interface {
	Sign(call *Call) error
}

// Challenged is a Signer whose server answers 401 first. Answer changes the request so that it can be
// sent again; false: this answer is final. round counts from 1.
type Challenged interface {
	Signer
	Answer(call *Call, response *http1.Response, round int) (again bool, err error)
}

// compile makes the signer of one kind.
type compile func(plan *pb.Auth, names *template.Names, tokens *Tokens) (Signer, error)

// Compile makes the signer of a request; nil for none.
func Compile(plan *pb.Auth, names *template.Names, tokens *Tokens) (Signer, error) {
	if plan == nil || plan.Kind == nil {
		return nil, nil
	}
	make, known := kinds()[fmt.Sprintf("%T", plan.Kind)]
	if !known {
		return nil, fmt.Errorf("authorisation of kind %T is not known", plan.Kind)
	}
	return make(plan, names, tokens)
}

// kinds maps the kinds of plan.proto to their signers.
func kinds() map[string]compile {
	return map[string]compile{
		"*pb.Auth_None":     func(*pb.Auth, *template.Names, *Tokens) (Signer, error) { return nil, nil },
		"*pb.Auth_Basic":    compileBasic,
		"*pb.Auth_Bearer":   compileBearer,
		"*pb.Auth_ApiKey":   compileAPIKey,
		"*pb.Auth_Digest":   compileDigest,
		"*pb.Auth_Oauth1":   compileOAuth1,
		"*pb.Auth_Oauth2":   compileOAuth2,
		"*pb.Auth_Aws":      compileAWS,
		"*pb.Auth_Jwt":      compileJWT,
		"*pb.Auth_Hawk":     compileHawk,
		"*pb.Auth_Ntlm":     compileNTLM,
		"*pb.Auth_Edgegrid": compileEdgeGrid,
		"*pb.Auth_Asap":     compileASAP,
	}
}

func (call *Call) now() time.Time { return call.Context.Now() }

func (call *Call) nonce() string {
	if call.Nonce != nil {
		return call.Nonce()
	}
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// setHeader replaces every header of the name by one, or adds it.
func (call *Call) setHeader(name, value string) {
	found := false
	call.Request.Headers = slices.DeleteFunc(call.Request.Headers, func(h http1.Header) bool {
		again := found && strings.EqualFold(string(h.Name), name)
		found = found || strings.EqualFold(string(h.Name), name)
		return again
	})
	for i := range call.Request.Headers {
		if strings.EqualFold(string(call.Request.Headers[i].Name), name) {
			call.Request.Headers[i].Value = []byte(value)
			return
		}
	}
	call.Request.Headers = append(call.Request.Headers,
		http1.Header{Name: []byte(name), Value: []byte(value)})
}

// dropHeader removes a header of the plan: another proof takes its place.
func (call *Call) dropHeader(name string) {
	call.Request.Headers = slices.DeleteFunc(call.Request.Headers, func(h http1.Header) bool {
		return strings.EqualFold(string(h.Name), name)
	})
}

func (call *Call) header(name string) string {
	for i := range call.Request.Headers {
		if strings.EqualFold(string(call.Request.Headers[i].Name), name) {
			return string(call.Request.Headers[i].Value)
		}
	}
	return ""
}

// addQuery appends pairs to the URL's query.
func (call *Call) addQuery(pairs ...[2]string) error {
	query := make([]address.Pair, len(pairs))
	for i, p := range pairs {
		query[i] = address.Pair{Name: []byte(escaped(p[0])), Value: []byte(escaped(p[1]))}
	}
	return call.addEncoded(query)
}

// addEncoded appends pairs that are encoded already.
func (call *Call) addEncoded(query []address.Pair) error {
	if bytes.IndexByte(call.URL, '?') == len(call.URL)-1 {
		// An empty query has one empty pair.
		query = slices.Insert(query, 0, address.Pair{NoEquals: true})
	}
	call.URL = address.Append(nil, call.URL, nil, query, pb.UrlEncoding_URL_ENCODING_NONE)
	return http1.ParseURL(&call.Request.URL, call.URL)
}

// parsed is the request's URL as net/url sees it.
func (call *Call) parsed() (*url.URL, error) {
	text := string(call.URL)
	if scheme, _ := http1.CutScheme(call.URL); scheme == nil {
		text = "http://" + text
	}
	return url.Parse(text)
}

// escaped is a text with everything but RFC 3986's unreserved characters percent-encoded.
func escaped(text string) string {
	return strings.NewReplacer("+", "%20").Replace(url.QueryEscape(text))
}

// FromURL is the Authorization header of `user:password@` in a URL.
func FromURL(user []byte) http1.Header {
	plain, err := url.PathUnescape(string(user))
	if err != nil {
		plain = string(user)
	}
	if !strings.Contains(plain, ":") {
		plain += ":"
	}
	return http1.Header{Name: []byte("Authorization"),
		Value: []byte("Basic " + base64.StdEncoding.EncodeToString([]byte(plain)))}
}
