package auth

import (
	"crypto/md5" //nolint:gosec // RFC 7616 names it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"sync"

	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// digest is RFC 7616 with the older RFC 2069 form. A user keeps the server's last challenge, so that
// only its first request is refused.
type digest struct {
	username, password, realm, nonce, algorithm, qop, count, clientNonce, opaque *template.Template
	noRetry                                                                      bool
}

// challenge is what a server asked for.
type challenge struct {
	realm, nonce, opaque, algorithm, qop string
	uses                                 uint32
}

func compileDigest(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetDigest()
	compile := func(text string) *template.Template { return template.Compile(text, names) }
	return &digest{compile(a.Username), compile(a.Password), compile(a.Realm), compile(a.Nonce),
		compile(a.Algorithm), compile(a.Qop), compile(a.NonceCount), compile(a.ClientNonce),
		compile(a.Opaque), a.NoRetry}, nil
}

// State is what a user remembers: challenges of digest servers by origin. Safe for concurrent use; the
// zero value remembers nothing.
type State struct {
	mu         sync.Mutex
	challenges map[string]*challenge
}

// use gives the challenge of an origin and counts its use.
func (s *State) use(origin string) (challenge, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.challenges[origin]
	if found == nil {
		return challenge{}, false
	}
	found.uses++
	return *found, true
}

func (s *State) keep(origin string, c *challenge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.challenges == nil {
		s.challenges = map[string]*challenge{}
	}
	s.challenges[origin] = c
}

func origin(call *Call) string {
	url := &call.Request.URL
	return fmt.Sprintf("%s://%s:%d", url.Scheme, url.Host, url.Port)
}

// Sign answers a challenge that is known already: of the plan, or of an answer before.
func (a *digest) Sign(call *Call) error {
	if nonce := a.nonce.Render(call.Context); nonce != "" {
		c := challenge{realm: a.realm.Render(call.Context), nonce: nonce,
			opaque: a.opaque.Render(call.Context), algorithm: a.algorithm.Render(call.Context),
			qop: a.qop.Render(call.Context), uses: 1}
		return a.authorise(call, c)
	}
	if c, known := call.State.use(origin(call)); known {
		return a.authorise(call, c)
	}
	return nil
}

// Answer reads the challenge of a refused request.
func (a *digest) Answer(call *Call, response *http1.Response, round int) (bool, error) {
	if a.noRetry || round > 1 {
		return false, nil
	}
	for _, line := range response.Headers.AppendAll(nil, "www-authenticate") {
		parameters, found := challengeOf(string(line), "digest")
		if !found {
			continue
		}
		c := &challenge{realm: parameters["realm"], nonce: parameters["nonce"],
			opaque: parameters["opaque"], algorithm: parameters["algorithm"], qop: parameters["qop"], uses: 1}
		if newDigestHash(c.algorithm) == nil {
			continue
		}
		call.State.keep(origin(call), c)
		return true, a.authorise(call, *c)
	}
	return false, nil
}

// newDigestHash is the hash of an algorithm; nil: not known.
func newDigestHash(algorithm string) func() hash.Hash {
	name, _ := strings.CutSuffix(strings.ToUpper(algorithm), "-SESS")
	switch name {
	case "", "MD5":
		return md5.New
	case "SHA-256":
		return sha256.New
	case "SHA-512-256":
		return sha512.New512_256
	}
	return nil
}

func (a *digest) authorise(call *Call, c challenge) error {
	make := newDigestHash(c.algorithm)
	if make == nil {
		return fmt.Errorf("digest algorithm %q is not known", c.algorithm)
	}
	h := func(parts ...string) string {
		sum := make()
		sum.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(sum.Sum(nil))
	}
	user, uri := a.username.Render(call.Context), string(call.Request.URL.Target)
	if uri == "" {
		uri = "/"
	}
	clientNonce := a.clientNonce.Render(call.Context)
	if clientNonce == "" {
		clientNonce = call.nonce()
	}
	count := a.count.Render(call.Context)
	if count == "" {
		count = fmt.Sprintf("%08x", c.uses)
	}
	first := h(user, c.realm, a.password.Render(call.Context))
	if c.session() {
		first = h(first, c.nonce, clientNonce)
	}
	qop := chooseQop(c.qop)
	second := h(string(call.Request.Method), uri)
	if qop == "auth-int" {
		second = h(string(call.Request.Method), uri, h(string(call.Request.Body)))
	}
	response := h(first, c.nonce, second)
	if qop != "" {
		response = h(first, c.nonce, count, clientNonce, qop, second)
	}
	call.setHeader("Authorization", c.line(user, uri, qop, count, clientNonce, response))
	return nil
}

// line is the Authorization header of an answer to the challenge.
func (c challenge) line(user, uri, qop, count, clientNonce, response string) string {
	var line strings.Builder
	fmt.Fprintf(&line, `Digest username="%s", realm="%s", nonce="%s", uri="%s"`,
		escapeQuoted(user), escapeQuoted(c.realm), c.nonce, uri)
	if c.algorithm != "" {
		fmt.Fprintf(&line, ", algorithm=%s", c.algorithm)
	}
	switch {
	case qop != "":
		fmt.Fprintf(&line, `, qop=%s, nc=%s, cnonce="%s"`, qop, count, clientNonce)
	case c.session(): // the server cannot verify such a response without it
		fmt.Fprintf(&line, `, cnonce="%s"`, clientNonce)
	}
	fmt.Fprintf(&line, `, response="%s"`, response)
	if c.opaque != "" {
		fmt.Fprintf(&line, `, opaque="%s"`, c.opaque)
	}
	return line.String()
}

// session: the key is made for the session, with both nonces.
func (c challenge) session() bool { return strings.HasSuffix(strings.ToUpper(c.algorithm), "-SESS") }

func escapeQuoted(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
}

// chooseQop takes auth when it is offered: bodies need not be hashed then.
func chooseQop(offered string) string {
	chosen := ""
	for _, one := range strings.Split(offered, ",") {
		switch one = strings.ToLower(strings.TrimSpace(one)); one {
		case "auth":
			return one
		case "auth-int":
			chosen = one
		}
	}
	return chosen
}

// challengeOf reads the parameters of a scheme in a WWW-Authenticate line that may hold several.
func challengeOf(line, scheme string) (map[string]string, bool) {
	// Not strings.ToLower: it may change the number of bytes.
	at := 0
	for ; at+len(scheme) < len(line); at++ {
		begins := at == 0 || line[at-1] == ' ' || line[at-1] == ','
		if begins && line[at+len(scheme)] == ' ' && strings.EqualFold(line[at:at+len(scheme)], scheme) {
			break
		}
	}
	if at+len(scheme) >= len(line) {
		return nil, false
	}
	rest := line[at+len(scheme)+1:]
	parameters := map[string]string{}
	for {
		rest = strings.TrimLeft(rest, " ,\t")
		name, after, found := strings.Cut(rest, "=")
		if !found || strings.ContainsAny(strings.TrimSpace(name), " \t") { // another scheme begins
			return parameters, true
		}
		name = strings.ToLower(strings.TrimSpace(name))
		after = strings.TrimLeft(after, " ")
		var value strings.Builder
		if strings.HasPrefix(after, `"`) {
			i := 1
			for ; i < len(after) && after[i] != '"'; i++ {
				if after[i] == '\\' && i+1 < len(after) {
					i++
				}
				value.WriteByte(after[i])
			}
			rest = after[min(i+1, len(after)):]
		} else {
			end := strings.IndexAny(after, ", ")
			if end < 0 {
				end = len(after)
			}
			value.WriteString(after[:end])
			rest = after[end:]
		}
		parameters[name] = value.String()
	}
}
