package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// oauth2 sends a token that is given, or fetched with a grant that needs no person (RFC 6749, 4.3,
// 4.4 and 6).
type oauth2 struct {
	plan   *pb.OAuth2Auth
	fields map[string]*template.Template
	extra  [][2]*template.Template
	tokens *Tokens
}

func compileOAuth2(plan *pb.Auth, names *template.Names, tokens *Tokens) (Signer, error) {
	a := plan.GetOauth2()
	switch a.GrantType {
	case "", "client_credentials", "password", "refresh_token":
	default:
		return nil, fmt.Errorf("OAuth 2 grant %q needs a person; paste a token instead", a.GrantType)
	}
	if a.GrantType != "" && a.TokenUrl == "" {
		return nil, errors.New("the token URL is missing")
	}
	prefix := a.HeaderPrefix
	if prefix == "" {
		prefix = "Bearer"
	}
	made := &oauth2{plan: a, tokens: tokens, fields: map[string]*template.Template{}}
	for name, text := range map[string]string{"access_token": a.AccessToken, "prefix": prefix,
		"token_url": a.TokenUrl, "client_id": a.ClientId, "client_secret": a.ClientSecret,
		"scope": a.Scope, "username": a.Username, "password": a.Password,
		"refresh_token": a.RefreshToken} {
		made.fields[name] = template.Compile(text, names)
	}
	for _, pair := range a.TokenRequestParams {
		if !pair.Disabled {
			made.extra = append(made.extra, [2]*template.Template{
				template.Compile(pair.Name, names), template.Compile(pair.Value, names)})
		}
	}
	return made, nil
}

func (a *oauth2) Sign(call *Call) error {
	token := a.fields["access_token"].Render(call.Context)
	if a.plan.GrantType != "" {
		var err error
		if token, err = a.tokens.get(a.request(call), call.now); err != nil {
			return err
		}
	}
	if a.plan.Place == pb.AuthPlace_AUTH_PLACE_QUERY {
		call.dropHeader("Authorization")
		return call.addQuery([2]string{"access_token", token})
	}
	prefix := a.fields["prefix"].Render(call.Context)
	call.setHeader("Authorization", strings.TrimSpace(prefix+" "+token))
	return nil
}

// tokenRequest is what is sent to the token URL; equal ones share a token.
type tokenRequest struct {
	url, body, authorization string
	refresh                  func(refreshToken string) tokenRequest
}

func (a *oauth2) request(call *Call) tokenRequest {
	field := func(name string) string { return a.fields[name].Render(call.Context) }
	build := func(grant string, pairs ...[2]string) tokenRequest {
		pairs = append([][2]string{{"grant_type", grant}}, pairs...)
		if scope := field("scope"); scope != "" {
			pairs = append(pairs, [2]string{"scope", scope})
		}
		r := tokenRequest{url: field("token_url")}
		if a.plan.ClientAuthentication == "body" {
			pairs = append(pairs, [2]string{"client_id", field("client_id")},
				[2]string{"client_secret", field("client_secret")})
		} else {
			// RFC 6749, 2.3.1: both parts are form-encoded first.
			r.authorization = "Basic " + base64.StdEncoding.EncodeToString(
				[]byte(escaped(field("client_id"))+":"+escaped(field("client_secret"))))
		}
		for _, one := range a.extra {
			pairs = append(pairs, [2]string{one[0].Render(call.Context), one[1].Render(call.Context)})
		}
		encoded := make([]string, len(pairs))
		for i, p := range pairs {
			encoded[i] = escaped(p[0]) + "=" + escaped(p[1])
		}
		r.body = strings.Join(encoded, "&")
		return r
	}
	var made tokenRequest
	switch a.plan.GrantType {
	case "password":
		made = build("password", [2]string{"username", field("username")}, [2]string{"password", field("password")})
	case "refresh_token":
		made = build("refresh_token", [2]string{"refresh_token", field("refresh_token")})
	default:
		made = build("client_credentials")
	}
	made.refresh = func(token string) tokenRequest {
		return build("refresh_token", [2]string{"refresh_token", token})
	}
	return made
}
