package flow

import (
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/protobuf/proto"

	"hazard/internal/http1"
	"hazard/internal/pb"
)

// merged is the plan's defaults with what a request sets itself. Lists replace lists.
func merged(defaults, own *pb.Policies) *pb.Policies {
	result := &pb.Policies{}
	if defaults != nil {
		result = proto.CloneOf(defaults)
	}
	if own == nil {
		return result
	}
	if len(own.OmitHeaders) > 0 {
		result.OmitHeaders = nil
	}
	if len(own.Resolve) > 0 {
		result.Resolve = nil
	}
	if len(own.ConnectTo) > 0 {
		result.ConnectTo = nil
	}
	proto.Merge(result, own)
	return result
}

// compilePolicy makes the policy of a request; requests with equal ones share it.
func (c *compiler) compilePolicy(plan *pb.Policies, where string) *http1.Policy {
	key, err := proto.MarshalOptions{Deterministic: true}.Marshal(plan)
	if err != nil {
		c.fail("bad-policy", where, err.Error(), "")
		return nil
	}
	if known := c.policies[string(key)]; known != nil {
		return known
	}
	options, err := c.policyOptions(plan)
	if err == nil {
		var made *http1.Policy
		if made, err = c.in.HTTP.NewPolicy(options); err == nil {
			c.policies[string(key)] = made
			return made
		}
	}
	c.fail("bad-policy", where, err.Error(), "")
	return nil
}

var nameInBraces = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// constant is a text of the connection in which the names of constants and secrets of the plan stand
// for their values. Other names stay: nothing else is known before the run.
func (c *compiler) constant(text string) string {
	return nameInBraces.ReplaceAllStringFunc(text, func(braces string) string {
		for _, variable := range c.in.Plan.Variables {
			switch {
			case variable.Disabled || variable.Name != braces[2:len(braces)-2]:
			case variable.Value != nil:
				return *variable.Value
			case variable.Secret != nil:
				return c.secrets[variable.Secret.Key]
			}
		}
		return braces
	})
}

func (c *compiler) policyOptions(plan *pb.Policies) (http1.PolicyOptions, error) {
	off := func(flag *bool) bool { return flag != nil && !*flag }
	o := http1.PolicyOptions{
		FollowRedirects: plan.GetFollowRedirects(),
		MaxRedirects:    int(plan.GetMaxRedirects()),
		KeepMethod:      plan.GetKeepMethodOnRedirect(),
		KeepAuth:        plan.GetKeepAuthOnRedirect(),
		DropReferer:     plan.GetDropRefererOnRedirect(),
		SendReferer:     off(plan.DropRefererOnRedirect),
		NoCookies:       off(plan.Cookies),
		Insecure:        off(plan.VerifyTls) || c.in.Options.GetInsecure(),
		TLSMin:          plan.GetTlsMin(),
		TLSMax:          plan.GetTlsMax(),
		ServerName:      plan.GetServerName(),
		ConnectTimeout:  ms(plan.GetConnectTimeoutMs()),
		Timeout:         ms(plan.GetTimeoutMs()),
		Proxy:           c.constant(plan.GetProxy()),
		NoKeepAlive:     off(plan.KeepAlive),
		ExpectContinue:  plan.GetExpectContinue(),
		MaxBodyBytes:    int64(plan.GetMaxBodyBytes()),
		Resolve:         plan.Resolve,
		ConnectTo:       plan.ConnectTo,
		UnixSocket:      plan.GetUnixSocket(),
	}
	versions := map[string]http1.Version{"": http1.Version11, "1.1": http1.Version11,
		"1.0": http1.Version10, "auto": http1.VersionAuto, "2": http1.Version2,
		"2-prior-knowledge": http1.Version2PriorKnown}
	version, known := versions[strings.ToLower(plan.GetHttpVersion())]
	if !known {
		return o, fmt.Errorf("HTTP version %q is not 1.0, 1.1, 2, 2-prior-knowledge or auto",
			plan.GetHttpVersion())
	}
	o.Version = version
	for _, file := range []struct {
		path string
		into *[]byte
	}{{plan.GetCaFile(), &o.CAPEM}, {plan.GetCertFile(), &o.CertPEM}, {plan.GetKeyFile(), &o.KeyPEM}} {
		if file.path == "" {
			continue
		}
		content, found := c.files[file.path]
		if !found {
			return o, fmt.Errorf("the file %q did not come with the plan", file.path)
		}
		*file.into = content
	}
	return o, nil
}
