"""Names that scripts take for granted beside `pm`: which of them the engine provides."""

from __future__ import annotations

import re

PROVIDED: dict[str, str] = {
    "_": "lodash 3, and what lodash 4 has beside it",
    "ajv": "JSON Schema",
    "Ajv": "JSON Schema",
    "assert": "claims that throw",
    "atob": "Base64",
    "btoa": "Base64",
    "buffer": "bytes",
    "Buffer": "bytes",
    "chai": "expect",
    "cheerio": "HTML, read only",
    "crypto-js": "all but Rabbit, x64 and the mode CTRGladman",
    "CryptoJS": "all but Rabbit, x64 and the mode CTRGladman",
    "csv-parse/lib/sync": "rows of a text",
    "lodash": "lodash 4",
    "moment": "dates and durations in English",
    "path": "names of files",
    "querystring": "pairs of a query",
    "tv4": "JSON Schema",
    "url": "parts of addresses",
    "util": "format, promisify and questions about types",
    "uuid": "random identifiers",
    "xml2js": "XML as an object",
    "xml2Json": "XML as an object",
}
"""Module or global -> what of it there is."""

REFUSED: dict[str, str] = {
    "csv-parse/sync": "csv-parse",
    "postman-collection": "postman-collection",
    "backbone": "backbone",
    "faker": "faker",
    "pm.vault": "the vault of Postman",
    "pm.visualizer": "the visualizer of Postman",
}
"""Module or global that scripts of Postman use and the engine does not have -> its name."""

LODASH_MISSING = frozenset(["debounce", "throttle", "runInContext", "noConflict"])
"""Functions of lodash 3 and 4 that the engine does not have."""

_LODASH_CALL = re.compile(r"(?<![\w$.'\"])_\.(\w+)\s*\(")
CRYPTO_MISSING = re.compile(
    r"\bCryptoJS\.(?:algo\.)?"
    r"(Rabbit\w*|x64|mode\.CTRGladman)\b"
)
"""What of CryptoJS the engine does not have."""

MOMENT_MISSING = re.compile(
    r"(?<![\w$.'\"])moment\.(updateLocale|defineLocale|tz|calendarFormat|updateOffset|"
    r"relativeTime(?:Threshold|Rounding))\b|"
    r"\bmoment\b[^;\n]*\.(parsingFlags|isDSTShifted|era(?:Name|Narrow|Abbr)|zone|"
    r"(?:isoW|w)eekYear(?=\(\s*[^\s)]))\b"
)
"""What of moment the engine does not have."""

CHEERIO_MISSING = re.compile(
    r"\)\s*\.(removeAttr|addClass|removeClass|toggleClass|nextUntil|prevUntil|append|appendTo|prepend|"
    r"prependTo|wrap|after|insertAfter|before|insertBefore|replaceWith|css|serialize|serializeArray)"
    r"\s*\(|\b(xmlMode)\s*:"
)
"""What of cheerio the engine does not have; looked for where cheerio is named."""

UTIL_MISSING = re.compile(
    r"\b(util\.(?:inspect|log|debuglog|types)|xml2js\.Builder|"
    r"chai\.(?:assert|should))\b"
)
"""What of util, xml2js and chai the engine does not have."""

_REQUIRE = re.compile(r"""\b(?:pm\.)?require\s*\(\s*(['"`])([^'"`]+)\1""")
_GLOBALS = re.compile(r"(?<![\w$.'\"])(pm\.vault\b|pm\.visualizer\b)")
_COMMENTS = re.compile(r"//[^\n]*|/\*[\s\S]*?\*/")


def missing_libraries(source: str) -> tuple[str, ...]:
    """Modules and globals that the script needs and the engine does not have, in order."""
    code = _COMMENTS.sub("", source)
    named = (match.group(2) for match in _REQUIRE.finditer(code))
    wanted = [re.sub(r"^npm:|(?<=.)@[^@/]*$", "", name) for name in named]
    refused = [REFUSED.get(name, name) for name in wanted if name not in PROVIDED]
    refused += [
        REFUSED[match.group(1)]
        for match in _GLOBALS.finditer(code)
        if not re.search(rf"(?:var|let|const|function)\s+{re.escape(match.group(1))}\b", code)
    ]
    refused += [f"lodash's {name}" for name in _LODASH_CALL.findall(code) if name in LODASH_MISSING]
    refused += [f"CryptoJS.{name}" for name in CRYPTO_MISSING.findall(code)]
    refused += UTIL_MISSING.findall(code)
    if "cheerio" in code:
        refused += [f"cheerio's {a or b}" for a, b in CHEERIO_MISSING.findall(code)]
    refused += [f"moment.{a or b}" for a, b in MOMENT_MISSING.findall(code)]
    return tuple(dict.fromkeys(refused))
