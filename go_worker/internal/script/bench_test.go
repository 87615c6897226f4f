package script

import "testing"

// A runtime is made for each script that runs at once with others; libraries must not make it dearer.
func BenchmarkANewRuntime(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkScript(b *testing.B, source string) {
	script, err := Compile("script", source, 0)
	if err != nil {
		b.Fatal(err)
	}
	runtime, err := New()
	if err != nil {
		b.Fatal(err)
	}
	host := newPlainHost()
	b.ReportAllocs()
	for b.Loop() {
		if result := runtime.Run(script, host, nil, nil, map[string]any{}); result.Err != nil {
			b.Fatal(result.Err)
		}
	}
}

func BenchmarkAnEmptyScript(b *testing.B) { benchmarkScript(b, ``) }

func BenchmarkAScriptWithMoment(b *testing.B) {
	benchmarkScript(b, `pm.environment.set("t", require("moment")().add(1, "day").format("YYYY-MM-DD HH:mm"))`)
}

func BenchmarkAScriptWithLodash(b *testing.B) {
	benchmarkScript(b, `pm.environment.set("t", _.get({ a: [{ b: 1 }] }, "a[0].b"))`)
}

// The first script of a runtime that asks for a library loads it.
func BenchmarkTheFirstUseOfLibraries(b *testing.B) {
	for _, source := range []string{"_", "moment", "CryptoJS", "cheerio", "Buffer"} {
		b.Run(source, func(b *testing.B) {
			script, err := Compile("script", source, 0)
			if err != nil {
				b.Fatal(err)
			}
			host := newPlainHost()
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				runtime, err := New()
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if result := runtime.Run(script, host, nil, nil, map[string]any{}); result.Err != nil {
					b.Fatal(result.Err)
				}
			}
		})
	}
}
