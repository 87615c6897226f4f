package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	mathrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hazard/internal/auth"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// fixed is a context at a fixed time that knows no variables.
type fixed struct{ now time.Time }

func (fixed) AppendVariable(dst []byte, _ template.Variable, _ int) ([]byte, bool) { return dst, false }
func (fixed) Random() *mathrand.Rand                                               { return mathrand.New(mathrand.NewPCG(1, 2)) }
func (f fixed) Now() time.Time                                                     { return f.now }
func (fixed) Count(string) uint64                                                  { return 1 }
func (fixed) AppendColumn(dst []byte, _, _ string) ([]byte, bool)                  { return dst, false }
func (fixed) Indexes() (user, iteration uint64)                                    { return 0, 0 }
func (fixed) Unresolved(string)                                                    {}

// signed authorises a request and gives it back.
func signed(t *testing.T, plan *pb.Auth, now time.Time, method, url, body string, headers ...string) *http1.Request {
	t.Helper()
	request := &http1.Request{Method: []byte(method)}
	if body != "" {
		request.Body = []byte(body)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		request.Headers = append(request.Headers, http1.Header{Name: []byte(name), Value: []byte(value)})
	}
	if err := http1.ParseURL(&request.URL, []byte(url)); err != nil {
		t.Fatal(err)
	}
	signer, err := auth.Compile(plan, template.NewNames(), nil)
	if err != nil {
		t.Fatal(err)
	}
	call := &auth.Call{Request: request, URL: []byte(url), Context: fixed{now}, State: &auth.State{},
		Nonce: func() string { return "nonce-of-the-test" }}
	if err := signer.Sign(call); err != nil {
		t.Fatal(err)
	}
	return request
}

func header(r *http1.Request, name string) string {
	for _, h := range r.Headers {
		if strings.EqualFold(string(h.Name), name) {
			return string(h.Value)
		}
	}
	return ""
}

func mustHold(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q does not hold %q", text, part)
	}
}

// The examples of RFC 2617 (3.5) and RFC 7616 (3.9.1).
func TestDigestEqualsTheExamplesOfItsStandards(t *testing.T) {
	for _, c := range []struct{ algorithm, password, realm, nonce, cnonce, want string }{
		{"MD5", "Circle Of Life", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b",
			"6629fae49393a05397450978507c4ef1"},
		{"MD5", "Circle of Life", "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec"},
		{"SHA-256", "Circle of Life", "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
			"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
	} {
		r := signed(t, &pb.Auth{Kind: &pb.Auth_Digest{Digest: &pb.DigestAuth{Username: "Mufasa",
			Password: c.password, Realm: c.realm, Nonce: c.nonce, Algorithm: c.algorithm, Qop: "auth",
			ClientNonce: c.cnonce}}}, time.Now(), "GET", "http://h/dir/index.html", "")
		mustHold(t, header(r, "Authorization"), `response="`+c.want+`"`)
	}
}

// The example of the get-vanilla case in the AWS Signature Version 4 test suite.
func TestAWSEqualsItsTestSuite(t *testing.T) {
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	r := signed(t, &pb.Auth{Kind: &pb.Auth_Aws{Aws: &pb.AwsAuth{AccessKey: "AKIDEXAMPLE",
		SecretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Service: "service", Region: "us-east-1"}}},
		at, "GET", "https://example.amazonaws.com/", "")
	mustHold(t, header(r, "Authorization"), "SignedHeaders=host;x-amz-date, "+
		"Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
}

// The example of the Hawk specification.
func TestHawkEqualsItsExample(t *testing.T) {
	r := signed(t, &pb.Auth{Kind: &pb.Auth_Hawk{Hawk: &pb.HawkAuth{Id: "dh37fgj492je",
		Key: "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn", Timestamp: "1353832234", Nonce: "j4h3g2",
		ExtraData: "some-app-ext-data"}}}, time.Now(), "GET", "http://example.com:8000/resource/1?b=1&a=2", "")
	mustHold(t, header(r, "Authorization"), `mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="`)
}

// The worked example of Twitter's documentation.
func TestOAuth1EqualsAKnownSignature(t *testing.T) {
	r := signed(t, &pb.Auth{Kind: &pb.Auth_Oauth1{Oauth1: &pb.OAuth1Auth{
		ConsumerKey: "xvz1evFS4wEEPTGEFPHBog", ConsumerSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
		Token:       "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
		TokenSecret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE", Timestamp: "1318622958",
		Nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"}}}, time.Now(), "POST",
		"https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
		"status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21",
		"Content-Type: application/x-www-form-urlencoded")
	mustHold(t, header(r, "Authorization"), `oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"`)
}

// The first case of Akamai's published test data.
func TestEdgeGridEqualsItsTestData(t *testing.T) {
	r := signed(t, &pb.Auth{Kind: &pb.Auth_Edgegrid{Edgegrid: &pb.EdgeGridAuth{
		AccessToken: "akab-access-token-xxx-xxxxxxxxxxxxxxxx", ClientToken: "akab-client-token-xxx-xxxxxxxxxxxxxxxx",
		ClientSecret: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=", Timestamp: "20140321T19:34:21+0000",
		Nonce:   "nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
		BaseUrl: "https://akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net/"}}}, time.Now(),
		"GET", "https://akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net/", "")
	mustHold(t, header(r, "Authorization"), "signature=tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU=")
}

func TestJWTIsSigned(t *testing.T) {
	r := signed(t, &pb.Auth{Kind: &pb.Auth_Jwt{Jwt: &pb.JwtAuth{Secret: "your-256-bit-secret",
		Header: `{"typ": "JWT", "alg": "none"}`, Payload: `{"sub": "1234567890", "name": "John Doe", "iat": 1516239022}`}}}, time.Now(), "GET", "http://h/", "")
	want := "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwi" +
		"aWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
	if got := header(r, "Authorization"); got != want {
		t.Errorf("%q instead of %q", got, want)
	}
}

func TestTokensSignedWithAKeyVerify(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	for name, plan := range map[string]*pb.Auth{
		"PS256": {Kind: &pb.Auth_Jwt{Jwt: &pb.JwtAuth{Algorithm: "PS256", PrivateKey: private, Payload: `{"iss":"me"}`}}},
		"asap":  {Kind: &pb.Auth_Asap{Asap: &pb.AsapAuth{PrivateKey: private, Issuer: "me", KeyId: "me/1", Audience: "you"}}},
	} {
		r := signed(t, plan, time.Now(), "GET", "http://h/", "")
		token, _ := strings.CutPrefix(header(r, "Authorization"), "Bearer ")
		claims := jwt.MapClaims{}
		_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return &key.PublicKey, nil })
		if err != nil || claims["iss"] != "me" {
			t.Errorf("%s: %v, claims %v", name, err, claims)
		}
	}
}

func TestSimpleKinds(t *testing.T) {
	at := time.Now()
	if got := header(signed(t, &pb.Auth{Kind: &pb.Auth_Basic{Basic: &pb.BasicAuth{Username: "a", Password: "b:c"}}},
		at, "GET", "http://h/", ""), "Authorization"); got != "Basic YTpiOmM=" {
		t.Errorf("basic %q", got)
	}
	if got := header(signed(t, &pb.Auth{Kind: &pb.Auth_Bearer{Bearer: &pb.BearerAuth{Token: "x"}}},
		at, "GET", "http://h/", "", "authorization: old"), "Authorization"); got != "Bearer x" {
		t.Errorf("bearer %q", got)
	}
	r := signed(t, &pb.Auth{Kind: &pb.Auth_ApiKey{ApiKey: &pb.ApiKeyAuth{Key: "k y", Value: "v&", Place: pb.AuthPlace_AUTH_PLACE_QUERY}}},
		at, "GET", "http://h/p?a=1#f", "")
	if string(r.URL.Target) != "/p?a=1&k%20y=v%26" {
		t.Errorf("api key %q", r.URL.Target)
	}
}
