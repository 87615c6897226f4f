"""The ways a request can be authorised. Fields are templates unless said otherwise."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from hazard_tui.plan.base import Element, OneOf, Pair


class AuthPlace(StrEnum):
    """Part of the request that carries the proof."""

    HEADER = "header"
    QUERY = "query"
    BODY = "body"


class NoAuth(Element):
    """Explicitly none."""


class BasicAuth(Element):
    username: str = ""
    password: str = ""


class BearerAuth(Element):
    token: str = ""
    prefix: str = ""
    """Empty: Bearer."""


class ApiKeyAuth(Element):
    key: str = ""
    value: str = ""
    place: AuthPlace = AuthPlace.HEADER


class DigestAuth(Element):
    username: str = ""
    password: str = ""
    realm: str = ""
    nonce: str = ""
    algorithm: str = ""
    qop: str = ""
    nonce_count: str = ""
    client_nonce: str = ""
    opaque: str = ""
    no_retry: bool = False


class OAuth1Auth(Element):
    consumer_key: str = ""
    consumer_secret: str = ""
    token: str = ""
    token_secret: str = ""
    signature_method: str = ""
    """Empty: HMAC-SHA1."""
    private_key: str = ""
    timestamp: str = ""
    nonce: str = ""
    version: str = ""
    realm: str = ""
    callback: str = ""
    verifier: str = ""
    include_body_hash: bool = False
    place: AuthPlace = AuthPlace.HEADER
    sign_empty_params: bool = False
    disable_header_encoding: bool = False


class OAuth2Auth(Element):
    access_token: str = ""
    place: AuthPlace = AuthPlace.HEADER
    header_prefix: str = ""
    """Empty: Bearer. A space: none."""
    grant_type: str = ""
    """Empty: the token is given. `client_credentials`, `password`, `refresh_token`."""
    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""
    username: str = ""
    password: str = ""
    client_authentication: str = ""
    refresh_token: str = ""
    token_request_params: tuple[Pair, ...] = ()


class AwsAuth(Element):
    access_key: str = ""
    secret_key: str = ""
    session_token: str = ""
    service: str = ""
    region: str = ""
    place: AuthPlace = AuthPlace.HEADER


class JwtAuth(Element):
    algorithm: str = ""
    """Empty: HS256."""
    secret: str = ""
    secret_is_base64: bool = False
    private_key: str = ""
    payload: str = ""
    header: str = ""
    header_prefix: str = ""
    """Empty: Bearer. A space: none."""
    place: AuthPlace = AuthPlace.HEADER
    query_name: str = ""


class HawkAuth(Element):
    id: str = ""
    key: str = ""
    algorithm: str = ""
    user: str = ""
    nonce: str = ""
    timestamp: str = ""
    extra_data: str = ""
    app: str = ""
    delegation: str = ""
    include_payload_hash: bool = False


class NtlmAuth(Element):
    username: str = ""
    password: str = ""
    domain: str = ""
    workstation: str = ""


class EdgeGridAuth(Element):
    access_token: str = ""
    client_token: str = ""
    client_secret: str = ""
    nonce: str = ""
    timestamp: str = ""
    base_url: str = ""
    headers_to_sign: str = ""
    max_body_bytes: int = 0


class AsapAuth(Element):
    algorithm: str = ""
    key_id: str = ""
    issuer: str = ""
    audience: str = ""
    subject: str = ""
    private_key: str = ""
    claims: str = ""
    expiry: str = ""


class Auth(OneOf):
    """Exactly one kind is set. A request without Auth sends none; importers resolve inheritance."""

    one_of: ClassVar[tuple[str, ...]] = (
        "basic",
        "bearer",
        "api_key",
        "digest",
        "oauth1",
        "oauth2",
        "aws",
        "jwt",
        "hawk",
        "ntlm",
        "edgegrid",
        "asap",
        "none",
    )

    basic: BasicAuth | None = None
    bearer: BearerAuth | None = None
    api_key: ApiKeyAuth | None = None
    digest: DigestAuth | None = None
    oauth1: OAuth1Auth | None = None
    oauth2: OAuth2Auth | None = None
    aws: AwsAuth | None = None
    jwt: JwtAuth | None = None
    hawk: HawkAuth | None = None
    ntlm: NtlmAuth | None = None
    edgegrid: EdgeGridAuth | None = None
    asap: AsapAuth | None = None
    none: NoAuth | None = None
