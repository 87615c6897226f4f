package template

import (
	"math/rand/v2"
	"strings"
	"time"
)

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }

func wordVariables() map[string]variable {
	return map[string]variable{
		"$randomLoremWord":       from(loremWords),
		"$randomLoremWords":      text(func(r *rand.Rand) string { return someWords(r, 3, " ") }),
		"$randomLoremSentence":   text(loremSentence),
		"$randomLoremSlug":       text(func(r *rand.Rand) string { return someWords(r, 3, "-") }),
		"$randomLoremSentences":  text(func(r *rand.Rand) string { return several(r, 2+r.IntN(5), " ", loremSentence) }),
		"$randomLoremParagraph":  text(loremParagraph),
		"$randomLoremParagraphs": text(func(r *rand.Rand) string { return several(r, 3, "\n \r", loremParagraph) }),
		"$randomLoremText":       text(loremText),
		"$randomLoremLines":      text(func(r *rand.Rand) string { return several(r, 1+r.IntN(5), "\n", loremSentence) }),
		"$randomWord":            from(plainWords),
		"$randomWords":           text(func(r *rand.Rand) string { return several(r, 2+r.IntN(3), " ", plainWord) }),
		"$randomNoun":            from(nouns),
		"$randomVerb":            from(verbs),
		"$randomIngverb":         from(ingVerbs),
		"$randomAdjective":       from(adjectives),
		"$randomPhrase":          text(randomPhrase),
	}
}

func several(r *rand.Rand, n int, separator string, build func(*rand.Rand) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = build(r)
	}
	return strings.Join(parts, separator)
}

func plainWord(r *rand.Rand) string { return pick(r, plainWords) }

func someWords(r *rand.Rand, n int, separator string) string {
	return several(r, n, separator, func(r *rand.Rand) string { return pick(r, loremWords) })
}

func loremSentence(r *rand.Rand) string {
	sentence := someWords(r, 3+r.IntN(8), " ")
	return strings.ToUpper(sentence[:1]) + sentence[1:] + "."
}

func loremParagraph(r *rand.Rand) string { return several(r, 3+r.IntN(4), " ", loremSentence) }

func loremText(r *rand.Rand) string {
	switch r.IntN(4) {
	case 0:
		return someWords(r, 3, " ")
	case 1:
		return loremSentence(r)
	case 2:
		return loremParagraph(r)
	}
	return several(r, 2, "\n", loremSentence)
}

func randomPhrase(r *rand.Rand) string {
	return "We need to " + pick(r, verbs) + " the " + pick(r, adjectives) + " " + pick(r, abbreviations) +
		" " + pick(r, nouns) + "!"
}
