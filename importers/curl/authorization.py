"""`-u` and the authentication options as the plan's auth."""

from __future__ import annotations

from hazard_tui.plan.auth import Auth, AwsAuth, BasicAuth, BearerAuth, DigestAuth, NtlmAuth
from importers.curl.address import Address
from importers.curl.marks import Marks
from importers.curl.operation import Operation


def authorization(operation: Operation, marks: Marks, address: Address) -> tuple[Auth | None, str]:
    """The auth of a request, and why the request cannot be run (empty: it can).

    With several methods allowed curl first sends no proof and answers a challenge; so does digest.
    """
    user, password = _credentials(operation, marks, address)
    if operation.aws is not None:
        return _aws(operation.aws, user or "", password, address), ""
    schemes = operation.schemes
    if schemes == {"bearer"} and operation.bearer is not None:
        return Auth(bearer=BearerAuth(token=marks.template(operation.bearer))), ""
    if schemes == {"negotiate"}:
        return None, "Negotiate (SPNEGO, Kerberos) is not supported"
    if user is None:
        return None, ""
    if schemes <= {"basic"}:
        return Auth(basic=BasicAuth(username=user, password=password)), ""
    if schemes == {"ntlm"}:
        domain, _, name = user.replace("/", "\\", 1).rpartition("\\")
        return Auth(ntlm=NtlmAuth(username=name, password=password, domain=domain)), ""
    if len(schemes) > 1:
        where = operation.targets[0].pointer
        what = "several authentication methods: digest is kept, which waits for a challenge"
        if (where, "auth-on-challenge", what) not in operation.notes:
            operation.notes.append((where, "auth-on-challenge", what))
    return Auth(digest=DigestAuth(username=user, password=password)), ""


def _credentials(operation: Operation, marks: Marks, address: Address) -> tuple[str | None, str]:
    """User and password as templates; the user is None when there is none."""
    if operation.user is None:
        if address.user is None:
            return None, ""
        return marks.template(address.user), marks.template(address.password or "")
    user, colon, password = operation.user.partition(":")
    if not colon:
        if operation.aws is None:
            _note_missing(operation)
        password = marks.variable("password", None, "password that curl would ask for")
    return marks.template(user), marks.template(password)


def _note_missing(operation: Operation) -> None:
    note = (
        operation.targets[0].pointer,
        "password-missing",
        "-u names no password, curl would ask for it: set the plan variable 'password'",
    )
    if note not in operation.notes:
        operation.notes.append(note)


def _aws(text: str, user: str, password: str, address: Address) -> Auth:
    """`provider1[:provider2[:region[:service]]]`; region and service default to the host's."""
    parts = [*text.split(":"), "", "", "", ""]
    host = address.authority.split(":", 1)[0].split(".")
    region = parts[2] or (host[1] if len(host) > 1 else "")
    service = parts[3] or host[0]
    return Auth(aws=AwsAuth(access_key=user, secret_key=password, service=service, region=region))
