package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// edgeGrid is Akamai's EdgeGrid authentication, EG1-HMAC-SHA256.
type edgeGrid struct {
	plan   *pb.EdgeGridAuth
	fields map[string]*template.Template
}

func compileEdgeGrid(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetEdgegrid()
	made := &edgeGrid{a, map[string]*template.Template{}}
	for name, text := range map[string]string{"access_token": a.AccessToken,
		"client_token": a.ClientToken, "client_secret": a.ClientSecret, "nonce": a.Nonce,
		"timestamp": a.Timestamp, "base_url": a.BaseUrl} {
		made.fields[name] = template.Compile(text, names)
	}
	return made, nil
}

const (
	edgeGridTime = "20060102T15:04:05+0000"
	edgeGridBody = 131072 // bytes of a POST body that are hashed
)

func (a *edgeGrid) Sign(call *Call) error {
	target, err := call.parsed()
	if err != nil {
		return err
	}
	field := func(name, fallback string) string {
		if value := a.fields[name].Render(call.Context); value != "" {
			return value
		}
		return fallback
	}
	host := target.Host
	if base, err := url.Parse(field("base_url", "")); err == nil && base.Host != "" {
		host = base.Host
	}
	timestamp := field("timestamp", call.now().UTC().Format(edgeGridTime))
	head := fmt.Sprintf("EG1-HMAC-SHA256 client_token=%s;access_token=%s;timestamp=%s;nonce=%s;",
		field("client_token", ""), field("access_token", ""), timestamp, field("nonce", call.nonce()))
	data := strings.Join([]string{strings.ToUpper(string(call.Request.Method)), target.Scheme,
		strings.ToLower(host), target.RequestURI(), a.headers(call), a.bodyHash(call), head}, "\t")
	key := base64.StdEncoding.EncodeToString(hmacSHA256([]byte(field("client_secret", "")), timestamp))
	signature := base64.StdEncoding.EncodeToString(hmacSHA256([]byte(key), data))
	call.setHeader("Authorization", head+"signature="+signature)
	return nil
}

// headers are the values of those that the plan wants signed, in its order.
func (a *edgeGrid) headers(call *Call) string {
	var lines []string
	for _, name := range strings.FieldsFunc(a.plan.HeadersToSign, func(r rune) bool {
		return r == ',' || r == ' '
	}) {
		if value := call.header(name); value != "" {
			lines = append(lines, strings.ToLower(name)+":"+strings.Join(strings.Fields(value), " "))
		}
	}
	return strings.Join(lines, "\t")
}

func (a *edgeGrid) bodyHash(call *Call) string {
	body := call.Request.Body
	if !strings.EqualFold(string(call.Request.Method), "POST") || len(body) == 0 {
		return ""
	}
	limit := int(a.plan.MaxBodyBytes)
	if limit == 0 {
		limit = edgeGridBody
	}
	sum := sha256.Sum256(body[:min(limit, len(body))])
	return base64.StdEncoding.EncodeToString(sum[:])
}
