package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// jwtAuth signs a token per request (RFC 7515, compact form).
type jwtAuth struct {
	plan                                                   *pb.JwtAuth
	algorithm, secret, privateKey, payload, header, prefix *template.Template
}

func compileJWT(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetJwt()
	algorithm := a.Algorithm
	if algorithm == "" {
		algorithm = "HS256"
	}
	made := &jwtAuth{plan: a, algorithm: template.Compile(algorithm, names),
		secret: template.Compile(a.Secret, names), privateKey: template.Compile(a.PrivateKey, names),
		payload: template.Compile(a.Payload, names), header: template.Compile(a.Header, names),
		prefix: prefixOf(a.HeaderPrefix, names)}
	if made.algorithm.Constant() && jwt.GetSigningMethod(algorithm) == nil {
		return nil, fmt.Errorf("JWT algorithm %q is not known", algorithm)
	}
	return made, nil
}

func (a *jwtAuth) Sign(call *Call) error {
	algorithm := a.algorithm.Render(call.Context)
	secret := []byte(a.secret.Render(call.Context))
	if a.plan.SecretIsBase64 {
		decoded, err := base64.StdEncoding.DecodeString(string(secret))
		if err != nil {
			return fmt.Errorf("the secret is no base64: %w", err)
		}
		secret = decoded
	}
	key, err := jwtKey(algorithm, secret, a.privateKey.Render(call.Context))
	if err != nil {
		return err
	}
	header, err := jwtHeader(algorithm, a.header.Render(call.Context))
	if err != nil {
		return err
	}
	var payload bytes.Buffer
	text := a.payload.Render(call.Context)
	if strings.TrimSpace(text) == "" {
		text = "{}"
	}
	if err := json.Compact(&payload, []byte(text)); err != nil {
		return errors.New("the token's payload is no JSON")
	}
	token, err := signJWT(algorithm, header, payload.Bytes(), key)
	if err != nil {
		return err
	}
	if a.plan.Place == pb.AuthPlace_AUTH_PLACE_QUERY {
		name := a.plan.QueryName
		if name == "" {
			name = "token"
		}
		return call.addQuery([2]string{name, token})
	}
	call.setHeader("Authorization", strings.TrimSpace(a.prefix.Render(call.Context)+" "+token))
	return nil
}

// jwtKey is the key that an algorithm signs with.
func jwtKey(algorithm string, secret []byte, private string) (any, error) {
	private = strings.ReplaceAll(private, `\n`, "\n") // as environments keep PEM files in one line
	var key any
	var err error
	switch {
	case strings.HasPrefix(algorithm, "HS"):
		return secret, nil
	case strings.HasPrefix(algorithm, "RS"), strings.HasPrefix(algorithm, "PS"):
		key, err = jwt.ParseRSAPrivateKeyFromPEM([]byte(private))
	case strings.HasPrefix(algorithm, "ES"):
		key, err = jwt.ParseECPrivateKeyFromPEM([]byte(private))
	case algorithm == "EdDSA":
		key, err = jwt.ParseEdPrivateKeyFromPEM([]byte(private))
	default:
		return nil, fmt.Errorf("JWT algorithm %q is not known", algorithm)
	}
	if err != nil {
		return nil, fmt.Errorf("the private key cannot be used: %w", err)
	}
	return key, nil
}

// jwtHeader is the header of a token: the given fields in their order, then the algorithm.
func jwtHeader(algorithm, given string) ([]byte, error) {
	if strings.TrimSpace(given) == "" {
		given = "{}"
	}
	fields := map[string]any{}
	var text bytes.Buffer
	if json.Unmarshal([]byte(given), &fields) != nil || json.Compact(&text, []byte(given)) != nil {
		return nil, errors.New("the token's header is no JSON object")
	}
	if _, named := fields["alg"]; named || fields == nil {
		fields["alg"] = algorithm
		return json.Marshal(fields)
	}
	head := bytes.TrimSuffix(text.Bytes(), []byte("}"))
	if len(fields) > 0 {
		head = append(head, ',')
	}
	return append(strconv.AppendQuote(append(head, `"alg":`...), algorithm), '}'), nil
}

func signJWT(algorithm string, head, payload []byte, key any) (string, error) {
	method := jwt.GetSigningMethod(algorithm)
	if method == nil {
		return "", fmt.Errorf("JWT algorithm %q is not known", algorithm)
	}
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature, err := method.Sign(text, key)
	if err != nil {
		return "", fmt.Errorf("the token cannot be signed: %w", err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// asap is Atlassian's service authentication: a JWT with fixed claims.
type asap struct {
	fields map[string]*template.Template
}

func compileASAP(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetAsap()
	algorithm := a.Algorithm
	if algorithm == "" {
		algorithm = "RS256"
	}
	made := &asap{map[string]*template.Template{}}
	for name, text := range map[string]string{"algorithm": algorithm, "key_id": a.KeyId,
		"issuer": a.Issuer, "audience": a.Audience, "subject": a.Subject, "private_key": a.PrivateKey,
		"claims": a.Claims, "expiry": a.Expiry} {
		made.fields[name] = template.Compile(text, names)
	}
	return made, nil
}

const asapExpiry = time.Hour

func (a *asap) Sign(call *Call) error {
	field := func(name string) string { return a.fields[name].Render(call.Context) }
	claims := map[string]any{}
	if text := field("claims"); strings.TrimSpace(text) != "" {
		if err := json.Unmarshal([]byte(text), &claims); err != nil {
			return errors.New("the claims are no JSON object")
		}
	}
	expiry := asapExpiry
	if seconds, err := strconv.Atoi(field("expiry")); err == nil {
		expiry = time.Duration(seconds) * time.Second
	} else if parsed, err := time.ParseDuration(field("expiry")); err == nil {
		expiry = parsed
	}
	now := call.now()
	claims["iss"], claims["aud"], claims["jti"] = field("issuer"), field("audience"), call.nonce()
	claims["iat"], claims["exp"] = now.Unix(), now.Add(expiry).Unix()
	if subject := field("subject"); subject != "" {
		claims["sub"] = subject
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return err
	}
	key, err := jwtKey(field("algorithm"), nil, field("private_key"))
	if err != nil {
		return err
	}
	head, err := json.Marshal(map[string]string{"alg": field("algorithm"), "kid": field("key_id")})
	if err != nil {
		return err
	}
	token, err := signJWT(field("algorithm"), head, payload, key)
	if err == nil {
		call.setHeader("Authorization", "Bearer "+token)
	}
	return err
}
