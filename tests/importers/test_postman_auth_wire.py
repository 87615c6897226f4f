"""Authorisation on the wire: proofs are verified as a server would, newman's and ours alike."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from hazard_tui.plan.inputs import Inputs
from hazard_tui.rpc.engine_check import check
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.rpc.payload import check_request
from tests.importers.wire.application import NTLM_CHALLENGE
from tests.importers.wire.auth_blocks import PRIVATE_KEY, auth
from tests.importers.wire.chained import Chained, folder, item
from tests.importers.wire.chained_auth import AUTH
from tests.importers.wire.imported import behaviour_of_engine, imported
from tests.importers.wire.newman import as_recorded, recording_of
from tests.importers.wire.signatures import (
    Sent,
    verified_token,
    verify_aws,
    verify_digest,
    verify_ntlm,
)
from tests.support.capture import Captured

CASES = {case.name.removeprefix("auth-"): case for case in AUTH}
WHO = ["newman", "ours"]
HASH_OF_PW = "8cc19b6a8cfeac299c2871c86b38de28"
"""MD4 of `pw` in UTF-16."""


async def requests_of(name: str, who: str) -> list[Sent]:
    """The recorded requests of newman, or what the engine sends now."""
    case = CASES[name]
    if who == "newman":
        found = recording_of(case)["requests"]
    else:
        with case.server() as capture:
            ours = await behaviour_of_engine(case, capture)
            found = as_recorded(ours, case, capture.port)["requests"]
    assert found
    return [Sent.recorded(one) for one in found]


@pytest.mark.parametrize("who", WHO)
async def test_aws_signatures_are_those_of_the_requests(who: str) -> None:
    for sent in await requests_of("aws", who):
        verify_aws(sent, "secret/key")


@pytest.mark.parametrize("who", WHO)
async def test_digest_answers_fit_the_algorithm_that_they_name(who: str) -> None:
    answers = [one for one in await requests_of("digest", who) if "authorization" in one.headers]
    assert len(answers) == 6
    for sent in answers:
        verify_digest(sent, "pw")


async def test_digest_takes_the_algorithm_of_the_server() -> None:
    lines = [one.headers.get("authorization", "") for one in await requests_of("digest", "ours")]
    named = [found.group(1) for line in lines if (found := re.search(r"algorithm=([\w-]+)", line))]
    assert named == ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "MD5"]


@pytest.mark.parametrize("who", WHO)
async def test_tokens_are_signed_and_say_what_was_asked_for(who: str) -> None:
    (sent,) = await requests_of("asap", who)
    header, claims = verified_token(sent.headers["authorization"].partition(" ")[2], PRIVATE_KEY)
    assert header == {"alg": "RS256", "kid": "key/1"}
    assert claims.pop("exp") - claims.pop("iat") == 60
    assert re.fullmatch(r"[0-9a-f-]{32,36}", claims.pop("jti"))
    assert claims == {"iss": "issuer", "aud": "audience", "sub": "subject", "more": True}


async def test_json_web_tokens_are_verified() -> None:
    plain, encoded, query, bare = await requests_of("jwt", "ours")
    assert verified_token(plain.headers["authorization"].removeprefix("Bearer "), b"s3cret") == (
        {"alg": "HS256"},
        {"sub": "ann", "n": 1},
    )
    assert verified_token(encoded.headers["authorization"].removeprefix("JWT "), b"secret") == (
        {"kid": "k1", "alg": "HS512"},
        {"sub": "ann"},
    )
    assert verified_token(bare.headers["authorization"], b"s") == ({"alg": "HS384"}, {})
    token = parse_qs(query.target.partition("?")[2])["jwt"][0]
    assert verified_token(token, PRIVATE_KEY)[1] == {"sub": "ann"}


@pytest.mark.parametrize("who", WHO)
async def test_ntlm_proves_the_password(who: str) -> None:
    first, second, third = await requests_of("ntlm", who)
    assert "authorization" not in first.headers
    assert base64.b64decode(second.headers["authorization"][5:])[:12] == b"NTLMSSP\0\1\0\0\0"
    challenge = base64.b64decode(NTLM_CHALLENGE)[24:32]
    named = verify_ntlm(third.headers["authorization"], HASH_OF_PW, challenge)
    assert named == {"domain": "DOM", "user": "ann", "workstation": "WS"}


# OAuth 2.0 grants, which newman cannot do

_CLIENT = {"clientId": "id", "clientSecret": "s e", "scope": "read", "addTokenTo": "header"}


def granted(grant: str, path: str, **more: Any) -> dict[str, Any]:
    return auth("oauth2", grant_type=grant, accessTokenUrl="{{base}}" + path, **_CLIENT, **more)


async def sent_by(case: Chained) -> list[Captured]:
    with case.server() as capture:
        return (await behaviour_of_engine(case, capture)).requests


def form_of(request: Captured) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


async def test_a_token_is_fetched_once_and_sent() -> None:
    case = Chained(
        "granted",
        (
            folder("both", item("one"), item("two"), auth=granted("client_credentials", "/token")),
            item(
                "password",
                auth=granted(
                    "password_credentials",
                    "/token",
                    username="ann",
                    password="p&w",
                    client_authentication="body",
                ),
            ),
        ),
    )
    first, one, two, second, password = await sent_by(case)
    assert (first.method, first.target) == ("POST", "/token")
    assert form_of(first) == {"grant_type": "client_credentials", "scope": "read"}
    assert first.values("authorization") == ["Basic " + base64.b64encode(b"id:s%20e").decode()]
    assert one.values("authorization") == ["Bearer client_credentials-1"]
    assert two.values("authorization") == ["Bearer client_credentials-1"]
    assert form_of(second) == {
        "grant_type": "password",
        "username": "ann",
        "password": "p&w",
        "scope": "read",
        "client_id": "id",
        "client_secret": "s e",
    }
    assert second.values("authorization") == []
    assert password.values("authorization") == ["Bearer password-2"]


async def test_a_token_that_runs_out_is_refreshed() -> None:
    case = Chained(
        "refreshed",
        (item("one"), item("two")),
        root={"auth": granted("client_credentials", "/token/short")},
    )
    first, one, second, two = await sent_by(case)
    assert form_of(first)["grant_type"] == "client_credentials"
    assert one.values("authorization") == ["Bearer client_credentials-1"]
    assert form_of(second)["grant_type"] == "refresh_token"
    assert form_of(second)["refresh_token"] == "refresh-1"
    assert two.values("authorization") == ["Bearer refresh_token-2"]


# What cannot be authorised is not sent

UNAUTHORISABLE: dict[str, Callable[[], dict[str, Any]]] = {
    "unknown type": lambda: auth("kerberos", user="ann"),
    "a person is needed": lambda: granted("authorization_code", "/token"),
    "implicit": lambda: granted("implicit", "/token"),
    "no token URL": lambda: auth("oauth2", grant_type="client_credentials", **_CLIENT),
    "the token URL fails": lambda: granted("client_credentials", "/token/broken"),
    "no private key": lambda: auth("jwt", algorithm="RS256", privateKey="", payload="{}"),
    "a key that is none": lambda: auth("asap", alg="RS256", privateKey="no key", iss="i", aud="a"),
    "a payload that is none": lambda: auth("jwt", algorithm="HS256", secret="s", payload="{"),
    "an unknown algorithm": lambda: auth("hawk", authId="i", authKey="k", algorithm="md5"),
    "an unknown method": lambda: auth(
        "oauth1", consumerKey="c", consumerSecret="s", signatureMethod="HMAC-MD5"
    ),
    "an unknown token algorithm": lambda: auth("jwt", algorithm="XX9", secret="s", payload="{}"),
}


@pytest.mark.parametrize("name", UNAUTHORISABLE)
async def test_what_cannot_be_authorised_is_never_sent_without(name: str) -> None:
    case = Chained(
        "unauthorisable",
        (folder("inherits", item("inherited"), auth=UNAUTHORISABLE[name]()), item("open")),
    )
    failed: list[str] = []
    with case.server() as capture:
        result = imported(case, capture)
        request = check_request(result.plan, Inputs(secrets=dict(result.secrets)))
        async for event in check(request):
            failed += _complaints(event)
        arrived = [one.target for one in capture.taken() if not one.target.startswith("/token")]
    assert arrived == ["/echo"]  # the one that needs no authorisation
    assert failed, "nothing says why the request was not sent"


def _complaints(event: worker_pb2.CheckEvent) -> list[str]:
    if event.HasField("finding"):
        return [event.finding.what]
    return [event.step.error] if event.HasField("step") and not event.step.ok else []
