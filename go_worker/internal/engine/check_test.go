package engine

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"hazard/internal/pb"
)

// checked runs a dry run and gives its steps and summary.
func checked(t *testing.T, request *pb.CheckRequest) ([]*pb.CheckStep, *pb.CheckSummary, []*pb.Finding) {
	t.Helper()
	var steps []*pb.CheckStep
	var findings []*pb.Finding
	summary, err := Check(context.Background(), request, loopback(), func(event *pb.CheckEvent) error {
		if step := event.GetStep(); step != nil {
			steps = append(steps, step)
		}
		if one := event.GetFinding(); one != nil {
			findings = append(findings, one)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return steps, summary, findings
}

func startEcho(t *testing.T) *counting {
	return startCounting(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(r.URL.Path, "/missing") {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, `{"token":"t-1","items":[{"id":7},{"id":8}],"got":`+
			quoted(string(body))+`,"auth":`+quoted(r.Header.Get("Authorization"))+`}`)
	})
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func TestACheckShowsWhatIsSentSavedAndClaimed(t *testing.T) {
	server := startEcho(t)
	secret := "s3cret-value"
	plan := planOf(nil, &pb.Step{Id: "login", Name: "Log in", Kind: &pb.Step_Request{Request: &pb.Request{
		Method: "POST", Url: server.url + "/login/{{nobody}}",
		Body: &pb.Body{Kind: &pb.Body_Text{Text: &pb.TextBody{Content: `{"user":"{{user}}","password":"{{password}}"}`}}},
		Auth: &pb.Auth{Kind: &pb.Auth_Basic{Basic: &pb.BasicAuth{Username: "u", Password: "{{password}}"}}},
		Extractors: []*pb.Extractor{
			{Variable: "token", Language: &pb.Extractor_Jmespath{Jmespath: "token"}},
			{Variable: "last", Language: &pb.Extractor_Jmespath{Jmespath: "items[-1].id"}},
			{Variable: "ids", Language: &pb.Extractor_Jmespath{Jmespath: "items[*].id"}},
		},
		Assertions: []*pb.Assertion{
			{Target: pb.Target_TARGET_STATUS, Expected: "200"},
			{Target: pb.Target_TARGET_VALUE, Operator: pb.Operator_OPERATOR_LENGTH_EQUALS, Expected: "2",
				Expression: &pb.Assertion_Jmespath{Jmespath: "items"}},
		},
	}}}, &pb.Step{Id: "next", Name: "next", Kind: &pb.Step_Request{Request: &pb.Request{
		Url: server.url + "/missing?t={{token}}&last={{last}}&ids={{ids}}",
	}}})
	plan.Variables = []*pb.Variable{
		{Name: "user", Value: ptr("ada {{nested}}")}, {Name: "nested", Value: ptr("lovelace")},
		{Name: "password", Secret: &pb.SecretRef{Key: "PW"}},
	}
	steps, summary, findings := checked(t, &pb.CheckRequest{Plan: plan,
		Secrets: []*pb.RunSecret{{Key: "PW", Value: secret}}})
	if len(findings) != 0 || len(steps) != 2 || summary.Ok != 1 || summary.Failed != 1 {
		t.Fatalf("steps %v, summary %v, findings %v", steps, summary, findings)
	}
	login := steps[0]
	if !login.Ok || login.Request.FirstLine != "POST /login/%7B%7Bnobody%7D%7D HTTP/1.1" ||
		string(login.Request.Body) != `{"user":"ada lovelace","password":"*****"}` ||
		strings.Join(login.Unresolved, " ") != "nobody" {
		t.Errorf("the first step is %v", login)
	}
	if len(login.Asserts) != 2 || !login.Asserts[1].Ok || len(login.Saves) != 3 || login.Saves[1].Value != "8" {
		t.Errorf("asserts %v, saves %v", login.Asserts, login.Saves)
	}
	var everything bytes.Buffer
	for _, step := range steps {
		everything.WriteString(step.String())
	}
	if strings.Contains(everything.String(), secret) {
		t.Errorf("the secret is shown: %s", everything.String())
	}
	next := steps[1]
	if next.Ok || next.ErrorKind != "status" || next.Error != "HTTP 404" ||
		next.Request.FirstLine != "GET /missing?t=t-1&last=8&ids=[7,8] HTTP/1.1" {
		t.Errorf("the second step is %v", next)
	}
	if summary.Variables["token"] != "t-1" || summary.Variables["password"] != masked {
		t.Errorf("variables %v", summary.Variables)
	}
}

func ptr(text string) *string { return &text }

func TestACheckOfOneStepRunsWhatComesBefore(t *testing.T) {
	server := startEcho(t)
	plan := planOf(nil, getStep("a", server.url), getStep("b", server.url), getStep("c", server.url))
	steps, _, _ := checked(t, &pb.CheckRequest{Plan: plan, Only: []string{"b"}})
	if len(steps) != 2 || steps[1].StepId != "b" {
		t.Errorf("steps %v", steps)
	}
}

func TestWhatCannotBeCompiledIsAFindingWithItsPlace(t *testing.T) {
	plan := planOf(nil, &pb.Step{Name: "x", Kind: &pb.Step_Request{Request: &pb.Request{
		Url: "http://127.0.0.1/",
		Extractors: []*pb.Extractor{{Variable: "a", Language: &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: "("}}},
			{Variable: "b", Language: &pb.Extractor_Jmespath{Jmespath: "a[?"}},
			{Variable: "c", Language: &pb.Extractor_Xpath{Xpath: "//["}},
			{Variable: "d", Language: &pb.Extractor_Css{Css: "a["}}},
		Assertions: []*pb.Assertion{{Target: pb.Target_TARGET_BODY, Operator: pb.Operator_OPERATOR_MATCHES, Expected: "["}},
		Body:       &pb.Body{Kind: &pb.Body_File{File: &pb.FileBody{File: &pb.FileRef{Path: "gone.bin"}}}},
	}}}, &pb.Step{Name: "j", Kind: &pb.Step_Jump{Jump: &pb.Jump{To: "nowhere"}}})
	plan.Variables = []*pb.Variable{{Name: "v", Value: ptr("{{w}}")}, {Name: "w", Value: ptr("{{v}}")},
		{Name: "s", Secret: &pb.SecretRef{Key: "NONE"}},
		{Name: "f", Column: &pb.DataColumn{Feed: "rows", Column: "a"}}}
	_, summary, findings := checked(t, &pb.CheckRequest{Plan: plan})
	if summary != nil {
		t.Error("the plan was run")
	}
	found := map[string]string{}
	for _, one := range findings {
		found[one.Where] = one.Code
	}
	for where, code := range map[string]string{
		"variables":                                "variable-cycle",
		"variables[2].secret":                      "missing-secret",
		"variables[3].column":                      "unknown-feed",
		"tasks[0].steps[0].request.body.file.file": "missing-file",
		"tasks[0].steps[0].request.extractors[0]":  "bad-extractor",
		"tasks[0].steps[0].request.extractors[1]":  "bad-extractor",
		"tasks[0].steps[0].request.extractors[2]":  "bad-extractor",
		"tasks[0].steps[0].request.extractors[3]":  "bad-extractor",
		"tasks[0].steps[0].request.assertions[0]":  "bad-assertion",
		"tasks[0].steps[1].jump.to":                "unknown-step",
	} {
		if found[where] != code {
			t.Errorf("at %s: %q instead of %q", where, found[where], code)
		}
	}
}

func TestATargetOutsideTheListIsNotReached(t *testing.T) {
	server := startEcho(t)
	plan := planOf(nil, getStep("a", server.url))
	plan.AllowedTargets = []string{"192.0.2.0/24"}
	steps, _, _ := checked(t, &pb.CheckRequest{Plan: plan})
	if len(steps) != 1 || steps[0].ErrorKind != "denied_target" || server.hits.Load() != 0 {
		t.Errorf("steps %v, %d requests arrived", steps, server.hits.Load())
	}
}
