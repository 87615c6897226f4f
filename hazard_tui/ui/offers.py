"""What can stand between double braces where a person is typing: names, origins, values now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hazard_tui.plan.edit import Path
from hazard_tui.plan.model import Plan, Variable
from hazard_tui.plan.request import Request
from hazard_tui.plan.variables import Names, available_before, plan_names

FUNCTIONS = {
    "$guid": "random UUID",
    "$randomUUID": "random UUID",
    "$timestamp": "seconds since 1970",
    "$isoTimestamp": "time, ISO 8601",
    "$randomInt": "0 to 1000",
    "$randomAlphaNumeric": "one letter or digit",
    "$randomBoolean": "true or false",
    "$randomEmail": "mail address",
    "$randomFirstName": "first name",
    "$randomLastName": "last name",
    "$randomFullName": "full name",
    "$randomUserName": "user name",
    "$randomPassword": "15 characters",
    "$randomPhoneNumber": "phone number",
    "$randomCity": "city",
    "$randomCountry": "country",
    "$randomCompanyName": "company",
    "$randomUrl": "URL",
    "$randomIP": "IPv4 address",
    "$randomWord": "word",
    "$randomWords": "words",
    "$randomLoremSentence": "sentence",
    "$randomPrice": "0.00 to 1000.00",
    "$randomDateRecent": "a recent date",
}
"""The functions that are offered; the worker knows more of them."""

MASK = "******"
OPEN_NAME = re.compile(r"\{\{([^{}]*)$")
SHOWN_OF_BODY = 4096
TOKEN = re.compile(r"\{\{([^{}]*)\}\}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A name with where its value comes from."""

    name: str
    origin: str


def open_name(before: str) -> str | None:
    """What is typed of a name when the cursor stands behind an open `{{`; None elsewhere."""
    match = OPEN_NAME.search(before)
    return match.group(1) if match else None


class Offers:
    """The names of a plan as one of its steps sees them.

    `context` gives the plan and the path of the step; `environment` the values that replace the
    plan's own; `checked` what the last check saved.
    """

    def __init__(
        self,
        context: Callable[[], tuple[Plan, Path]],
        environment: Callable[[], Mapping[str, str]] = dict,
        checked: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._context = context
        self._checked = checked
        self._environment = environment
        self._plan: Plan | None = None
        self._names = Names(frozenset())
        self._columns: frozenset[str] = frozenset()

    def matching(self, typed: str) -> list[Offer]:
        """Names that have a value here and fit: those that begin so first, then those inside."""
        plan, path = self._context()
        known = available_before(plan, path)
        known |= dict.fromkeys((name for name in self._environment()), "environment")
        for feed in plan.feeds:
            known |= {column: f"data {feed.name}" for column in feed.columns if column}
        offers = [Offer(name, origin) for name, origin in {**known, **FUNCTIONS}.items()]
        wanted = typed.strip().lower()
        begins = [one for one in offers if one.name.lower().startswith(wanted)]
        inside = [one for one in offers if one not in begins and wanted in one.name.lower()]
        return begins + inside

    def is_known(self, name: str) -> bool:
        """True when something in the plan or the environment gives the name a value."""
        plan, _ = self._context()
        if plan is not self._plan:
            self._plan, self._names = plan, plan_names(plan)
            self._columns = frozenset(column for feed in plan.feeds for column in feed.columns)
        return (
            name.startswith("$")
            or self._names.known(name)
            or name in self._columns
            or name in self._environment()
        )

    def unknown_spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of every token that nothing gives a value."""
        if "{{" not in text:
            return
        for match in TOKEN.finditer(text):
            if not self.is_known(match.group(1).strip()):
                yield match.span()

    def value_now(self, name: str) -> str:
        """What a name stands for now, in words; secrets are never shown."""
        plan, path = self._context()
        values = self._environment()
        if name in values:
            return f"{values[name]}   (environment)"
        variable = next((one for one in plan.variables if one.name == name), None)
        if variable is not None and not variable.disabled:
            return _variable_text(variable)
        if name.startswith("$"):
            return FUNCTIONS.get(name.split()[0], "made by the worker each time")
        origin = available_before(plan, path).get(name)
        if origin is not None:
            value = self._checked().get(name)
            return f"({origin})" if value is None else f"{value}   ({origin} in the last check)"
        if self.is_known(name):
            return "(saved later, or in another task)"
        return "has no value: is sent literally"

    def filled_in(self, text: str) -> str:
        """A text with values in place of their names: constants, secrets masked, and what the last
        check saved. Everything else stays as it is.
        """
        plan, _ = self._context()
        constants: dict[str, str] = dict(self._checked())
        for one in plan.variables:
            if not one.disabled and (one.value is not None or one.secret is not None):
                constants[one.name] = MASK if one.secret is not None else one.value or ""
        constants.update(self._environment())
        for _ in range(8):
            before = text
            text = TOKEN.sub(lambda token: constants.get(token[1].strip(), token[0]), text)
            if text == before:
                break
        return text


def preview(request: Request, offers: Offers) -> str:
    """A request as it would be sent, as far as that is known before it is: the worker adds what it
    makes itself, such as Host, and encodes. Secrets are masked.
    """
    fill = offers.filled_in
    url = fill(request.url)
    for pair in request.path_variables:
        parts = re.split(rf":{re.escape(pair.name)}(?=[/?#]|$)", url)
        url = fill(pair.value).join(parts)
    query = [f"{fill(one.name)}={fill(one.value)}" for one in request.query if not one.disabled]
    if query:
        url = f"{url}{'&' if '?' in url else '?'}{'&'.join(query)}"
    lines = [f"{fill(request.effective_method)} {url}"]
    lines += [f"{fill(one.name)}: {fill(one.value)}" for one in request.headers if not one.disabled]
    if request.auth is not None and request.auth.choice:
        lines.append(f"(auth: {request.auth.choice})")
    text = _body_text(request, fill)
    shown = text[:SHOWN_OF_BODY]
    cut = f"\n… {len(text) - len(shown)} more characters" if len(text) > len(shown) else ""
    return "\n".join([*lines, "", f"{shown}{cut}"] if text else lines)


def _body_text(request: Request, fill: Callable[[str], str]) -> str:
    body = request.body
    if body is None:
        return ""
    if body.text is not None:
        return fill(body.text.content)
    if body.urlencoded is not None:
        fields = [one for one in body.urlencoded.fields if not one.disabled]
        return "&".join(f"{fill(one.name)}={fill(one.value)}" for one in fields)
    if body.graphql is not None:
        return fill(body.graphql.query)
    return f"({body.choice})"


def _variable_text(variable: Variable) -> str:
    if variable.secret is not None:
        return f"{MASK}   (secret {variable.secret.key})"
    if variable.column is not None:
        return f"(column {variable.column.column} of data {variable.column.feed})"
    if variable.generator is not None:
        return f"(made by {variable.generator})"
    if variable.file is not None:
        return f"(content of {variable.file.path})"
    return f"{variable.value or ''}   (variable)"
