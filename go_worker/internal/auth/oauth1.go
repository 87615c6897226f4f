package auth

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RFC 5849 names it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// oauth1 is RFC 5849.
type oauth1 struct {
	plan   *pb.OAuth1Auth
	fields map[string]*template.Template
}

func compileOAuth1(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetOauth1()
	if _, _, err := oauth1Method(a.SignatureMethod); err != nil {
		return nil, err
	}
	made := &oauth1{plan: a, fields: map[string]*template.Template{}}
	for name, text := range map[string]string{"consumer_key": a.ConsumerKey,
		"consumer_secret": a.ConsumerSecret, "token": a.Token, "token_secret": a.TokenSecret,
		"private_key": a.PrivateKey, "timestamp": a.Timestamp, "nonce": a.Nonce, "realm": a.Realm,
		"callback": a.Callback, "verifier": a.Verifier, "version": a.Version} {
		made.fields[name] = template.Compile(text, names)
	}
	return made, nil
}

// oauth1Method is the family (HMAC, RSA, PLAINTEXT) and the hash of a signature method.
func oauth1Method(name string) (family string, digest crypto.Hash, err error) {
	switch strings.ToUpper(name) {
	case "", "HMAC-SHA1":
		return "HMAC", crypto.SHA1, nil
	case "HMAC-SHA256":
		return "HMAC", crypto.SHA256, nil
	case "HMAC-SHA512":
		return "HMAC", crypto.SHA512, nil
	case "RSA-SHA1":
		return "RSA", crypto.SHA1, nil
	case "RSA-SHA256":
		return "RSA", crypto.SHA256, nil
	case "RSA-SHA512":
		return "RSA", crypto.SHA512, nil
	case "PLAINTEXT":
		return "PLAINTEXT", 0, nil
	}
	return "", 0, fmt.Errorf("OAuth 1 signature method %q is not known", name)
}

func hashOf(digest crypto.Hash) func() hash.Hash {
	switch digest {
	case crypto.SHA256:
		return sha256.New
	case crypto.SHA512:
		return sha512.New
	}
	return sha1.New
}

func (a *oauth1) Sign(call *Call) error {
	call.dropHeader("Authorization")
	parameters, err := a.parameters(call)
	if err != nil {
		return err
	}
	signature, err := a.signature(call, parameters)
	if err != nil {
		return err
	}
	// Empty ones may be signed, but stand in no request.
	parameters = slices.DeleteFunc(parameters, func(p [2]string) bool { return p[1] == "" })
	parameters = append(parameters, [2]string{"oauth_signature", signature})
	switch a.plan.Place {
	case pb.AuthPlace_AUTH_PLACE_QUERY:
		return call.addQuery(parameters...)
	case pb.AuthPlace_AUTH_PLACE_BODY:
		body := string(call.Request.Body)
		for _, p := range parameters {
			if body != "" {
				body += "&"
			}
			body += escaped(p[0]) + "=" + escaped(p[1])
		}
		call.Request.Body = []byte(body)
		if call.header("Content-Type") == "" {
			call.setHeader("Content-Type", "application/x-www-form-urlencoded")
		}
		return nil
	}
	var parts []string
	if realm := a.fields["realm"].Render(call.Context); realm != "" {
		parts = append(parts, `realm="`+escaped(realm)+`"`)
	}
	for _, p := range parameters {
		value := escaped(p[1])
		if a.plan.DisableHeaderEncoding {
			value = p[1]
		}
		parts = append(parts, escaped(p[0])+`="`+value+`"`)
	}
	call.setHeader("Authorization", "OAuth "+strings.Join(parts, ","))
	return nil
}

// parameters are the oauth_ ones without the signature, in a fixed order.
func (a *oauth1) parameters(call *Call) ([][2]string, error) {
	field := func(name, fallback string) string {
		if value := a.fields[name].Render(call.Context); value != "" {
			return value
		}
		return fallback
	}
	method := a.plan.SignatureMethod
	if method == "" {
		method = "HMAC-SHA1"
	}
	parameters := [][2]string{
		{"oauth_consumer_key", field("consumer_key", "")},
		{"oauth_token", field("token", "")},
		{"oauth_signature_method", strings.ToUpper(method)},
		{"oauth_timestamp", field("timestamp", strconv.FormatInt(call.now().Unix(), 10))},
		{"oauth_nonce", field("nonce", call.nonce())},
		{"oauth_version", field("version", "1.0")},
		{"oauth_callback", field("callback", "")},
		{"oauth_verifier", field("verifier", "")},
	}
	if a.plan.IncludeBodyHash && len(call.Request.Body) > 0 && !call.isForm() {
		_, digest, err := oauth1Method(a.plan.SignatureMethod)
		if err != nil {
			return nil, err
		}
		h := hashOf(digest)()
		h.Write(call.Request.Body)
		parameters = append(parameters,
			[2]string{"oauth_body_hash", base64.StdEncoding.EncodeToString(h.Sum(nil))})
	}
	return slices.DeleteFunc(parameters, func(p [2]string) bool {
		extension := p[0] == "oauth_callback" || p[0] == "oauth_verifier"
		return p[1] == "" && (extension || !a.plan.SignEmptyParams)
	}), nil
}

// isForm tells that the body is a urlencoded form: its fields are signed.
func (call *Call) isForm() bool {
	kind := strings.ToLower(call.header("Content-Type"))
	return strings.HasPrefix(kind, "application/x-www-form-urlencoded")
}

// signature signs the base string of RFC 5849, section 3.4.1.
func (a *oauth1) signature(call *Call, parameters [][2]string) (string, error) {
	family, digest, err := oauth1Method(a.plan.SignatureMethod)
	if err != nil {
		return "", err
	}
	key := escaped(a.fields["consumer_secret"].Render(call.Context)) + "&" +
		escaped(a.fields["token_secret"].Render(call.Context))
	if family == "PLAINTEXT" {
		return key, nil
	}
	base, err := baseString(call, parameters)
	if err != nil {
		return "", err
	}
	if family == "HMAC" {
		h := hmac.New(hashOf(digest), []byte(key))
		h.Write([]byte(base))
		return base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
	}
	private, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(a.fields["private_key"].Render(call.Context)))
	if err != nil {
		return "", fmt.Errorf("the private key cannot be used: %w", err)
	}
	h := hashOf(digest)()
	h.Write([]byte(base))
	signed, err := rsa.SignPKCS1v15(rand.Reader, private, digest, h.Sum(nil))
	return base64.StdEncoding.EncodeToString(signed), err
}

func baseString(call *Call, parameters [][2]string) (string, error) {
	target, err := call.parsed()
	if err != nil {
		return "", err
	}
	all := slices.Clone(parameters)
	all = append(all, pairsOf(target.RawQuery)...)
	if call.isForm() {
		all = append(all, pairsOf(string(call.Request.Body))...)
	}
	encoded := make([]string, len(all))
	for i, p := range all {
		encoded[i] = escaped(p[0]) + "=" + escaped(p[1])
	}
	slices.Sort(encoded)
	host := strings.ToLower(target.Host)
	if port := target.Port(); (target.Scheme == "http" && port == "80") || (target.Scheme == "https" && port == "443") {
		host = strings.ToLower(target.Hostname())
	}
	path := target.EscapedPath()
	if path == "" {
		path = "/"
	}
	return strings.ToUpper(string(call.Request.Method)) + "&" +
		escaped(strings.ToLower(target.Scheme)+"://"+host+path) + "&" +
		escaped(strings.Join(encoded, "&")), nil
}

// pairsOf decodes the pairs of a query or form, in order.
func pairsOf(text string) [][2]string {
	var pairs [][2]string
	for _, one := range strings.Split(text, "&") {
		if one == "" {
			continue
		}
		name, value, _ := strings.Cut(one, "=")
		pairs = append(pairs, [2]string{unescaped(name), unescaped(value)})
	}
	return pairs
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
