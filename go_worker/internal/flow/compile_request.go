package flow

import (
	"fmt"
	"slices"
	"strings"

	"hazard/internal/address"
	"hazard/internal/auth"
	"hazard/internal/body"
	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/script"
	"hazard/internal/template"
)

// prunedMethods lose their body when a policy says so, as in the Postman runtime.
func prunedMethods() []string { return []string{"GET", "COPY", "HEAD", "PURGE", "UNLOCK"} }

// request is a compiled request. Immutable.
type request struct {
	method      *template.Template
	url         *template.Template
	query       []pair
	variables   []pair
	headers     []pair
	body        *body.Body
	auth        auth.Signer // nil: none
	policy      *http1.Policy
	encoding    pb.UrlEncoding
	ownQuery    bool // the URL itself has a query, not only what its variables hold
	prune       bool
	omit        http1.Omit
	omitType    bool // no generated Content-Type
	hasType     bool // the plan's headers hold a Content-Type
	extractors  []extractor
	assertions  []assertion
	checkStatus bool // an assertion speaks about the status
	want        http1.Want
	before      *script.Script
	after       *script.Script
	// what scripts see of the body: the text of a text body, its kind, the fields of a form
	bodyText string
	bodyMode string
	bodyForm [][2]string
	// fixed is the whole request when nothing in it varies.
	fixed *http1.Request
}

// pair is a compiled name and value.
type pair struct {
	name, value *template.Template
	noEquals    bool
}

func (c *compiler) compilePairs(plan []*pb.Pair, where string) []pair {
	var pairs []pair
	for i, one := range plan {
		if one.Disabled {
			continue
		}
		at := fmt.Sprintf("%s[%d]", where, i)
		pairs = append(pairs, pair{c.template(one.Name, at+".name"), c.template(one.Value, at+".value"),
			one.NoEquals})
	}
	return pairs
}

func (c *compiler) compileRequest(plan *pb.Request, n *node, where string) runner {
	method := plan.Method
	if method == "" {
		method = "GET"
	}
	if strings.TrimSpace(plan.Url) == "" {
		c.fail("no-url", where+".url", "the request has no URL", "")
	}
	policies := merged(c.in.Plan.Defaults, plan.Policies)
	url := plan.Url
	if address.ReadsAsPostman(policies.GetUrlEncoding()) {
		url = withoutFragment(url)
	}
	r := &request{
		method:    c.template(method, where+".method"),
		url:       c.template(url, where+".url"),
		ownQuery:  template.IndexLiteral(url, '?') >= 0,
		query:     c.compilePairs(queryOf(plan, policies), where+".query"),
		variables: c.compilePairs(plan.PathVariables, where+".path_variables"),
		headers:   c.compilePairs(plan.Headers, where+".headers"),
		policy:    c.compilePolicy(policies, where+".policies"),
		encoding:  policies.GetUrlEncoding(),
		prune:     policies.SendBodyWithGet != nil && !*policies.SendBodyWithGet,
	}
	r.want = http1.Want{Sent: c.in.KeepSent, Body: c.in.KeepSent}
	c.compileBody(r, plan.Body, where+".body")
	c.addDefaultHeaders(r, policies, n)
	made, err := auth.Compile(plan.Auth, c.names, c.program.Tokens)
	if err != nil {
		c.fail("bad-auth", where+".auth", err.Error(), "")
	}
	r.auth = made
	c.compileExtractors(r, plan.Extractors, where+".extractors")
	c.compileAssertions(r, plan.Assertions, where+".assertions")
	r.before = c.compileScript(plan.Before, where+".before")
	r.after = c.compileScript(plan.After, where+".after")
	if r.after != nil {
		r.want.Body = true
	}
	r.fix()
	c.program.targets = append(c.program.targets, target{where + ".url", r.url, r.policy})
	return r
}

// withoutFragment is a URL without what is never sent: to the Postman runtime a # in a variable ends
// the URL with its query, the # of the URL itself does not.
func withoutFragment(url string) string {
	if i := template.IndexLiteral(url, '#'); i >= 0 {
		return url[:i]
	}
	return url
}

// queryOf are the query's pairs; for the Postman runtime's way of reading a URL what is reserved in them
// is escaped, unlike what variables hold.
func queryOf(plan *pb.Request, policies *pb.Policies) []*pb.Pair {
	if !address.ReadsAsPostman(policies.GetUrlEncoding()) {
		return plan.Query
	}
	escaped := make([]*pb.Pair, len(plan.Query))
	for i, one := range plan.Query {
		escape := func(text string, isName bool) string {
			return template.MapLiterals(text, func(literal string) string {
				return address.EscapeReserved(literal, isName)
			})
		}
		escaped[i] = &pb.Pair{Name: escape(one.Name, true), Value: escape(one.Value, false),
			Disabled: one.Disabled, NoEquals: one.NoEquals}
	}
	return escaped
}

func (c *compiler) compileBody(r *request, plan *pb.Body, where string) {
	made, problems := body.Compile(plan, c.names, c.files)
	for _, problem := range problems {
		at := where
		if problem.Where != "" {
			at += "." + problem.Where
		}
		c.fail(problem.Code, at, problem.Err.Error(), "")
	}
	r.body = made
	r.bodyText = plan.GetText().GetContent()
	switch plan.GetKind().(type) {
	case *pb.Body_Text:
		r.bodyMode = "raw"
	case *pb.Body_Urlencoded:
		r.bodyMode = "urlencoded"
	case *pb.Body_Multipart:
		r.bodyMode = "formdata"
	case *pb.Body_File:
		r.bodyMode = "file"
	case *pb.Body_Graphql:
		r.bodyMode = "graphql"
	}
	for _, field := range plan.GetUrlencoded().GetFields() {
		if !field.Disabled {
			r.bodyForm = append(r.bodyForm, [2]string{field.Name, field.Value})
		}
	}
}

// addDefaultHeaders adds what the plan leaves to the engine.
func (c *compiler) addDefaultHeaders(r *request, policies *pb.Policies, n *node) {
	has := func(name string) bool {
		return slices.ContainsFunc(r.headers, func(p pair) bool {
			return strings.EqualFold(p.name.Text(), name)
		})
	}
	omitted := func(name string) bool {
		return slices.ContainsFunc(policies.OmitHeaders, func(one string) bool {
			return strings.EqualFold(one, name)
		})
	}
	add := func(name, value string) {
		if !has(name) && !omitted(name) {
			r.headers = append(r.headers, pair{name: template.Literal(name), value: template.Literal(value)})
		}
	}
	r.hasType = has("content-type")
	r.omitType = omitted("content-type")
	if policies.AddDefaultHeaders == nil || *policies.AddDefaultHeaders {
		add("User-Agent", c.in.UserAgent)
		add("Accept", "*/*")
	}
	if c.in.Options.GetMarkSteps() {
		add("X-Hazard-Step", n.id)
	}
	for name, bit := range map[string]http1.Omit{"host": http1.OmitHost, "cookie": http1.OmitCookie,
		"content-length": http1.OmitContentLength, "connection": http1.OmitConnection} {
		if omitted(name) {
			r.omit |= bit
		}
	}
}

// fix renders a request once when nothing in it varies.
func (r *request) fix() {
	pairs := slices.Concat(r.query, r.variables, r.headers)
	varies := slices.ContainsFunc(pairs, func(p pair) bool {
		return !p.name.Constant() || !p.value.Constant()
	})
	if varies || !r.method.Constant() || !r.url.Constant() || r.body != nil || r.auth != nil ||
		r.before != nil {
		return
	}
	x := &Exec{}
	if x.render(r) != nil {
		return // what is wrong shows at every request
	}
	fixed := x.request
	r.fixed = &fixed
}
