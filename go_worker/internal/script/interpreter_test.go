package script

import (
	"strings"
	"testing"
)

// value is what an expression of a script gives as text, and how the script ended.
func value(t *testing.T, runtime *Runtime, expression string) (text string, err error) {
	t.Helper()
	script, err := Compile("script", "pm.globals.set('value', String("+expression+"))", 0)
	if err != nil {
		t.Fatal(err)
	}
	host := newPlainHost()
	result := runtime.Run(script, host, nil, nil, map[string]any{})
	return host.values["value"], result.Err
}

func newRuntime(t *testing.T) *Runtime {
	t.Helper()
	made, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestArrowFunctionsSeeTheArgumentsAroundThem(t *testing.T) {
	runtime := newRuntime(t)
	for expression, want := range map[string]string{
		"(function () { return [1].map(() => arguments[0]); })(7, 2)":                "7",
		"(function () { 'use strict'; return (() => arguments.length)(); })(7, 2)":   "2",
		"(function (a) { return [1].map(() => arguments[0] + a); })(7)":              "14",
		"(x => function () { return [x].map(y => arguments[0] + y); })(1)(5)":        "6",
		"({ m() { return (() => arguments[0])(); } }).m(3)":                          "3",
		"new (class { constructor() { this.n = (() => arguments[0])(); } })(4).n":    "4",
		"(function () { return [1].map(function () { return arguments[0]; }); })(7)": "1",
	} {
		if got, err := value(t, runtime, expression); got != want || err != nil {
			t.Errorf("%s is %s, want %s: %v", expression, got, want, err)
		}
	}
}

func TestListsAndBytesKnowWhatTheyAre(t *testing.T) {
	runtime := newRuntime(t)
	for expression, want := range map[string]string{
		"[] instanceof Array":                                                     "true",
		"({}) instanceof Array":                                                   "false",
		"new Uint8Array(1) instanceof Uint8Array":                                 "true",
		"(() => { class A extends Array {} return [1] instanceof A; })()":         "false",
		"(() => { class A extends Array {} return new A() instanceof A; })()":     "true",
		"(() => { class A extends Array {} return new A() instanceof Array; })()": "true",
	} {
		if got, err := value(t, runtime, expression); got != want || err != nil {
			t.Errorf("%s is %s, want %s: %v", expression, got, want, err)
		}
	}
}

func TestAFailureOfTheInterpreterEndsOnlyItsScript(t *testing.T) {
	runtime := newRuntime(t)
	// A defect of the interpreter that only texts which are evaluated can still reach.
	_, err := value(t, runtime, "eval('(function () { return (() => arguments.length)(); })(1)')")
	if err == nil {
		t.Skip("the interpreter has no such defect any more")
	}
	if !strings.Contains(err.Error(), "the interpreter failed") || !runtime.Broken() {
		t.Errorf("it ended with %v, broken %v", err, runtime.Broken())
	}
}

// What a script does to a library is gone when the next script runs, which may be another user's.
func TestLibrariesAreNotSharedBetweenScripts(t *testing.T) {
	runtime := newRuntime(t)
	for _, change := range []string{
		"_.mine = 1", "_.map = 1", "_.prototype.mine = 1", "CryptoJS.mine = 1", "CryptoJS.enc.Mine = 1", "CryptoJS.MD5 = 1",
		"require('moment').mine = 1", "require('moment').fn.mine = 1", "require('moment').prototype.mine = 1",
		"_.mixin({ mine: () => 1 })", "require('lodash').mine = 1", "Buffer.mine = 1", "cheerio.mine = 1", "(Array.prototype.mine = 1)",
	} {
		if _, err := value(t, runtime, change); err != nil {
			t.Errorf("%s: %v", change, err)
		}
	}
	for _, look := range []string{
		"_.mine", "_([]).mine", "CryptoJS.mine", "CryptoJS.enc.Mine", "require('moment').mine", "require('moment')().mine",
		"require('moment').prototype.mine", "require('lodash').mine", "Buffer.mine", "cheerio.mine",
	} {
		if got, err := value(t, runtime, look); got != "undefined" || err != nil {
			t.Errorf("%s is %s: %v", look, got, err)
		}
	}
	if got, _ := value(t, runtime, "_.map([1], x => x + 1) + CryptoJS.MD5('').toString().slice(0, 4)"); got != "2d41d" {
		t.Errorf("a library changed for good: %s", got)
	}
}

func TestMoreTestsThanAreCountedAreAFailure(t *testing.T) {
	script, err := Compile("many", "for (let i = 0; i < 10001; i++) pm.test('t', () => {});", 0)
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := New()
	if err != nil {
		t.Fatal(err)
	}
	result := runtime.Run(script, newPlainHost(), nil, nil, map[string]any{})
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	last := result.Tests[len(result.Tests)-1]
	if len(result.Tests) != 10_001 || last.OK || !strings.Contains(last.Error, "10001 tests") {
		t.Errorf("%d tests, the last %+v", len(result.Tests), last)
	}
}
