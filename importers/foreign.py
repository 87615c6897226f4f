"""Files of other tools that hazard does not read: what they are, and what to do with them."""

from __future__ import annotations

import re
from typing import Any

_RECORD = "record the session in a browser and save it as HAR"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "compressed with gzip", "unpack it with `gunzip` and import what comes out"),
    (b"PK\x03\x04", "a ZIP archive", "unpack it and import the collection or HAR in it"),
    (b"PK\x05\x06", "an empty ZIP archive", "export it again"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it and import what comes out"),
    (b"BZh", "compressed with bzip2", "unpack it and import what comes out"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it and import what comes out"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it and import the collection or HAR in it"),
    (b"%PDF", "a PDF document", "paste the commands of it as text"),
    (b"\x89PNG", "a PNG image", "import the collection, HAR or command itself"),
    (b"\xff\xd8\xff", "a JPEG image", "import the collection, HAR or command itself"),
    (b"\x7fELF", "a program", "import a collection, HAR or curl command"),
    (b"MZ", "a program", "import a collection, HAR or curl command"),
    (b"\xd4\xc3\xb2\xa1", "a capture of network packets", _RECORD),
    (b"\xa1\xb2\xc3\xd4", "a capture of network packets", _RECORD),
    (b"\x0a\x0d\x0d\x0a", "a capture of network packets", _RECORD),
    (b"SQLite format 3", "an SQLite database", "export a collection or HAR from its program"),
)
"""First bytes -> what the file is, and what to do."""

_POSTMAN = "import it into Postman and export a collection as v2.1"
_TEXTS: tuple[tuple[str, str, str], ...] = (
    (r"\s*<jmeterTestPlan|\s*<\?xml[\s\S]{0,200}<jmeterTestPlan", "a test plan of JMeter", _RECORD),
    (r"[\s\S]{0,300}<con:soapui-project", "a project of SoapUI", _RECORD),
    (r"[\s\S]{0,300}<(?:wsdl:)?definitions\b", "a WSDL description", _POSTMAN),
    (r"[\s\S]{0,300}<charles-session", "a session of Charles as XML", "export it as HAR"),
    (r"[\s\S]{0,1500}<items burpVersion", "an export of Burp",
     "copy its requests as curl commands"),
    (r"\s*<!doctype html|\s*<html", "a web page",
     "it may be a login page in place of the file: download it again"),
    (r"\s*<\?xml|\s*<[a-z][\w:.-]*[\s>]", "XML", _RECORD),
    (r"hazard:\s*1\b|(?:#.*\n)*\s*hazard:\s*1\b", "a plan of hazard already",
     "open it with `hazard PLAN`"),
    (r"(?:[\s\S]{0,2000}\n)?[\"']?(?:openapi|swagger)[\"']?:\s", "an OpenAPI description",
     _POSTMAN),
    (r"type:\s*collection\.insomnia|_type:\s*export", "an export of Insomnia", "export it as HAR"),
    (r"\s*meta\s*\{\s*\n\s*name:", "a request of Bruno",
     "export the collection from Bruno as a Postman collection"),
    (r"(?:[\s\S]{0,3000}\n)?\s*import\s[^\n]*['\"]k6|[\s\S]{0,3000}require\(['\"]k6",
     "a script of k6", "import the HAR or collection that it was made of"),
    (r"(?:[\s\S]{0,3000}\n)?\s*(?:from|import)\s+locust\b", "a locustfile",
     "run it with Locust itself, or record its requests as HAR"),
    (r"(?:[\s\S]{0,3000}\n)?import\s+io\.gatling", "a simulation of Gatling",
     "import the HAR that it was recorded from"),
    (r"config:\s*\n\s+(?:target|phases)[\s\S]*scenarios:|scenarios:\s*\n", "a script of Artillery",
     _RECORD),
    (r"execution:\s*\n\s*-", "a configuration of Taurus", _RECORD),
    (r"HTTP/[\d.]+ \d{3}\b", "an HTTP answer, not a request", "paste the request"),
    (r"\d+:\d+:version;|\d+:[\s\S]{0,40}flow", "flows of mitmproxy",
     "save them as HAR: `mitmdump -r FILE --set hardump=out.har`"),
    (r"(?:#!.*\n|\s*)(?:[\s\S]{0,2000}\n)?\s*(?:wget|http|https|xh)\s+\S",
     "a command of another tool", "write it as a curl command"),
)  # fmt: skip
"""Beginning of a text -> what the file is, and what to do."""

_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("openapi", "an OpenAPI description", _POSTMAN),
    ("swagger", "a Swagger description", _POSTMAN),
    ("asyncapi", "an AsyncAPI description", "hazard tests requests over HTTP"),
    ("_type", "an export of Insomnia", "export it as HAR"),
    ("collections", "a dump of all Postman data", "export one collection as v2.1"),
    ("clientName", "a collection of Thunder Client", "export it in Postman's format"),
    ("brunoConfig", "a collection of Bruno", "export it in Postman's format"),
    ("hazard", "a plan of hazard", "open it with `hazard PLAN`"),
    ("scenarios", "a script of Artillery or k6", _RECORD),
    ("error", "an error message in place of the file", "download it again"),
    ("$schema", "a JSON Schema or a file described by one", "import a collection or a HAR"),
)
"""Field at the top of a JSON object -> what the file is, and what to do."""

_Known = tuple[str, str]


def foreign_bytes(data: bytes) -> _Known | None:
    """(what it is, what to do) of binary data; None for what may be text."""
    for magic, what, hint in _MAGIC:
        if data.startswith(magic) and (magic != b"MZ" or b"\0" in data[:512]):
            return what, hint
    controls = sum(byte < 9 or 13 < byte < 27 for byte in data[:1024])
    if b"\0" in data[:1024] and controls > len(data[:1024]) // 20 and not _is_utf_16(data):
        return "binary data", "import a collection, HAR or curl command"
    return None


def _is_utf_16(data: bytes) -> bool:
    head = data[:64]
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or not any(head[::2]) or not any(head[1::2])


def foreign_text(text: str) -> _Known | None:
    """(what it is, what to do) of a text that no importer reads."""
    start = text[:6000]
    for pattern, what, hint in _TEXTS:
        if re.match(pattern, start, re.IGNORECASE):
            return what, hint
    return None


def is_hoppscotch(value: Any) -> bool:
    """True for a collection of Hoppscotch, which looks like one of Postman 1 from afar."""
    return isinstance(value, dict) and {"v", "folders", "requests"} <= value.keys()


def foreign_json(value: Any) -> _Known | None:
    """(what it is, what to do) of a JSON value that no importer reads."""
    if isinstance(value, list) and len(value) > 0 and is_hoppscotch(value[0]):
        value = value[0]
    if not isinstance(value, dict):
        return None
    if is_hoppscotch(value):
        return "a collection of Hoppscotch", "write its requests as curl commands"
    if str(value.get("type", "")).startswith("collection.insomnia"):
        return "an export of Insomnia", "export it as HAR"
    return next(((what, hint) for field, what, hint in _FIELDS if field in value), None)
