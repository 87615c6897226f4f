"""Plans of locust-hazard (`main.json`), the prior art: a Locust master with boomer workers.

Its worker runs PreTask once when it is given the plan, then for each iteration the PreWork of a
task and its TestWork. Every answer of 400 and above is a failure, redirects are never followed and
certificates never verified. `{@name@}` is a variable.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.base import Operator, Pair, Provenance, Scope
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan, SetupScope, SetupStep, Step, Task, Variable
from hazard_tui.plan.request import (
    Body,
    FormBody,
    FormEncoding,
    Policies,
    Request,
    TextBody,
)
from hazard_tui.plan.rules import Assertion, Extractor, Severity, Target
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.hiding import hide_secrets
from importers.locust_rules import ASSERTS, extractor_of, quoted
from importers.postman.document import Node, read_document
from importers.secrets import SecretKeeper

_NAME = re.compile(r"\{@([^@]+)@\}")

_ROOT_FIELDS = frozenset(("isSession", "PreTask", "MainTask", "HttpProxy", "LocustMaster"))
_TASK_FIELDS = frozenset(("TaskName", "TaskWeight", "PreWork", "TestWork"))
_REQUEST_FIELDS = frozenset(
    ("UrlPath", "Method", "Headers", "Params", "DictData", "JsonData", "RawData", "AssertChain",
     "SaveParamChain")
)  # fmt: skip


def is_locust_hazard(value: Any) -> bool:
    """True for a JSON value that is such a plan."""
    return isinstance(value, dict) and isinstance(value.get("MainTask"), list)


def import_source(source: Source, options: ImportOptions) -> ImportResult:
    """The plan. Raises UnreadableInput only when the bytes are no plan of locust-hazard."""
    value = read_document(source.data, source.name)
    if not is_locust_hazard(value):
        raise UnreadableInput(
            f"{source.name} is JSON, but no plan of locust-hazard",
            hint="it needs a list under MainTask",
        )
    return _Importer(source, options).run(Node(value))


def template(text: str) -> str:
    """`{@name@}` as `{{name}}`."""
    return _NAME.sub(r"{{\1}}", text)


class _Importer:
    def __init__(self, source: Source, options: ImportOptions) -> None:
        self.source = source
        self.ledger = Ledger(source)
        stem = source.name.replace("\\", "/").rsplit("/", 1)[-1].split(".")[0]
        self.name = options.name or (stem if stem not in ("-", "") else "locust-hazard")
        used = _NAME.findall(source.data.decode("utf-8", "replace"))
        self.keeper = SecretKeeper(self.name, lambda: used)
        self.variables: list[Variable] = []
        self.sha256 = hashlib.sha256(source.data).hexdigest()
        self.compared_sizes = False

    def run(self, root: Node) -> ImportResult:
        """Walks the file once."""
        defaults = self._defaults(root)
        setup = [
            SetupStep(scope=SetupScope.WORKER, step=step)
            for number, node in enumerate(root.get("PreTask").items(), 1)
            for step in self._prepare(node, f"setup {number}", Scope.RUN, {})
        ]
        tasks = [
            task
            for number, node in enumerate(root.get("MainTask").items(), 1)
            for task in self._task(node, number)
        ]
        if self.compared_sizes:
            self.ledger.note(
                "/MainTask",
                "assert-types",
                "AssertType 1 is read as `body longer than`, 3 as `body shorter than`",
                why="the worker's code says so; the article about the tool has them the other way "
                "round",
            )
        plan = Plan(
            name=self.name,
            variables=(*self.variables, *self.keeper.variables),
            defaults=defaults,
            setup=tuple(setup),
            tasks=tuple(tasks),
        )
        return hide_secrets(
            ImportResult(
                plan=plan,
                format="locust-hazard",
                records=tuple(self.ledger.records),
                findings=tuple(self.ledger.findings),
                secrets=dict(self.keeper.values),
            )
        )

    def _defaults(self, root: Node) -> Policies:
        session = root.get("isSession")
        if not session.missing:
            self.ledger.keep(session.pointer, "session")
        if session.value is True:
            self.ledger.note(
                session.pointer,
                "session-per-user",
                "every user has cookies of its own; there one session was shared by all, and every "
                "method but GET was sent as POST",
            )
        proxy = root.get("HttpProxy").text().strip()
        if proxy:
            self.ledger.keep(root.get("HttpProxy").pointer, "proxy", proxy)
        self._unknown(root, _ROOT_FIELDS)
        return Policies(
            follow_redirects=False,
            verify_tls=False,
            cookies=session.value is True,
            proxy=(proxy if "://" in proxy else f"http://{proxy}") if proxy else None,
        )

    def _task(self, node: Node, number: int) -> list[Task]:
        name = node.get("TaskName").text() or f"task {number}"
        work = node.get("TestWork")
        self._unknown(node, _TASK_FIELDS)
        if not node.is_object or not work.is_object:
            self.ledger.drop(node.pointer, "task", "it has no TestWork", name=name)
            for one in node.get("PreWork").items():
                self.ledger.drop(one.pointer, "request", "its task is not imported")
                self._unknown(one, _REQUEST_FIELDS)
                self._drop_parts(one, "its task is not imported", saves=True)
            return []
        weight = node.get("TaskWeight").value
        good = isinstance(weight, int) and not isinstance(weight, bool) and weight >= 1
        if good or node.get("TaskWeight").missing:
            self.ledger.keep(node.pointer, "task", name)
        else:
            given = node.get("TaskWeight").text()
            reason = f"its weight is {given!r}, which boomer never picks; 1 is used"
            self.ledger.change(node.pointer, "task", reason, name=name, code="bad-weight")
        local: dict[str, str] = {}
        preparation = [
            step
            for index, one in enumerate(node.get("PreWork").items(), 1)
            for step in self._prepare(one, f"{name}: preparation {index}", Scope.ITERATION, local)
        ]
        steps = self._steps(work, name, Scope.ITERATION, local)
        if work.get("SaveParamChain").value:
            self.ledger.note(
                work.get("SaveParamChain").pointer,
                "saves-of-test-work",
                "values are saved from the measured request, which the original never did",
            )
        task = Task(
            name=name,
            weight=weight if good else 1,
            preparation=tuple(preparation),
            steps=tuple(steps),
        )
        return [task]

    def _prepare(self, node: Node, name: str, scope: Scope, local: dict[str, str]) -> list[Step]:
        """A preparation: a request, or only values that need no answer."""
        if node.is_object and not node.get("UrlPath").text().strip():
            self.ledger.keep(node.pointer, "request", name)
            self._unknown(node, _REQUEST_FIELDS)
            self._drop_parts(node, "the request has no URL, so nothing is sent", saves=False)
            for one in node.get("SaveParamChain").items():
                self._generate(one, scope, local)
            return []
        return self._steps(node, name, scope, local)

    def _drop_parts(self, node: Node, reason: str, *, saves: bool) -> None:
        """Records what a request that is not sent holds."""
        for field, kind in (("Headers", "header"), ("Params", "query"), ("DictData", "field")):
            for name, one in node.get(field).fields():
                self.ledger.drop(one.pointer, kind, reason, name=name)
        for field in ("DictData", "JsonData", "RawData"):
            if node.get(field).value:
                self.ledger.drop(node.get(field).pointer, "body", reason, name=field)
        for one in node.get("AssertChain").items():
            self.ledger.drop(one.pointer, "assert", reason)
        for one in node.get("SaveParamChain").items() if saves else ():
            self.ledger.drop(one.pointer, "save", reason, name=one.get("ParamName").text())

    def _unknown(self, node: Node, known: frozenset[str]) -> None:
        """Records fields that the format does not have."""
        for name, one in node.fields():
            if name not in known and one.value not in (None, [], {}):
                reason = "locust-hazard has no such field"
                self.ledger.drop(one.pointer, "element", reason, name=name)

    def _generate(self, node: Node, scope: Scope, local: dict[str, str]) -> None:
        """A save without an answer becomes a variable of the plan."""
        name = node.get("ParamName").text()
        made = extractor_of(node, scope, {})
        if made is None or not (made.constant is not None or made.random_int or made.random_choice):
            reason = "there is no answer to read it from"
            self.ledger.drop(node.pointer, "save", reason, name=name)
            return
        value, generator = None, None
        if made.constant is not None:
            value = made.constant
        elif made.random_int is not None:
            generator = f"$int {made.random_int.min} {made.random_int.max}"
        elif made.random_choice is not None:
            generator = "$choice " + " ".join(quoted(one) for one in made.random_choice.values)
        used = {variable.name for variable in self.variables}
        own, number = name, 2
        while own in used:
            own, number = f"{name}_{number}", number + 1
        local[name] = own
        self.variables.append(Variable(name=own, scope=scope, value=value, generator=generator))
        if own == name:
            self.ledger.keep(node.pointer, "save", name)
        else:
            reason = f"another task has a value of this name; it is called {own!r} here"
            self.ledger.change(node.pointer, "save", reason, name=name, code="renamed-variable")

    def _steps(self, node: Node, name: str, scope: Scope, local: dict[str, str]) -> list[Step]:
        if not node.is_object:
            self.ledger.drop(node.pointer, "request", "it is no request", name=name)
            return []
        self.ledger.keep(node.pointer, "request", name)
        self._unknown(node, _REQUEST_FIELDS)
        url = self._text(node.get("UrlPath"), local)
        request = Request(
            method=node.get("Method").text().upper() or "GET",
            url=self.keeper.in_text(url),
            query=self._pairs(node.get("Params"), "query", local),
            headers=self._pairs(node.get("Headers"), "header", local),
            body=self._body(node, local),
            extractors=tuple(self._extractors(node.get("SaveParamChain"), scope, local)),
            assertions=self._assertions(node.get("AssertChain")),
        )
        provenance = Provenance(
            file=self.source.name, file_sha256=self.sha256, pointer=node.pointer
        )
        why = "" if url.strip() else "the request has no URL"
        return [Step(name=name, request=request, provenance=provenance, not_runnable=why)]

    def _text(self, node: Node, local: dict[str, str]) -> str:
        """A text whose variables carry the names that they have in the plan."""
        return _NAME.sub(
            lambda match: "{{" + local.get(match.group(1), match.group(1)) + "}}", node.text()
        )

    def _pairs(self, node: Node, kind: str, local: dict[str, str]) -> tuple[Pair, ...]:
        pairs = []
        for name, one in node.fields():
            self.ledger.keep(one.pointer, kind, name)
            value = self._text(one, local)
            keep = self.keeper.in_header if kind == "header" else self.keeper.in_field
            pairs.append(Pair(name=name, value=keep(name, value)))
        return tuple(pairs)

    def _body(self, node: Node, local: dict[str, str]) -> Body | None:
        """Form fields win over JSON, JSON over raw text, as in the client of the original."""
        fields = self._pairs(node.get("DictData"), "field", local)
        json_text = self._text(node.get("JsonData"), local)
        raw = self._text(node.get("RawData"), local)
        chosen: Body | None = None
        for pointer, kind, made in (
            (
                node.get("DictData").pointer,
                "form",
                Body(urlencoded=FormBody(fields=fields, encoding=FormEncoding.PLUS))
                if fields
                else None,
            ),
            (
                node.get("JsonData").pointer,
                "json",
                Body(
                    text=TextBody(content=self.keeper.in_text(json_text)),
                    content_type="application/json",
                )
                if json_text
                else None,
            ),
            (
                node.get("RawData").pointer,
                "raw",
                Body(text=TextBody(content=self.keeper.in_text(raw))) if raw else None,
            ),
        ):
            if made is None:
                continue
            if chosen is None:
                chosen = made
                self.ledger.keep(pointer, "body", kind)
            else:
                self.ledger.drop(pointer, "body", "another body of the request wins", name=kind)
        return chosen

    def _extractors(self, node: Node, scope: Scope, local: dict[str, str]) -> list[Extractor]:
        made = []
        for one in node.items():
            extractor = extractor_of(one, scope, local)
            name = one.get("ParamName").text()
            if extractor is None:
                reason = f"SaveType {one.get('SaveType').text() or '?'} with this rule is not known"
                self.ledger.drop(one.pointer, "save", reason, name=name)
            else:
                self.ledger.keep(one.pointer, "save", name)
                made.append(extractor)
        return made

    def _assertions(self, node: Node) -> tuple[Assertion, ...]:
        made = [
            Assertion(
                name="status below 400",
                target=Target.STATUS,
                operator=Operator.LESS,
                expected="400",
                severity=Severity.FAIL,
            )
        ]
        for one in node.items():
            kind, value = one.get("AssertType").value, one.get("RuleValue").value
            known = ASSERTS.get(kind) if isinstance(kind, int) else None
            if known is None or not isinstance(value, int) or isinstance(value, bool):
                self.ledger.drop(
                    one.pointer,
                    "assert",
                    f"AssertType {one.get('AssertType').text() or '?'} is not known",
                    severity=FindingSeverity.WARNING,
                )
                continue
            self.compared_sizes = self.compared_sizes or kind in (1, 3)
            self.ledger.keep(one.pointer, "assert", known[0].value)
            made.append(Assertion(target=known[0], operator=known[1], expected=str(value)))
        return tuple(made)
