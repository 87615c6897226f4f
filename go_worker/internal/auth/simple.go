package auth

import (
	"encoding/base64"

	"hazard/internal/address"
	"hazard/internal/pb"
	"hazard/internal/template"
)

type basic struct{ username, password *template.Template }

func compileBasic(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetBasic()
	return basic{template.Compile(a.Username, names), template.Compile(a.Password, names)}, nil
}

func (a basic) Sign(call *Call) error {
	pair := a.username.Render(call.Context) + ":" + a.password.Render(call.Context)
	call.setHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	return nil
}

type bearer struct{ token, prefix *template.Template }

func compileBearer(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetBearer()
	return bearer{template.Compile(a.Token, names), prefixOf(a.Prefix, names)}, nil
}

// prefixOf is the word before a token; Bearer when the plan has none.
func prefixOf(prefix string, names *template.Names) *template.Template {
	if prefix == "" {
		prefix = "Bearer"
	}
	return template.Compile(prefix, names)
}

func (a bearer) Sign(call *Call) error {
	call.setHeader("Authorization", a.prefix.Render(call.Context)+" "+a.token.Render(call.Context))
	return nil
}

type apiKey struct {
	key, value *template.Template
	place      pb.AuthPlace
}

func compileAPIKey(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetApiKey()
	return apiKey{template.Compile(a.Key, names), template.Compile(a.Value, names), a.Place}, nil
}

func (a apiKey) Sign(call *Call) error {
	key, value := a.key.Render(call.Context), a.value.Render(call.Context)
	if a.place == pb.AuthPlace_AUTH_PLACE_QUERY {
		pair := address.EncodePair(address.Pair{Name: []byte(key), Value: []byte(value)})
		return call.addEncoded([]address.Pair{pair})
	}
	call.setHeader(key, value)
	return nil
}
