"""Proofs of requests, computed anew from the request as it arrived: what a server would do.

Nothing here is shared with the engine. Each function raises AssertionError when the proof is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote


@dataclass(frozen=True, slots=True)
class Sent:
    """A request in a recording or from a capture server."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    host: str = "api.example"

    @classmethod
    def recorded(cls, value: dict[str, Any]) -> Sent:
        """A request of a recording."""
        headers = dict(value["headers"])
        return cls(value["method"], value["target"], headers, value["body"].encode("latin-1"))


def _hmac(key: bytes, text: str | bytes, kind: str = "sha256") -> bytes:
    return hmac.new(key, text.encode() if isinstance(text, str) else text, kind).digest()


def verify_aws(sent: Sent, secret: str) -> None:
    """Signature Version 4, in the header or the query."""
    path, _, query = sent.target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if "authorization" in sent.headers:
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=[^/]+/(\S+), SignedHeaders=(\S+), Signature=(\w+)",
            sent.headers["authorization"],
        )
        assert found is not None, sent.headers["authorization"]
        scope, names, signature = found.groups()
        moment = sent.headers["x-amz-date"]
    else:
        scope = given["X-Amz-Credential"].partition("/")[2]
        names, moment = given["X-Amz-SignedHeaders"], given["X-Amz-Date"]
        signature = given["X-Amz-Signature"]
    day, region, service, end = scope.split("/")
    headers = {**sent.headers, "host": sent.host}
    path = path if service == "s3" else quote(path, safe="/")
    signed = sorted(
        f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs if k != "X-Amz-Signature"
    )
    lines = "".join(f"{name}:{headers[name]}\n" for name in names.split(";"))
    digest = hashlib.sha256(sent.body).hexdigest()
    canonical = "\n".join([sent.method, path, "&".join(signed), lines, names, digest])
    text = "\n".join(
        ["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, end):
        key = _hmac(key, part)
    assert _hmac(key, text).hex() == signature


def verify_digest(sent: Sent, password: str) -> None:
    """RFC 7616 with quality auth."""
    line = sent.headers["authorization"]
    fields = {
        name: quoted or bare
        for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', line)
    }
    algorithm = fields.get("algorithm", "MD5")
    name = algorithm.upper().removesuffix("-SESS").replace("SHA-", "sha").lower()

    def digest(*parts: str) -> str:
        return hashlib.new(name, ":".join(parts).encode()).hexdigest()

    assert fields["uri"] == sent.target
    first = digest(fields["username"], fields["realm"], password)
    if algorithm.lower().endswith("-sess"):
        first = digest(first, fields["nonce"], fields["cnonce"])
    second = digest(sent.method, fields["uri"])
    want = digest(first, fields["nonce"], fields["nc"], fields["cnonce"], fields["qop"], second)
    assert fields["response"] == want


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def verified_token(token: str, key: bytes | str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(header, claims) of a JSON Web Token; `key`: a secret, or a private RSA key as PEM."""
    head, payload, signature = token.split(".")
    header: dict[str, Any] = json.loads(_decoded(head))
    text = f"{head}.{payload}"
    kind = "sha" + header["alg"][2:]
    if header["alg"].startswith("HS"):
        assert isinstance(key, bytes)
        assert _hmac(key, text, kind) == _decoded(signature)
    else:
        assert isinstance(key, str)
        modulus, exponent = _rsa_numbers(key)
        opened = pow(int.from_bytes(_decoded(signature)), exponent, modulus)
        want = _SHA256_INFO + hashlib.new(kind, text.encode()).digest()
        size = (modulus.bit_length() + 7) // 8
        assert opened.to_bytes(size) == b"\0\1" + b"\xff" * (size - len(want) - 3) + b"\0" + want
    claims: dict[str, Any] = json.loads(_decoded(payload))
    return header, claims


_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What precedes a SHA-256 digest in a PKCS #1 signature (RFC 8017, 9.2)."""


def _rsa_numbers(pem: str) -> tuple[int, int]:
    """(modulus, public exponent) of a key in PKCS #8."""
    der = base64.b64decode("".join(pem.strip().splitlines()[1:-1]))
    version, _algorithm, wrapped = _elements(_elements(der)[0])
    assert version == b"\0"
    numbers = _elements(_elements(wrapped)[0])
    return int.from_bytes(numbers[1]), int.from_bytes(numbers[2])


def _elements(der: bytes) -> list[bytes]:
    """Contents of the elements that stand one after the other."""
    found, at = [], 0
    while at < len(der):
        size, at = der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(der[at : at + count]), at + count
        found.append(der[at : at + size])
        at += size
    return found


def verify_ntlm(proof: str, password_hash: str, challenge: bytes) -> dict[str, str]:
    """The third message of NTLM 2 (MS-NLMP 3.3.2); who it names. `password_hash`: MD4, in hex."""
    message = base64.b64decode(proof.removeprefix("NTLM "))
    assert message[:12] == b"NTLMSSP\0" + struct.pack("<I", 3)

    def part(at: int) -> bytes:
        size, _, offset = struct.unpack_from("<HHI", message, at)
        return message[offset : offset + size]

    answer, domain, user, machine = part(20), part(28), part(36), part(44)
    named = {
        name: text.decode("utf-16-le")
        for name, text in (("domain", domain), ("user", user), ("workstation", machine))
    }
    owner = (named["user"].upper() + named["domain"]).encode("utf-16-le")
    key = _hmac(bytes.fromhex(password_hash), owner, "md5")
    assert answer[:16] == _hmac(key, challenge + answer[16:], "md5")
    return named
