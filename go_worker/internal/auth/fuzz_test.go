package auth

import (
	mathrand "math/rand/v2"
	"testing"
	"time"

	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
)

// still is a context that knows no variables.
type still struct{}

func (still) AppendVariable(dst []byte, _ template.Variable, _ int) ([]byte, bool) { return dst, false }
func (still) Random() *mathrand.Rand                                               { return mathrand.New(mathrand.NewPCG(1, 2)) }
func (still) Now() time.Time                                                       { return time.Unix(1, 0) }
func (still) Count(string) uint64                                                  { return 1 }
func (still) AppendColumn(dst []byte, _, _ string) ([]byte, bool)                  { return dst, false }
func (still) Indexes() (user, iteration uint64)                                    { return 0, 0 }
func (still) Unresolved(string)                                                    {}

// A server may send anything: a challenge is answered, or refused with an error.
func FuzzChallenge(f *testing.F) {
	for _, seed := range []string{
		`Digest realm="r", nonce="n", qop="auth,auth-int", algorithm=SHA-256-sess, opaque="o", stale=TRUE`,
		"digest nonce=", `Digest realm="\`, "Digest ,,,=,", `Basic realm=x, Digest qop="auth-int"`, "ȺȺȺȺȺȺȺȺȺȺ digest      ",
		"", "TlRMTVNTUAACAAAAAAAAADgAAAABAoECASNFZ4mrze8=", "====",
		"TlRMTVNTUAACAAAADAAMADgAAAAFgokCAAAAAAAAAAAAAAAAAAAAAEQARAAAAAAAAAAA",
	} {
		f.Add(seed)
	}
	compiled := func(plan *pb.Auth) Signer {
		signer, err := Compile(plan, template.NewNames(), nil)
		if err != nil {
			f.Fatal(err)
		}
		return signer
	}
	named := compiled(&pb.Auth{Kind: &pb.Auth_Digest{Digest: &pb.DigestAuth{Username: "u", Password: "p"}}}).(*digest)
	domain := compiled(&pb.Auth{Kind: &pb.Auth_Ntlm{Ntlm: &pb.NtlmAuth{Username: "u", Domain: "d"}}}).(*ntlm)
	f.Fuzz(func(_ *testing.T, line string) {
		call := &Call{Request: &http1.Request{Method: []byte("POST"), Body: []byte("x")}, Context: still{},
			State: &State{}}
		if parameters, found := challengeOf(line, "digest"); found {
			_ = named.authorise(call, challenge{realm: parameters["realm"], nonce: parameters["nonce"],
				algorithm: parameters["algorithm"], qop: parameters["qop"], opaque: parameters["opaque"]})
		}
		_, _ = domain.message(call, line)
	})
}
