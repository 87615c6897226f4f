package target

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strings"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// Credentials that /basic-auth and /digest-auth want when the path has none.
const (
	defaultUser     = "user"
	defaultPassword = "passwd"
	realm           = "hazard-lab"
)

func wantedCredentials(params route.Params) (user, password string) {
	if user = params.Get("user"); user == "" {
		return defaultUser, defaultPassword
	}
	return user, params.Get("password")
}

func refuseCredentials(ctx *fasthttp.RequestCtx, challenge string) {
	ctx.Response.Header.Set(fasthttp.HeaderWWWAuthenticate, challenge)
	answerError(ctx, http.StatusUnauthorized, "other credentials are wanted")
}

func (t *Target) answerBasic(ctx *fasthttp.RequestCtx, params route.Params) {
	wantUser, wantPassword := wantedCredentials(params)
	request := http.Request{Header: http.Header{
		"Authorization": {string(ctx.Request.Header.Peek(fasthttp.HeaderAuthorization))},
	}}
	user, password, ok := request.BasicAuth()
	if !ok || user != wantUser || password != wantPassword {
		refuseCredentials(ctx, fmt.Sprintf("Basic realm=%q", realm))
		return
	}
	answerJSON(ctx, http.StatusOK, map[string]any{"authenticated": true, "user": user})
}

// answerDigest checks HTTP digest authentication (RFC 7616) with qop auth or auth-int.
// ?algorithm= is MD5 (default), SHA-256, or one of them with -sess; ?qop= is auth, auth-int or none.
func (t *Target) answerDigest(ctx *fasthttp.RequestCtx, params route.Params) {
	user, password := wantedCredentials(params)
	algorithm, qop := string(ctx.QueryArgs().Peek("algorithm")), string(ctx.QueryArgs().Peek("qop"))
	if algorithm == "" {
		algorithm = "MD5"
	}
	if qop == "" {
		qop = "auth"
	}
	newHash, known := digestHashes[strings.TrimSuffix(algorithm, "-sess")]
	if !known {
		answerError(ctx, http.StatusBadRequest, "algorithm must be MD5 or SHA-256, with or without -sess")
		return
	}
	d := digest{algorithm: algorithm, qop: qop, hash: newHash, user: user, password: password}
	fields := digestFields(string(ctx.Request.Header.Peek(fasthttp.HeaderAuthorization)))
	if !d.accepts(fields, string(ctx.Method()), ctx.Request.Body()) ||
		!t.ownNonce(fields["nonce"]) || fields["uri"] != string(ctx.Request.Header.RequestURI()) {
		refuseCredentials(ctx, d.challenge(t.freshNonce(ctx.ID())))
		return
	}
	answerJSON(ctx, http.StatusOK, map[string]any{"authenticated": true, "user": user})
}

var digestHashes = map[string]func() hash.Hash{"MD5": md5.New, "SHA-256": sha256.New}

type digest struct {
	algorithm, qop, user, password string
	hash                           func() hash.Hash
}

func (d digest) sum(parts ...string) string {
	h := d.hash()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}

func (d digest) challenge(nonce string) string {
	text := fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm=%s, opaque="%s"`,
		realm, nonce, d.algorithm, d.sum(realm))
	if d.qop != "none" {
		text += fmt.Sprintf(`, qop="%s"`, d.qop)
	}
	return text
}

// accepts compares the response as RFC 7616 section 3.4.1 computes it.
func (d digest) accepts(f map[string]string, method string, body []byte) bool {
	a1 := d.sum(d.user, realm, d.password)
	if strings.HasSuffix(d.algorithm, "-sess") {
		a1 = d.sum(a1, f["nonce"], f["cnonce"])
	}
	a2 := d.sum(method, f["uri"])
	if d.qop == "auth-int" {
		a2 = d.sum(method, f["uri"], d.sum(string(body)))
	}
	want := d.sum(a1, f["nonce"], a2)
	if d.qop != "none" {
		want = d.sum(a1, f["nonce"], f["nc"], f["cnonce"], d.qop, a2)
	}
	return f["username"] == d.user && f["realm"] == realm && f["response"] == want &&
		(d.qop == "none" || f["qop"] == d.qop)
}

// digestFields reads the comma-separated name=value or name="value" list after "Digest ".
func digestFields(value string) map[string]string {
	fields := map[string]string{}
	rest, ok := strings.CutPrefix(value, "Digest ")
	for ok && rest != "" {
		var name string
		name, rest, ok = strings.Cut(strings.TrimLeft(rest, ", "), "=")
		if !ok {
			break
		}
		var text string
		if strings.HasPrefix(rest, `"`) {
			text, rest, ok = strings.Cut(rest[1:], `"`)
		} else {
			text, rest, _ = strings.Cut(rest, ",")
		}
		fields[strings.ToLower(name)] = strings.TrimSpace(text)
	}
	return fields
}

// freshNonce is a number and its keyed hash, so that own nonces are known without storing them.
func (t *Target) freshNonce(number uint64) string {
	text := fmt.Sprintf("%016x", number)
	return text + t.nonceSum(text)
}

func (t *Target) ownNonce(nonce string) bool {
	return len(nonce) > 16 && t.nonceSum(nonce[:16]) == nonce[16:]
}

func (t *Target) nonceSum(text string) string {
	mac := hmac.New(sha256.New, t.nonceKey)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}
