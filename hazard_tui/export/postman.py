"""A plan as a Postman collection, format 2.1.

Schema: https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
"""

from __future__ import annotations

import json
from typing import Any

from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Names
from hazard_tui.export.postman_auth import auth_block
from hazard_tui.export.postman_jumps import Item, Jumps
from hazard_tui.export.postman_request import request_value
from hazard_tui.export.postman_scripts import test_script
from hazard_tui.export.unsaid import note_load
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Jump, Pause, Plan, SetupStep, Step, Task, Variable
from hazard_tui.plan.request import PRUNED_METHODS, Policies, UrlEncoding
from hazard_tui.plan.variables import Path

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
POSTMAN_REDIRECTS = 10
_VERSIONS = {"1.1": "http1", "2": "http2", "auto": "auto"}
_TLS = ("1.0", "1.1", "1.2", "1.3")
_TLS_KEYS = {"1.0": "TLSv1", "1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3"}
_NOT_IN_POSTMAN = (
    "connect_timeout_ms", "timeout_ms", "ca_file", "server_name", "max_body_bytes", "resolve",
    "connect_to", "unix_socket", "expect_continue", "keep_alive", "add_default_headers",
)  # fmt: skip


def export_postman(plan: Plan) -> tuple[str, list[Finding]]:
    """The collection as JSON text, and what it does not say of the plan."""
    return _Writer(plan).collection()


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.losses = Losses("Postman")
        self.names = Names(plan)
        self.pauses: list[int] = []
        """Milliseconds to wait before the next request."""
        self.jumps = Jumps(plan, self.names, self.losses)

    def collection(self) -> tuple[str, list[Finding]]:
        """The whole text and the findings."""
        plan = self.plan
        items: list[dict[str, Any]] = []
        setup = self._shared(plan.setup, "setup")
        if setup:
            items.append({"name": "setup", "item": setup})
            self._flow(("setup",), "setup steps run in every iteration of the collection")
        alone = len(plan.tasks) == 1 and not plan.tasks[0].preparation and not setup
        for index, task in enumerate(plan.tasks):
            made = self._task(task, ("tasks", index))
            items += made if alone and not plan.teardown else [_folder(task, made)]
        if plan.teardown:
            items.append({"name": "teardown", "item": self._steps(plan.teardown, ("teardown",))})
            self._flow(("teardown",), "teardown steps run in every iteration of the collection")
        if plan.shared_teardown:
            inner = self._shared(plan.shared_teardown, "shared_teardown")
            items.append({"name": "shared teardown", "item": inner})
            self._flow(("shared_teardown",), "shared teardown steps run in every iteration")
        for item in self.jumps.items:
            self._add_events(item)
        self._note_load()
        value = {
            "info": {"name": plan.name, "description": plan.description, "schema": SCHEMA},
            "item": items,
            "variable": self._variables(),
        }
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n", self.losses.findings

    def _task(self, task: Task, path: Path) -> list[dict[str, Any]]:
        if task.disabled:
            self.losses.lost(path, "task-left-out", f"the disabled task {task.name!r} is left out")
            return []
        made = self._steps(task.preparation, (*path, "preparation"))
        made += self._steps(task.steps, (*path, "steps"))
        if task.think_time is not None or task.pacing_ms:
            self.losses.lost(
                path,
                "pause-left-out",
                "the pause after an iteration is left out",
                fix="give the runner a delay",
            )
        return made

    def _steps(self, steps: tuple[Step, ...], path: Path) -> list[dict[str, Any]]:
        return [item for index, one in enumerate(steps) for item in self._step(one, (*path, index))]

    def _step(self, step: Step, path: Path) -> list[dict[str, Any]]:
        if step.disabled:
            what = f"the disabled {step.choice or 'step'} {step.name!r} is left out"
            self.losses.lost(path, "step-left-out", what, why="Postman has no such switch")
            return []
        if step.request is not None and step.not_runnable:
            what = f"the request {step.name!r} is left out: {step.not_runnable}"
            why = "Postman would send it as if nothing were missing"
            self.losses.lost(path, "step-left-out", what, why=why)
            return []
        if step.request is not None:
            return [self._request(step, path)]
        if step.pause is not None:
            self._pause(step.pause, (*path, "pause"))
            return []
        if step.condition is not None:
            self._flow((*path, "condition"), "the steps of both branches run")
            then = self._steps(step.condition.then, (*path, "condition", "then"))
            return then + self._steps(step.condition.otherwise, (*path, "condition", "otherwise"))
        if step.choice in ("group", "loop", "parallel"):
            if step.loop is not None:
                self._flow((*path, "loop"), f"the loop {step.name!r} runs once")
            elif step.parallel is not None:
                self._flow((*path, "parallel"), "the steps run one after the other")
            return [_folder(step, self._steps(step.children, (*path, step.choice, "steps")))]
        if step.jump is not None:
            self._jump(step.jump, path)
        elif step.choice:
            self._flow((*path, step.choice), f"the {step.choice} {step.name!r} is left out")
        return []

    def _shared(self, steps: tuple[SetupStep, ...], field: str) -> list[dict[str, Any]]:
        """Items of the steps of setup or of the shared teardown."""
        items: list[dict[str, Any]] = []
        for index, one in enumerate(steps):
            if one.step is not None:
                items += self._step(one.step, (field, index, "step"))
        return items

    def _flow(self, path: Path, what: str) -> None:
        self.losses.lost(path, "flow-left-out", what, why="a collection is a list of requests")

    def _pause(self, pause: Pause, path: Path) -> None:
        self.pauses.append(pause.min_ms)
        if pause.max_ms and pause.max_ms != pause.min_ms:
            what = f"the pause is its shortest time, {pause.min_ms} ms"
            self.losses.lost(path, "pause-fixed", what)

    def _jump(self, jump: Jump, path: Path) -> None:
        if self.jumps.attach(jump, path):
            # What comes next is known after the script only, so a pause before it stands there.
            self.jumps.items[-1].pauses_after += self.pauses
            self.pauses = []

    def _request(self, step: Step, path: Path) -> dict[str, Any]:
        place = (*path, "request")
        request = step.request
        if request is None:
            return {}
        defaults = self.plan.defaults or Policies()
        policies = request.policies.over(defaults) if request.policies else defaults
        omitted, value = request_value(request, self.plan, self.names, self.losses, place)
        auth = auth_block(request.auth)
        if auth is not None:
            value["auth"] = auth
        if (
            request.auth
            and request.auth.bearer
            and request.auth.bearer.prefix not in ("", "Bearer")
        ):
            self.losses.lost(
                (*place, "auth", "bearer", "prefix"), "bearer-prefix", "the prefix becomes Bearer"
            )
        value |= self._connection(policies, place)
        item: dict[str, Any] = {"name": step.name or "request", "request": value, "response": []}
        if step.description:
            item["request"]["description"] = step.description
        self.jumps.items.append(Item(item, step, request, path, self.pauses))
        self.pauses = []
        behaviour = self._behaviour(policies, request.effective_method, bool(request.body), omitted)
        if behaviour:
            item["protocolProfileBehavior"] = behaviour
        return item

    def _add_events(self, item: Item) -> None:
        """Writes the scripts of a request: all requests are known, so jumps find their way."""
        request, jumps = self.jumps.lines(item)
        before = [_wait(pause) for pause in item.pauses_before]
        if request.before is not None:
            before += request.before.source.split("\n")
        after = test_script(request, self.names, self.losses, (*item.path, "request"))
        for name in ("before", "after"):
            script = getattr(request, name)
            if script is not None and script.timeout_ms:
                what = "the script has no limit of its own"
                place = (*item.path, "request", name, "timeout_ms")
                self.losses.lost(place, "script-timeout", what, why="Postman has one for all")
        waits = [_wait(pause) for pause in item.pauses_after]
        source = request.after.source if request.after is not None else ""
        if "setNextRequest" in source:
            # The last call counts, and the plan takes a jump only after a script that took none.
            after = [*jumps, *waits, *after]
        else:
            after += [*waits, *jumps]
        events = [
            {"listen": listen, "script": {"type": "text/javascript", "exec": lines}}
            for listen, lines in (("prerequest", before), ("test", after))
            if lines
        ]
        if events:
            item.value["event"] = events

    def _connection(self, policies: Policies, path: Path) -> dict[str, Any]:
        value: dict[str, Any] = {}
        if policies.proxy:
            scheme, _, rest = policies.proxy.rpartition("://")
            host, _, port = rest.rpartition(":")
            if scheme in ("", "http") and host and port.isdigit() and "@" not in host:
                value["proxy"] = {"host": host, "port": int(port), "match": "http+https://*/*"}
            else:
                what = f"the proxy {policies.proxy.rpartition('@')[2]!r} is left out"
                self.losses.lost((*path, "policies", "proxy"), "proxy-left-out", what)
        if policies.cert_file and policies.key_file:
            value["certificate"] = {
                "cert": {"src": policies.cert_file}, "key": {"src": policies.key_file}
            }  # fmt: skip
        told = [name for name in _NOT_IN_POSTMAN if getattr(policies, name) not in (None, ())]
        if policies.cert_file and not policies.key_file:
            told.append("cert_file")
        if policies.http_version not in (None, *_VERSIONS):
            told.append("http_version")
        if told:
            self.losses.lost(
                (*path, "policies"),
                "policies-left-out",
                f"policies are left out: {', '.join(told)}",
                why="a collection has no place for them",
            )
        return value

    def _behaviour(
        self, policies: Policies, method: str, has_body: bool, omitted: list[str]
    ) -> dict[str, Any]:
        """protocolProfileBehavior: what differs from what Postman does by itself."""
        value: dict[str, Any] = {}
        if not policies.follow_redirects:
            value["followRedirects"] = False
        elif policies.max_redirects not in (None, POSTMAN_REDIRECTS):
            value["maxRedirects"] = policies.max_redirects
        if policies.keep_method_on_redirect:
            value["followOriginalHttpMethod"] = True
        if policies.keep_auth_on_redirect:
            value["followAuthorizationHeader"] = True
        if policies.drop_referer_on_redirect:
            value["removeRefererHeaderOnRedirect"] = True
        if policies.verify_tls is False:
            value["strictSSL"] = False
        if policies.cookies is False:
            value["disableCookies"] = True
        if policies.url_encoding in (UrlEncoding.NONE, UrlEncoding.POSTMAN_RAW):
            value["disableUrlEncoding"] = True
        if has_body and method in PRUNED_METHODS and policies.send_body_with_get is not False:
            value["disableBodyPruning"] = True
        if policies.http_version in _VERSIONS:
            value["protocolVersion"] = _VERSIONS[policies.http_version or ""]
        names = [*policies.omit_headers, *omitted]
        if names:
            value["disabledSystemHeaders"] = {name.lower(): True for name in names}
        if policies.tls_min or policies.tls_max:
            low = _TLS.index(policies.tls_min) if policies.tls_min in _TLS else 0
            high = _TLS.index(policies.tls_max) if policies.tls_max in _TLS else len(_TLS) - 1
            off = [_TLS_KEYS[one] for one in _TLS if not low <= _TLS.index(one) <= high]
            value["tlsDisabledProtocols"] = off
        return value

    def _variables(self) -> list[dict[str, Any]]:
        return [
            self._variable(variable, ("variables", index))
            for index, variable in enumerate(self.plan.variables)
            if variable.column is None or self._column(variable, ("variables", index))
        ]

    def _column(self, variable: Variable, path: Path) -> bool:
        self.losses.lost(
            (*path, "column"),
            "data-left-out",
            f"{variable.name!r} comes from data, which is no part of a collection",
            fix="give the data file to the runner",
        )
        return False

    def _variable(self, variable: Variable, path: Path) -> dict[str, Any]:
        value: dict[str, Any] = {"key": variable.name, "value": variable.value or ""}
        value["type"] = "string"
        if variable.secret is not None:
            value["type"] = "secret"
            self.losses.lost(
                (*path, "secret"),
                "secret-left-out",
                f"the secret {variable.name!r} has no value",
                why="secrets are never written out",
                fix="fill it in, in Postman",
            )
        elif variable.generator is not None:
            value["value"] = "{{" + variable.generator.strip().strip("{}") + "}}"
        elif variable.file is not None:
            what = f"{variable.name!r} is empty: it is the content of {variable.file.path!r}"
            self.losses.lost((*path, "file"), "file-not-read", what, why="an export opens no files")
        if variable.disabled:
            value["disabled"] = True
        if variable.description:
            value["description"] = variable.description
        return value

    def _note_load(self) -> None:
        why = "a collection holds no load"
        note_load(self.plan, self.losses, why)
        if len(self.plan.tasks) > 1:
            self.losses.lost(("tasks",), "load-left-out", "task weights are left out", why=why)


def _wait(ms: int) -> str:
    return f"setTimeout(function () {{}}, {ms});"


def _folder(owner: Step | Task, items: list[dict[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {"name": owner.name or "folder", "item": items}
    if owner.description:
        value["description"] = owner.description
    return value
