package auth

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// hawk is the Hawk scheme, version 1.
type hawk struct {
	plan   *pb.HawkAuth
	fields map[string]*template.Template
}

func compileHawk(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetHawk()
	switch strings.ToLower(a.Algorithm) {
	case "", "sha256", "sha1":
	default:
		return nil, fmt.Errorf("the Hawk algorithm %q is not sha256 or sha1", a.Algorithm)
	}
	made := &hawk{a, map[string]*template.Template{}}
	for name, text := range map[string]string{"id": a.Id, "key": a.Key, "nonce": a.Nonce,
		"timestamp": a.Timestamp, "ext": a.ExtraData, "app": a.App, "dlg": a.Delegation} {
		made.fields[name] = template.Compile(text, names)
	}
	return made, nil
}

func (a *hawk) Sign(call *Call) error {
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
	algorithm := strings.ToLower(a.plan.Algorithm)
	if algorithm == "" {
		algorithm = "sha256"
	}
	newHash := template.NewHash(algorithm)
	timestamp := field("timestamp", strconv.FormatInt(call.now().Unix(), 10))
	nonce := field("nonce", call.nonce()[:6])
	payload := ""
	if a.plan.IncludePayloadHash && len(call.Request.Body) > 0 {
		kind, _, _ := strings.Cut(call.header("Content-Type"), ";")
		h := newHash()
		fmt.Fprintf(h, "hawk.1.payload\n%s\n%s\n", strings.ToLower(strings.TrimSpace(kind)), call.Request.Body)
		payload = base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	port := target.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[target.Scheme == "https"]
	}
	ext, app, delegation := field("ext", ""), field("app", ""), field("dlg", "")
	escapedExt := strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(ext)
	normal := strings.Join([]string{"hawk.1.header", timestamp, nonce,
		strings.ToUpper(string(call.Request.Method)), target.RequestURI(),
		strings.ToLower(target.Hostname()), port, payload, escapedExt, ""}, "\n")
	if app != "" {
		normal += app + "\n" + delegation + "\n"
	}
	h := hmac.New(newHash, []byte(field("key", "")))
	h.Write([]byte(normal))
	line := fmt.Sprintf(`Hawk id="%s", ts="%s", nonce="%s"`, field("id", ""), timestamp, nonce)
	for _, p := range [][2]string{{"hash", payload}, {"ext", escapeQuoted(ext)},
		{"mac", base64.StdEncoding.EncodeToString(h.Sum(nil))}, {"app", app}, {"dlg", delegation}} {
		if p[1] != "" {
			line += fmt.Sprintf(`, %s="%s"`, p[0], p[1])
		}
	}
	call.setHeader("Authorization", line)
	return nil
}
