"""What a curl command line asks for, before it is turned into requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from importers.findings import Fate


class Refused(Exception):
    """curl does not run this command line, or hazard cannot send it; the message says why."""


NO_URL = "no URL specified"
"""Why curl refuses a command that names no address."""


@dataclass(slots=True)
class Use:
    """One option or URL of the command line and what became of it."""

    pointer: str
    kind: str
    """`flag` or `url`."""
    name: str
    fate: Fate = Fate.KEPT
    reason: str = ""
    code: str = ""
    warns: bool = False
    fix: str = ""

    def change(self, reason: str, code: str, *, warns: bool = False, fix: str = "") -> None:
        """The option has its effect in another way."""
        self.fate, self.reason, self.code, self.warns = Fate.CHANGED, reason, code, warns
        self.fix = fix

    def drop(self, reason: str, code: str, *, warns: bool = True, fix: str = "") -> None:
        """The option has no effect in the plan."""
        self.fate, self.reason, self.code, self.warns = Fate.DROPPED, reason, code, warns
        self.fix = fix


@dataclass(slots=True)
class Target:
    """A URL and the file that is sent to it; either may come first."""

    url: str | None = None
    pointer: str = ""
    upload: str | None = None


@dataclass(slots=True)
class FormPart:
    """One `-F`."""

    name: str | None
    text: str | None = None
    """None: `file` is the content; parts of a nested multipart have neither."""
    file: str | None = None
    parts: list[FormPart] | None = None
    content_type: str | None = None
    file_name: str | None = None
    headers: list[str] = field(default_factory=list)
    encoder: str | None = None


@dataclass(slots=True)
class Operation:
    """The options between two `--next`."""

    targets: list[Target] = field(default_factory=list)
    first_open: dict[str, int] = field(default_factory=dict)
    """`url`, `upload` -> index before which every target has one."""
    method: str | None = None
    kind: str = ""
    """The request that options chose: empty, HEAD, form, data or PUT."""
    data: str | None = None
    json: bool = False
    get: bool = False
    head: bool = False
    headers: list[str] = field(default_factory=list)
    agent: str | None = None
    referer: str | None = None
    cookies: list[str] = field(default_factory=list)
    cookie_engine: bool = False
    range: str | None = None
    resume: int = 0
    time_condition: str | None = None
    etag_file: str | None = None
    compressed: bool = False
    tr_encoding: bool = False
    user: str | None = None
    schemes: set[str] = field(default_factory=set)
    bearer: str | None = None
    aws: str | None = None
    globoff: bool = False
    path_as_is: bool = False
    no_user_in_url: bool = False
    request_target: str | None = None
    default_scheme: str = ""
    form: list[FormPart] = field(default_factory=list)
    form_open: list[FormPart] = field(default_factory=list)
    form_escape: bool = False
    query: str | None = None
    fail: str = ""
    """The option that makes a status of 400 or more a failure."""
    noproxy: str = ""
    policies: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    """Findings that concern no single option: (pointer, code, what)."""

    def choose(self, kind: str) -> None:
        """Chooses the kind of request; as curl, only one may be chosen."""
        if self.kind not in ("", kind):
            raise Refused(
                f"You can only select one HTTP request method! You asked for both "
                f"{_ASKED[kind]} and {_ASKED[self.kind]}"
            )
        self.kind = kind

    def header_names(self) -> set[str]:
        """Lower-case names of all `-H`, removed and empty ones included."""
        names = set()
        for header in self.headers:
            cut = min((at for at in (header.find(":"), header.find(";")) if at >= 0), default=-1)
            if cut > 0:
                names.add(header[:cut].strip().lower())
        return names


_ASKED = {
    "HEAD": "HEAD (-I, --head)",
    "form": "multipart formpost (-F, --form)",
    "data": "POST (-d, --data)",
    "PUT": "PUT (-T, --upload-file)",
    "GET": "GET (-G, --get)",
}
