from hazard_tui.rpc.gen.hazard.v1 import plan_pb2 as _plan_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EntryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTRY_KIND_REQUEST: _ClassVar[EntryKind]
    ENTRY_KIND_GROUP: _ClassVar[EntryKind]
    ENTRY_KIND_ITERATION: _ClassVar[EntryKind]
    ENTRY_KIND_SCRIPT: _ClassVar[EntryKind]

class FindingSeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FINDING_SEVERITY_INFO: _ClassVar[FindingSeverity]
    FINDING_SEVERITY_WARNING: _ClassVar[FindingSeverity]
    FINDING_SEVERITY_ERROR: _ClassVar[FindingSeverity]

class SharedSteps(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SHARED_STEPS_SETUP_OF_RUN: _ClassVar[SharedSteps]
    SHARED_STEPS_SETUP_OF_WORKER: _ClassVar[SharedSteps]
    SHARED_STEPS_TEARDOWN_OF_RUN: _ClassVar[SharedSteps]

class EngineStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENGINE_STATUS_UNKNOWN: _ClassVar[EngineStatus]
    ENGINE_STATUS_PREPARED: _ClassVar[EngineStatus]
    ENGINE_STATUS_CONNECTED: _ClassVar[EngineStatus]
    ENGINE_STATUS_RUNNING: _ClassVar[EngineStatus]
    ENGINE_STATUS_DRAINING: _ClassVar[EngineStatus]
    ENGINE_STATUS_DRAINED: _ClassVar[EngineStatus]
    ENGINE_STATUS_FINISHED: _ClassVar[EngineStatus]
    ENGINE_STATUS_FAILED: _ClassVar[EngineStatus]
    ENGINE_STATUS_AWAITS_TEAR_DOWN: _ClassVar[EngineStatus]
    ENGINE_STATUS_DONE: _ClassVar[EngineStatus]
ENTRY_KIND_REQUEST: EntryKind
ENTRY_KIND_GROUP: EntryKind
ENTRY_KIND_ITERATION: EntryKind
ENTRY_KIND_SCRIPT: EntryKind
FINDING_SEVERITY_INFO: FindingSeverity
FINDING_SEVERITY_WARNING: FindingSeverity
FINDING_SEVERITY_ERROR: FindingSeverity
SHARED_STEPS_SETUP_OF_RUN: SharedSteps
SHARED_STEPS_SETUP_OF_WORKER: SharedSteps
SHARED_STEPS_TEARDOWN_OF_RUN: SharedSteps
ENGINE_STATUS_UNKNOWN: EngineStatus
ENGINE_STATUS_PREPARED: EngineStatus
ENGINE_STATUS_CONNECTED: EngineStatus
ENGINE_STATUS_RUNNING: EngineStatus
ENGINE_STATUS_DRAINING: EngineStatus
ENGINE_STATUS_DRAINED: EngineStatus
ENGINE_STATUS_FINISHED: EngineStatus
ENGINE_STATUS_FAILED: EngineStatus
ENGINE_STATUS_AWAITS_TEAR_DOWN: EngineStatus
ENGINE_STATUS_DONE: EngineStatus

class DescribeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WorkerInfo(_message.Message):
    __slots__ = ("worker_id", "boot_id", "address", "version", "protocol", "hostname", "os", "arch", "cpus", "memory_bytes", "allowed_targets", "caps", "labels", "started_unix_ms", "runs", "cpu_percent", "rss_bytes", "open_fds", "goroutines", "clock_unix_us", "floor")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    BOOT_ID_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    OS_FIELD_NUMBER: _ClassVar[int]
    ARCH_FIELD_NUMBER: _ClassVar[int]
    CPUS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_TARGETS_FIELD_NUMBER: _ClassVar[int]
    CAPS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    STARTED_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    RUNS_FIELD_NUMBER: _ClassVar[int]
    CPU_PERCENT_FIELD_NUMBER: _ClassVar[int]
    RSS_BYTES_FIELD_NUMBER: _ClassVar[int]
    OPEN_FDS_FIELD_NUMBER: _ClassVar[int]
    GOROUTINES_FIELD_NUMBER: _ClassVar[int]
    CLOCK_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    worker_id: str
    boot_id: str
    address: str
    version: str
    protocol: int
    hostname: str
    os: str
    arch: str
    cpus: int
    memory_bytes: int
    allowed_targets: _containers.RepeatedScalarFieldContainer[str]
    caps: Caps
    labels: _containers.ScalarMap[str, str]
    started_unix_ms: int
    runs: _containers.RepeatedCompositeFieldContainer[RunningRun]
    cpu_percent: float
    rss_bytes: int
    open_fds: int
    goroutines: int
    clock_unix_us: int
    floor: Floor
    def __init__(self, worker_id: _Optional[str] = ..., boot_id: _Optional[str] = ..., address: _Optional[str] = ..., version: _Optional[str] = ..., protocol: _Optional[int] = ..., hostname: _Optional[str] = ..., os: _Optional[str] = ..., arch: _Optional[str] = ..., cpus: _Optional[int] = ..., memory_bytes: _Optional[int] = ..., allowed_targets: _Optional[_Iterable[str]] = ..., caps: _Optional[_Union[Caps, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., started_unix_ms: _Optional[int] = ..., runs: _Optional[_Iterable[_Union[RunningRun, _Mapping]]] = ..., cpu_percent: _Optional[float] = ..., rss_bytes: _Optional[int] = ..., open_fds: _Optional[int] = ..., goroutines: _Optional[int] = ..., clock_unix_us: _Optional[int] = ..., floor: _Optional[_Union[Floor, _Mapping]] = ...) -> None: ...

class CalibrateRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Floor(_message.Message):
    __slots__ = ("p50_us", "p99_us", "cost_us", "rate_per_core", "measured_unix_ms", "requests")
    P50_US_FIELD_NUMBER: _ClassVar[int]
    P99_US_FIELD_NUMBER: _ClassVar[int]
    COST_US_FIELD_NUMBER: _ClassVar[int]
    RATE_PER_CORE_FIELD_NUMBER: _ClassVar[int]
    MEASURED_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    p50_us: float
    p99_us: float
    cost_us: float
    rate_per_core: float
    measured_unix_ms: int
    requests: int
    def __init__(self, p50_us: _Optional[float] = ..., p99_us: _Optional[float] = ..., cost_us: _Optional[float] = ..., rate_per_core: _Optional[float] = ..., measured_unix_ms: _Optional[int] = ..., requests: _Optional[int] = ...) -> None: ...

class RunningRun(_message.Message):
    __slots__ = ("run_id", "epoch", "state")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    epoch: int
    state: str
    def __init__(self, run_id: _Optional[str] = ..., epoch: _Optional[int] = ..., state: _Optional[str] = ...) -> None: ...

class Caps(_message.Message):
    __slots__ = ("rps", "connections", "run_ms")
    RPS_FIELD_NUMBER: _ClassVar[int]
    CONNECTIONS_FIELD_NUMBER: _ClassVar[int]
    RUN_MS_FIELD_NUMBER: _ClassVar[int]
    rps: float
    connections: int
    run_ms: int
    def __init__(self, rps: _Optional[float] = ..., connections: _Optional[int] = ..., run_ms: _Optional[int] = ...) -> None: ...

class PrepareRequest(_message.Message):
    __slots__ = ("run_id", "epoch", "plan", "share", "options", "not_after_unix_ms", "orphan_grace_ms", "secrets", "feeds", "files", "hand_over", "joins", "plan_version", "entries")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    NOT_AFTER_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    ORPHAN_GRACE_MS_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    FEEDS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    HAND_OVER_FIELD_NUMBER: _ClassVar[int]
    JOINS_FIELD_NUMBER: _ClassVar[int]
    PLAN_VERSION_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    epoch: int
    plan: _plan_pb2.Plan
    share: Share
    options: RunOptions
    not_after_unix_ms: int
    orphan_grace_ms: int
    secrets: _containers.RepeatedCompositeFieldContainer[RunSecret]
    feeds: _containers.RepeatedCompositeFieldContainer[FeedData]
    files: _containers.RepeatedCompositeFieldContainer[FileData]
    hand_over: bool
    joins: bool
    plan_version: int
    entries: _containers.RepeatedCompositeFieldContainer[StepEntry]
    def __init__(self, run_id: _Optional[str] = ..., epoch: _Optional[int] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., share: _Optional[_Union[Share, _Mapping]] = ..., options: _Optional[_Union[RunOptions, _Mapping]] = ..., not_after_unix_ms: _Optional[int] = ..., orphan_grace_ms: _Optional[int] = ..., secrets: _Optional[_Iterable[_Union[RunSecret, _Mapping]]] = ..., feeds: _Optional[_Iterable[_Union[FeedData, _Mapping]]] = ..., files: _Optional[_Iterable[_Union[FileData, _Mapping]]] = ..., hand_over: _Optional[bool] = ..., joins: _Optional[bool] = ..., plan_version: _Optional[int] = ..., entries: _Optional[_Iterable[_Union[StepEntry, _Mapping]]] = ...) -> None: ...

class Share(_message.Message):
    __slots__ = ("index", "count")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    index: int
    count: int
    def __init__(self, index: _Optional[int] = ..., count: _Optional[int] = ...) -> None: ...

class RunOptions(_message.Message):
    __slots__ = ("connect_to", "insecure", "seed", "data_row", "mark_steps", "user_agent")
    CONNECT_TO_FIELD_NUMBER: _ClassVar[int]
    INSECURE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    DATA_ROW_FIELD_NUMBER: _ClassVar[int]
    MARK_STEPS_FIELD_NUMBER: _ClassVar[int]
    USER_AGENT_FIELD_NUMBER: _ClassVar[int]
    connect_to: _containers.RepeatedScalarFieldContainer[str]
    insecure: bool
    seed: int
    data_row: int
    mark_steps: bool
    user_agent: str
    def __init__(self, connect_to: _Optional[_Iterable[str]] = ..., insecure: _Optional[bool] = ..., seed: _Optional[int] = ..., data_row: _Optional[int] = ..., mark_steps: _Optional[bool] = ..., user_agent: _Optional[str] = ...) -> None: ...

class RunSecret(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class FeedData(_message.Message):
    __slots__ = ("name", "columns", "rows", "kinds")
    NAME_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    name: str
    columns: _containers.RepeatedScalarFieldContainer[str]
    rows: _containers.RepeatedCompositeFieldContainer[_plan_pb2.FeedRow]
    kinds: _containers.RepeatedCompositeFieldContainer[_plan_pb2.FeedRow]
    def __init__(self, name: _Optional[str] = ..., columns: _Optional[_Iterable[str]] = ..., rows: _Optional[_Iterable[_Union[_plan_pb2.FeedRow, _Mapping]]] = ..., kinds: _Optional[_Iterable[_Union[_plan_pb2.FeedRow, _Mapping]]] = ...) -> None: ...

class FileData(_message.Message):
    __slots__ = ("path", "content")
    PATH_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    path: str
    content: bytes
    def __init__(self, path: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class PrepareResponse(_message.Message):
    __slots__ = ("ready", "findings", "worker_id", "entries", "floor")
    READY_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    ready: bool
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    worker_id: str
    entries: _containers.RepeatedCompositeFieldContainer[StepEntry]
    floor: Floor
    def __init__(self, ready: _Optional[bool] = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ..., worker_id: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[StepEntry, _Mapping]]] = ..., floor: _Optional[_Union[Floor, _Mapping]] = ...) -> None: ...

class StepEntry(_message.Message):
    __slots__ = ("entry", "task_id", "task_name", "step_id", "name", "method", "kind", "tags", "plan_version_from", "plan_version_to")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_NAME_FIELD_NUMBER: _ClassVar[int]
    STEP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    PLAN_VERSION_FROM_FIELD_NUMBER: _ClassVar[int]
    PLAN_VERSION_TO_FIELD_NUMBER: _ClassVar[int]
    entry: int
    task_id: str
    task_name: str
    step_id: str
    name: str
    method: str
    kind: EntryKind
    tags: _containers.RepeatedScalarFieldContainer[str]
    plan_version_from: int
    plan_version_to: int
    def __init__(self, entry: _Optional[int] = ..., task_id: _Optional[str] = ..., task_name: _Optional[str] = ..., step_id: _Optional[str] = ..., name: _Optional[str] = ..., method: _Optional[str] = ..., kind: _Optional[_Union[EntryKind, str]] = ..., tags: _Optional[_Iterable[str]] = ..., plan_version_from: _Optional[int] = ..., plan_version_to: _Optional[int] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("severity", "code", "where", "what", "why", "fix")
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    FIX_FIELD_NUMBER: _ClassVar[int]
    severity: FindingSeverity
    code: str
    where: str
    what: str
    why: str
    fix: str
    def __init__(self, severity: _Optional[_Union[FindingSeverity, str]] = ..., code: _Optional[str] = ..., where: _Optional[str] = ..., what: _Optional[str] = ..., why: _Optional[str] = ..., fix: _Optional[str] = ...) -> None: ...

class RunCommand(_message.Message):
    __slots__ = ("run_id", "epoch", "command_seq", "attach", "start", "stop", "ack", "set_load", "reshare", "pause", "resume", "heartbeat", "set_up", "tear_down", "allow_rows", "prepare_plan", "switch_plan")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    COMMAND_SEQ_FIELD_NUMBER: _ClassVar[int]
    ATTACH_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    SET_LOAD_FIELD_NUMBER: _ClassVar[int]
    RESHARE_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    SET_UP_FIELD_NUMBER: _ClassVar[int]
    TEAR_DOWN_FIELD_NUMBER: _ClassVar[int]
    ALLOW_ROWS_FIELD_NUMBER: _ClassVar[int]
    PREPARE_PLAN_FIELD_NUMBER: _ClassVar[int]
    SWITCH_PLAN_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    epoch: int
    command_seq: int
    attach: Attach
    start: Start
    stop: Stop
    ack: Ack
    set_load: SetLoad
    reshare: Reshare
    pause: PauseLoad
    resume: ResumeLoad
    heartbeat: Heartbeat
    set_up: SetUp
    tear_down: TearDown
    allow_rows: AllowRows
    prepare_plan: PreparePlan
    switch_plan: SwitchPlan
    def __init__(self, run_id: _Optional[str] = ..., epoch: _Optional[int] = ..., command_seq: _Optional[int] = ..., attach: _Optional[_Union[Attach, _Mapping]] = ..., start: _Optional[_Union[Start, _Mapping]] = ..., stop: _Optional[_Union[Stop, _Mapping]] = ..., ack: _Optional[_Union[Ack, _Mapping]] = ..., set_load: _Optional[_Union[SetLoad, _Mapping]] = ..., reshare: _Optional[_Union[Reshare, _Mapping]] = ..., pause: _Optional[_Union[PauseLoad, _Mapping]] = ..., resume: _Optional[_Union[ResumeLoad, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., set_up: _Optional[_Union[SetUp, _Mapping]] = ..., tear_down: _Optional[_Union[TearDown, _Mapping]] = ..., allow_rows: _Optional[_Union[AllowRows, _Mapping]] = ..., prepare_plan: _Optional[_Union[PreparePlan, _Mapping]] = ..., switch_plan: _Optional[_Union[SwitchPlan, _Mapping]] = ...) -> None: ...

class Attach(_message.Message):
    __slots__ = ("after_seq",)
    AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    after_seq: int
    def __init__(self, after_seq: _Optional[int] = ...) -> None: ...

class Start(_message.Message):
    __slots__ = ("start_at_unix_us", "join")
    START_AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    JOIN_FIELD_NUMBER: _ClassVar[int]
    start_at_unix_us: int
    join: JoinLoad
    def __init__(self, start_at_unix_us: _Optional[int] = ..., join: _Optional[_Union[JoinLoad, _Mapping]] = ...) -> None: ...

class JoinLoad(_message.Message):
    __slots__ = ("at_unix_us", "share", "rows", "changes")
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    at_unix_us: int
    share: Share
    rows: _containers.RepeatedCompositeFieldContainer[RowStream]
    changes: _containers.RepeatedCompositeFieldContainer[LoadChange]
    def __init__(self, at_unix_us: _Optional[int] = ..., share: _Optional[_Union[Share, _Mapping]] = ..., rows: _Optional[_Iterable[_Union[RowStream, _Mapping]]] = ..., changes: _Optional[_Iterable[_Union[LoadChange, _Mapping]]] = ...) -> None: ...

class LoadChange(_message.Message):
    __slots__ = ("set_load", "pause", "resume")
    SET_LOAD_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    set_load: SetLoad
    pause: PauseLoad
    resume: ResumeLoad
    def __init__(self, set_load: _Optional[_Union[SetLoad, _Mapping]] = ..., pause: _Optional[_Union[PauseLoad, _Mapping]] = ..., resume: _Optional[_Union[ResumeLoad, _Mapping]] = ...) -> None: ...

class Stop(_message.Message):
    __slots__ = ("force", "drain_ms")
    FORCE_FIELD_NUMBER: _ClassVar[int]
    DRAIN_MS_FIELD_NUMBER: _ClassVar[int]
    force: bool
    drain_ms: int
    def __init__(self, force: _Optional[bool] = ..., drain_ms: _Optional[int] = ...) -> None: ...

class Ack(_message.Message):
    __slots__ = ("seq",)
    SEQ_FIELD_NUMBER: _ClassVar[int]
    seq: int
    def __init__(self, seq: _Optional[int] = ...) -> None: ...

class PreparePlan(_message.Message):
    __slots__ = ("version", "plan", "secrets", "files", "feeds", "share", "attempt")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    FEEDS_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    version: int
    plan: _plan_pb2.Plan
    secrets: _containers.RepeatedCompositeFieldContainer[RunSecret]
    files: _containers.RepeatedCompositeFieldContainer[FileData]
    feeds: _containers.RepeatedCompositeFieldContainer[FeedData]
    share: Share
    attempt: int
    def __init__(self, version: _Optional[int] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., secrets: _Optional[_Iterable[_Union[RunSecret, _Mapping]]] = ..., files: _Optional[_Iterable[_Union[FileData, _Mapping]]] = ..., feeds: _Optional[_Iterable[_Union[FeedData, _Mapping]]] = ..., share: _Optional[_Union[Share, _Mapping]] = ..., attempt: _Optional[int] = ...) -> None: ...

class PlanReady(_message.Message):
    __slots__ = ("version", "findings", "entries", "feeds_begun", "rows", "attempt")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    FEEDS_BEGUN_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    version: int
    findings: _containers.RepeatedCompositeFieldContainer[Finding]
    entries: _containers.RepeatedCompositeFieldContainer[StepEntry]
    feeds_begun: _containers.RepeatedScalarFieldContainer[str]
    rows: _containers.RepeatedCompositeFieldContainer[RowStream]
    attempt: int
    def __init__(self, version: _Optional[int] = ..., findings: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ..., entries: _Optional[_Iterable[_Union[StepEntry, _Mapping]]] = ..., feeds_begun: _Optional[_Iterable[str]] = ..., rows: _Optional[_Iterable[_Union[RowStream, _Mapping]]] = ..., attempt: _Optional[int] = ...) -> None: ...

class SwitchPlan(_message.Message):
    __slots__ = ("version", "at_unix_us", "rows")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    version: int
    at_unix_us: int
    rows: _containers.RepeatedCompositeFieldContainer[RowStream]
    def __init__(self, version: _Optional[int] = ..., at_unix_us: _Optional[int] = ..., rows: _Optional[_Iterable[_Union[RowStream, _Mapping]]] = ...) -> None: ...

class SetLoad(_message.Message):
    __slots__ = ("at_unix_us", "stages")
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    at_unix_us: int
    stages: _containers.RepeatedCompositeFieldContainer[_plan_pb2.Stage]
    def __init__(self, at_unix_us: _Optional[int] = ..., stages: _Optional[_Iterable[_Union[_plan_pb2.Stage, _Mapping]]] = ...) -> None: ...

class Reshare(_message.Message):
    __slots__ = ("at_unix_us", "share", "rows", "iterations", "joined", "lost")
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    JOINED_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    at_unix_us: int
    share: Share
    rows: _containers.RepeatedCompositeFieldContainer[RowStream]
    iterations: _containers.RepeatedCompositeFieldContainer[IterationPart]
    joined: bool
    lost: _containers.RepeatedCompositeFieldContainer[LostWorker]
    def __init__(self, at_unix_us: _Optional[int] = ..., share: _Optional[_Union[Share, _Mapping]] = ..., rows: _Optional[_Iterable[_Union[RowStream, _Mapping]]] = ..., iterations: _Optional[_Iterable[_Union[IterationPart, _Mapping]]] = ..., joined: _Optional[bool] = ..., lost: _Optional[_Iterable[_Union[LostWorker, _Mapping]]] = ...) -> None: ...

class LostWorker(_message.Message):
    __slots__ = ("worker_id", "reached", "waiting", "last_second", "shares")
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    REACHED_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    LAST_SECOND_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    worker_id: str
    reached: int
    waiting: int
    last_second: int
    shares: _containers.RepeatedCompositeFieldContainer[HeldShare]
    def __init__(self, worker_id: _Optional[str] = ..., reached: _Optional[int] = ..., waiting: _Optional[int] = ..., last_second: _Optional[int] = ..., shares: _Optional[_Iterable[_Union[HeldShare, _Mapping]]] = ...) -> None: ...

class HeldShare(_message.Message):
    __slots__ = ("since_unix_us", "share")
    SINCE_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    since_unix_us: int
    share: Share
    def __init__(self, since_unix_us: _Optional[int] = ..., share: _Optional[_Union[Share, _Mapping]] = ...) -> None: ...

class LostStarts(_message.Message):
    __slots__ = ("worker_id", "second", "count")
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    worker_id: str
    second: int
    count: int
    def __init__(self, worker_id: _Optional[str] = ..., second: _Optional[int] = ..., count: _Optional[int] = ...) -> None: ...

class RowStream(_message.Message):
    __slots__ = ("feed", "start", "step", "taken", "allowed", "end")
    FEED_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    feed: str
    start: int
    step: int
    taken: int
    allowed: int
    end: int
    def __init__(self, feed: _Optional[str] = ..., start: _Optional[int] = ..., step: _Optional[int] = ..., taken: _Optional[int] = ..., allowed: _Optional[int] = ..., end: _Optional[int] = ...) -> None: ...

class IterationPart(_message.Message):
    __slots__ = ("stage", "count")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    stage: int
    count: int
    def __init__(self, stage: _Optional[int] = ..., count: _Optional[int] = ...) -> None: ...

class AllowRows(_message.Message):
    __slots__ = ("streams", "recall")
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    RECALL_FIELD_NUMBER: _ClassVar[int]
    streams: _containers.RepeatedCompositeFieldContainer[RowStream]
    recall: bool
    def __init__(self, streams: _Optional[_Iterable[_Union[RowStream, _Mapping]]] = ..., recall: _Optional[bool] = ...) -> None: ...

class SetUp(_message.Message):
    __slots__ = ("of_run", "values")
    OF_RUN_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    of_run: bool
    values: _containers.RepeatedCompositeFieldContainer[RunValue]
    def __init__(self, of_run: _Optional[bool] = ..., values: _Optional[_Iterable[_Union[RunValue, _Mapping]]] = ...) -> None: ...

class TearDown(_message.Message):
    __slots__ = ("of_run",)
    OF_RUN_FIELD_NUMBER: _ClassVar[int]
    of_run: bool
    def __init__(self, of_run: _Optional[bool] = ...) -> None: ...

class RunValue(_message.Message):
    __slots__ = ("name", "text", "resolve", "removed")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RESOLVE_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: bytes
    resolve: bool
    removed: bool
    def __init__(self, name: _Optional[str] = ..., text: _Optional[bytes] = ..., resolve: _Optional[bool] = ..., removed: _Optional[bool] = ...) -> None: ...

class SharedStepsDone(_message.Message):
    __slots__ = ("steps", "values", "failure", "interrupted")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTED_FIELD_NUMBER: _ClassVar[int]
    steps: SharedSteps
    values: _containers.RepeatedCompositeFieldContainer[RunValue]
    failure: StepFailure
    interrupted: bool
    def __init__(self, steps: _Optional[_Union[SharedSteps, str]] = ..., values: _Optional[_Iterable[_Union[RunValue, _Mapping]]] = ..., failure: _Optional[_Union[StepFailure, _Mapping]] = ..., interrupted: _Optional[bool] = ...) -> None: ...

class StepFailure(_message.Message):
    __slots__ = ("where", "name", "kind", "text")
    WHERE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    where: str
    name: str
    kind: str
    text: str
    def __init__(self, where: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class RowsAsked(_message.Message):
    __slots__ = ("streams", "given_back")
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    GIVEN_BACK_FIELD_NUMBER: _ClassVar[int]
    streams: _containers.RepeatedCompositeFieldContainer[RowStream]
    given_back: bool
    def __init__(self, streams: _Optional[_Iterable[_Union[RowStream, _Mapping]]] = ..., given_back: _Optional[bool] = ...) -> None: ...

class PauseLoad(_message.Message):
    __slots__ = ("at_unix_us",)
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    at_unix_us: int
    def __init__(self, at_unix_us: _Optional[int] = ...) -> None: ...

class ResumeLoad(_message.Message):
    __slots__ = ("at_unix_us",)
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    at_unix_us: int
    def __init__(self, at_unix_us: _Optional[int] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RunEvent(_message.Message):
    __slots__ = ("run_id", "frame", "state", "exit", "log", "done", "shared_steps", "rows", "plan_ready")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    FRAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    EXIT_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    SHARED_STEPS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    PLAN_READY_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    frame: Frame
    state: EngineState
    exit: EngineExit
    log: LogLine
    done: CommandDone
    shared_steps: SharedStepsDone
    rows: RowsAsked
    plan_ready: PlanReady
    def __init__(self, run_id: _Optional[str] = ..., frame: _Optional[_Union[Frame, _Mapping]] = ..., state: _Optional[_Union[EngineState, _Mapping]] = ..., exit: _Optional[_Union[EngineExit, _Mapping]] = ..., log: _Optional[_Union[LogLine, _Mapping]] = ..., done: _Optional[_Union[CommandDone, _Mapping]] = ..., shared_steps: _Optional[_Union[SharedStepsDone, _Mapping]] = ..., rows: _Optional[_Union[RowsAsked, _Mapping]] = ..., plan_ready: _Optional[_Union[PlanReady, _Mapping]] = ...) -> None: ...

class CommandDone(_message.Message):
    __slots__ = ("command_seq", "error")
    COMMAND_SEQ_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    command_seq: int
    error: str
    def __init__(self, command_seq: _Optional[int] = ..., error: _Optional[str] = ...) -> None: ...

class EngineState(_message.Message):
    __slots__ = ("status", "reason", "at_unix_us")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    status: EngineStatus
    reason: str
    at_unix_us: int
    def __init__(self, status: _Optional[_Union[EngineStatus, str]] = ..., reason: _Optional[str] = ..., at_unix_us: _Optional[int] = ...) -> None: ...

class EngineExit(_message.Message):
    __slots__ = ("code", "stderr_tail", "expected")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STDERR_TAIL_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    code: int
    stderr_tail: str
    expected: bool
    def __init__(self, code: _Optional[int] = ..., stderr_tail: _Optional[str] = ..., expected: _Optional[bool] = ...) -> None: ...

class LogLine(_message.Message):
    __slots__ = ("at_unix_us", "level", "text")
    AT_UNIX_US_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    at_unix_us: int
    level: str
    text: str
    def __init__(self, at_unix_us: _Optional[int] = ..., level: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class TunnelBytes(_message.Message):
    __slots__ = ("run_id", "data", "closed", "link", "epoch")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    data: bytes
    closed: bool
    link: int
    epoch: int
    def __init__(self, run_id: _Optional[str] = ..., data: _Optional[bytes] = ..., closed: _Optional[bool] = ..., link: _Optional[int] = ..., epoch: _Optional[int] = ...) -> None: ...

class CheckRequest(_message.Message):
    __slots__ = ("plan", "options", "secrets", "feeds", "files", "only", "max_body_bytes")
    PLAN_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    FEEDS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    ONLY_FIELD_NUMBER: _ClassVar[int]
    MAX_BODY_BYTES_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    options: RunOptions
    secrets: _containers.RepeatedCompositeFieldContainer[RunSecret]
    feeds: _containers.RepeatedCompositeFieldContainer[FeedData]
    files: _containers.RepeatedCompositeFieldContainer[FileData]
    only: _containers.RepeatedScalarFieldContainer[str]
    max_body_bytes: int
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., options: _Optional[_Union[RunOptions, _Mapping]] = ..., secrets: _Optional[_Iterable[_Union[RunSecret, _Mapping]]] = ..., feeds: _Optional[_Iterable[_Union[FeedData, _Mapping]]] = ..., files: _Optional[_Iterable[_Union[FileData, _Mapping]]] = ..., only: _Optional[_Iterable[str]] = ..., max_body_bytes: _Optional[int] = ...) -> None: ...

class CheckEvent(_message.Message):
    __slots__ = ("step", "summary", "finding")
    STEP_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    step: CheckStep
    summary: CheckSummary
    finding: Finding
    def __init__(self, step: _Optional[_Union[CheckStep, _Mapping]] = ..., summary: _Optional[_Union[CheckSummary, _Mapping]] = ..., finding: _Optional[_Union[Finding, _Mapping]] = ...) -> None: ...

class CheckStep(_message.Message):
    __slots__ = ("task_id", "step_id", "name", "attempt", "request", "response", "url", "hops", "timing", "error_kind", "error", "saves", "asserts", "ok", "unresolved", "scripts", "tests")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    HOPS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    ERROR_KIND_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SAVES_FIELD_NUMBER: _ClassVar[int]
    ASSERTS_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    UNRESOLVED_FIELD_NUMBER: _ClassVar[int]
    SCRIPTS_FIELD_NUMBER: _ClassVar[int]
    TESTS_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    step_id: str
    name: str
    attempt: int
    request: HttpMessage
    response: HttpMessage
    url: str
    hops: _containers.RepeatedCompositeFieldContainer[HttpHop]
    timing: Timing
    error_kind: str
    error: str
    saves: _containers.RepeatedCompositeFieldContainer[SaveResult]
    asserts: _containers.RepeatedCompositeFieldContainer[AssertResult]
    ok: bool
    unresolved: _containers.RepeatedScalarFieldContainer[str]
    scripts: _containers.RepeatedCompositeFieldContainer[ScriptResult]
    tests: _containers.RepeatedCompositeFieldContainer[TestResult]
    def __init__(self, task_id: _Optional[str] = ..., step_id: _Optional[str] = ..., name: _Optional[str] = ..., attempt: _Optional[int] = ..., request: _Optional[_Union[HttpMessage, _Mapping]] = ..., response: _Optional[_Union[HttpMessage, _Mapping]] = ..., url: _Optional[str] = ..., hops: _Optional[_Iterable[_Union[HttpHop, _Mapping]]] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ..., error_kind: _Optional[str] = ..., error: _Optional[str] = ..., saves: _Optional[_Iterable[_Union[SaveResult, _Mapping]]] = ..., asserts: _Optional[_Iterable[_Union[AssertResult, _Mapping]]] = ..., ok: _Optional[bool] = ..., unresolved: _Optional[_Iterable[str]] = ..., scripts: _Optional[_Iterable[_Union[ScriptResult, _Mapping]]] = ..., tests: _Optional[_Iterable[_Union[TestResult, _Mapping]]] = ...) -> None: ...

class TestResult(_message.Message):
    __slots__ = ("name", "ok", "message", "phase")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    name: str
    ok: bool
    message: str
    phase: str
    def __init__(self, name: _Optional[str] = ..., ok: _Optional[bool] = ..., message: _Optional[str] = ..., phase: _Optional[str] = ...) -> None: ...

class HttpMessage(_message.Message):
    __slots__ = ("first_line", "headers", "body", "body_bytes", "truncated")
    FIRST_LINE_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    BODY_BYTES_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    first_line: str
    headers: _containers.RepeatedCompositeFieldContainer[HttpHeader]
    body: bytes
    body_bytes: int
    truncated: bool
    def __init__(self, first_line: _Optional[str] = ..., headers: _Optional[_Iterable[_Union[HttpHeader, _Mapping]]] = ..., body: _Optional[bytes] = ..., body_bytes: _Optional[int] = ..., truncated: _Optional[bool] = ...) -> None: ...

class HttpHeader(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: bytes
    def __init__(self, name: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class HttpHop(_message.Message):
    __slots__ = ("status", "url", "location")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    status: int
    url: str
    location: str
    def __init__(self, status: _Optional[int] = ..., url: _Optional[str] = ..., location: _Optional[str] = ...) -> None: ...

class Timing(_message.Message):
    __slots__ = ("dns_us", "connect_us", "tls_us", "send_us", "wait_us", "receive_us", "total_us", "reused")
    DNS_US_FIELD_NUMBER: _ClassVar[int]
    CONNECT_US_FIELD_NUMBER: _ClassVar[int]
    TLS_US_FIELD_NUMBER: _ClassVar[int]
    SEND_US_FIELD_NUMBER: _ClassVar[int]
    WAIT_US_FIELD_NUMBER: _ClassVar[int]
    RECEIVE_US_FIELD_NUMBER: _ClassVar[int]
    TOTAL_US_FIELD_NUMBER: _ClassVar[int]
    REUSED_FIELD_NUMBER: _ClassVar[int]
    dns_us: int
    connect_us: int
    tls_us: int
    send_us: int
    wait_us: int
    receive_us: int
    total_us: int
    reused: bool
    def __init__(self, dns_us: _Optional[int] = ..., connect_us: _Optional[int] = ..., tls_us: _Optional[int] = ..., send_us: _Optional[int] = ..., wait_us: _Optional[int] = ..., receive_us: _Optional[int] = ..., total_us: _Optional[int] = ..., reused: _Optional[bool] = ...) -> None: ...

class SaveResult(_message.Message):
    __slots__ = ("variable", "value", "found", "error")
    VARIABLE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    variable: str
    value: str
    found: bool
    error: str
    def __init__(self, variable: _Optional[str] = ..., value: _Optional[str] = ..., found: _Optional[bool] = ..., error: _Optional[str] = ...) -> None: ...

class AssertResult(_message.Message):
    __slots__ = ("name", "ok", "actual", "expected", "severity")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    name: str
    ok: bool
    actual: str
    expected: str
    severity: _plan_pb2.Severity
    def __init__(self, name: _Optional[str] = ..., ok: _Optional[bool] = ..., actual: _Optional[str] = ..., expected: _Optional[str] = ..., severity: _Optional[_Union[_plan_pb2.Severity, str]] = ...) -> None: ...

class ScriptResult(_message.Message):
    __slots__ = ("phase", "duration_us", "error", "console")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    DURATION_US_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CONSOLE_FIELD_NUMBER: _ClassVar[int]
    phase: str
    duration_us: int
    error: str
    console: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, phase: _Optional[str] = ..., duration_us: _Optional[int] = ..., error: _Optional[str] = ..., console: _Optional[_Iterable[str]] = ...) -> None: ...

class CheckSummary(_message.Message):
    __slots__ = ("requests", "ok", "failed", "variables", "tests", "tests_failed")
    class VariablesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    TESTS_FIELD_NUMBER: _ClassVar[int]
    TESTS_FAILED_FIELD_NUMBER: _ClassVar[int]
    requests: int
    ok: int
    failed: int
    variables: _containers.ScalarMap[str, str]
    tests: int
    tests_failed: int
    def __init__(self, requests: _Optional[int] = ..., ok: _Optional[int] = ..., failed: _Optional[int] = ..., variables: _Optional[_Mapping[str, str]] = ..., tests: _Optional[int] = ..., tests_failed: _Optional[int] = ...) -> None: ...

class DiscardRequest(_message.Message):
    __slots__ = ("run_id", "epoch")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    epoch: int
    def __init__(self, run_id: _Optional[str] = ..., epoch: _Optional[int] = ...) -> None: ...

class DiscardResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class EngineCommand(_message.Message):
    __slots__ = ("prepare", "start", "stop", "set_load", "reshare", "pause", "resume", "set_up", "tear_down", "allow_rows", "prepare_plan", "switch_plan")
    PREPARE_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    SET_LOAD_FIELD_NUMBER: _ClassVar[int]
    RESHARE_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    SET_UP_FIELD_NUMBER: _ClassVar[int]
    TEAR_DOWN_FIELD_NUMBER: _ClassVar[int]
    ALLOW_ROWS_FIELD_NUMBER: _ClassVar[int]
    PREPARE_PLAN_FIELD_NUMBER: _ClassVar[int]
    SWITCH_PLAN_FIELD_NUMBER: _ClassVar[int]
    prepare: EnginePrepare
    start: Start
    stop: Stop
    set_load: SetLoad
    reshare: Reshare
    pause: PauseLoad
    resume: ResumeLoad
    set_up: SetUp
    tear_down: TearDown
    allow_rows: AllowRows
    prepare_plan: PreparePlan
    switch_plan: SwitchPlan
    def __init__(self, prepare: _Optional[_Union[EnginePrepare, _Mapping]] = ..., start: _Optional[_Union[Start, _Mapping]] = ..., stop: _Optional[_Union[Stop, _Mapping]] = ..., set_load: _Optional[_Union[SetLoad, _Mapping]] = ..., reshare: _Optional[_Union[Reshare, _Mapping]] = ..., pause: _Optional[_Union[PauseLoad, _Mapping]] = ..., resume: _Optional[_Union[ResumeLoad, _Mapping]] = ..., set_up: _Optional[_Union[SetUp, _Mapping]] = ..., tear_down: _Optional[_Union[TearDown, _Mapping]] = ..., allow_rows: _Optional[_Union[AllowRows, _Mapping]] = ..., prepare_plan: _Optional[_Union[PreparePlan, _Mapping]] = ..., switch_plan: _Optional[_Union[SwitchPlan, _Mapping]] = ...) -> None: ...

class EnginePrepare(_message.Message):
    __slots__ = ("request", "locust_port", "allowed_targets", "caps", "worker_id", "follow_locust")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    LOCUST_PORT_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_TARGETS_FIELD_NUMBER: _ClassVar[int]
    CAPS_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_LOCUST_FIELD_NUMBER: _ClassVar[int]
    request: PrepareRequest
    locust_port: int
    allowed_targets: _containers.RepeatedScalarFieldContainer[str]
    caps: Caps
    worker_id: str
    follow_locust: bool
    def __init__(self, request: _Optional[_Union[PrepareRequest, _Mapping]] = ..., locust_port: _Optional[int] = ..., allowed_targets: _Optional[_Iterable[str]] = ..., caps: _Optional[_Union[Caps, _Mapping]] = ..., worker_id: _Optional[str] = ..., follow_locust: _Optional[bool] = ...) -> None: ...

class EngineEvent(_message.Message):
    __slots__ = ("prepared", "frame", "state", "log", "shared_steps", "rows", "plan_ready")
    PREPARED_FIELD_NUMBER: _ClassVar[int]
    FRAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    SHARED_STEPS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    PLAN_READY_FIELD_NUMBER: _ClassVar[int]
    prepared: PrepareResponse
    frame: Frame
    state: EngineState
    log: LogLine
    shared_steps: SharedStepsDone
    rows: RowsAsked
    plan_ready: PlanReady
    def __init__(self, prepared: _Optional[_Union[PrepareResponse, _Mapping]] = ..., frame: _Optional[_Union[Frame, _Mapping]] = ..., state: _Optional[_Union[EngineState, _Mapping]] = ..., log: _Optional[_Union[LogLine, _Mapping]] = ..., shared_steps: _Optional[_Union[SharedStepsDone, _Mapping]] = ..., rows: _Optional[_Union[RowsAsked, _Mapping]] = ..., plan_ready: _Optional[_Union[PlanReady, _Mapping]] = ...) -> None: ...

class Frame(_message.Message):
    __slots__ = ("run_id", "worker_id", "second", "seq", "steps", "users", "generator", "last", "iterations_started", "arrivals_dropped", "arrivals_late", "in_flight", "target_users", "target_rate", "clock_offset_us", "stage", "iterations_left", "plan_version", "arrivals_due", "arrivals_started", "arrivals_given_up", "arrivals_reached", "lost_starts")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    GENERATOR_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_STARTED_FIELD_NUMBER: _ClassVar[int]
    ARRIVALS_DROPPED_FIELD_NUMBER: _ClassVar[int]
    ARRIVALS_LATE_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    TARGET_USERS_FIELD_NUMBER: _ClassVar[int]
    TARGET_RATE_FIELD_NUMBER: _ClassVar[int]
    CLOCK_OFFSET_US_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_LEFT_FIELD_NUMBER: _ClassVar[int]
    PLAN_VERSION_FIELD_NUMBER: _ClassVar[int]
    ARRIVALS_DUE_FIELD_NUMBER: _ClassVar[int]
    ARRIVALS_STARTED_FIELD_NUMBER: _ClassVar[int]
    ARRIVALS_GIVEN_UP_FIELD_NUMBER: _ClassVar[int]
    ARRIVALS_REACHED_FIELD_NUMBER: _ClassVar[int]
    LOST_STARTS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    worker_id: str
    second: int
    seq: int
    steps: _containers.RepeatedCompositeFieldContainer[StepStats]
    users: float
    generator: Generator
    last: bool
    iterations_started: int
    arrivals_dropped: int
    arrivals_late: int
    in_flight: int
    target_users: float
    target_rate: float
    clock_offset_us: int
    stage: int
    iterations_left: int
    plan_version: int
    arrivals_due: int
    arrivals_started: int
    arrivals_given_up: int
    arrivals_reached: int
    lost_starts: _containers.RepeatedCompositeFieldContainer[LostStarts]
    def __init__(self, run_id: _Optional[str] = ..., worker_id: _Optional[str] = ..., second: _Optional[int] = ..., seq: _Optional[int] = ..., steps: _Optional[_Iterable[_Union[StepStats, _Mapping]]] = ..., users: _Optional[float] = ..., generator: _Optional[_Union[Generator, _Mapping]] = ..., last: _Optional[bool] = ..., iterations_started: _Optional[int] = ..., arrivals_dropped: _Optional[int] = ..., arrivals_late: _Optional[int] = ..., in_flight: _Optional[int] = ..., target_users: _Optional[float] = ..., target_rate: _Optional[float] = ..., clock_offset_us: _Optional[int] = ..., stage: _Optional[int] = ..., iterations_left: _Optional[int] = ..., plan_version: _Optional[int] = ..., arrivals_due: _Optional[int] = ..., arrivals_started: _Optional[int] = ..., arrivals_given_up: _Optional[int] = ..., arrivals_reached: _Optional[int] = ..., lost_starts: _Optional[_Iterable[_Union[LostStarts, _Mapping]]] = ...) -> None: ...

class StepStats(_message.Message):
    __slots__ = ("entry", "ok", "failed", "aborted", "sent_bytes", "received_bytes", "statuses", "errors", "service", "scheduled", "stale_reuse", "warnings", "first_byte")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    ABORTED_FIELD_NUMBER: _ClassVar[int]
    SENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    STALE_REUSE_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    FIRST_BYTE_FIELD_NUMBER: _ClassVar[int]
    entry: int
    ok: int
    failed: int
    aborted: int
    sent_bytes: int
    received_bytes: int
    statuses: _containers.RepeatedCompositeFieldContainer[StatusCount]
    errors: _containers.RepeatedCompositeFieldContainer[ErrorCount]
    service: Histogram
    scheduled: Histogram
    stale_reuse: int
    warnings: int
    first_byte: Histogram
    def __init__(self, entry: _Optional[int] = ..., ok: _Optional[int] = ..., failed: _Optional[int] = ..., aborted: _Optional[int] = ..., sent_bytes: _Optional[int] = ..., received_bytes: _Optional[int] = ..., statuses: _Optional[_Iterable[_Union[StatusCount, _Mapping]]] = ..., errors: _Optional[_Iterable[_Union[ErrorCount, _Mapping]]] = ..., service: _Optional[_Union[Histogram, _Mapping]] = ..., scheduled: _Optional[_Union[Histogram, _Mapping]] = ..., stale_reuse: _Optional[int] = ..., warnings: _Optional[int] = ..., first_byte: _Optional[_Union[Histogram, _Mapping]] = ...) -> None: ...

class StatusCount(_message.Message):
    __slots__ = ("status", "count")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    status: int
    count: int
    def __init__(self, status: _Optional[int] = ..., count: _Optional[int] = ...) -> None: ...

class ErrorCount(_message.Message):
    __slots__ = ("kind", "text", "count")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    kind: str
    text: str
    count: int
    def __init__(self, kind: _Optional[str] = ..., text: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class Histogram(_message.Message):
    __slots__ = ("index", "count", "min_us", "max_us", "sum_us")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    MIN_US_FIELD_NUMBER: _ClassVar[int]
    MAX_US_FIELD_NUMBER: _ClassVar[int]
    SUM_US_FIELD_NUMBER: _ClassVar[int]
    index: _containers.RepeatedScalarFieldContainer[int]
    count: _containers.RepeatedScalarFieldContainer[int]
    min_us: int
    max_us: int
    sum_us: int
    def __init__(self, index: _Optional[_Iterable[int]] = ..., count: _Optional[_Iterable[int]] = ..., min_us: _Optional[int] = ..., max_us: _Optional[int] = ..., sum_us: _Optional[int] = ...) -> None: ...

class Generator(_message.Message):
    __slots__ = ("cpu_percent", "schedule_lag_max_us", "run_queue_delay_us", "gc_pause_us", "rss_bytes", "goroutines", "open_fds", "ports_exhausted", "fds_exhausted", "steal_percent", "run_queue_wait_us")
    CPU_PERCENT_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_LAG_MAX_US_FIELD_NUMBER: _ClassVar[int]
    RUN_QUEUE_DELAY_US_FIELD_NUMBER: _ClassVar[int]
    GC_PAUSE_US_FIELD_NUMBER: _ClassVar[int]
    RSS_BYTES_FIELD_NUMBER: _ClassVar[int]
    GOROUTINES_FIELD_NUMBER: _ClassVar[int]
    OPEN_FDS_FIELD_NUMBER: _ClassVar[int]
    PORTS_EXHAUSTED_FIELD_NUMBER: _ClassVar[int]
    FDS_EXHAUSTED_FIELD_NUMBER: _ClassVar[int]
    STEAL_PERCENT_FIELD_NUMBER: _ClassVar[int]
    RUN_QUEUE_WAIT_US_FIELD_NUMBER: _ClassVar[int]
    cpu_percent: float
    schedule_lag_max_us: int
    run_queue_delay_us: int
    gc_pause_us: int
    rss_bytes: int
    goroutines: int
    open_fds: int
    ports_exhausted: bool
    fds_exhausted: bool
    steal_percent: float
    run_queue_wait_us: int
    def __init__(self, cpu_percent: _Optional[float] = ..., schedule_lag_max_us: _Optional[int] = ..., run_queue_delay_us: _Optional[int] = ..., gc_pause_us: _Optional[int] = ..., rss_bytes: _Optional[int] = ..., goroutines: _Optional[int] = ..., open_fds: _Optional[int] = ..., ports_exhausted: _Optional[bool] = ..., fds_exhausted: _Optional[bool] = ..., steal_percent: _Optional[float] = ..., run_queue_wait_us: _Optional[int] = ...) -> None: ...
