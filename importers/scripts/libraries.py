"""Names that scripts take for granted beside `pm`: which of them the engine provides."""

from __future__ import annotations

import re

PROVIDED: dict[str, str] = {
    "CryptoJS": "all but Rabbit, x64 and the mode CTRGladman",
    "crypto-js": "all but Rabbit, x64 and the mode CTRGladman",
    "atob": "Base64",
    "btoa": "Base64",
    "xml2Json": "XML as an object",
    "xml2js": "XML as an object",
    "tv4": "JSON Schema",
    "ajv": "JSON Schema",
    "Ajv": "JSON Schema",
    "uuid": "identifiers",
    "moment": "dates and durations in English",
    "chai": "expect",
    "_": "lodash 3, and what lodash 4 has beside it",
    "lodash": "lodash 4",
}
"""Module or global -> what of it there is."""

REFUSED: dict[str, str] = {
    "cheerio": "cheerio",
    "csv-parse/lib/sync": "csv-parse",
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

_REQUIRE = re.compile(r"""\b(?:pm\.)?require\s*\(\s*(['"`])([^'"`]+)\1""")
_GLOBALS = re.compile(r"(?<![\w$.'\"])(cheerio(?=\s*[.(])|pm\.vault\b|pm\.visualizer\b)")
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
    refused += [f"moment.{a or b}" for a, b in MOMENT_MISSING.findall(code)]
    return tuple(dict.fromkeys(refused))
