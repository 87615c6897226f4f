"""Auth of a plan as an auth block of Postman 2.1."""

from __future__ import annotations

from typing import Any

from hazard_tui.plan.auth import Auth, AuthPlace
from hazard_tui.plan.base import Element

_NAMES: dict[str, tuple[str, dict[str, str]]] = {
    "basic": ("basic", {"username": "username", "password": "password"}),
    "bearer": ("bearer", {"token": "token"}),
    "api_key": ("apikey", {"key": "key", "value": "value"}),
    "digest": (
        "digest",
        {
            "username": "username", "password": "password", "realm": "realm", "nonce": "nonce",
            "algorithm": "algorithm", "qop": "qop", "nonce_count": "nonceCount",
            "client_nonce": "clientNonce", "opaque": "opaque", "no_retry": "disableRetryRequest",
        },
    ),
    "oauth1": (
        "oauth1",
        {
            "consumer_key": "consumerKey", "consumer_secret": "consumerSecret", "token": "token",
            "token_secret": "tokenSecret", "signature_method": "signatureMethod",
            "private_key": "privateKey", "timestamp": "timestamp", "nonce": "nonce",
            "version": "version", "realm": "realm", "callback": "callback",
            "verifier": "verifier", "include_body_hash": "includeBodyHash",
            "sign_empty_params": "addEmptyParamsToSign",
            "disable_header_encoding": "disableHeaderEncoding",
        },
    ),
    "oauth2": (
        "oauth2",
        {
            "access_token": "accessToken", "header_prefix": "headerPrefix",
            "token_url": "accessTokenUrl", "client_id": "clientId",
            "client_secret": "clientSecret", "scope": "scope", "username": "username",
            "password": "password", "client_authentication": "client_authentication",
            "refresh_token": "refreshToken",
        },
    ),
    "aws": (
        "awsv4",
        {
            "access_key": "accessKey", "secret_key": "secretKey", "session_token": "sessionToken",
            "service": "service", "region": "region",
        },
    ),
    "jwt": (
        "jwt",
        {
            "algorithm": "algorithm", "secret": "secret",
            "secret_is_base64": "isSecretBase64Encoded", "private_key": "privateKey",
            "payload": "payload", "header": "header", "header_prefix": "headerPrefix",
            "query_name": "queryParamKey",
        },
    ),
    "hawk": (
        "hawk",
        {
            "id": "authId", "key": "authKey", "algorithm": "algorithm", "user": "user",
            "nonce": "nonce", "timestamp": "timestamp", "extra_data": "extraData", "app": "app",
            "delegation": "delegation", "include_payload_hash": "includePayloadHash",
        },
    ),
    "ntlm": (
        "ntlm",
        {
            "username": "username", "password": "password", "domain": "domain",
            "workstation": "workstation",
        },
    ),
    "edgegrid": (
        "edgegrid",
        {
            "access_token": "accessToken", "client_token": "clientToken",
            "client_secret": "clientSecret", "nonce": "nonce", "timestamp": "timestamp",
            "base_url": "baseURL", "headers_to_sign": "headersToSign",
            "max_body_bytes": "maxBodySize",
        },
    ),
    "asap": (
        "asap",
        {
            "algorithm": "alg", "key_id": "kid", "issuer": "iss", "audience": "aud",
            "subject": "sub", "private_key": "privateKey", "claims": "claims", "expiry": "exp",
        },
    ),
}  # fmt: skip
"""Field of the plan -> parameter of Postman, per kind."""

_PLACES: dict[str, tuple[str, dict[AuthPlace, Any]]] = {
    "api_key": ("in", {AuthPlace.HEADER: "header", AuthPlace.QUERY: "query"}),
    "oauth1": ("addParamsToHeader", {AuthPlace.HEADER: True}),
    "oauth2": ("addTokenTo", {AuthPlace.HEADER: "header", AuthPlace.QUERY: "queryParams"}),
    "aws": ("addAuthDataToQuery", {AuthPlace.QUERY: True}),
    "jwt": ("addTokenTo", {AuthPlace.HEADER: "header", AuthPlace.QUERY: "queryParam"}),
}
_GRANTS = {
    "client_credentials": "client_credentials",
    "password": "password_credentials",
    "refresh_token": "refresh_token",
}


def auth_block(auth: Auth | None) -> dict[str, Any] | None:
    """The block; None when the request says nothing about auth."""
    if auth is None or not auth.choice:
        return None
    if auth.none is not None:
        return {"type": "noauth"}
    kind, names = _NAMES[auth.choice]
    given: Element = getattr(auth, auth.choice)
    values = {names[field]: getattr(given, field) for field in names if getattr(given, field)}
    if auth.choice in _PLACES:
        key, places = _PLACES[auth.choice]
        place = places.get(getattr(given, "place", AuthPlace.HEADER))
        if place is not None:
            values[key] = place
    if auth.oauth2 is not None:
        if auth.oauth2.grant_type:
            values["grant_type"] = _GRANTS.get(auth.oauth2.grant_type, auth.oauth2.grant_type)
        if auth.oauth2.token_request_params:
            values["tokenRequestParams"] = [
                {"key": pair.name, "value": pair.value, "enabled": not pair.disabled}
                for pair in auth.oauth2.token_request_params
            ]
    return {"type": kind, kind: [_parameter(key, value) for key, value in values.items()]}


def _parameter(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"key": key, "value": value, "type": "any"}
    kind = "boolean" if isinstance(value, bool) else "string"
    return {"key": key, "value": value if isinstance(value, bool) else str(value), "type": kind}
