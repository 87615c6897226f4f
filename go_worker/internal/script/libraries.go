package script

import (
	"embed"
	"fmt"
	"sync"

	"github.com/grafana/sobek"
)

// moduleFiles are the libraries that scripts of Postman find, one function each.
//
//go:embed modules
var moduleFiles embed.FS

// modules are compiled once for all runtimes, each when a script first asks for it.
var modules struct {
	sync.Mutex
	compiled map[string]*sobek.Program
}

// module is the compiled library of this name; it is part of the program.
func module(name string) (*sobek.Program, error) {
	modules.Lock()
	defer modules.Unlock()
	if made := modules.compiled[name]; made != nil {
		return made, nil
	}
	source, err := moduleFiles.ReadFile("modules/" + name + ".js")
	if err != nil {
		return nil, fmt.Errorf("there is no library %q", name)
	}
	made, err := compile(name, string(source))
	if err != nil {
		return nil, err
	}
	if modules.compiled == nil {
		modules.compiled = map[string]*sobek.Program{}
	}
	modules.compiled[name] = made
	return made, nil
}

// library is the function that makes a library in this runtime.
func (r *Runtime) library(name string) sobek.Value {
	program, err := module(name)
	if err != nil {
		panic(r.vm.NewGoError(err))
	}
	value, err := r.vm.RunProgram(program)
	if err != nil {
		panic(err)
	}
	return value
}

// native are the functions of the engine that only one library calls.
func (r *Runtime) native(name string) sobek.Value {
	o := r.vm.NewObject()
	functions := map[string]func() map[string]any{
		"moment": r.dateFunctions, "moment-duration": r.lengthFunctions, "crypto-js": r.cryptoFunctions,
		"cheerio": r.pageFunctions, "xml2js": r.xmlFunctions, "cookies": r.jarFunctions,
	}
	if made := functions[name]; made != nil {
		for name, f := range made() {
			r.set(o, name, f)
		}
	}
	return o
}
