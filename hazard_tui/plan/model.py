"""The plan: what importers make, the console edits and workers run.

A tree of frozen models with the same fields as `proto/hazard/v1/plan.proto`, whose comments are
the reference. An edit makes a new plan; nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from hazard_tui.plan.base import Element, OneOf, Operator, Provenance, Scope
from hazard_tui.plan.request import FileRef, Policies, Request, Script

FORMAT_VERSION = 1
"""The only value of `Plan.hazard` that this version reads."""


class TaskOrder(StrEnum):
    """How the next task of a user is chosen."""

    WEIGHTED = "weighted"
    SEQUENTIAL = "sequential"


class HostMapping(Element):
    recorded: str = ""
    test: str = ""


class SecretRef(Element):
    """Names a secret; the value never stands in a plan."""

    key: str = ""


class DataColumn(Element):
    feed: str = ""
    column: str = ""


class Variable(OneOf):
    """A named value from exactly one source; none: the empty string."""

    one_of: ClassVar[tuple[str, ...]] = ("value", "secret", "column", "generator", "file")

    name: str = ""
    scope: Scope = Scope.USER
    value: str | None = None
    secret: SecretRef | None = None
    column: DataColumn | None = None
    generator: str | None = None
    file: FileRef | None = None
    """Content of a file as it stands; the file is read when a run is prepared."""
    disabled: bool = False
    description: str = ""
    origin: str = ""
    """Scope of Postman in which scripts see it: environment, collection, globals; empty: all."""


class FeedFormat(StrEnum):
    AUTO = "auto"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


class FeedOrder(StrEnum):
    """Which user gets which row."""

    SEQUENTIAL = "sequential"
    UNIQUE = "unique"
    RANDOM = "random"
    PER_USER = "per_user"


class FeedEnd(StrEnum):
    """What happens after the last row."""

    RECYCLE = "recycle"
    STOP = "stop"


class FeedRow(Element):
    values: tuple[str, ...] = ()


class DataFeed(Element):
    """Rows of values for users, from a file or written in the plan."""

    name: str = ""
    path: str = ""
    format: FeedFormat = FeedFormat.AUTO
    order: FeedOrder = FeedOrder.SEQUENTIAL
    at_end: FeedEnd = FeedEnd.RECYCLE
    rows: tuple[FeedRow, ...] = ()
    columns: tuple[str, ...] = ()
    typed: bool = False
    """Values of the file have types as newman reads them: 007 outside of quotes is the number 7."""


class PauseShape(StrEnum):
    UNIFORM = "uniform"
    NORMAL = "normal"
    EXPONENTIAL = "exponential"


class Pause(Element):
    """Waiting time in milliseconds."""

    min_ms: int = Field(default=0, ge=0)
    max_ms: int = Field(default=0, ge=0)
    """0: exactly `min_ms`."""
    shape: PauseShape = PauseShape.UNIFORM


class Test(Element):
    """A comparison of two templates."""

    __test__ = False

    left: str = ""
    operator: Operator = Operator.EQUALS
    right: str = ""


class Group(Element):
    """A transaction: with `timed` its steps have an entry of their own in the numbers."""

    steps: tuple[Step, ...] = ()
    timed: bool = False


class Loop(Element):
    steps: tuple[Step, ...] = ()
    until: Test | None = None
    max: int = Field(default=0, ge=0)
    """0: 100."""
    times: int = Field(default=0, ge=0)


class Condition(Element):
    test: Test | None = None
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()


class Jump(Element):
    to: str = ""
    """Step id or name; empty ends the iteration."""
    when: Test | None = None
    max: int = Field(default=0, ge=0)
    """0: 50."""


class Parallel(Element):
    steps: tuple[Step, ...] = ()
    max_at_once: int = Field(default=0, ge=0)
    """0: 6."""


class Step(OneOf):
    """One element of a task. Exactly one kind is set."""

    one_of: ClassVar[tuple[str, ...]] = (
        "request",
        "group",
        "pause",
        "loop",
        "condition",
        "jump",
        "script",
        "parallel",
    )

    id: str = ""
    name: str = ""
    disabled: bool = False
    description: str = ""
    provenance: Provenance | None = None
    not_runnable: str = ""
    """Why the step is never sent; empty: it is."""
    tags: tuple[str, ...] = ()
    request: Request | None = None
    group: Group | None = None
    pause: Pause | None = None
    loop: Loop | None = None
    condition: Condition | None = None
    jump: Jump | None = None
    script: Script | None = None
    parallel: Parallel | None = None

    @property
    def children(self) -> tuple[Step, ...]:
        """Steps inside this one, in order; both branches of a condition."""
        inner = self.group or self.loop or self.parallel
        if inner is not None:
            return inner.steps
        if self.condition is not None:
            return self.condition.then + self.condition.otherwise
        return ()

    def walk(self) -> Iterator[Step]:
        """This step and all steps inside it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


class SetupScope(StrEnum):
    """Who runs a setup step."""

    USER = "user"
    WORKER = "worker"
    RUN = "run"


class SetupStep(Element):
    scope: SetupScope = SetupScope.USER
    step: Step | None = None


class Task(Element):
    """A sequence of steps that a user runs as one iteration."""

    id: str = ""
    name: str = ""
    weight: Annotated[int, Field(ge=1)] = 1
    disabled: bool = False
    description: str = ""
    preparation: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    think_time: Pause | None = None
    pacing_ms: int = Field(default=0, ge=0)
    provenance: Provenance | None = None

    def walk(self) -> Iterator[Step]:
        """All steps of the task, preparation first, depth first."""
        for step in self.preparation + self.steps:
            yield from step.walk()


class StageKind(StrEnum):
    USERS = "users"
    ARRIVALS = "arrivals"
    ITERATIONS = "iterations"


class StageShape(StrEnum):
    CONSTANT = "constant"
    LINEAR = "linear"
    STEP = "step"


class ArrivalSpacing(StrEnum):
    UNIFORM = "uniform"
    POISSON = "poisson"


class Stage(Element):
    """One stretch of the load: users, arrivals per second, or iterations."""

    model_config = ConfigDict(populate_by_name=True)

    kind: StageKind = StageKind.USERS
    shape: StageShape = StageShape.CONSTANT
    from_: float | None = Field(default=None, alias="from", ge=0)
    to: float = Field(default=0, ge=0)
    duration_ms: int = Field(default=0, ge=0)
    steps: int = Field(default=0, ge=0)
    users: int = Field(default=0, ge=0)
    spacing: ArrivalSpacing = ArrivalSpacing.UNIFORM


class Threshold(Element):
    """A pass/fail rule over the numbers of a run, such as `p95<300ms`."""

    rule: str = ""
    task: str = ""
    step: str = ""
    tag: str = ""
    abort: bool = False
    abort_after_ms: int = Field(default=0, ge=0)
    """0: 10 000."""


class Plan(Element):
    """A whole load test."""

    hazard: int = FORMAT_VERSION
    name: str = ""
    description: str = ""
    variables: tuple[Variable, ...] = ()
    feeds: tuple[DataFeed, ...] = ()
    defaults: Policies | None = None
    setup: tuple[SetupStep, ...] = ()
    tasks: tuple[Task, ...] = ()
    teardown: tuple[Step, ...] = ()
    stages: tuple[Stage, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    allowed_targets: tuple[str, ...] = ()
    host_map: tuple[HostMapping, ...] = ()
    seed: int = Field(default=0, ge=0)
    max_users: int = Field(default=0, ge=0)
    """0: 1000."""
    task_order: TaskOrder = TaskOrder.WEIGHTED
    shared_teardown: tuple[SetupStep, ...] = ()
    """After the last user of a worker or of the run; of scope user: as `teardown`."""

    def walk(self) -> Iterator[Step]:
        """All steps of the plan: setup, tasks in order, teardown; depth first."""
        for setup in self.setup:
            if setup.step is not None:
                yield from setup.step.walk()
        for task in self.tasks:
            yield from task.walk()
        for step in self.teardown:
            yield from step.walk()
        for last in self.shared_teardown:
            if last.step is not None:
                yield from last.step.walk()
