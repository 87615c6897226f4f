"""Collections whose authorisation is a token, or a talk with the server."""

from __future__ import annotations

from tests.importers.wire.auth_blocks import BASE, PRIVATE_KEY, auth
from tests.importers.wire.chained import Chained, item

_JWT = Chained(
    "auth-jwt",
    (
        item(
            "HS256",
            auth=auth(
                "jwt",
                algorithm="HS256",
                secret="s3cret",
                isSecretBase64Encoded=False,
                payload='{"sub": "ann", "n": 1}',
                addTokenTo="header",
                headerPrefix="Bearer",
                queryParamKey="token",
                header="{}",
            ),
        ),
        item(
            "HS512 base64",
            auth=auth(
                "jwt",
                algorithm="HS512",
                secret="c2VjcmV0",
                isSecretBase64Encoded=True,
                payload='{"sub": "{{user}}"}',
                addTokenTo="header",
                headerPrefix="JWT",
                header='{"kid": "k1"}',
            ),
        ),
        item(
            "RS256 in the query",
            "/echo?a=1",
            auth=auth(
                "jwt",
                algorithm="RS256",
                privateKey=PRIVATE_KEY,
                payload='{"sub": "ann"}',
                addTokenTo="queryParam",
                queryParamKey="jwt",
                header="{}",
            ),
        ),
        item(
            "no prefix",
            auth=auth("jwt", algorithm="HS384", secret="s", payload="{}", headerPrefix=""),
        ),
    ),
    variables={"user": "ann"},
    base=BASE,
)

_ASAP = Chained(
    "auth-asap",
    (
        item(
            "asap",
            auth=auth(
                "asap",
                alg="RS256",
                kid="key/1",
                iss="issuer",
                aud="audience",
                sub="subject",
                privateKey=PRIVATE_KEY,
                claims='{"more": true}',
                exp="60",
            ),
        ),
    ),
    signed=(r"eyJ[\w-]+\.[\w-]+\.[\w-]+",),
    base=BASE,
)

_OAUTH2 = Chained(
    "auth-oauth2",
    (
        item(
            "token", auth=auth("oauth2", accessToken="at-1", addTokenTo="header", headerPrefix="")
        ),
        item(
            "prefix",
            auth=auth("oauth2", accessToken="at-1", addTokenTo="header", headerPrefix="Token "),
        ),
        item(
            "query", "/echo?a=1", auth=auth("oauth2", accessToken="at 1", addTokenTo="queryParams")
        ),
    ),
    base=BASE,
)

_NTLM = Chained(
    "auth-ntlm",
    (
        item(
            "ntlm",
            "/ntlm",
            auth=auth("ntlm", username="ann", password="pw", domain="DOM", workstation="WS"),
        ),
    ),
    signed=(r"NTLM TlRMTVNTUAA[BD]\S+",),
    base=BASE,
)

TOKENS = (_JWT, _ASAP, _OAUTH2, _NTLM)
