package auth

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/Azure/go-ntlmssp"

	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// ntlm is NTLM version 2 over HTTP: three messages on one connection.
type ntlm struct{ username, password, domain, workstation *template.Template }

func compileNTLM(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetNtlm()
	compile := func(text string) *template.Template { return template.Compile(text, names) }
	return &ntlm{compile(a.Username), compile(a.Password), compile(a.Domain), compile(a.Workstation)}, nil
}

// Sign sends nothing at first: a connection that is authorised already needs nothing.
func (a *ntlm) Sign(call *Call) error {
	call.dropHeader("Authorization")
	return nil
}

// Answer sends the negotiate message in the first round and the answer to the server's challenge in the
// second.
func (a *ntlm) Answer(call *Call, response *http1.Response, round int) (bool, error) {
	if round > 2 {
		return false, nil
	}
	for _, line := range response.Headers.AppendAll(nil, "www-authenticate") {
		scheme, data, _ := strings.Cut(string(line), " ")
		if !strings.EqualFold(scheme, "NTLM") && !strings.EqualFold(scheme, "Negotiate") {
			continue
		}
		message, err := a.message(call, strings.TrimSpace(data))
		if err != nil {
			return false, err
		}
		call.setHeader("Authorization", scheme+" "+base64.StdEncoding.EncodeToString(message))
		return true, nil
	}
	return false, nil
}

func (a *ntlm) message(call *Call, data string) ([]byte, error) {
	domain := a.domain.Render(call.Context)
	if data == "" {
		return ntlmssp.NewNegotiateMessage(domain, a.workstation.Render(call.Context))
	}
	challenge, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, fmt.Errorf("the NTLM challenge is no base64: %w", err)
	}
	username := a.username.Render(call.Context)
	if domain != "" {
		username = domain + `\` + username
	}
	return ntlmssp.NewAuthenticateMessage(challenge, username, a.password.Render(call.Context),
		&ntlmssp.AuthenticateMessageOptions{WorkstationName: a.workstation.Render(call.Context)})
}
