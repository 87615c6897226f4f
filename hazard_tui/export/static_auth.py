"""Auth that is nothing but a header or a query field, written into the message."""

from __future__ import annotations

import base64

from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Names
from hazard_tui.export.wire import Sent, with_header, with_query
from hazard_tui.plan.auth import Auth, AuthPlace, OAuth2Auth
from hazard_tui.plan.variables import Path


def with_static_auth(
    message: Sent, auth: Auth | None, names: Names, losses: Losses, path: Path
) -> Sent:
    """The message with its auth in it; a finding where the auth has to be computed per request."""
    if auth is None or auth.none is not None or not auth.choice:
        return message
    if auth.basic is not None:
        pair = f"{auth.basic.username}:{auth.basic.password}"
        if names.is_literal(pair):
            proof = base64.b64encode(pair.encode()).decode()
            return with_header(message, "Authorization", f"Basic {proof}")
    elif auth.bearer is not None:
        prefix = auth.bearer.prefix or "Bearer"
        return with_header(message, "Authorization", f"{prefix} {auth.bearer.token}")
    elif auth.api_key is not None:
        key = auth.api_key
        add = with_query if key.place is AuthPlace.QUERY else with_header
        return add(message, key.key, key.value)
    elif auth.oauth2 is not None:
        return with_oauth2(message, auth.oauth2, losses, path)
    losses.lost(
        (*path, "auth", auth.choice),
        "auth-not-expressed",
        f"the request carries no proof: {auth.choice}",
        why=f"{losses.target} cannot compute it",
        fix="add an Authorization header",
    )
    return message


def with_oauth2(message: Sent, oauth2: OAuth2Auth, losses: Losses, path: Path) -> Sent:
    """The message with the given access token; fetching one is a finding."""
    if oauth2.grant_type:
        losses.lost(
            (*path, "auth", "oauth2"),
            "token-not-fetched",
            "no token is fetched before the request",
            fix="fetch the token by a request of its own",
        )
    if not oauth2.access_token:
        return message
    if oauth2.place is AuthPlace.QUERY:
        return with_query(message, "access_token", oauth2.access_token)
    prefix = oauth2.header_prefix or "Bearer"
    return with_header(message, "Authorization", f"{prefix} {oauth2.access_token}".strip())
