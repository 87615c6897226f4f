from hazard_tui.rpc.gen.hazard.v1 import plan_pb2 as _plan_pb2
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2 as _worker_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WorkerHealth(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORKER_HEALTH_UNKNOWN: _ClassVar[WorkerHealth]
    WORKER_HEALTH_READY: _ClassVar[WorkerHealth]
    WORKER_HEALTH_BUSY: _ClassVar[WorkerHealth]
    WORKER_HEALTH_LOST: _ClassVar[WorkerHealth]
    WORKER_HEALTH_INCOMPATIBLE: _ClassVar[WorkerHealth]
    WORKER_HEALTH_UNREACHABLE: _ClassVar[WorkerHealth]

class RunState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RUN_STATE_UNKNOWN: _ClassVar[RunState]
    RUN_STATE_PREPARING: _ClassVar[RunState]
    RUN_STATE_STARTING: _ClassVar[RunState]
    RUN_STATE_RUNNING: _ClassVar[RunState]
    RUN_STATE_STOPPING: _ClassVar[RunState]
    RUN_STATE_FINISHED: _ClassVar[RunState]
    RUN_STATE_STOPPED: _ClassVar[RunState]
    RUN_STATE_FAILED: _ClassVar[RunState]
    RUN_STATE_ABORTED: _ClassVar[RunState]
WORKER_HEALTH_UNKNOWN: WorkerHealth
WORKER_HEALTH_READY: WorkerHealth
WORKER_HEALTH_BUSY: WorkerHealth
WORKER_HEALTH_LOST: WorkerHealth
WORKER_HEALTH_INCOMPATIBLE: WorkerHealth
WORKER_HEALTH_UNREACHABLE: WorkerHealth
RUN_STATE_UNKNOWN: RunState
RUN_STATE_PREPARING: RunState
RUN_STATE_STARTING: RunState
RUN_STATE_RUNNING: RunState
RUN_STATE_STOPPING: RunState
RUN_STATE_FINISHED: RunState
RUN_STATE_STOPPED: RunState
RUN_STATE_FAILED: RunState
RUN_STATE_ABORTED: RunState

class InfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ControllerInfo(_message.Message):
    __slots__ = ("version", "pid", "protocol", "active_runs", "etcd", "etcd_connected", "data_dir", "metrics_url")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_RUNS_FIELD_NUMBER: _ClassVar[int]
    ETCD_FIELD_NUMBER: _ClassVar[int]
    ETCD_CONNECTED_FIELD_NUMBER: _ClassVar[int]
    DATA_DIR_FIELD_NUMBER: _ClassVar[int]
    METRICS_URL_FIELD_NUMBER: _ClassVar[int]
    version: str
    pid: int
    protocol: int
    active_runs: _containers.RepeatedScalarFieldContainer[str]
    etcd: str
    etcd_connected: bool
    data_dir: str
    metrics_url: str
    def __init__(self, version: _Optional[str] = ..., pid: _Optional[int] = ..., protocol: _Optional[int] = ..., active_runs: _Optional[_Iterable[str]] = ..., etcd: _Optional[str] = ..., etcd_connected: _Optional[bool] = ..., data_dir: _Optional[str] = ..., metrics_url: _Optional[str] = ...) -> None: ...

class AddWorkersRequest(_message.Message):
    __slots__ = ("addresses",)
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    addresses: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, addresses: _Optional[_Iterable[str]] = ...) -> None: ...

class AddWorkersResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ServeMetricsRequest(_message.Message):
    __slots__ = ("address",)
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    address: str
    def __init__(self, address: _Optional[str] = ...) -> None: ...

class ServeMetricsResponse(_message.Message):
    __slots__ = ("error",)
    ERROR_FIELD_NUMBER: _ClassVar[int]
    error: str
    def __init__(self, error: _Optional[str] = ...) -> None: ...

class WatchWorkersRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WorkerList(_message.Message):
    __slots__ = ("workers", "etcd_connected", "etcd_message")
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    ETCD_CONNECTED_FIELD_NUMBER: _ClassVar[int]
    ETCD_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    workers: _containers.RepeatedCompositeFieldContainer[WorkerRecord]
    etcd_connected: bool
    etcd_message: str
    def __init__(self, workers: _Optional[_Iterable[_Union[WorkerRecord, _Mapping]]] = ..., etcd_connected: _Optional[bool] = ..., etcd_message: _Optional[str] = ...) -> None: ...

class WorkerRecord(_message.Message):
    __slots__ = ("info", "health", "reason", "last_seen_unix_ms", "clock_offset_us", "round_trip_us", "run_id")
    INFO_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LAST_SEEN_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    CLOCK_OFFSET_US_FIELD_NUMBER: _ClassVar[int]
    ROUND_TRIP_US_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    info: _worker_pb2.WorkerInfo
    health: WorkerHealth
    reason: str
    last_seen_unix_ms: int
    clock_offset_us: int
    round_trip_us: int
    run_id: str
    def __init__(self, info: _Optional[_Union[_worker_pb2.WorkerInfo, _Mapping]] = ..., health: _Optional[_Union[WorkerHealth, str]] = ..., reason: _Optional[str] = ..., last_seen_unix_ms: _Optional[int] = ..., clock_offset_us: _Optional[int] = ..., round_trip_us: _Optional[int] = ..., run_id: _Optional[str] = ...) -> None: ...

class StartRunRequest(_message.Message):
    __slots__ = ("plan", "base_dir", "workers", "options", "plan_path", "note", "join")
    PLAN_FIELD_NUMBER: _ClassVar[int]
    BASE_DIR_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PLAN_PATH_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    JOIN_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    base_dir: str
    workers: _containers.RepeatedScalarFieldContainer[str]
    options: _worker_pb2.RunOptions
    plan_path: str
    note: str
    join: bool
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., base_dir: _Optional[str] = ..., workers: _Optional[_Iterable[str]] = ..., options: _Optional[_Union[_worker_pb2.RunOptions, _Mapping]] = ..., plan_path: _Optional[str] = ..., note: _Optional[str] = ..., join: _Optional[bool] = ...) -> None: ...

class StartRunResponse(_message.Message):
    __slots__ = ("run_id", "findings", "error", "remote_error", "hint")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    REMOTE_ERROR_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    findings: _containers.RepeatedCompositeFieldContainer[_worker_pb2.Finding]
    error: str
    remote_error: bool
    hint: str
    def __init__(self, run_id: _Optional[str] = ..., findings: _Optional[_Iterable[_Union[_worker_pb2.Finding, _Mapping]]] = ..., error: _Optional[str] = ..., remote_error: _Optional[bool] = ..., hint: _Optional[str] = ...) -> None: ...

class PrepareCommand(_message.Message):
    __slots__ = ("start", "retry")
    START_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    start: StartRunRequest
    retry: bool
    def __init__(self, start: _Optional[_Union[StartRunRequest, _Mapping]] = ..., retry: _Optional[bool] = ...) -> None: ...

class PrepareUpdate(_message.Message):
    __slots__ = ("workers", "asks", "ended")
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    workers: _containers.RepeatedCompositeFieldContainer[RunWorker]
    asks: bool
    ended: StartRunResponse
    def __init__(self, workers: _Optional[_Iterable[_Union[RunWorker, _Mapping]]] = ..., asks: _Optional[bool] = ..., ended: _Optional[_Union[StartRunResponse, _Mapping]] = ...) -> None: ...

class WatchRunRequest(_message.Message):
    __slots__ = ("run_id", "from_second", "per_worker")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_SECOND_FIELD_NUMBER: _ClassVar[int]
    PER_WORKER_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    from_second: int
    per_worker: bool
    def __init__(self, run_id: _Optional[str] = ..., from_second: _Optional[int] = ..., per_worker: _Optional[bool] = ...) -> None: ...

class RunUpdate(_message.Message):
    __slots__ = ("record", "frame", "event", "caught_up")
    RECORD_FIELD_NUMBER: _ClassVar[int]
    FRAME_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    CAUGHT_UP_FIELD_NUMBER: _ClassVar[int]
    record: RunRecord
    frame: _worker_pb2.Frame
    event: RunEventRecord
    caught_up: bool
    def __init__(self, record: _Optional[_Union[RunRecord, _Mapping]] = ..., frame: _Optional[_Union[_worker_pb2.Frame, _Mapping]] = ..., event: _Optional[_Union[RunEventRecord, _Mapping]] = ..., caught_up: _Optional[bool] = ...) -> None: ...

class RunRecord(_message.Message):
    __slots__ = ("run_id", "state", "reason", "plan_name", "plan_path", "plan", "created_unix_ms", "started_unix_ms", "ended_unix_ms", "workers", "entries", "planned_ms", "verdict", "thresholds", "locust", "locust_url", "options", "note", "requests", "failed", "load_ms", "join", "plan_version", "plan_versions")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PLAN_NAME_FIELD_NUMBER: _ClassVar[int]
    PLAN_PATH_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    CREATED_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    STARTED_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    ENDED_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PLANNED_MS_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    LOCUST_FIELD_NUMBER: _ClassVar[int]
    LOCUST_URL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    LOAD_MS_FIELD_NUMBER: _ClassVar[int]
    JOIN_FIELD_NUMBER: _ClassVar[int]
    PLAN_VERSION_FIELD_NUMBER: _ClassVar[int]
    PLAN_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    state: RunState
    reason: str
    plan_name: str
    plan_path: str
    plan: _plan_pb2.Plan
    created_unix_ms: int
    started_unix_ms: int
    ended_unix_ms: int
    workers: _containers.RepeatedCompositeFieldContainer[RunWorker]
    entries: _containers.RepeatedCompositeFieldContainer[_worker_pb2.StepEntry]
    planned_ms: int
    verdict: Verdict
    thresholds: _containers.RepeatedCompositeFieldContainer[ThresholdResult]
    locust: LocustTotals
    locust_url: str
    options: _worker_pb2.RunOptions
    note: str
    requests: int
    failed: int
    load_ms: int
    join: bool
    plan_version: int
    plan_versions: _containers.RepeatedCompositeFieldContainer[PlanVersion]
    def __init__(self, run_id: _Optional[str] = ..., state: _Optional[_Union[RunState, str]] = ..., reason: _Optional[str] = ..., plan_name: _Optional[str] = ..., plan_path: _Optional[str] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., created_unix_ms: _Optional[int] = ..., started_unix_ms: _Optional[int] = ..., ended_unix_ms: _Optional[int] = ..., workers: _Optional[_Iterable[_Union[RunWorker, _Mapping]]] = ..., entries: _Optional[_Iterable[_Union[_worker_pb2.StepEntry, _Mapping]]] = ..., planned_ms: _Optional[int] = ..., verdict: _Optional[_Union[Verdict, _Mapping]] = ..., thresholds: _Optional[_Iterable[_Union[ThresholdResult, _Mapping]]] = ..., locust: _Optional[_Union[LocustTotals, _Mapping]] = ..., locust_url: _Optional[str] = ..., options: _Optional[_Union[_worker_pb2.RunOptions, _Mapping]] = ..., note: _Optional[str] = ..., requests: _Optional[int] = ..., failed: _Optional[int] = ..., load_ms: _Optional[int] = ..., join: _Optional[bool] = ..., plan_version: _Optional[int] = ..., plan_versions: _Optional[_Iterable[_Union[PlanVersion, _Mapping]]] = ...) -> None: ...

class PlanVersion(_message.Message):
    __slots__ = ("version", "at_unix_ms", "changes", "more")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AT_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    version: int
    at_unix_ms: int
    changes: _containers.RepeatedScalarFieldContainer[str]
    more: int
    def __init__(self, version: _Optional[int] = ..., at_unix_ms: _Optional[int] = ..., changes: _Optional[_Iterable[str]] = ..., more: _Optional[int] = ...) -> None: ...

class RunWorker(_message.Message):
    __slots__ = ("worker_id", "address", "hostname", "state", "reason", "last_frame_unix_ms", "last_seq", "share", "users", "generator", "floor")
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LAST_FRAME_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    GENERATOR_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    worker_id: str
    address: str
    hostname: str
    state: str
    reason: str
    last_frame_unix_ms: int
    last_seq: int
    share: _worker_pb2.Share
    users: float
    generator: _worker_pb2.Generator
    floor: _worker_pb2.Floor
    def __init__(self, worker_id: _Optional[str] = ..., address: _Optional[str] = ..., hostname: _Optional[str] = ..., state: _Optional[str] = ..., reason: _Optional[str] = ..., last_frame_unix_ms: _Optional[int] = ..., last_seq: _Optional[int] = ..., share: _Optional[_Union[_worker_pb2.Share, _Mapping]] = ..., users: _Optional[float] = ..., generator: _Optional[_Union[_worker_pb2.Generator, _Mapping]] = ..., floor: _Optional[_Union[_worker_pb2.Floor, _Mapping]] = ...) -> None: ...

class Verdict(_message.Message):
    __slots__ = ("status", "reasons")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    status: str
    reasons: _containers.RepeatedCompositeFieldContainer[VerdictReason]
    def __init__(self, status: _Optional[str] = ..., reasons: _Optional[_Iterable[_Union[VerdictReason, _Mapping]]] = ...) -> None: ...

class VerdictReason(_message.Message):
    __slots__ = ("code", "text", "worker_id", "from_second", "to_second")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_SECOND_FIELD_NUMBER: _ClassVar[int]
    TO_SECOND_FIELD_NUMBER: _ClassVar[int]
    code: str
    text: str
    worker_id: str
    from_second: int
    to_second: int
    def __init__(self, code: _Optional[str] = ..., text: _Optional[str] = ..., worker_id: _Optional[str] = ..., from_second: _Optional[int] = ..., to_second: _Optional[int] = ...) -> None: ...

class ThresholdResult(_message.Message):
    __slots__ = ("rule", "ok", "actual", "text")
    RULE_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    rule: str
    ok: bool
    actual: float
    text: str
    def __init__(self, rule: _Optional[str] = ..., ok: _Optional[bool] = ..., actual: _Optional[float] = ..., text: _Optional[str] = ...) -> None: ...

class LocustTotals(_message.Message):
    __slots__ = ("known", "requests", "failures", "entries", "state", "users", "workers")
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    known: bool
    requests: int
    failures: int
    entries: _containers.RepeatedCompositeFieldContainer[LocustEntry]
    state: str
    users: int
    workers: int
    def __init__(self, known: _Optional[bool] = ..., requests: _Optional[int] = ..., failures: _Optional[int] = ..., entries: _Optional[_Iterable[_Union[LocustEntry, _Mapping]]] = ..., state: _Optional[str] = ..., users: _Optional[int] = ..., workers: _Optional[int] = ...) -> None: ...

class LocustEntry(_message.Message):
    __slots__ = ("name", "method", "requests", "failures")
    NAME_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    name: str
    method: str
    requests: int
    failures: int
    def __init__(self, name: _Optional[str] = ..., method: _Optional[str] = ..., requests: _Optional[int] = ..., failures: _Optional[int] = ...) -> None: ...

class RunEventRecord(_message.Message):
    __slots__ = ("at_unix_ms", "kind", "text", "worker_id", "level")
    AT_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    at_unix_ms: int
    kind: str
    text: str
    worker_id: str
    level: str
    def __init__(self, at_unix_ms: _Optional[int] = ..., kind: _Optional[str] = ..., text: _Optional[str] = ..., worker_id: _Optional[str] = ..., level: _Optional[str] = ...) -> None: ...

class HoldRunRequest(_message.Message):
    __slots__ = ("run_id", "watcher_id", "name", "take_over")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WATCHER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TAKE_OVER_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    watcher_id: str
    name: str
    take_over: bool
    def __init__(self, run_id: _Optional[str] = ..., watcher_id: _Optional[str] = ..., name: _Optional[str] = ..., take_over: _Optional[bool] = ...) -> None: ...

class HoldUpdate(_message.Message):
    __slots__ = ("holds", "holder", "since_unix_ms")
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    SINCE_UNIX_MS_FIELD_NUMBER: _ClassVar[int]
    holds: bool
    holder: str
    since_unix_ms: int
    def __init__(self, holds: _Optional[bool] = ..., holder: _Optional[str] = ..., since_unix_ms: _Optional[int] = ...) -> None: ...

class StopRunRequest(_message.Message):
    __slots__ = ("run_id", "force", "watcher_id")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    WATCHER_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    force: bool
    watcher_id: str
    def __init__(self, run_id: _Optional[str] = ..., force: _Optional[bool] = ..., watcher_id: _Optional[str] = ...) -> None: ...

class StopRunResponse(_message.Message):
    __slots__ = ("run_ids", "refused")
    RUN_IDS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    run_ids: _containers.RepeatedScalarFieldContainer[str]
    refused: str
    def __init__(self, run_ids: _Optional[_Iterable[str]] = ..., refused: _Optional[str] = ...) -> None: ...

class SetRunLoadRequest(_message.Message):
    __slots__ = ("run_id", "users", "rate", "pause", "resume", "watcher_id", "spacing")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    WATCHER_ID_FIELD_NUMBER: _ClassVar[int]
    SPACING_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    users: float
    rate: float
    pause: bool
    resume: bool
    watcher_id: str
    spacing: _plan_pb2.ArrivalSpacing
    def __init__(self, run_id: _Optional[str] = ..., users: _Optional[float] = ..., rate: _Optional[float] = ..., pause: _Optional[bool] = ..., resume: _Optional[bool] = ..., watcher_id: _Optional[str] = ..., spacing: _Optional[_Union[_plan_pb2.ArrivalSpacing, str]] = ...) -> None: ...

class SetRunLoadResponse(_message.Message):
    __slots__ = ("error",)
    ERROR_FIELD_NUMBER: _ClassVar[int]
    error: str
    def __init__(self, error: _Optional[str] = ...) -> None: ...

class ReplaceRunPlanRequest(_message.Message):
    __slots__ = ("run_id", "plan", "base_dir", "watcher_id")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    BASE_DIR_FIELD_NUMBER: _ClassVar[int]
    WATCHER_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    plan: _plan_pb2.Plan
    base_dir: str
    watcher_id: str
    def __init__(self, run_id: _Optional[str] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., base_dir: _Optional[str] = ..., watcher_id: _Optional[str] = ...) -> None: ...

class ReplaceRunPlanResponse(_message.Message):
    __slots__ = ("findings", "plan_version", "changes")
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    PLAN_VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    findings: _containers.RepeatedCompositeFieldContainer[_worker_pb2.Finding]
    plan_version: int
    changes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, findings: _Optional[_Iterable[_Union[_worker_pb2.Finding, _Mapping]]] = ..., plan_version: _Optional[int] = ..., changes: _Optional[_Iterable[str]] = ...) -> None: ...

class JoinRunRequest(_message.Message):
    __slots__ = ("run_id", "workers", "watcher_id")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    WATCHER_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    workers: _containers.RepeatedScalarFieldContainer[str]
    watcher_id: str
    def __init__(self, run_id: _Optional[str] = ..., workers: _Optional[_Iterable[str]] = ..., watcher_id: _Optional[str] = ...) -> None: ...

class JoinRunResponse(_message.Message):
    __slots__ = ("joined", "problems", "hint")
    JOINED_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    joined: _containers.RepeatedScalarFieldContainer[str]
    problems: _containers.RepeatedScalarFieldContainer[str]
    hint: str
    def __init__(self, joined: _Optional[_Iterable[str]] = ..., problems: _Optional[_Iterable[str]] = ..., hint: _Optional[str] = ...) -> None: ...

class AddMarkerRequest(_message.Message):
    __slots__ = ("run_id", "text", "watcher_id")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WATCHER_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    text: str
    watcher_id: str
    def __init__(self, run_id: _Optional[str] = ..., text: _Optional[str] = ..., watcher_id: _Optional[str] = ...) -> None: ...

class AddMarkerResponse(_message.Message):
    __slots__ = ("error",)
    ERROR_FIELD_NUMBER: _ClassVar[int]
    error: str
    def __init__(self, error: _Optional[str] = ...) -> None: ...

class ListRunsRequest(_message.Message):
    __slots__ = ("limit",)
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    limit: int
    def __init__(self, limit: _Optional[int] = ...) -> None: ...

class RunList(_message.Message):
    __slots__ = ("runs",)
    RUNS_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[RunRecord]
    def __init__(self, runs: _Optional[_Iterable[_Union[RunRecord, _Mapping]]] = ...) -> None: ...

class GetRunRequest(_message.Message):
    __slots__ = ("run_id",)
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    def __init__(self, run_id: _Optional[str] = ...) -> None: ...

class DeleteRunRequest(_message.Message):
    __slots__ = ("run_id",)
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    def __init__(self, run_id: _Optional[str] = ...) -> None: ...

class DeleteRunResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ShutdownRequest(_message.Message):
    __slots__ = ("stop_runs",)
    STOP_RUNS_FIELD_NUMBER: _ClassVar[int]
    stop_runs: bool
    def __init__(self, stop_runs: _Optional[bool] = ...) -> None: ...

class ShutdownResponse(_message.Message):
    __slots__ = ("refused",)
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    refused: str
    def __init__(self, refused: _Optional[str] = ...) -> None: ...

class LocustStateRequest(_message.Message):
    __slots__ = ("with_entries",)
    WITH_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    with_entries: bool
    def __init__(self, with_entries: _Optional[bool] = ...) -> None: ...

class SetUsersRequest(_message.Message):
    __slots__ = ("users",)
    USERS_FIELD_NUMBER: _ClassVar[int]
    users: int
    def __init__(self, users: _Optional[int] = ...) -> None: ...

class SetUsersResponse(_message.Message):
    __slots__ = ("error",)
    ERROR_FIELD_NUMBER: _ClassVar[int]
    error: str
    def __init__(self, error: _Optional[str] = ...) -> None: ...

class StopTestRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StopTestResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class QuitRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class QuitResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
