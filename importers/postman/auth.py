"""Auth blocks of Postman: 13 types, parameters as an object (2.0), a list (2.1) or missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hazard_tui.plan.auth import (
    ApiKeyAuth,
    AsapAuth,
    Auth,
    AuthPlace,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    EdgeGridAuth,
    HawkAuth,
    JwtAuth,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
)
from hazard_tui.plan.base import Pair
from importers.postman.document import Node, scalar_text
from importers.secrets import SecretKeeper

SECRET_PARAMETERS = frozenset(
    [
        "password",
        "token",
        "value",
        "accessToken",
        "refreshToken",
        "clientSecret",
        "consumerSecret",
        "tokenSecret",
        "secretKey",
        "sessionToken",
        "secret",
        "privateKey",
        "authKey",
        "clientToken",
    ]
)


@dataclass(frozen=True, slots=True)
class ReadAuth:
    """An auth block as the plan says it."""

    auth: Auth | None
    """None: nothing is sent, as Postman does when the parameters it needs are missing."""
    not_runnable: str = ""
    """Why a request with this auth must not be sent."""
    note: str = ""
    """What differs from the block; empty: nothing."""


class Parameters:
    """Parameters of one auth block by name; secrets become references."""

    def __init__(self, node: Node, keeper: SecretKeeper) -> None:
        self.values: dict[str, str] = {}
        self.pairs: dict[str, tuple[Pair, ...]] = {}
        self.keeper = keeper
        listed = node.items() if node.is_list else ()
        for item in listed:
            self._add(item.get("key").text(), item.get("value"))
        for name, value in node.fields():
            self._add(name, value)

    def _add(self, name: str, value: Node) -> None:
        if value.is_list:
            self.pairs[name] = tuple(
                Pair(
                    name=one.get("key").text(),
                    value=self.keeper.in_field(one.get("key").text(), one.get("value").text()),
                    disabled=one.get("enabled").value is False,
                )
                for one in value.items()
                if one.is_object
            )
        elif name and not value.missing:
            self.values[name] = scalar_text(value.value)

    def text(self, *names: str) -> str:
        """The first parameter of these that is not empty."""
        for name in names:
            if self.values.get(name):
                value = self.values[name]
                if name in SECRET_PARAMETERS:
                    return self.keeper.in_auth(name, value)
                return value
        return ""

    def flag(self, name: str) -> bool:
        return self.values.get(name, "").lower() == "true"

    def place(self, name: str, query: tuple[str, ...]) -> AuthPlace:
        """Header, or query when the parameter says so."""
        return AuthPlace.QUERY if self.values.get(name, "") in query else AuthPlace.HEADER


def read_auth(node: Node, keeper: SecretKeeper) -> ReadAuth:
    """The block as a plan says it. An unknown type makes its requests not runnable."""
    kind = node.get("type").text()
    if not kind:
        return ReadAuth(None, note="it names no type; Postman sends nothing")
    reader = _READERS.get(kind)
    if reader is None:
        why = f"auth type {kind!r} is not one that can be made"
        return ReadAuth(None, not_runnable=why, note=why)
    given = Parameters(node.get(kind), keeper)
    why = _unknown_algorithm(kind, given)
    return ReadAuth(None, not_runnable=why, note=why) if why else reader(given)


_TOKEN_ALGORITHMS = "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"
_ALGORITHMS: dict[str, tuple[str, frozenset[str]]] = {
    "digest": (
        "algorithm",
        frozenset(
            ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"]
        ),
    ),
    "hawk": ("algorithm", frozenset(["sha256", "sha1"])),
    "jwt": ("algorithm", frozenset(_TOKEN_ALGORITHMS.split())),
    "asap": ("alg", frozenset(_TOKEN_ALGORITHMS.split())),
    "oauth1": (
        "signatureMethod",
        frozenset(
            [
                "HMAC-SHA1",
                "HMAC-SHA256",
                "HMAC-SHA512",
                "RSA-SHA1",
                "RSA-SHA256",
                "RSA-SHA512",
                "PLAINTEXT",
            ]
        ),
    ),
}
"""Type -> the parameter that names how it is signed, and what the engine can do."""


def _unknown_algorithm(kind: str, given: Parameters) -> str:
    """Why the proof cannot be made; empty: it can, or a variable says how."""
    name, known = _ALGORITHMS.get(kind, ("", frozenset()))
    value = given.values.get(name, "")
    if not value or "{{" in value or value.lower() in {one.lower() for one in known}:
        return ""
    return f"{kind} with {value!r} is not one that can be made"


def _none(given: Parameters) -> ReadAuth:
    return ReadAuth(Auth(none=NoAuth()))


def _basic(given: Parameters) -> ReadAuth:
    auth = BasicAuth(username=given.text("username"), password=given.text("password"))
    return ReadAuth(Auth(basic=auth))


def _bearer(given: Parameters) -> ReadAuth:
    token = given.text("token")
    if not token:
        return ReadAuth(Auth(none=NoAuth()), note="it has no token; Postman sends none")
    return ReadAuth(Auth(bearer=BearerAuth(token=token)))


def _api_key(given: Parameters) -> ReadAuth:
    key, value = given.text("key"), given.text("value")
    if not (key or value):
        return ReadAuth(Auth(none=NoAuth()), note="it has no key; Postman sends none")
    place = given.place("in", ("query",))
    return ReadAuth(Auth(api_key=ApiKeyAuth(key=key, value=value, place=place)))


def _digest(given: Parameters) -> ReadAuth:
    auth = DigestAuth(
        username=given.text("username"),
        password=given.text("password"),
        realm=given.text("realm"),
        nonce=given.text("nonce"),
        algorithm=given.text("algorithm"),
        qop=given.text("qop"),
        nonce_count=given.text("nonceCount"),
        client_nonce=given.text("clientNonce"),
        opaque=given.text("opaque"),
        no_retry=given.flag("disableRetryRequest"),
    )
    return ReadAuth(Auth(digest=auth))


def _oauth1(given: Parameters) -> ReadAuth:
    rsa = given.text("signatureMethod").upper().startswith("RSA")
    proof = given.values.get("privateKey" if rsa else "consumerSecret")
    if not given.values.get("consumerKey") or not proof:
        return ReadAuth(Auth(none=NoAuth()), note="it has no consumer key or secret; none is sent")
    in_header = given.values.get("addParamsToHeader", "").lower() in ("true", "1")
    auth = OAuth1Auth(
        consumer_key=given.text("consumerKey"),
        consumer_secret=given.text("consumerSecret"),
        token=given.text("token"),
        token_secret=given.text("tokenSecret"),
        signature_method=given.text("signatureMethod"),
        private_key=given.text("privateKey"),
        timestamp=given.text("timestamp"),
        nonce=given.text("nonce"),
        version=given.text("version"),
        realm=given.text("realm"),
        callback=given.text("callback"),
        verifier=given.text("verifier"),
        include_body_hash=given.flag("includeBodyHash"),
        # Without the flag the parameters go into the form of a POST or PUT, else into the URL.
        place=AuthPlace.HEADER if in_header else AuthPlace.BODY,
        sign_empty_params=given.flag("addEmptyParamsToSign"),
        disable_header_encoding=given.flag("disableHeaderEncoding"),
    )
    return ReadAuth(Auth(oauth1=auth))


_GRANTS = {
    "client_credentials": "client_credentials",
    "password_credentials": "password",
    "password": "password",
    "refresh_token": "refresh_token",
}


def _oauth2(given: Parameters) -> ReadAuth:
    token = given.text("accessToken")
    grant = "" if token else _GRANTS.get(given.text("grant_type", "grantType"), "")
    url = given.text("accessTokenUrl", "tokenUrl")
    common = {
        "place": given.place("addTokenTo", ("queryParams", "query")),
        "header_prefix": _prefix(given),
    }
    if token:
        return ReadAuth(Auth(oauth2=OAuth2Auth(access_token=token, **common)))
    if not grant or not url:
        wanted = given.text("grant_type", "grantType") or "no grant"
        why = (
            f"OAuth 2.0 has no stored token, and {wanted} needs a person; paste a token, "
            "or use client_credentials or password with a token URL"
        )
        return ReadAuth(None, not_runnable=why, note=why)
    auth = OAuth2Auth(
        grant_type=grant,
        token_url=url,
        client_id=given.text("clientId"),
        client_secret=given.text("clientSecret"),
        scope=given.text("scope"),
        username=given.text("username"),
        password=given.text("password"),
        client_authentication=given.text("client_authentication", "clientAuth"),
        refresh_token=given.text("refreshToken"),
        token_request_params=given.pairs.get("tokenRequestParams", ()),
        **common,
    )
    note = "newman sends no token here; the engine fetches one as the settings say"
    return ReadAuth(Auth(oauth2=auth), note=note)


def _prefix(given: Parameters) -> str:
    """One that is empty means none, which the plan says with a space."""
    if "headerPrefix" not in given.values:
        return ""
    return given.values["headerPrefix"].strip() or " "


def _aws(given: Parameters) -> ReadAuth:
    auth = AwsAuth(
        access_key=given.text("accessKey"),
        secret_key=given.text("secretKey"),
        session_token=given.text("sessionToken"),
        service=given.text("service"),
        region=given.text("region"),
        place=AuthPlace.QUERY if given.flag("addAuthDataToQuery") else AuthPlace.HEADER,
    )
    return ReadAuth(Auth(aws=auth))


def _jwt(given: Parameters) -> ReadAuth:
    auth = JwtAuth(
        algorithm=given.text("algorithm"),
        secret=given.text("secret"),
        secret_is_base64=given.flag("isSecretBase64Encoded"),
        private_key=given.text("privateKey"),
        payload=given.text("payload"),
        header=given.text("header"),
        header_prefix=_prefix(given),
        place=given.place("addTokenTo", ("queryParam", "query")),
        query_name=given.text("queryParamKey"),
    )
    return ReadAuth(Auth(jwt=auth))


def _hawk(given: Parameters) -> ReadAuth:
    if not given.text("authId") or not given.text("authKey"):
        return ReadAuth(Auth(none=NoAuth()), note="it has no id or key; Postman sends none")
    auth = HawkAuth(
        id=given.text("authId"),
        key=given.text("authKey"),
        algorithm=given.text("algorithm"),
        user=given.text("user"),
        nonce=given.text("nonce"),
        timestamp=given.text("timestamp"),
        extra_data=given.text("extraData"),
        app=given.text("app", "appId"),
        delegation=given.text("delegation"),
        include_payload_hash=given.flag("includePayloadHash"),
    )
    return ReadAuth(Auth(hawk=auth))


def _ntlm(given: Parameters) -> ReadAuth:
    auth = NtlmAuth(
        username=given.text("username"),
        password=given.text("password"),
        domain=given.text("domain"),
        workstation=given.text("workstation"),
    )
    return ReadAuth(Auth(ntlm=auth))


def _edgegrid(given: Parameters) -> ReadAuth:
    size = given.text("maxBodySize")
    auth = EdgeGridAuth(
        access_token=given.text("accessToken"),
        client_token=given.text("clientToken"),
        client_secret=given.text("clientSecret"),
        nonce=given.text("nonce"),
        timestamp=given.text("timestamp"),
        base_url=given.text("baseURL", "baseUri"),
        headers_to_sign=given.text("headersToSign"),
        max_body_bytes=int(size) if size.isascii() and size.isdigit() and len(size) < 10 else 0,
    )
    return ReadAuth(Auth(edgegrid=auth))


def _asap(given: Parameters) -> ReadAuth:
    auth = AsapAuth(
        algorithm=given.text("alg"),
        key_id=given.text("kid"),
        issuer=given.text("iss"),
        audience=given.text("aud"),
        subject=given.text("sub"),
        private_key=given.text("privateKey"),
        claims=given.text("claims"),
        expiry=given.text("exp"),
    )
    return ReadAuth(Auth(asap=auth))


_READERS: dict[str, Callable[[Parameters], ReadAuth]] = {
    "noauth": _none,
    "basic": _basic,
    "bearer": _bearer,
    "apikey": _api_key,
    "digest": _digest,
    "oauth1": _oauth1,
    "oauth2": _oauth2,
    "awsv4": _aws,
    "jwt": _jwt,
    "hawk": _hawk,
    "ntlm": _ntlm,
    "edgegrid": _edgegrid,
    "asap": _asap,
}
"""Type -> how its parameters are read; a type that is not here makes requests not runnable."""
