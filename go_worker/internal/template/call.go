package template

import "strings"

// function appends its result to dst. args are the rendered arguments; false: they make no sense, and
// the reference is sent literally.
type function func(dst []byte, c Context, args []string) (result []byte, ok bool)

// call is one `{{$function args}}`.
type call struct {
	literal string
	name    string
	run     function
	args    []argument
	fixed   []string // the arguments when none of them is a variable
}

type argument struct {
	text     string
	variable Variable // of @name
	isName   bool
}

// compileCall gives nil for a function that does not exist.
func compileCall(text string, names *Names) *call {
	words := splitWords(text)
	run := lookup(words[0].text)
	if run == nil {
		return nil
	}
	made := &call{literal: "{{" + text + "}}", name: words[0].text, run: run}
	fixed := true
	for _, word := range words[1:] {
		a := argument{text: word.text}
		if !word.quoted && len(word.text) > 1 && word.text[0] == '@' {
			a = argument{isName: true, variable: Variable{word.text[1:], names.Slot(word.text[1:])}}
			fixed = false
		}
		made.args = append(made.args, a)
	}
	if fixed {
		made.fixed = make([]string, len(made.args))
		for i, a := range made.args {
			made.fixed[i] = a.text
		}
	}
	return made
}

func (k *call) variables() []string {
	var found []string
	for _, a := range k.args {
		if a.isName {
			found = append(found, a.variable.Name)
		}
	}
	return found
}

func (k *call) append(dst []byte, c Context, depth int) []byte {
	args := k.fixed
	if args == nil {
		args = make([]string, len(k.args))
		for i, a := range k.args {
			if !a.isName {
				args[i] = a.text
				continue
			}
			value, known := c.AppendVariable(nil, a.variable, min(depth+1, MaxDepth))
			if !known {
				c.Unresolved(a.variable.Name)
			}
			args[i] = string(value)
		}
	}
	before := len(dst)
	result, ok := k.run(dst, c, args)
	if ok {
		return result
	}
	c.Unresolved(k.name)
	return append(dst[:before], k.literal...)
}

type word struct {
	text   string
	quoted bool
}

// splitWords splits at spaces and commas outside quotes; the first word is the function's name.
func splitWords(text string) []word {
	var words []word
	for {
		text = strings.TrimLeft(text, " \t\n\r,")
		if text == "" {
			return words
		}
		if len(words) > 0 && (text[0] == '"' || text[0] == '\'') {
			if end := strings.IndexByte(text[1:], text[0]); end >= 0 {
				words = append(words, word{text[1 : 1+end], true})
				text = text[end+2:]
				continue
			}
		}
		end := strings.IndexAny(text, " \t\n\r,")
		if end < 0 {
			end = len(text)
		}
		words = append(words, word{text[:end], false})
		text = text[end:]
	}
}
