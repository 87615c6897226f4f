package template

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

func financeVariables() map[string]variable {
	return map[string]variable{
		"$randomBankAccount":     text(func(r *rand.Rand) string { return letters(r, 8, digits) }),
		"$randomBankAccountName": from(accountNames),
		"$randomCreditCardMask":  text(func(r *rand.Rand) string { return letters(r, 4, digits) }),
		"$randomBankAccountBic":  text(randomBIC),
		"$randomBankAccountIban": text(randomIBAN),
		"$randomTransactionType": from(transactionTypes),
		"$randomCurrencyCode":    from(currencyCodes),
		"$randomCurrencyName":    from(currencyNames),
		"$randomCurrencySymbol":  from(currencySymbols),
		"$randomBitcoin":         text(func(r *rand.Rand) string { return pick(r, []string{"1", "3"}) + letters(r, 33, base58) }),
		"$randomPrice":           text(func(r *rand.Rand) string { return fmt.Sprintf("%.2f", r.Float64()*1000) }),
	}
}

func randomBIC(r *rand.Rand) string {
	return letters(r, 4, upperCase) + pick(r, ibanCountries) + letters(r, 2, upperCase+digits)
}

// randomIBAN has right check digits (ISO 13616): the number modulo 97 is 1.
func randomIBAN(r *rand.Rand) string {
	country, account := pick(r, ibanCountries), letters(r, 18, digits)
	remainder := 0
	for _, c := range account + country + "00" {
		if c >= 'A' {
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		} else {
			remainder = (remainder*10 + int(c-'0')) % 97
		}
	}
	return fmt.Sprintf("%s%02d%s", country, 98-remainder, account)
}

func businessVariables() map[string]variable {
	return map[string]variable{
		"$randomCompanyName":           text(randomCompany),
		"$randomCompanySuffix":         from(companySuffixes),
		"$randomBs":                    text(randomBs),
		"$randomBsAdjective":           from(bsAdjectives),
		"$randomBsBuzz":                from(bsBuzzes),
		"$randomBsNoun":                from(bsNouns),
		"$randomCatchPhrase":           text(randomCatchPhrase),
		"$randomCatchPhraseAdjective":  from(catchAdjectives),
		"$randomCatchPhraseDescriptor": from(catchDescriptors),
		"$randomCatchPhraseNoun":       from(catchNouns),
		"$randomDepartment":            from(departments),
		"$randomProduct":               from(products),
		"$randomProductName":           text(randomProductName),
		"$randomProductAdjective":      from(productAdjectives),
		"$randomProductMaterial":       from(productMaterials),
		"$randomDatabaseColumn":        from(databaseColumns),
		"$randomDatabaseType":          from(databaseTypes),
		"$randomDatabaseCollation":     from(databaseCollations),
		"$randomDatabaseEngine":        from(databaseEngines),
	}
}

func randomCompany(r *rand.Rand) string {
	switch r.IntN(3) {
	case 0:
		return pick(r, lastNames) + " " + pick(r, companySuffixes)
	case 1:
		return pick(r, lastNames) + " - " + pick(r, lastNames)
	}
	return pick(r, lastNames) + ", " + pick(r, lastNames) + " and " + pick(r, lastNames)
}

func randomBs(r *rand.Rand) string {
	return pick(r, bsBuzzes) + " " + pick(r, bsAdjectives) + " " + pick(r, bsNouns)
}

func randomCatchPhrase(r *rand.Rand) string {
	return pick(r, catchAdjectives) + " " + pick(r, catchDescriptors) + " " + pick(r, catchNouns)
}

func randomProductName(r *rand.Rand) string {
	return pick(r, productAdjectives) + " " + pick(r, productMaterials) + " " + pick(r, products)
}

// dateLayout is how JavaScript prints a date, in UTC: "Tue Mar 17 2020 13:11:50 GMT+0000".
const dateLayout = "Mon Jan 02 2006 15:04:05 GMT+0000"

const secondsPerDay = 24 * 60 * 60

// dateWithin is a moment between from and to days from now.
func dateWithin(from, to int) variable {
	return func(dst []byte, c Context) []byte {
		seconds := c.Random().IntN((to-from)*secondsPerDay-1) + 1 + from*secondsPerDay
		at := c.Now().UTC().AddDate(0, 0, seconds/secondsPerDay)
		return at.Add(secondsOf(seconds%secondsPerDay)).AppendFormat(dst, dateLayout)
	}
}

func dateVariables() map[string]variable {
	return map[string]variable{
		"$randomDateFuture": dateWithin(0, 365),
		"$randomDatePast":   dateWithin(-365, 0),
		"$randomDateRecent": dateWithin(-1, 0),
		"$randomWeekday":    from(weekdays),
		"$randomMonth":      from(months),
	}
}

func fileVariables() map[string]variable {
	return map[string]variable{
		"$randomFileName":       text(func(r *rand.Rand) string { return randomStem(r) + "." + pick(r, fileExtensions) }),
		"$randomFileType":       from(fileKinds),
		"$randomFileExt":        from(fileExtensions),
		"$randomCommonFileName": text(func(r *rand.Rand) string { return randomStem(r) + "." + pick(r, commonExtensions) }),
		"$randomCommonFileType": from(commonFileKinds),
		"$randomCommonFileExt":  from(commonExtensions),
		"$randomFilePath": text(func(r *rand.Rand) string {
			return pick(r, directories) + "/" + randomStem(r) + "." + pick(r, fileExtensions)
		}),
		"$randomDirectoryPath": from(directories),
		"$randomMimeType":      from(mimeTypes),
	}
}

func randomStem(r *rand.Rand) string {
	return pick(r, loremWords) + "_" + pick(r, loremWords) + "_" + strconv.Itoa(r.IntN(1000))
}
