package engine

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hazard/internal/pb"
)

// scripted makes a request with scripts before and after.
func scripted(name, url, before, after string) *pb.Step {
	step := getStep(name, url)
	request := step.GetRequest()
	if before != "" {
		request.Before = &pb.Script{Source: before}
	}
	if after != "" {
		request.After = &pb.Script{Source: after}
	}
	return step
}

func startSample(t *testing.T) *counting {
	return startCounting(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Sign", r.Header.Get("X-Sign"))
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s1"})
		_, _ = w.Write([]byte(`{"id":7,"name":"ada","tags":["a","b"],"deep":{"list":[{"v":1},{"v":2}]},"none":null}`))
	})
}

// Everything in here is what scripts of collections do; each test of each script must pass.
func TestScriptsOfCollectionsRun(t *testing.T) {
	server := startSample(t)
	for name, source := range map[string]string{
		"status":          `pm.test("s", () => { pm.response.to.have.status(200); pm.response.to.be.ok; pm.response.to.be.json; pm.response.to.not.be.error; });`,
		"expect numbers":  `pm.test("n", function () { const j = pm.response.json(); pm.expect(j.id).to.eql(7); pm.expect(j.id).to.equal(7); pm.expect(j.id).to.be.above(6).and.below(8); pm.expect(j.id).to.be.a("number"); pm.expect(j.id).to.be.within(1, 9); pm.expect(j.id).to.be.oneOf([1, 7]); });`,
		"expect objects":  `pm.test("o", () => { const j = pm.response.json(); pm.expect(j).to.be.an("object").that.has.property("name", "ada"); pm.expect(j).to.have.nested.property("deep.list[1].v", 2); pm.expect(j.tags).to.include("b"); pm.expect(j.tags).to.have.lengthOf(2); pm.expect(j.tags).to.have.length(2); pm.expect(j.tags.length).to.be.at.least(2); pm.expect(j).to.have.all.keys("id", "name", "tags", "deep", "none"); pm.expect(j).to.include.keys("id"); pm.expect(j.none).to.be.null; pm.expect(j.gone).to.be.undefined; pm.expect(j.tags).to.have.members(["b", "a"]); pm.expect(j.deep).to.deep.equal({list: [{v: 1}, {v: 2}]}); pm.expect("abc").to.match(/b/); pm.expect([]).to.be.empty; pm.expect(true).to.be.true; pm.expect(j).to.not.have.property("x"); pm.expect(() => { throw new Error("boom"); }).to.throw("boom"); });`,
		"legacy":          `var data = JSON.parse(responseBody); tests["id"] = data.id === 7; tests["code"] = responseCode.code === 200; tests["header"] = postman.getResponseHeader("content-type").indexOf("json") > 0; tests["fast"] = responseTime < 5000; postman.setEnvironmentVariable("old", data.name); tests["env"] = postman.getEnvironmentVariable("old") === "ada";`,
		"variables":       `pm.environment.set("n", 5); pm.environment.set("o", {a: 1}); pm.variables.set("v", "{{n}}!"); pm.test("v", () => { pm.expect(pm.environment.get("n")).to.equal(5); pm.expect(pm.environment.get("o").a).to.equal(1); pm.expect(pm.variables.replaceIn("{{v}} {{none}}")).to.equal("5! {{none}}"); pm.environment.unset("n"); pm.expect(pm.environment.has("n")).to.be.false; pm.expect(pm.environment.get("n")).to.equal(undefined); });`,
		"headers cookies": `pm.test("h", () => { pm.response.to.have.header("content-type"); pm.expect(pm.response.headers.get("Content-Type")).to.include("json"); pm.expect(pm.cookies.get("sid")).to.eql("s1"); pm.expect(pm.response.responseTime).to.be.below(5000); pm.response.to.have.jsonBody("deep.list[0].v", 1); });`,
		"crypto":          `const c = require("crypto-js"); pm.test("c", () => { pm.expect(CryptoJS.MD5("a").toString()).to.eql("0cc175b9c0f1b6a831c399e269772661"); pm.expect(CryptoJS.HmacSHA256("The quick brown fox jumps over the lazy dog", "key").toString(CryptoJS.enc.Hex)).to.eql("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"); pm.expect(c.enc.Base64.stringify(c.enc.Utf8.parse("hé"))).to.eql("aMOp"); pm.expect(btoa("a:b")).to.eql("YTpi"); pm.expect(atob("YTpi")).to.eql("a:b"); });`,
		"ciphers":         `const k = CryptoJS.enc.Utf8.parse("0123456789abcdef"), iv = CryptoJS.enc.Utf8.parse("fedcba9876543210"), t = "some longer text here", d = CryptoJS.enc.Utf8.parse("12345678"), k3 = CryptoJS.enc.Utf8.parse("0123456789abcdef12345678"), b64 = s => s.ciphertext.toString(CryptoJS.enc.Base64); pm.test("openssl", () => { pm.expect(b64(CryptoJS.AES.encrypt("text", "word", { salt: CryptoJS.enc.Hex.parse("0102030405060708") }))).to.eql("0tUAvO+Fv3nAKQfAFyrkMg=="); pm.expect(b64(CryptoJS.AES.encrypt(t, k, { mode: CryptoJS.mode.ECB }))).to.eql("gn1sgm9T4EwT3WqnBUUvlXSIS7Te7rLXFOw9aBlNlHk="); pm.expect(b64(CryptoJS.AES.encrypt(t, k, { mode: CryptoJS.mode.CTR, iv, padding: CryptoJS.pad.NoPadding }))).to.eql("eCS7FNYcEGffXbH2vnkSSWINiUvK"); pm.expect(b64(CryptoJS.TripleDES.encrypt(t, k3, { iv: d }))).to.eql("wc92Nk99yZP85vxESM4Wbrsi8iGAvSs/"); pm.expect(b64(CryptoJS.DES.encrypt("abc", d, { iv: d }))).to.eql("9YR6ZPdZufM="); }); pm.test("and back", () => { const sealed = CryptoJS.AES.encrypt("größe", "pass phrase").toString(); pm.expect(CryptoJS.AES.decrypt(sealed, "pass phrase").toString(CryptoJS.enc.Utf8)).to.eql("größe"); pm.expect(CryptoJS.AES.decrypt(sealed, "pass phrase") + "").to.eql("6772c3b6c39f65"); pm.expect(() => CryptoJS.AES.encrypt("x", CryptoJS.enc.Utf8.parse("short"), { iv })).to.throw(); pm.expect(() => CryptoJS.Rabbit).to.throw("not provided"); });`,
		"schema":          `const schema = {type: "object", required: ["id"], properties: {id: {type: "integer"}}}; pm.test("s", () => { pm.response.to.have.jsonSchema(schema); pm.expect(tv4.validate({id: "x"}, schema)).to.be.false; const Ajv = require("ajv"); const a = new Ajv(); pm.expect(a.validate(schema, {id: 1})).to.be.true; });`,
		"moment":          `const moment = require("moment"); pm.test("m", () => { pm.expect(moment.utc(0).add(1, "month").format("LL")).to.eql("February 1, 1970"); pm.expect(moment("2020-02-30").isValid()).to.be.false; pm.expect(() => moment.updateLocale("en", {})).to.throw("moment.updateLocale is not provided"); });`,
		"lodash xml":      `pm.test("l", () => { pm.expect(_.get(pm.response.json(), "deep.list[1].v")).to.eql(2); pm.expect(_.map([{a: 1}], "a")).to.eql([1]); pm.expect(xml2Json("<a x='1'><b>t</b><b>u</b></a>")).to.eql({a: {$: {x: "1"}, b: ["t", "u"]}}); });`,
		"eval":            `pm.environment.set("lib", "(() => ({ twice: n => 2 * n }))()"); const lib = eval(pm.environment.get("lib")); pm.test("e", () => pm.expect(lib.twice(2)).to.eql(4));`,
		"sendRequest":     `pm.sendRequest({url: "` + server.url + `/other", method: "POST", header: {"X-A": "1"}, body: {mode: "raw", raw: "{}"}}, (err, res) => { pm.test("r", () => { pm.expect(err).to.be.null; pm.expect(res.code).to.eql(200); pm.expect(res.json().id).to.eql(7); }); });`,
		"await":           `const res = await pm.sendRequest("` + server.url + `/await"); pm.test("a", () => pm.expect(res.code).to.eql(200));`,
		"timeout":         `setTimeout(() => pm.test("t", () => pm.expect(1).to.eql(1)), 5);`,
		"request":         `pm.test("q", () => { pm.expect(pm.request.method).to.eql("GET"); pm.expect(pm.request.url.toString()).to.include("/sample"); pm.expect(pm.request.headers.get("X-Sign")).to.eql("signed"); pm.expect(pm.info.requestName).to.eql("request"); });`,
		"return":          `if (pm.response.code === 200) { pm.test("early", () => {}); return; } pm.test("late", () => { throw new Error("late"); });`,
	} {
		t.Run(name, func(t *testing.T) {
			plan := planOf(nil, scripted(name, server.url+"/sample", `pm.request.headers.upsert({key: "X-Sign", value: "signed"});`, source))
			steps, _, findings := checked(t, &pb.CheckRequest{Plan: plan})
			if len(findings) != 0 || len(steps) != 1 {
				t.Fatalf("findings %v, steps %v", findings, steps)
			}
			step := steps[0]
			if !step.Ok || len(step.Asserts) == 0 || len(step.Scripts) != 2 {
				t.Errorf("%s: %s; asserts %v, scripts %v", step.ErrorKind, step.Error, step.Asserts, step.Scripts)
			}
		})
	}
}

func TestWhatAScriptClaimsWronglyFailsTheStep(t *testing.T) {
	server := startSample(t)
	for name, c := range map[string]struct{ source, kind, text string }{
		"a test":      {`pm.test("is 8", () => pm.expect(pm.response.json().id).to.eql(8));`, "assert", "is 8"},
		"a legacy":    {`tests["never"] = false;`, "assert", "never"},
		"an error":    {`undefinedFunction();`, "script", "ReferenceError: undefinedFunction is not defined (line 1)"},
		"no end":      {`while (true) {}`, "script", "the script took longer than allowed (line 1)"},
		"recursion":   {`(function f() { f(); })();`, "script", "the script calls itself deeper than allowed (line 1)"},
		"a module":    {`require("net");`, "script", "Error: the module 'net' is not provided (line 1)"},
		"done":        {`pm.test("late", done => {});`, "assert", "late"},
		"status code": {`pm.test("code", () => pm.response.to.have.status(201));`, "assert", "code"},
	} {
		t.Run(name, func(t *testing.T) {
			step := scripted(name, server.url, "", c.source)
			step.GetRequest().After.TimeoutMs = 200
			steps, _, _ := checked(t, &pb.CheckRequest{Plan: planOf(nil, step)})
			if got := steps[0]; got.Ok || got.ErrorKind != c.kind || (c.text != "" && got.Error != c.text) {
				t.Errorf("%v %s %q", got.Ok, got.ErrorKind, got.Error)
			}
		})
	}
}

func TestAScriptChoosesTheNextRequest(t *testing.T) {
	server := startSample(t)
	plan := planOf(nil,
		scripted("first", server.url, "", `if ((pm.environment.get("n") || 0) < 2) { pm.environment.set("n", (pm.environment.get("n") || 0) + 1); postman.setNextRequest("first"); } else { pm.execution.setNextRequest("third"); }`),
		getStep("second", server.url), getStep("third", server.url),
		scripted("fourth", server.url, "", `pm.execution.setNextRequest(null);`), getStep("fifth", server.url))
	steps, _, _ := checked(t, &pb.CheckRequest{Plan: plan})
	var names []string
	for _, step := range steps {
		names = append(names, step.Name)
	}
	if got := strings.Join(names, " "); got != "first first first third fourth" {
		t.Errorf("the order was %s", got)
	}
}

func TestScriptsOfDifferentUsersDoNotMeet(t *testing.T) {
	server := startSample(t)
	plan := planOf([]*pb.Stage{users(5, 400)}, scripted("one", server.url, `
		if (pm.environment.get("mine") === undefined) { pm.environment.set("mine", pm.variables.replaceIn("{{$user}}")); }
		left = "behind";`,
		`pm.test("mine", () => { pm.expect(pm.environment.get("mine")).to.eql(pm.variables.replaceIn("{{$user}}")); pm.expect(typeof left).to.eql("undefined"); });`))
	c := startChild(t, prepareOf(plan))
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if sum := c.totals(0); sum.failed != 0 || sum.ok < 10 || sum.ok != server.hits.Load() {
		t.Errorf("counted %+v, the server saw %d", sum, server.hits.Load())
	}
}

func TestEveryVerdictIsToldByName(t *testing.T) {
	server := startSample(t)
	step := scripted("judged", server.url, `pm.test("before it", () => {});`,
		`pm.test("seven", () => pm.expect(pm.response.json().id).to.eql(7));
		 pm.test("eight", () => pm.expect(pm.response.json().id).to.eql(8));
		 tests["old"] = false;`)
	claim := func(name, path, expected string, joined bool) *pb.Assertion {
		return &pb.Assertion{Name: name, Target: pb.Target_TARGET_VALUE, Expected: expected, Joined: joined,
			Expression: &pb.Assertion_Jsonpath{Jsonpath: path}}
	}
	step.GetRequest().Assertions = []*pb.Assertion{claim("ada", "name", "ada", false),
		claim("same name", "id", "7", false), claim("same name", "name", "bob", true),
		claim("same name", "id", "7", true), claim("same name", "id", "7", false)}
	steps, summary, _ := checked(t, &pb.CheckRequest{Plan: planOf(nil, step)})
	var told []string
	for _, test := range steps[0].Tests {
		mark := "ok"
		if !test.Ok {
			mark = "not (" + test.Message + ")"
		}
		told = append(told, test.Phase+" "+test.Name+": "+mark)
	}
	want := []string{"before before it: ok", "assert ada: ok", "assert same name: not (expected bob, got ada)",
		"assert same name: ok", "after seven: ok", "after eight: not (expected 7 to deeply equal 8)",
		"after old: not (the value is false)"}
	if got := strings.Join(told, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if summary.Tests != 7 || summary.TestsFailed != 3 || steps[0].Ok {
		t.Errorf("summary %v, step %v", summary, steps[0].Ok)
	}
}
