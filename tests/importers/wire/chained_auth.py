"""Collections with every type of authorisation, inherited and own."""

from __future__ import annotations

from tests.importers.wire.auth_blocks import BASE, PRIVATE_KEY, auth
from tests.importers.wire.chained import Chained, folder, item
from tests.importers.wire.chained_tokens import TOKENS

_BASIC = auth("basic", username="{{user}}", password="p:w é")

_FIXED = {"nonce": "n0nce", "timestamp": "1700000000"}
_OAUTH1 = {
    "consumerKey": "ck",
    "consumerSecret": "cs&",
    "token": "tk",
    "tokenSecret": "ts",
    "version": "1.0",
    **_FIXED,
}
_AWS_QUERY = {
    "accessKey": "A",
    "secretKey": "s",
    "region": "r",
    "service": "execute-api",
    "addAuthDataToQuery": True,
}

_SIMPLE = Chained(
    "auth-simple",
    (
        item("inherited from the collection"),
        item("own", auth=_BASIC),
        item("none", auth={"type": "noauth"}),
        folder(
            "bearer",
            item("inherited from the folder"),
            folder(
                "inner",
                item("inherited over a folder"),
                item(
                    "api key in a header",
                    auth=auth("apikey", key="X-Key", value="{{key}}", **{"in": "header"}),
                ),
                item(
                    "api key in the query",
                    "/echo?a=1",
                    auth=auth("apikey", key="api key", value="{{key}}&2", **{"in": "query"}),
                ),
                item("off again", auth={"type": "noauth"}),
            ),
            folder("of its own", item("basic of the inner folder"), auth=_BASIC),
            auth=auth("bearer", token="{{token}}"),
        ),
        item(
            "header of the request",
            headers={"Authorization": "own"},
            auth=auth("bearer", token="other"),
        ),
        *(
            item(f"header of the request and {kind}", headers={"Authorization": "own"}, auth=block)
            for kind, block in {
                "digest": auth("digest", username="a", password="b"),
                "ntlm": auth("ntlm", username="a", password="b"),
                "oauth1": auth("oauth1", signatureMethod="HMAC-SHA1", **_OAUTH1),
                "token": auth("oauth2", accessToken="t", addTokenTo="queryParams"),
                "query": auth("apikey", key="k", value="v", **{"in": "query"}),
                "aws": auth("awsv4", **_AWS_QUERY),
            }.items()
        ),
        item("upper case", "http://API.Example/echo", auth={"type": "noauth"}),
        item("bearer without token", auth=auth("bearer", token="")),
        item("token with an unknown variable", auth=auth("bearer", token="{{unknown}}")),
        item("user in the URL", "{{base_with_user}}/echo", auth={"type": "noauth"}),
    ),
    variables={
        "user": "ann",
        "key": "k 1",
        "token": "t-1",
        "base_with_user": "http://bob:s%40@api.example",
    },
    root={"auth": auth("basic", username="root", password="")},
    signed=(r"\d{8}T\d{6}Z", r"%2F\d{8}%2F", r"Signature=[0-9a-f]{64}"),
    base=BASE,
)

_SIGNED_ONCE = Chained(
    "auth-oauth1",
    (
        item(
            "SHA1 in the header",
            "/echo?b=2&a=1 x",
            auth=auth("oauth1", signatureMethod="HMAC-SHA1", addParamsToHeader=True, **_OAUTH1),
        ),
        item(
            "SHA256 in the header",
            "/echo",
            method="POST",
            body=[("z", "1"), ("a b", "c&d")],
            auth=auth(
                "oauth1",
                signatureMethod="HMAC-SHA256",
                addParamsToHeader=True,
                realm="re alm",
                **_OAUTH1,
            ),
        ),
        item(
            "SHA512",
            "/echo",
            auth=auth("oauth1", signatureMethod="HMAC-SHA512", addParamsToHeader=True, **_OAUTH1),
        ),
        item(
            "plain text",
            "/echo",
            auth=auth("oauth1", signatureMethod="PLAINTEXT", addParamsToHeader=True, **_OAUTH1),
        ),
        item(
            "in the query",
            "/echo?q=1",
            auth=auth("oauth1", signatureMethod="HMAC-SHA1", addParamsToHeader=False, **_OAUTH1),
        ),
        item(
            "in the body",
            "/echo",
            method="POST",
            body=[("a", "1")],
            auth=auth("oauth1", signatureMethod="HMAC-SHA1", addParamsToHeader=False, **_OAUTH1),
        ),
        item(
            "no token",
            "/echo",
            auth=auth(
                "oauth1",
                signatureMethod="HMAC-SHA1",
                addParamsToHeader=True,
                **{**_OAUTH1, "token": "", "tokenSecret": ""},
            ),
        ),
        item(
            "empty parameters",
            "/echo",
            auth=auth(
                "oauth1",
                signatureMethod="HMAC-SHA1",
                addParamsToHeader=True,
                addEmptyParamsToSign=True,
                **{**_OAUTH1, "token": ""},
            ),
        ),
        item(
            "body hash",
            "/echo",
            method="POST",
            body={"a": 1},
            auth=auth(
                "oauth1",
                signatureMethod="HMAC-SHA1",
                addParamsToHeader=True,
                includeBodyHash=True,
                **_OAUTH1,
            ),
        ),
        item(
            "callback and verifier",
            "/echo",
            auth=auth(
                "oauth1",
                signatureMethod="HMAC-SHA1",
                addParamsToHeader=True,
                callback="http://c.example/?x=1",
                verifier="v",
                **_OAUTH1,
            ),
        ),
        item(
            "RSA",
            "/echo",
            auth=auth(
                "oauth1",
                signatureMethod="RSA-SHA1",
                addParamsToHeader=True,
                privateKey=PRIVATE_KEY,
                **_OAUTH1,
            ),
        ),
        item(
            "port",
            "http://api.example:8080/echo",
            auth=auth("oauth1", signatureMethod="HMAC-SHA1", addParamsToHeader=True, **_OAUTH1),
        ),
    ),
    base=BASE,
)

_HAWK_KEYS = {"authId": "id1", "authKey": "secret", "algorithm": "sha256", **_FIXED}
_HAWK = Chained(
    "auth-hawk",
    (
        item("plain", "/echo?x=1", auth=auth("hawk", **_HAWK_KEYS)),
        item(
            "all fields",
            "/echo",
            method="POST",
            body={"a": 1},
            auth=auth(
                "hawk",
                **{
                    **_HAWK_KEYS,
                    "extraData": "some-ext",
                    "app": "app1",
                    "delegation": "dlg1",
                    "user": "u",
                },
            ),
        ),
        item(
            "payload",
            "/echo",
            method="POST",
            body={"a": 1},
            auth=auth("hawk", includePayloadHash=True, **_HAWK_KEYS),
        ),
        item("sha1", "/echo", auth=auth("hawk", **{**_HAWK_KEYS, "algorithm": "sha1"})),
    ),
    base=BASE,
)

_EDGE = {
    "accessToken": "at",
    "clientToken": "ct",
    "clientSecret": "sec",
    "nonce": "n-1",
    "timestamp": "20240101T10:00:00+0000",
}
_EDGEGRID = Chained(
    "auth-edgegrid",
    (
        item(
            "get", "/echo?x=1&y=a b", auth=auth("edgegrid", baseURL="", headersToSign="", **_EDGE)
        ),
        item(
            "post",
            "/echo",
            method="POST",
            body={"a": 1},
            headers={"X-Test1": "  a   b ", "X-Test2": "c"},
            auth=auth("edgegrid", baseURL="", headersToSign="X-Test1, x-test2", **_EDGE),
        ),
        item(
            "put",
            "/echo",
            method="PUT",
            body={"a": 1},
            auth=auth("edgegrid", baseURL="https://other.example", headersToSign="", **_EDGE),
        ),
    ),
    base=BASE,
)

_DIGEST_USER = {"username": "ann", "password": "pw", "clientNonce": "0a4f113b"}
_DIGEST = Chained(
    "auth-digest",
    (
        *(
            item(
                name,
                f"http://{name.lower()}.example/digest/{name}?q=1",
                auth=auth("digest", **_DIGEST_USER),
            )
            for name in ("MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "none")
        ),
        item(
            "given",
            "/digest/MD5",
            auth=auth(
                "digest",
                realm="lab",
                nonce="abc",
                algorithm="MD5",
                qop="auth",
                nonceCount="00000001",
                opaque="o",
                **_DIGEST_USER,
            ),
        ),
        item(
            "no retry", "/digest/MD5", auth=auth("digest", disableRetryRequest=True, **_DIGEST_USER)
        ),
    ),
    # newman quotes the algorithm, and takes MD5 whatever the server asks for.
    signed=(r', algorithm="?[\w-]+"?', r'response="\w+"'),
    base=BASE,
)

_AWS_KEYS = {
    "accessKey": "AKID",
    "secretKey": "secret/key",
    "region": "eu-west-1",
    "service": "execute-api",
}
_AWS = Chained(
    "auth-aws",
    (
        item("get", "/echo/a%20b?b=2&a=1&c", auth=auth("awsv4", **_AWS_KEYS)),
        item(
            "post",
            "/echo",
            method="POST",
            body={"a": "é"},
            auth=auth("awsv4", sessionToken="session/token==", **_AWS_KEYS),
        ),
        item("s3", "/echo/key", auth=auth("awsv4", **{**_AWS_KEYS, "service": "s3"})),
        item("query", "/echo?z=1", auth=auth("awsv4", addAuthDataToQuery=True, **_AWS_KEYS)),
    ),
    signed=(r"\d{8}T\d{6}Z", r"/\d{8}/|%2F\d{8}%2F", r"Signature=[0-9a-f]{64}"),
    base=BASE,
)

AUTH = (_SIMPLE, _SIGNED_ONCE, _HAWK, _EDGEGRID, _DIGEST, _AWS, *TOKENS)
