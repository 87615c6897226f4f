"""Walking a collection: folders become timed groups, requests become steps, in Postman's order."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from hazard_tui.plan.auth import Auth, AuthPlace
from hazard_tui.plan.base import Provenance
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Group, Jump, Step
from hazard_tui.plan.request import Request
from importers.findings import Fate, Ledger, Record
from importers.postman.auth import ReadAuth, read_auth
from importers.postman.behaviour import read_behaviour
from importers.postman.bodies import BodyReader
from importers.postman.document import (
    DEEPEST_FOLDER,
    ID_FIELDS,
    Node,
    child,
    description_of,
    escaped,
)
from importers.postman.events import Assembled, Event, ScriptReader
from importers.postman.headers import (
    Note,
    for_form,
    joined_cookies,
    read_headers,
    sent_content_type,
    with_accept_encoding,
)
from importers.postman.requests import policies_of, read_address, read_connection
from importers.postman.variables import drop_inner_variables
from importers.secrets import SecretKeeper

_ITEM_FIELDS = frozenset(
    ("id", "uid", "name", "description", "variable", "event", "request", "response", "item", "auth",
     "protocolProfileBehavior", "order", "at", "unordered")
)  # fmt: skip
_REQUEST_FIELDS = frozenset(
    ("url", "method", "header", "body", "data", "auth", "description", "proxy", "certificate", "id",
     "name")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a folder hands down to what is in it."""

    auth: ReadAuth | None = None
    events: tuple[Event, ...] = ()
    policies: dict[str, Any] = field(default_factory=dict)
    depth: int = 0


class CollectionReader:
    """Makes the steps of one collection and records every element."""

    def __init__(
        self, ledger: Ledger, keeper: SecretKeeper, scripts: ScriptReader, file_sha256: str
    ) -> None:
        self.ledger = ledger
        self.keeper = keeper
        self.scripts = scripts
        self.file_sha256 = file_sha256
        self.examples = 0
        self.targets: dict[str, str] = {}
        """Name or id of a request -> id of the step that setNextRequest finds under it."""
        self.step_ids: dict[str, str] = {}
        """Pointer of an item -> id of its step."""

    def name_steps(self, items: Node) -> None:
        """Gives every request an id: its name, made unique. Run before `steps`."""
        used: set[str] = set()
        counts: dict[str, int] = defaultdict(lambda: 1)
        by_id: dict[str, str] = {}
        for node in requests_in(items):
            name = node.text_at("name")
            base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
            base = base or "request"
            step_id = base
            while step_id in used:
                counts[base] += 1
                step_id = f"{base}-{counts[base]}"
            used.add(step_id)
            self.step_ids[node.pointer] = step_id
            # As in Postman the last of several requests with one name is found, and an id first.
            self.targets[name] = step_id
            for key in ID_FIELDS:
                if isinstance(found := node.value.get(key), str):
                    by_id[found] = step_id
        self.targets |= by_id

    def owner(self, node: Node, inherited: Inherited) -> Inherited:
        """What the owner hands down: its own settings over what it inherits."""
        auth = self.auth(node.get("auth"))
        policies = read_behaviour(node.get("protocolProfileBehavior"), self.ledger)
        return Inherited(
            auth or inherited.auth,
            inherited.events + self.scripts.read(node),
            inherited.policies | policies,
            inherited.depth + 1,
        )

    def auth(self, node: Node) -> ReadAuth | None:
        """The block of one owner; None when it inherits."""
        if node.missing:
            return None
        if not node.is_object:
            self.ledger.drop(node.pointer, "auth", "it is no auth block", code="bad-auth")
            return None
        read = read_auth(node, self.keeper)
        kind = node.get("type").text()
        if read.not_runnable:
            self.ledger.change(
                node.pointer,
                "auth",
                read.not_runnable,
                name=kind,
                code="auth-not-runnable",
                severity=FindingSeverity.ERROR,
                fix="give its requests another auth",
            )
        elif read.note:
            self.ledger.change(node.pointer, "auth", read.note, name=kind, code="auth-differs")
        else:
            self.ledger.keep(node.pointer, "auth", kind)
        return read if kind else None

    def steps(self, items: Node, inherited: Inherited) -> tuple[Step, ...]:
        """Steps of a list of items."""
        made: list[Step] = []
        for node in items.items():
            made += self.item(node, inherited)
        return tuple(made)

    def item(self, node: Node, inherited: Inherited) -> list[Step]:
        """Steps of one item: a group, or a request with what its scripts add around it."""
        if not node.is_object:
            self.ledger.drop(node.pointer, "request", "it is no item of a collection")
            return []
        self.drop_unknown_fields(node, _ITEM_FIELDS)
        drop_inner_variables(node, self.ledger)
        if node.get("item").is_list:
            return self.folder(node, inherited)
        request = node.get("request")
        if request.missing:
            reason = "there is no request in it"
            self.ledger.drop(node.pointer, "request", reason, name=node.get("name").text())
            self.owner(node, inherited)
            self._examples(node)
            return []
        return self.request(node, inherited)

    def folder(self, node: Node, inherited: Inherited) -> list[Step]:
        name = node.get("name").text() or "folder"
        self._folder_request(node)
        self._examples(node)
        if inherited.depth >= DEEPEST_FOLDER:
            self._drop_inside(node, f"folders are nested deeper than {DEEPEST_FOLDER}")
            return []
        self.ledger.keep(node.pointer, "folder", name)
        steps = self.steps(node.get("item"), self.owner(node, inherited))
        step = Step(
            name=name,
            description=description_of(node),
            group=Group(steps=steps, timed=True),
            disabled=node.flag("unordered"),
        )
        return [step]

    def _drop_inside(self, folder: Node, reason: str) -> None:
        """Records a folder and everything in it as dropped, however deep it is; one finding."""
        told, recorded = len(self.ledger.findings), len(self.ledger.records)
        pending = [folder]
        while pending:
            node = pending.pop()
            if not node.is_object or not node.get("item").is_list:
                self.item(node, Inherited())
                continue
            self.ledger.keep(node.pointer, "folder", node.get("name").text())
            if node is not folder:
                self.drop_unknown_fields(node, _ITEM_FIELDS)
                drop_inner_variables(node, self.ledger)
                self._folder_request(node)
                self._examples(node)
            self.owner(node, Inherited())
            pending += node.get("item").items()
        inside = self.ledger.records[recorded:]
        del self.ledger.records[recorded:], self.ledger.findings[told:]
        for one in inside:
            self.ledger.records.append(replace(one, fate=Fate.DROPPED, reason=reason))
        name = folder.get("name").text()
        self.ledger.note(
            folder.pointer,
            "dropped",
            f"folder {name!r} was dropped with {len(inside)} elements",
            FindingSeverity.WARNING,
            why=reason,
        )

    def _folder_request(self, node: Node) -> None:
        if not node.get("request").missing:
            reason = "a folder is not sent; what is in it is"
            name = node.get("name").text()
            self.ledger.drop(node.get("request").pointer, "request", reason, name=name)

    def request(self, node: Node, inherited: Inherited) -> list[Step]:
        request = node.get("request")
        url = request.get("url")
        address = url if url.is_text else url.get("raw")
        name = node.text_at("name") or address.text() or "request"
        bare = node
        if node.holds("auth"):
            fields = {key: value for key, value in node.value.items() if key != "auth"}
            bare = Node(fields, node.pointer)
        own = self.owner(bare, inherited)
        auth = own.auth
        if request.is_object:
            auth = self.auth(request.get("auth")) or own.auth
            self.drop_unknown_fields(request, _REQUEST_FIELDS)
        if node.holds("auth"):
            reason = "Postman reads the auth of a request inside `request`"
            self.ledger.drop(node.get("auth").pointer, "auth", reason)
        self._examples(node)
        scripts = self.scripts.assemble(own.events)
        made = self._exchange(request, _sent_auth(auth), own.policies, scripts)
        why = auth.not_runnable if auth else ""
        why = why or ("" if made.url.strip() else "the request has no URL")
        step = self._with_provenance(
            Step(
                id=self.step_ids.get(node.pointer, ""),
                name=name,
                description=description_of(node) or description_of(request),
                disabled=node.flag("unordered"),
                not_runnable=why,
                request=made,
            ),
            node,
        )
        self._record_request(node, name, why)
        before = [Step(name="setTimeout", pause=pause) for pause in scripts.pauses_before]
        before += [self._sent(one, node) for one in scripts.requests_before]
        after = [self._sent(one, node) for one in scripts.requests_after]
        after += [Step(name="setTimeout", pause=pause) for pause in scripts.pauses_after]
        after += [self._jump(jump, node) for jump in scripts.jumps]
        return [*before, step, *after]

    def _record_request(self, node: Node, name: str, why: str) -> None:
        if node.flag("unordered"):
            reason = "no order names it, so Postman does not run it; it is kept, switched off"
            self.ledger.change(node.pointer, "request", reason, name=name, code="not-in-order")
        elif why:
            self.ledger.change(
                node.pointer,
                "request",
                f"it cannot be sent: {why}",
                name=name,
                code="not-runnable",
                severity=FindingSeverity.WARNING,
            )
        else:
            self.ledger.keep(node.pointer, "request", name)

    def _exchange(
        self, node: Node, auth: Auth | None, policies: dict[str, Any], scripts: Assembled
    ) -> Request:
        rules: dict[str, Any] = {
            "extractors": tuple(scripts.extractors),
            "assertions": tuple(scripts.assertions),
            "before": scripts.before,
            "after": scripts.after,
        }
        if not node.is_object:
            address = read_address(node, self.ledger, self.keeper)
            return Request(
                method="GET",
                url=address.url,
                query=address.query,
                headers=with_accept_encoding((), policies.get("omit_headers", ())),
                auth=auth,
                policies=policies_of(policies),
                **rules,
            )
        address = read_address(node.get("url"), self.ledger, self.keeper)
        headers = read_headers(node.get("header"), self.ledger, self.keeper)
        reader = BodyReader(self.ledger, self.keeper, sent_content_type(headers))
        method = node.text_at("method") or "GET"
        fields = policies | read_connection(node, self.ledger)
        body = reader.read(self._body(node))
        headers, body = for_form(headers, body, method, policies, self._teller(node.get("header")))
        if auth is not None and auth.oauth1 is not None and auth.oauth1.place is AuthPlace.BODY:
            form = body is not None and body.urlencoded is not None
            if not form or method.upper() not in ("POST", "PUT"):
                auth = Auth(oauth1=auth.oauth1.model_copy(update={"place": AuthPlace.QUERY}))
        return Request(
            method=method if "{{" in method else method.upper(),
            url=address.url,
            query=address.query,
            path_variables=address.path_variables,
            headers=with_accept_encoding(headers, policies.get("omit_headers", ())),
            body=body,
            auth=auth,
            policies=policies_of(fields),
            **rules,
        )

    def _teller(self, node: Node) -> Note:
        """Notes a code and what happened, at the node."""
        return lambda code, what: self.ledger.note(node.pointer, code, what)

    def _sent(self, request: Request, node: Node) -> Step:
        """A step that sends what a script of the node sends."""
        note, method = self._teller(node), request.effective_method
        headers = joined_cookies(request.headers, note)
        headers, body = for_form(headers, request.body, method, {}, note)
        headers = with_accept_encoding(headers, ())
        return Step(
            name=f"pm.sendRequest {request.method} {request.url}"[:120],
            request=request.model_copy(update={"headers": headers, "body": body}),
        )

    def _body(self, node: Node) -> Node:
        """The body of a request; early files of version 2 call it `data`."""
        body, early = node.get("body"), node.get("data")
        if body.missing and early.is_object and early.get("mode").is_text:
            if early.get(early.get("mode").text()).value:
                self.ledger.note(
                    early.pointer,
                    "early-body",
                    "the body stands in `data`, as in early files of version 2; it is sent",
                    FindingSeverity.WARNING,
                    why="Postman today reads only `body`",
                )
            return early
        return body

    def _with_provenance(self, step: Step, node: Node) -> Step:
        digest = hashlib.sha256(step.model_dump_json(exclude_defaults=True).encode()).hexdigest()
        provenance = Provenance(
            file=self.ledger.source.name,
            file_sha256=self.file_sha256,
            pointer=node.pointer,
            imported_sha256=digest,
            source_id=next(filter(None, (node.text_at(key) for key in ID_FIELDS)), ""),
        )
        return step.model_copy(update={"provenance": provenance})

    def _jump(self, jump: Jump, node: Node) -> Step:
        to = self.targets.get(jump.to, "") if jump.to else ""
        if jump.to and not to:
            self.ledger.note(
                node.pointer,
                "unknown-request",
                f"setNextRequest names {jump.to!r}, which is not in the collection; the iteration "
                "ends there, as in Postman",
                FindingSeverity.WARNING,
            )
        name = f"go on with {jump.to}" if to else "end of the iteration"
        return Step(name=name, jump=jump.model_copy(update={"to": to}))

    def _examples(self, node: Node) -> None:
        for one in node.get("response", "responses").items():
            self.examples += 1
            name = one.get("name").text()
            reason = "saved examples of answers are not sent"
            self.ledger.records.append(Record(one.pointer, "example", Fate.DROPPED, name, reason))

    def drop_unknown_fields(self, node: Node, known: frozenset[str]) -> None:
        for key in node.value if node.is_object else ():
            if key in known or key.startswith("_") or node.value[key] in (None, [], {}):
                continue
            place = child(node.value[key], f"{node.pointer}/{escaped(key)}").pointer
            reason = "the format of Postman has no such field"
            self.ledger.drop(place, "element", reason, name=key, severity=FindingSeverity.INFO)


def requests_in(items: Node, depth: int = 0) -> list[Node]:
    """Items with a request, in the order in which Postman runs them."""
    found: list[Node] = []
    if depth > DEEPEST_FOLDER:
        return found
    for node in items.items():
        if node.get("item").is_list:
            found += requests_in(node.get("item"), depth + 1)
        elif node.holds("request"):
            found.append(node)
    return found


def _sent_auth(read: ReadAuth | None) -> Auth | None:
    """The auth of a request; `noauth` has done its work by stopping the inheritance."""
    if read is None or read.auth is None or read.auth.none is not None:
        return None
    return read.auth
