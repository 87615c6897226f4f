"""A plan as a script of k6 (https://grafana.com/docs/k6/latest/), written to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from hazard_tui.export.javascript import comment, literal, member
from hazard_tui.export.k6_load import scenarios, thresholds
from hazard_tui.export.k6_request import RequestWriter, indented
from hazard_tui.export.k6_values import Values
from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Names
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Pause, Plan, SetupScope, Step, Task, TaskOrder, Variable
from hazard_tui.plan.request import Policies
from hazard_tui.plan.variables import Path

_FOUND = """\
// The value, or the fallback where the answer has none.
function found(read, fallback) {
  try {
    const value = read();
    return value === undefined || value === null ? fallback : value;
  } catch (error) {
    return fallback;
  }
}"""
_PICK = """\
// One of the tasks, by weight.
function pick(tasks) {
  let left = Math.random() * tasks.reduce((sum, task) => sum + task.weight, 0);
  return tasks.find((task) => (left -= task.weight) < 0) || tasks[0];
}"""


def export_k6(plan: Plan) -> tuple[str, list[Finding]]:
    """The script, and what it does not say of the plan."""
    return _Writer(plan).script()


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.losses = Losses("k6")
        self.names = Names(plan, with_undefined=True)
        self.values = Values(self.names, self.losses)
        self.writer = RequestWriter(plan, self.names, self.values, self.losses)

    def script(self) -> tuple[str, list[Finding]]:
        """The whole text and the findings."""
        functions = [
            "\n".join(self._task(task, ("tasks", index), f"task{index + 1}"))
            for index, task in enumerate(self.plan.tasks)
            if not task.disabled
        ]
        main, variables = self._main(), self._variables()
        helpers = [_FOUND] if "found" in self.writer.used else []
        helpers += [_PICK] if "pick" in self.writer.used else []
        parts = [self._head(), *helpers, variables, *functions, main]
        return "\n\n".join(part for part in parts if part) + "\n", self.losses.findings

    def _head(self) -> str:
        lines = [comment(f"Plan: {self.plan.name}")]
        lines += [comment(line) for line in self.plan.description.splitlines()]
        lines.append('import http from "k6/http";')
        named = [name for name in ("check", "group", "sleep") if name in self.writer.used]
        if named:
            lines.append(f'import {{ {", ".join(named)} }} from "k6";')
        if "encoding" in self.writer.used:
            lines.append('import encoding from "k6/encoding";')
        options: dict[str, Any] = {"scenarios": scenarios(self.plan, self.losses)}
        if rules := thresholds(self.plan, self.losses):
            options["thresholds"] = rules
        # Cookies of a user live over its iterations, as in the plan.
        options["noCookiesReset"] = True
        if (self.plan.defaults or Policies()).verify_tls is False:
            options["insecureSkipTLSVerify"] = True
        text = re.sub(
            r'^( *)"([A-Za-z_]\w*)":', r"\1\2:", json.dumps(options, indent=2), flags=re.M
        )
        lines += ["", f"export const options = {text};"]
        lines += [
            f'const {name} = open({literal(path)}, "b");'
            for path, name in self.writer.files.items()
        ]
        return "\n".join(lines)

    # Variables

    def _variables(self) -> str:
        lines = [
            comment("The variables of one user."),
            "function variables() {",
            "  const v = {};",
        ]
        places = {variable.name: index for index, variable in enumerate(self.plan.variables)}
        for variable in self.names.needed_first():
            path: Path = ("variables", places[variable.name])
            value, note = self._variable(variable, path)
            tail = f"  {comment(note)}" if note else ""
            lines.append(f"  {member('v', variable.name)} = {value};{tail}")
        for name in self.names.undefined:
            target, value = member("v", name), literal("{{" + name + "}}")
            lines.append(f"  {target} = {value};  {comment('nothing gives it a value')}")
        lines += ["  return v;", "}"]
        return "\n".join(lines) if len(lines) > 5 or self.names.saved else _NO_VARIABLES

    def _variable(self, variable: Variable, path: Path) -> tuple[str, str]:
        """The expression and a remark."""
        if variable.secret is not None:
            return member("__ENV", variable.secret.key), "secret: give it with -e"
        if variable.generator is not None:
            return self.values.generator(variable.generator, (*path, "generator")), ""
        if variable.file is not None:
            self.writer.used.add("encoding")
            name = self.writer.file(variable.file, (*path, "file"))
            return (
                f'encoding.b64decode(encoding.b64encode({name}), "std", "s")',
                "content of a file",
            )
        if variable.column is not None:
            self.losses.lost(
                (*path, "column"),
                "data-left-out",
                f"{variable.name!r} is empty: it comes from a data feed",
                fix="read the data with SharedArray",
            )
            return '""', f"column {variable.column.column} of {variable.column.feed}"
        return self.values.text(variable.value or "", (*path, "value")), ""

    # Flow

    def _main(self) -> str:
        plan = self.plan
        lines = ["let v; // variables of this user", ""]
        lines += [
            "export default function () {",
            "  if (v === undefined) {",
            "    v = variables();",
        ]
        for index, setup in enumerate(plan.setup):
            if setup.step is not None:
                if setup.scope is not SetupScope.USER:
                    what = "the step runs once per user"
                    why = "what it saves could not reach the users otherwise"
                    self.losses.lost(("setup", index, "scope"), "setup-per-user", what, why=why)
                lines += indented(self._step(setup.step, ("setup", index, "step")), 2)
        lines.append("  }")
        tasks = [
            (f"task{index + 1}", task) for index, task in enumerate(plan.tasks) if not task.disabled
        ]
        if len(tasks) == 1:
            lines.append(f"  {tasks[0][0]}();")
        elif tasks and (plan.task_order is TaskOrder.SEQUENTIAL or not plan.stages):
            lines += [f"  {name}();" for name, _ in tasks]
        elif tasks:
            self.writer.used.add("pick")
            chosen = ", ".join(f"{{ weight: {task.weight}, run: {name} }}" for name, task in tasks)
            lines.append(f"  pick([{chosen}]).run();")
        lines.append("}")
        if plan.teardown:
            what = "teardown steps are left out"
            self.losses.lost(("teardown",), "teardown-left-out", what, why="k6 has none per user")
        if plan.shared_teardown:
            what = "shared teardown steps are left out"
            self.losses.lost(("shared_teardown",), "teardown-left-out", what)
        return "\n".join(lines)

    def _task(self, task: Task, path: Path, name: str) -> Iterator[str]:
        yield comment(f"Task {task.name}")
        yield f"function {name}() {{"
        for field, steps in (("preparation", task.preparation), ("steps", task.steps)):
            yield from indented(self._steps(steps, (*path, field)))
        if task.think_time is not None:
            yield from indented(self._pause(task.think_time, (*path, "think_time")))
        if task.pacing_ms:
            self.losses.lost((*path, "pacing_ms"), "pacing-left-out", "the pacing is left out")
        yield "}"

    def _steps(self, steps: tuple[Step, ...], path: Path) -> list[str]:
        return [line for index, one in enumerate(steps) for line in self._step(one, (*path, index))]

    def _step(self, step: Step, path: Path) -> list[str]:
        reason = step.not_runnable or ("it is disabled" if step.disabled else "")
        if reason:
            what = f"the step {step.name!r} is left out: {reason}"
            self.losses.lost(path, "step-left-out", what)
            return []
        if step.request is not None:
            return self.writer.lines(step, step.request, (*path, "request"))
        if step.pause is not None:
            return self._pause(step.pause, (*path, "pause"))
        inner = (*path, step.choice, "steps")
        if step.group is not None and step.group.timed:
            self.writer.used.add("group")
            body = indented(self._steps(step.children, inner))
            return [f"group({literal(step.name)}, () => {{", *body, "});"]
        if step.group is not None or step.parallel is not None:
            if step.parallel is not None:
                what = f"the steps of {step.name!r} run one after the other"
                self.losses.lost((*path, "parallel"), "flow-in-order", what)
            return [comment(step.name), *self._steps(step.children, inner)]
        if step.loop is not None:
            count = step.loop.times or step.loop.max or 100
            body = self._steps(step.children, inner)
            if step.loop.until is not None and not step.loop.times:
                test = self._test(step.loop.until, (*path, "loop", "until"))
                body.append(f"if ({test}) break;")
            return [f"for (let turn = 0; turn < {count}; turn++) {{", *indented(body), "}"]
        if step.condition is not None:
            return self._condition(step, path)
        if step.choice:
            what = f"the {step.choice} {step.name!r} is left out"
            self.losses.lost((*path, step.choice), "flow-left-out", what, why="k6 has none")
        return []

    def _condition(self, step: Step, path: Path) -> list[str]:
        condition = step.condition
        if condition is None or condition.test is None:
            return []
        test = self._test(condition.test, (*path, "condition", "test"))
        lines = [f"if ({test}) {{"]
        lines += indented(self._steps(condition.then, (*path, "condition", "then")))
        if condition.otherwise:
            lines.append("} else {")
            lines += indented(self._steps(condition.otherwise, (*path, "condition", "otherwise")))
        return [*lines, "}"]

    def _test(self, test: Any, path: Path) -> str:
        found = self.values.test(test, path)
        if found is None:
            what = "the condition never holds in the script"
            self.losses.lost(path, "condition-left-out", what, why="k6 cannot say it")
        return found or "false"

    def _pause(self, pause: Pause, path: Path) -> list[str]:
        self.writer.used.add("sleep")
        low = pause.min_ms / 1000
        if not pause.max_ms or pause.max_ms == pause.min_ms:
            return [f"sleep({low:g});"]
        if pause.shape.value != "uniform":
            what = f"the pause is uniform, not {pause.shape.value}"
            self.losses.lost((*path, "shape"), "pause-uniform", what)
        return [f"sleep({low:g} + Math.random() * {pause.max_ms / 1000 - low:g});"]


_NO_VARIABLES = "function variables() {\n  return {};\n}"
