package moment

import "strings"

// tokenNames are the tokens by their first character, the longest first.
var tokenNames = byFirst(`Hmmss Hmm hmmss hmm Mo MMMM MMM MM M Do DDDo DDDD DDD DD D dddd ddd dd d do e E wo ww w
	Wo WW W Qo Q NNNNN NNNN NNN NN N YYYYYY YYYYY YYYY YY Y yyyy yyy yy yo y ggggg gggg gg GGGGG GGGG GG
	a A hh h HH H kk k mm m ss s SSSSSSSSS SSSSSSSS SSSSSSS SSSSSS SSSSS SSSS SSS SS S x X zz z ZZ Z
	LTS LT LLLL LLL LL L llll lll ll l`)

func byFirst(names string) map[byte][]string {
	made := map[byte][]string{}
	for _, name := range strings.Fields(names) {
		made[name[0]] = append(made[name[0]], name)
	}
	for _, list := range made {
		for i := range list { // a short list: the longest comes first
			for j := i; j > 0 && len(list[j]) > len(list[j-1]); j-- {
				list[j], list[j-1] = list[j-1], list[j]
			}
		}
	}
	return made
}

// token is a part of a format: the name of one, or text that stands for itself.
type token struct {
	text  string
	plain bool
}

// maxExpansion bounds the replacing of formats that stand for others.
const maxExpansion = 5

// tokensOf cuts a format. Text in brackets, after a backslash or without a meaning is plain.
func tokensOf(format string) []token { return cutFormat(nil, format, 0) }

func cutFormat(list []token, format string, depth int) []token {
	for len(format) > 0 {
		if inside, length := bracketed(format); length > 0 {
			list = append(list, token{inside, true})
			format = format[length:]
			continue
		}
		escaped := format[0] == '\\' && len(format) > 1
		if escaped {
			format = format[1:]
		}
		name := tokenAt(format)
		switch {
		case escaped && name != "":
			list = append(list, token{name, true})
			format = format[len(name):]
		case name != "" && longFormats[name] != "" && depth < maxExpansion:
			list = cutFormat(list, longFormats[name], depth+1)
			format = format[len(name):]
		case name != "":
			list = append(list, token{name, false})
			format = format[len(name):]
		default:
			length := 1
			for length < len(format) && format[length]&0xC0 == 0x80 { // the rest of a character
				length++
			}
			list = append(list, token{format[:length], true})
			format = format[length:]
		}
	}
	return list
}

// bracketed is what stands in brackets at the beginning: up to the last that closes before the next opens.
func bracketed(format string) (inside string, length int) {
	if format[0] != '[' {
		return "", 0
	}
	end := len(format)
	if next := strings.IndexByte(format[1:], '['); next >= 0 {
		end = next + 1
	}
	last := strings.LastIndexByte(format[:end], ']')
	if last < 1 {
		return "", 0
	}
	return format[1:last], last + 1
}

func tokenAt(format string) string {
	for _, name := range tokenNames[format[0]] {
		if strings.HasPrefix(format, name) {
			return name
		}
	}
	return ""
}
