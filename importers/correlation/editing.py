"""Puts links into the plan: rules that save on the producing step, variables in the using ones."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hazard_tui.plan.base import Scope
from hazard_tui.plan.model import Plan, Step, Variable
from hazard_tui.plan.request import Body, Request, Script
from hazard_tui.plan.rules import Extractor
from importers.correlation.decoding import base64_text
from importers.correlation.linking import Candidate, Link
from importers.correlation.uses import Field, Part, Use

_SAFE = re.compile(r"[A-Za-z0-9_.~-]*")
_OPAQUE = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9_.~-]{16,}")
_JWT_OR_UUID = re.compile(r"eyJ[\w.-]+|[\w]{8}(?:-\w{4}){3}-\w{12}")


@dataclass(frozen=True, slots=True)
class Replacement:
    """Text of a field that becomes a template."""

    start: int
    end: int
    template: str


@dataclass(slots=True)
class Edits:
    """Collects what changes in a plan."""

    replacements: dict[str, dict[Field, list[Replacement]]] = field(default_factory=dict)
    """By step pointer."""
    rules: dict[str, list[Extractor]] = field(default_factory=dict)
    scripts: dict[str, list[str]] = field(default_factory=dict)
    variables: list[Variable] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def replace(self, pointer: str, place: Field, replacement: Replacement) -> None:
        """A part of a field becomes a template."""
        self.replacements.setdefault(pointer, {}).setdefault(place, []).append(replacement)

    def save(self, pointer: str, candidate: Candidate, variable: str, why: str) -> None:
        """A step saves a value into a variable."""
        value = candidate.value
        name = variable
        if value.decoded_by:
            name = self.derived_name(f"{variable}_text")
            self.scripts.setdefault(pointer, []).append(
                f"{{ const value = pm.variables.get({name!r}); "
                f"pm.environment.set({variable!r}, String({value.decoded_by})); }}"
            )
        rule = value.rule.model_copy(
            update={"variable": name, "redirect_hop": candidate.hop, "description": why}
        )
        self.rules.setdefault(pointer, []).append(rule)

    def derived_name(self, name: str) -> str:
        """A name like this one that is not taken."""
        number, unique = 2, name
        while unique in self.taken:
            unique = f"{name}_{number}"
            number += 1
        self.taken.add(unique)
        return unique

    def derive(self, name: str, template: str) -> str:
        """Name of a plan variable that holds a template."""
        for variable in self.variables:
            if variable.value == template:
                return variable.name
        unique = self.derived_name(name)
        self.variables.append(Variable(name=unique, scope=Scope.USER, value=template))
        return unique


def template_for(use: Use, value: str, variable: str, edits: Edits) -> str:
    """What stands in place of a use: the variable, encoded as the value was."""
    functions = [name for name in use.encodings if name == "url" or '"' in value or "\\" in value]
    if not functions and use.part in (Part.PATH, Part.QUERY) and _may_need_encoding(value):
        functions = ["url"]
    if functions and _SAFE.fullmatch(value) and not _may_need_encoding(value):
        functions = []
    for depth, function in enumerate(reversed(functions)):
        if depth == len(functions) - 1:
            return f"{{{{${function} @{variable}}}}}"
        variable = edits.derive(f"{variable}_{function}", f"{{{{${function} @{variable}}}}}")
    return f"{{{{{variable}}}}}"


def _may_need_encoding(value: str) -> bool:
    """True for texts of the base64 kind, whose next value may hold `+` or `/`."""
    return bool(_OPAQUE.fullmatch(value)) and not _JWT_OR_UUID.fullmatch(value)


def replace_uses(
    links: Sequence[Link],
    names: Mapping[int, str],
    pointer: str,
    raw: Mapping[Field, str],
    edits: Edits,
) -> None:
    """Replaces the uses of one step; `names` gives the variable of each link by its identity."""
    encoded: dict[tuple[Field, int, int], list[Link]] = defaultdict(list)
    for link in links:
        use = link.use
        if use.inside_base64 is not None:
            encoded[use.field, use.start, use.end].append(link)
            continue
        template = template_for(use, use.text, names[id(link)], edits)
        edits.replace(pointer, use.field, Replacement(use.start, use.end, template))
    for (place, start, end), group in encoded.items():
        template = _base64_template(group, names, raw[place][start:end], edits)
        edits.replace(pointer, place, Replacement(start, end, template))


def _base64_template(
    group: Sequence[Link], names: Mapping[int, str], raw: str, edits: Edits
) -> str:
    plain = base64_text(raw.replace("%3D", "=").replace("%2B", "+").replace("%2F", "/")) or ""
    parts: list[Replacement] = []
    for link in group:
        start, end = link.use.inside_base64 or (0, 0)
        parts.append(Replacement(start, end, f"{{{{{names[id(link)]}}}}}"))
    variable = names[id(group[0])]
    if len(group) > 1 or parts[0].end - parts[0].start != len(plain):
        variable = edits.derive(f"{variable}_plain", replaced(plain, parts))
    if raw.endswith("%3D") or "%2B" in raw or "%2F" in raw:
        variable = edits.derive(f"{variable}_base64", f"{{{{$base64 @{variable}}}}}")
        return f"{{{{$url @{variable}}}}}"
    unpadded = len(plain.encode()) % 3 and not raw.endswith("=")
    return f"{{{{${'base64url' if unpadded else 'base64'} @{variable}}}}}"


def replaced(text: str, replacements: Sequence[Replacement]) -> str:
    """A text with its parts replaced."""
    for one in sorted(replacements, key=lambda item: item.start, reverse=True):
        text = text[: one.start] + one.template + text[one.end :]
    return text


def raw_fields(request: Request) -> dict[Field, str]:
    """The raw texts of a request that can be edited."""
    fields: dict[Field, str] = {("url", 0): request.url}
    for index, header in enumerate(request.headers):
        fields["header", index] = header.value
    body = request.body
    if body is not None and body.text is not None:
        fields["text", 0] = body.text.content
    elif body is not None and body.urlencoded is not None:
        for index, pair in enumerate(body.urlencoded.fields):
            fields["form", index] = pair.value
    elif body is not None and body.multipart is not None:
        for index, part in enumerate(body.multipart.parts):
            if part.text is not None:
                fields["part", index] = part.text
    return fields


def edited_plan(plan: Plan, edits: Edits) -> Plan:
    """The plan with all edits."""
    tasks = tuple(
        task.model_copy(
            update={
                "preparation": tuple(_edited(step, edits) for step in task.preparation),
                "steps": tuple(_edited(step, edits) for step in task.steps),
            }
        )
        for task in plan.tasks
    )
    variables = plan.variables + tuple(edits.variables)
    return plan.model_copy(update={"tasks": tasks, "variables": variables})


def _edited(step: Step, edits: Edits) -> Step:
    for kind in ("group", "loop", "parallel"):
        inner = getattr(step, kind)
        if inner is not None:
            children = tuple(_edited(child, edits) for child in inner.steps)
            return step.model_copy(update={kind: inner.model_copy(update={"steps": children})})
    origin = step.provenance
    if step.request is None or origin is None:
        return step
    request = _edited_request(step.request, origin.pointer, edits)
    if request is step.request:
        return step
    bare = step.model_copy(update={"request": request, "provenance": None})
    digest = hashlib.sha256(bare.model_dump_json().encode()).hexdigest()
    origin = origin.model_copy(update={"imported_sha256": digest})
    return bare.model_copy(update={"provenance": origin})


def _edited_request(request: Request, pointer: str, edits: Edits) -> Request:
    changes: dict[str, object] = {}
    places = edits.replacements.get(pointer, {})
    if places:
        raw = raw_fields(request)
        changes |= _changed_fields(
            request, {place: replaced(raw[place], parts) for place, parts in places.items()}
        )
    if rules := edits.rules.get(pointer):
        changes["extractors"] = (*request.extractors, *rules)
    if scripts := edits.scripts.get(pointer):
        source = "\n".join([request.after.source] if request.after else []) + "\n".join(scripts)
        changes["after"] = Script(source=source)
    return request.model_copy(update=changes) if changes else request


def _changed_fields(request: Request, texts: Mapping[Field, str]) -> dict[str, object]:
    changes: dict[str, object] = {}
    if ("url", 0) in texts:
        changes["url"] = texts["url", 0]
    headers = tuple(
        header.model_copy(update={"value": texts["header", index]})
        if ("header", index) in texts
        else header
        for index, header in enumerate(request.headers)
    )
    if headers != request.headers:
        changes["headers"] = headers
    if request.body is not None and any(place[0] not in ("url", "header") for place in texts):
        changes["body"] = _changed_body(request.body, texts)
    return changes


def _changed_body(body: Body, texts: Mapping[Field, str]) -> Body:
    if body.text is not None:
        return body.model_copy(
            update={"text": body.text.model_copy(update={"content": texts["text", 0]})}
        )
    if body.urlencoded is not None:
        pairs = tuple(
            pair.model_copy(update={"value": texts.get(("form", index), pair.value)})
            for index, pair in enumerate(body.urlencoded.fields)
        )
        return body.model_copy(
            update={"urlencoded": body.urlencoded.model_copy(update={"fields": pairs})}
        )
    if body.multipart is not None:
        parts = tuple(
            part.model_copy(update={"text": texts[("part", index)]})
            if ("part", index) in texts
            else part
            for index, part in enumerate(body.multipart.parts)
        )
        return body.model_copy(
            update={"multipart": body.multipart.model_copy(update={"parts": parts})}
        )
    return body
