package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"hazard/internal/pb"
	"hazard/internal/template"
)

// aws is Signature Version 4 of AWS.
type aws struct {
	plan                                                *pb.AwsAuth
	accessKey, secretKey, sessionToken, service, region *template.Template
}

func compileAWS(plan *pb.Auth, names *template.Names, _ *Tokens) (Signer, error) {
	a := plan.GetAws()
	compile := func(text string) *template.Template { return template.Compile(text, names) }
	return &aws{a, compile(a.AccessKey), compile(a.SecretKey), compile(a.SessionToken),
		compile(a.Service), compile(a.Region)}, nil
}

const (
	awsAlgorithm = "AWS4-HMAC-SHA256"
	awsTime      = "20060102T150405Z"
	awsExpiry    = "86400"
)

func (a *aws) Sign(call *Call) error {
	target, err := call.parsed()
	if err != nil {
		return err
	}
	call.dropHeader("Authorization")
	now := call.now().UTC()
	service, region := a.scope(call, target.Hostname())
	scope := strings.Join([]string{now.Format("20060102"), region, service, "aws4_request"}, "/")
	s := signing{call: call, target: target, now: now, service: service, scope: scope,
		key:        awsKey(a.secretKey.Render(call.Context), now.Format("20060102"), region, service),
		credential: a.accessKey.Render(call.Context) + "/" + scope,
		token:      a.sessionToken.Render(call.Context)}
	if a.plan.Place == pb.AuthPlace_AUTH_PLACE_QUERY {
		return s.intoQuery()
	}
	return s.intoHeaders()
}

// scope takes service and region from the plan, or from a host such as SERVICE.REGION.amazonaws.com.
func (a *aws) scope(call *Call, host string) (service, region string) {
	service, region = a.service.Render(call.Context), a.region.Render(call.Context)
	if name, found := strings.CutSuffix(host, ".amazonaws.com"); found {
		parts := strings.Split(name, ".")
		if service == "" {
			service = parts[max(len(parts)-2, 0)]
		}
		if region == "" && len(parts) > 1 {
			region = parts[len(parts)-1]
		}
	}
	if region == "" {
		region = "us-east-1"
	}
	if service == "" {
		service = "execute-api"
	}
	return service, region
}

func hmacSHA256(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func awsKey(secret, date, region, service string) []byte {
	key := hmacSHA256([]byte("AWS4"+secret), date)
	return hmacSHA256(hmacSHA256(hmacSHA256(key, region), service), "aws4_request")
}

// signing is one signature being made.
type signing struct {
	call       *Call
	target     *url.URL
	now        time.Time
	service    string
	scope      string
	key        []byte
	credential string
	token      string
}

func (s *signing) bodyHash() string {
	sum := sha256.Sum256(s.call.Request.Body)
	return hex.EncodeToString(sum[:])
}

func (s *signing) intoHeaders() error {
	s.call.setHeader("X-Amz-Date", s.now.Format(awsTime))
	if s.token != "" {
		s.call.setHeader("X-Amz-Security-Token", s.token)
	}
	hash := s.bodyHash()
	if s.service == "s3" || len(s.call.Request.Body) > 0 {
		s.call.setHeader("X-Amz-Content-Sha256", hash)
	}
	names, headers := s.headers(true)
	signature := s.sign(pairsOf(s.target.RawQuery), names, headers, hash)
	s.call.setHeader("Authorization", awsAlgorithm+" Credential="+s.credential+
		", SignedHeaders="+names+", Signature="+signature)
	return nil
}

func (s *signing) intoQuery() error {
	names, headers := s.headers(false)
	var added [][2]string
	if s.token != "" {
		added = append(added, [2]string{"X-Amz-Security-Token", s.token})
	}
	if s.service == "s3" {
		added = append(added, [2]string{"X-Amz-Expires", awsExpiry})
	}
	added = append(added, [2]string{"X-Amz-Date", s.now.Format(awsTime)},
		[2]string{"X-Amz-Algorithm", awsAlgorithm}, [2]string{"X-Amz-Credential", s.credential},
		[2]string{"X-Amz-SignedHeaders", names})
	hash := s.bodyHash()
	if s.service == "s3" {
		hash = "UNSIGNED-PAYLOAD"
	}
	signature := s.sign(append(pairsOf(s.target.RawQuery), added...), names, headers, hash)
	return s.call.addQuery(append(added, [2]string{"X-Amz-Signature", signature})...)
}

// headers are the names and the canonical lines of what is signed: the host, and with all also
// Content-Type and what begins with X-Amz.
func (s *signing) headers(all bool) (names, lines string) {
	host := s.call.header("Host")
	if host == "" {
		host = s.target.Host
		if port := s.target.Port(); (s.target.Scheme == "http" && port == "80") ||
			(s.target.Scheme == "https" && port == "443") {
			host = s.target.Hostname()
		}
	}
	found := map[string]string{"host": host}
	for _, h := range s.call.Request.Headers {
		name := strings.ToLower(string(h.Name))
		if all && (name == "content-type" || strings.HasPrefix(name, "x-amz-")) {
			found[name] = strings.Join(strings.Fields(string(h.Value)), " ")
		}
	}
	sorted := make([]string, 0, len(found))
	for name := range found {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	for _, name := range sorted {
		lines += name + ":" + found[name] + "\n"
	}
	return strings.Join(sorted, ";"), lines
}

func (s *signing) sign(query [][2]string, names, headers, bodyHash string) string {
	pairs := make([]string, len(query))
	for i, p := range query {
		pairs[i] = escaped(p[0]) + "=" + escaped(p[1])
	}
	slices.Sort(pairs)
	path := s.target.EscapedPath()
	if s.service != "s3" {
		path = strings.ReplaceAll(escaped(path), "%2F", "/") // encoded twice but for S3
	}
	if path == "" {
		path = "/"
	}
	canonical := strings.Join([]string{string(s.call.Request.Method), path, strings.Join(pairs, "&"),
		headers, names, bodyHash}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	text := strings.Join([]string{awsAlgorithm, s.now.Format(awsTime), s.scope,
		hex.EncodeToString(sum[:])}, "\n")
	return hex.EncodeToString(hmacSHA256(s.key, text))
}
