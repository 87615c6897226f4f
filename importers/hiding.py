"""The last step of an import: secrets that stand anywhere in a plan leave it.

Readers of a format take out what their format marks as secret; this walk finds the rest by place
(authorization, cookies, names of fields), by format and by the variables that are sent there. What
the report says is masked too. A value goes on the wire as before: only where it stands changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from hazard_tui.plan.auth import Auth
from hazard_tui.plan.base import Element, Pair
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan, SetupStep, Step, Task, Variable
from hazard_tui.plan.request import Body, MultipartBody, Policies, Request
from hazard_tui.plan.rules import Extractor
from hazard_tui.plan.secrets import MASK
from importers.findings import ImportResult, Record
from importers.secrets import (
    SecretKeeper,
    has_format_of_secret,
    is_literal_secret,
    is_named_secret,
    is_secret_header,
    is_secret_name,
)

SECRET_AUTH_FIELDS = frozenset(
    [
        "password",
        "token",
        "value",
        "consumer_secret",
        "token_secret",
        "private_key",
        "access_token",
        "client_secret",
        "refresh_token",
        "secret_key",
        "session_token",
        "secret",
        "key",
        "client_token",
    ]
)
"""Fields of auth elements that hold a secret by their place."""
_AUTH_NAMES = frozenset([("api_key", "key"), ("oauth1", "token")])
"""(kind, field) that hold a name or something public in spite of their field's name."""
E = TypeVar("E", bound=Element)
_ALONE = re.compile(r"\{\{([^{}$]+)\}\}")
_SHORTEST_MASKED = 6


def hide_secrets(result: ImportResult) -> ImportResult:
    """The result without secrets in its plan, records and findings; `secrets` holds them."""
    hiding = _Hiding(result)
    plan = hiding.plan(result.plan)
    secrets = dict(hiding.keeper.values)
    masked = _Masked(secrets.values())
    return replace(
        result,
        plan=plan if not secrets else masked.descriptions(plan),
        records=tuple(map(masked.record, result.records)),
        findings=tuple(map(masked.finding, result.findings)),
        secrets=secrets,
    )


class _Hiding:
    """Takes the secrets out of one plan."""

    def __init__(self, result: ImportResult) -> None:
        plan = result.plan
        self.keeper = SecretKeeper(plan.name, lambda: _names(plan))
        self.keeper.values.update(result.secrets)
        self.keeper.know(plan.variables)
        self._sent_as_secret: set[str] = set()
        """Names of variables that stand where a secret stands."""

    def plan(self, plan: Plan) -> Plan:
        """The plan with references in place of secrets."""
        known = len(self.keeper.variables)
        update: dict[str, Any] = {
            "setup": tuple(map(self.shared_step, plan.setup)),
            "tasks": tuple(map(self.task, plan.tasks)),
            "teardown": self.steps(plan.teardown),
            "shared_teardown": tuple(map(self.shared_step, plan.shared_teardown)),
            "defaults": self.policies(plan.defaults),
        }
        variables = tuple(map(self.variable, plan.variables))
        update["variables"] = variables + tuple(self.keeper.variables[known:])
        return plan.model_copy(update=update)

    def shared_step(self, one: SetupStep) -> SetupStep:
        """A step of setup or of the shared teardown with references."""
        return one if one.step is None else SetupStep(scope=one.scope, step=self.step(one.step))

    def task(self, task: Task) -> Task:
        update = {"preparation": self.steps(task.preparation), "steps": self.steps(task.steps)}
        return task.model_copy(update=update)

    def steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(map(self.step, steps))

    def step(self, step: Step) -> Step:
        """The step; a request that changed is stamped anew, since the import made it so."""
        if step.request is not None:
            request = self.request(step.request)
            if request is step.request:
                return step
            return _stamped(step.model_copy(update={"request": request}))
        inner = step.group or step.loop or step.parallel
        if inner is not None:
            made = _with(inner, steps=self.steps(inner.steps))
            return step if made is inner else step.model_copy(update={step.choice: made})
        if step.condition is not None:
            branches = {
                name: self.steps(getattr(step.condition, name)) for name in ("then", "otherwise")
            }
            return step.model_copy(update={"condition": step.condition.model_copy(update=branches)})
        return step

    def request(self, request: Request) -> Request:
        return _with(
            request,
            url=self.keeper.in_url(request.url),
            query=self.pairs(request.query),
            path_variables=self.pairs(request.path_variables),
            headers=tuple(map(self.header, request.headers)),
            body=self.body(request.body),
            auth=self.auth(request.auth),
            policies=self.policies(request.policies),
            extractors=tuple(map(self.extractor, request.extractors)),
        )

    def extractor(self, rule: Extractor) -> Extractor:
        """A rule that saves a constant may save a secret."""
        if rule.constant is None:
            return rule
        constant = self.keeper.in_field(rule.variable, rule.constant)
        return rule if constant == rule.constant else rule.model_copy(update={"constant": constant})

    def pairs(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(map(self.pair, pairs))

    def pair(self, pair: Pair) -> Pair:
        """A field of a form or query."""
        if is_secret_name(pair.name):
            self._note_names(pair.value)
        value = self.keeper.in_field(pair.name, pair.value)
        return pair if value == pair.value else pair.model_copy(update={"value": value})

    def header(self, header: Pair) -> Pair:
        if is_secret_header(header.name):
            self._note_names(header.value)
        value = self.keeper.in_header(header.name, header.value)
        return header if value == header.value else header.model_copy(update={"value": value})

    def body(self, body: Body | None) -> Body | None:
        """The body with references in its texts; bytes stay as they are."""
        if body is None:
            return None
        keeper = self.keeper
        update: dict[str, Any] = {}
        if body.text is not None:
            update["text"] = _with(body.text, content=keeper.in_body(body.text.content))
        elif body.urlencoded is not None:
            update["urlencoded"] = _with(body.urlencoded, fields=self.pairs(body.urlencoded.fields))
        elif body.multipart is not None:
            update["multipart"] = self.multipart(body.multipart)
        elif body.graphql is not None:
            update["graphql"] = _with(
                body.graphql,
                query=keeper.in_arguments(body.graphql.query),
                variables=keeper.in_body(body.graphql.variables),
            )
        return _with(body, **update)

    def multipart(self, body: MultipartBody) -> MultipartBody:
        parts = []
        for part in body.parts:
            text = part.text
            if text is not None:
                text = self.keeper.in_field(part.name, text)
                text = self.keeper.in_body(text) if text == part.text else text
            parts.append(part if text == part.text else part.model_copy(update={"text": text}))
        return _with(body, parts=tuple(parts))

    def auth(self, auth: Auth | None) -> Auth | None:
        """The auth with references in the fields that hold secrets by their place."""
        if auth is None or not auth.choice:
            return auth
        kind = auth.choice
        inner: Element = getattr(auth, kind)
        update: dict[str, Any] = {}
        for name in type(inner).model_fields:
            value = getattr(inner, name)
            if isinstance(value, tuple):
                update[name] = self.pairs(value)
            elif not isinstance(value, str) or not value:
                continue
            elif name in SECRET_AUTH_FIELDS and (kind, name) not in _AUTH_NAMES:
                self._note_names(value)
                update[name] = self.keeper.in_auth(f"{kind}_{name}", value)
            else:
                update[name] = self.keeper.in_text(value)
        return _with(auth, **{kind: _with(inner, **update)})

    def policies(self, policies: Policies | None) -> Policies | None:
        """The policies; a proxy may carry a password."""
        if policies is None or not policies.proxy:
            return policies
        return _with(policies, proxy=self.keeper.in_url(policies.proxy))

    def variable(self, variable: Variable) -> Variable:
        """A variable whose literal is a secret refers to it. Run last: requests tell which are."""
        value = variable.value
        if value is None or not is_literal_secret(value):
            return variable
        secret = (
            variable.name in self._sent_as_secret
            or is_named_secret(variable.name, value)
            or has_format_of_secret(value)
        )
        if not secret:
            return variable
        reference = self.keeper.reference(variable.name, value)
        return variable.model_copy(update={"value": None, "secret": reference})

    def _note_names(self, text: str) -> None:
        self._sent_as_secret.update(_ALONE.findall(text))


def _with(element: E, **fields: Any) -> E:
    """The element with these values; the element itself when they are what it has."""
    changed = {name: value for name, value in fields.items() if getattr(element, name) != value}
    return element.model_copy(update=changed) if changed else element


def _names(plan: Plan) -> Iterator[str]:
    """Names that mean something in the plan already."""
    yield from (variable.name for variable in plan.variables)
    yield from re.findall(r"\{\{([^{}]*)\}\}", plan.model_dump_json(exclude_defaults=True))
    for step in plan.walk():
        if step.request is not None:
            yield from (one.variable for one in step.request.extractors)


def _stamped(step: Step) -> Step:
    origin = step.provenance
    if origin is None or not origin.imported_sha256:
        return step
    bare = step.model_copy(update={"provenance": None})
    digest = hashlib.sha256(bare.model_dump_json().encode()).hexdigest()
    stamped = origin.model_copy(update={"imported_sha256": digest})
    return bare.model_copy(update={"provenance": stamped})


class _Masked:
    """Texts for people, without the values of secrets."""

    def __init__(self, values: Iterable[str]) -> None:
        long = sorted({one for one in values if len(one) >= _SHORTEST_MASKED}, key=len)
        self._pattern = re.compile("|".join(map(re.escape, reversed(long)))) if long else None

    def text(self, text: str) -> str:
        if self._pattern is None or len(text) < _SHORTEST_MASKED:
            return text
        return self._pattern.sub(MASK, text)

    def record(self, record: Record) -> Record:
        name, reason = self.text(record.name), self.text(record.reason)
        if name == record.name and reason == record.reason:
            return record
        return replace(record, name=name, reason=reason)

    def finding(self, finding: Finding) -> Finding:
        if self._pattern is None:
            return finding
        return replace(
            finding,
            what=self.text(finding.what),
            why=self.text(finding.why),
            fix=self.text(finding.fix),
        )

    def descriptions(self, plan: Plan) -> Plan:
        """The plan whose names and descriptions hold no secret."""
        return plan.model_copy(
            update={
                "description": self.text(plan.description),
                "variables": tuple(
                    one.model_copy(update={"description": self.text(one.description)})
                    for one in plan.variables
                ),
                "tasks": tuple(
                    task.model_copy(
                        update={
                            "description": self.text(task.description),
                            "preparation": tuple(map(self._step, task.preparation)),
                            "steps": tuple(map(self._step, task.steps)),
                        }
                    )
                    for task in plan.tasks
                ),
            }
        )

    def _step(self, step: Step) -> Step:
        update: dict[str, Any] = {}
        for name in ("name", "description", "not_runnable"):
            text = self.text(getattr(step, name))
            if text != getattr(step, name):
                update[name] = text
        inner = step.group or step.loop or step.parallel
        if inner is not None:
            steps = tuple(map(self._step, inner.steps))
            if steps != inner.steps:
                update[step.choice] = inner.model_copy(update={"steps": steps})
        return step.model_copy(update=update) if update else step
