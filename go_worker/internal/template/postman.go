package template

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// variable is a dynamic variable of Postman: no arguments, always a result.
type variable func(dst []byte, c Context) []byte

// postman holds the dynamic variables that the Postman runtime knows, 118 of them.
func postman() map[string]variable {
	all := map[string]variable{}
	for _, group := range []map[string]variable{
		commonVariables(), internetVariables(), personVariables(), placeVariables(), imageVariables(),
		financeVariables(), businessVariables(), dateVariables(), fileVariables(), wordVariables(),
	} {
		for name, v := range group {
			all[name] = v
		}
	}
	return all
}

// from picks a word of a list.
func from(words []string) variable {
	return func(dst []byte, c Context) []byte { return append(dst, pick(c.Random(), words)...) }
}

// text makes a variable of a function that builds a string.
func text(build func(*rand.Rand) string) variable {
	return func(dst []byte, c Context) []byte { return append(dst, build(c.Random())...) }
}

func pick(random *rand.Rand, words []string) string { return words[random.IntN(len(words))] }

func letters(random *rand.Rand, n int, alphabet string) string {
	made := make([]byte, n)
	for i := range made {
		made[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(made)
}

const (
	digits      = "0123456789"
	hexDigits   = "0123456789abcdef"
	upperCase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	mixedCase   = digits + "abcdefghijklmnopqrstuvwxyz" + upperCase
	base58      = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	maximumInt  = 1000 // $randomInt is 0..1000
	passwordLen = 15
)

// commonVariables: plain values, text, numbers, colours.
func commonVariables() map[string]variable {
	uuid := func(dst []byte, c Context) []byte { return appendRandomUUID(dst, c.Random()) }
	return map[string]variable{
		"$guid":       uuid,
		"$randomUUID": uuid,
		"$timestamp": func(dst []byte, c Context) []byte {
			return strconv.AppendInt(dst, c.Now().Unix(), 10)
		},
		"$isoTimestamp": func(dst []byte, c Context) []byte {
			return c.Now().UTC().AppendFormat(dst, isoMillis)
		},
		"$randomAlphaNumeric": text(func(r *rand.Rand) string { return letters(r, 1, alphanumeric) }),
		"$randomBoolean":      text(func(r *rand.Rand) string { return strconv.FormatBool(r.IntN(2) == 0) }),
		"$randomInt":          text(func(r *rand.Rand) string { return strconv.Itoa(r.IntN(maximumInt + 1)) }),
		"$randomColor":        from(colours),
		"$randomHexColor":     text(func(r *rand.Rand) string { return "#" + letters(r, 6, hexDigits) }),
		"$randomAbbreviation": from(abbreviations),
	}
}

func internetVariables() map[string]variable {
	return map[string]variable{
		"$randomIP":           text(randomIP),
		"$randomIPV6":         text(randomIPv6),
		"$randomMACAddress":   text(randomMAC),
		"$randomPassword":     text(func(r *rand.Rand) string { return letters(r, passwordLen, mixedCase) }),
		"$randomLocale":       from(locales),
		"$randomUserAgent":    from(userAgents),
		"$randomProtocol":     from([]string{"http", "https"}),
		"$randomSemver":       text(randomVersion),
		"$randomEmail":        text(randomEmail),
		"$randomExampleEmail": text(randomExampleEmail),
		"$randomUserName":     text(randomUserName),
		"$randomUrl":          text(func(r *rand.Rand) string { return "https://" + randomDomain(r) }),
		"$randomDomainName":   text(randomDomain),
		"$randomDomainSuffix": from(domainSuffixes),
		"$randomDomainWord":   text(randomDomainWord),
	}
}

func randomIP(r *rand.Rand) string {
	return fmt.Sprintf("%d.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256))
}

func randomIPv6(r *rand.Rand) string {
	parts := make([]string, 8)
	for i := range parts {
		parts[i] = letters(r, 4, hexDigits)
	}
	return strings.Join(parts, ":")
}

func randomMAC(r *rand.Rand) string {
	parts := make([]string, 6)
	for i := range parts {
		parts[i] = letters(r, 2, hexDigits)
	}
	return strings.Join(parts, ":")
}

func randomVersion(r *rand.Rand) string {
	return fmt.Sprintf("%d.%d.%d", r.IntN(10), r.IntN(10), r.IntN(10))
}

func randomUserName(r *rand.Rand) string {
	switch r.IntN(3) {
	case 0:
		return pick(r, firstNames) + strconv.Itoa(r.IntN(100))
	case 1:
		return pick(r, firstNames) + pick(r, []string{".", "_"}) + pick(r, lastNames)
	}
	return pick(r, firstNames) + pick(r, []string{".", "_"}) + pick(r, lastNames) + strconv.Itoa(r.IntN(100))
}

func randomEmail(r *rand.Rand) string { return randomUserName(r) + "@" + pick(r, mailHosts) }

func randomExampleEmail(r *rand.Rand) string {
	return randomUserName(r) + "@example." + pick(r, []string{"com", "net", "org"})
}

func randomDomainWord(r *rand.Rand) string { return strings.ToLower(pick(r, firstNames)) }

func randomDomain(r *rand.Rand) string { return randomDomainWord(r) + "." + pick(r, domainSuffixes) }

func personVariables() map[string]variable {
	return map[string]variable{
		"$randomFirstName":     from(firstNames),
		"$randomLastName":      from(lastNames),
		"$randomFullName":      text(randomFullName),
		"$randomNamePrefix":    from(namePrefixes),
		"$randomNameSuffix":    from(nameSuffixes),
		"$randomJobArea":       from(jobAreas),
		"$randomJobDescriptor": from(jobDescriptors),
		"$randomJobTitle":      text(randomJobTitle),
		"$randomJobType":       from(jobTypes),
	}
}

func randomFullName(r *rand.Rand) string { return pick(r, firstNames) + " " + pick(r, lastNames) }

func randomJobTitle(r *rand.Rand) string {
	return pick(r, jobDescriptors) + " " + pick(r, jobAreas) + " " + pick(r, jobTypes)
}

func placeVariables() map[string]variable {
	return map[string]variable{
		"$randomPhoneNumber":    text(randomPhone),
		"$randomPhoneNumberExt": text(func(r *rand.Rand) string { return strconv.Itoa(1+r.IntN(99)) + "-" + randomPhone(r) }),
		"$randomCity":           from(cities),
		"$randomStreetName":     text(randomStreet),
		"$randomStreetAddress":  text(func(r *rand.Rand) string { return strconv.Itoa(1+r.IntN(99999)) + " " + randomStreet(r) }),
		"$randomCountry":        from(countries),
		"$randomCountryCode":    from(countryCodes),
		"$randomLatitude":       text(func(r *rand.Rand) string { return coordinate(r, 90) }),
		"$randomLongitude":      text(func(r *rand.Rand) string { return coordinate(r, 180) }),
	}
}

func randomPhone(r *rand.Rand) string {
	return letters(r, 3, digits) + "-" + letters(r, 3, digits) + "-" + letters(r, 4, digits)
}

func randomStreet(r *rand.Rand) string { return pick(r, lastNames) + " " + pick(r, streetSuffixes) }

func coordinate(r *rand.Rand, limit float64) string {
	return strconv.FormatFloat((r.Float64()*2-1)*limit, 'f', 4, 64)
}

// imageHost is a reserved name (RFC 2606): a plan that really requests it reaches nobody.
const imageHost = "http://images.example.com"

func imageVariables() map[string]variable {
	all := map[string]variable{
		"$randomAvatarImage": text(func(r *rand.Rand) string {
			return imageHost + "/avatars/" + letters(r, 8, hexDigits) + ".jpg"
		}),
		"$randomImageUrl": from([]string{imageHost + "/640/480"}),
		"$randomImageDataUri": from([]string{"data:image/svg+xml;charset=UTF-8,%3Csvg%20xmlns%3D%22http%3A%2F%2F" +
			"www.w3.org%2F2000%2Fsvg%22%20width%3D%22640%22%20height%3D%22480%22%2F%3E"}),
	}
	for _, kind := range []string{"Abstract", "Animals", "Business", "Cats", "City", "Food", "Nightlife",
		"Fashion", "People", "Nature", "Sports", "Transport"} {
		all["$random"+kind+"Image"] = from([]string{imageHost + "/640/480/" + strings.ToLower(kind)})
	}
	return all
}
