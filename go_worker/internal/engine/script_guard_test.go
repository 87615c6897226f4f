package engine

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"hazard/internal/pb"
)

// hung is far beyond any limit, also on a machine that does much else.
const hung = time.Minute

// Every script in here ends by itself within its limit, says where it was, and leaves the engine able to
// run the next one.
func TestScriptsThatTakeTooMuchAreEnded(t *testing.T) {
	server := startSample(t)
	for name, c := range map[string]struct{ source, text string }{
		"an endless loop":              {"var a = 1;\nwhile (true) { a++; }", "longer than allowed (line 2)"},
		"an endless loop in a test":    {"var n = 0;\npm.test('x', () => {\n  for (;;) { n++; }\n});", "longer than allowed (line 3)"},
		"an endless loop in a catch":   {"while (true) { try { while (true) {} } catch (e) {} }", "longer than allowed (line 1)"},
		"an endless promise":           {"const again = () => Promise.resolve().then(again);\nagain();", "longer than allowed"},
		"timers without end":           {"const again = () => { setTimeout(again, 0); };\nagain();", "longer than allowed"},
		"a text that doubles":          {"var s = 'x';\nwhile (true) {\n  s += s;\n}", "allowed (line 3)"},
		"a text of 1 GB":               {"\n\nvar s = 'x'.repeat(1 << 30);", "Invalid string length (line 3)"},
		"a padded text of 1 GB":        {"var s = 'x'.padEnd(1 << 30);", "Invalid string length (line 1)"},
		"a text joined to 1 GB":        {"var s = new Array(1 << 30).join('x');", "(line 1)"},
		"a list that grows":            {"var a = [];\nfor (;;) { a.push({ n: [1, 2, 3] }); }", "allowed (line 2)"},
		"a list filled to 1 G":         {"var a = new Array(1 << 30).fill(0);", "(line 1)"},
		"a list made of 1 G":           {"var a = Array.from({ length: 1 << 30 });", "(line 1)"},
		"bytes of 1 GB":                {"var a = new Uint8Array(1 << 30);", "(line 1)"},
		"a date of 50 MB":              {"require('moment')().format('LLLL'.repeat(1 << 20));", "Invalid format length (line 1)"},
		"a word array of 1 GB":         {"CryptoJS.lib.WordArray.create([], 1 << 30).toString();", "a word array of 1073741824 bytes (line 1)"},
		"a range of 1 G":               {"_.range(1e9);", "Invalid array length (line 1)"},
		"a buffer of 1 GB":             {"Buffer.alloc(1 << 30);", "(line 1)"},
		"a key stretched for ever":     {"CryptoJS.PBKDF2('a', 'b', { iterations: 1e9 });", "PBKDF2 takes 1 to"},
		"recursion":                    {"function f(n) {\n  return f(n + 1) + 1;\n}\nf(0);", "(line 2)"},
		"recursion through a callback": {"function f() {\n  [1].forEach(f);\n}\nf();", "(line 2)"},
		"recursion through toJSON":     {"const o = { toJSON() { return JSON.stringify(o); } };\nJSON.stringify(o);", "(line 1)"},
		"a deep document":              {"JSON.parse('['.repeat(1e6));", "(line 1)"},
		"a slow expression":            {"/(?=a)(a+)+$/.test('a'.repeat(60) + 'b');\nwhile (true) {}", "longer than allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := scripted("bad", server.url, "", c.source)
			bad.GetRequest().After.TimeoutMs = 300
			good := scripted("good", server.url, "", `pm.test("fine", () => pm.expect(pm.response.json().id).to.eql(7));`)
			began := time.Now()
			steps, summary, _ := checked(t, &pb.CheckRequest{Plan: planOf(nil, bad, good)})
			if took := time.Since(began); took > hung {
				t.Errorf("it took %s", took)
			}
			if got := steps[0]; got.Ok || got.ErrorKind != "script" || !strings.Contains(got.Error, c.text) {
				t.Errorf("%v %s %q", got.Ok, got.ErrorKind, got.Error)
			}
			if len(steps) != 2 || !steps[1].Ok || summary.Failed != 1 {
				t.Errorf("the next script did not run: %v", summary)
			}
		})
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	if memory.HeapAlloc > 256<<20 {
		t.Errorf("%d MiB are still in use", memory.HeapAlloc>>20)
	}
}
