from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TaskOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TASK_ORDER_WEIGHTED: _ClassVar[TaskOrder]
    TASK_ORDER_SEQUENTIAL: _ClassVar[TaskOrder]

class Scope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SCOPE_USER: _ClassVar[Scope]
    SCOPE_ITERATION: _ClassVar[Scope]
    SCOPE_RUN: _ClassVar[Scope]

class FeedFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FEED_FORMAT_AUTO: _ClassVar[FeedFormat]
    FEED_FORMAT_CSV: _ClassVar[FeedFormat]
    FEED_FORMAT_JSON: _ClassVar[FeedFormat]
    FEED_FORMAT_JSONL: _ClassVar[FeedFormat]

class FeedOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FEED_ORDER_SEQUENTIAL: _ClassVar[FeedOrder]
    FEED_ORDER_UNIQUE: _ClassVar[FeedOrder]
    FEED_ORDER_RANDOM: _ClassVar[FeedOrder]
    FEED_ORDER_PER_USER: _ClassVar[FeedOrder]

class FeedEnd(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FEED_END_RECYCLE: _ClassVar[FeedEnd]
    FEED_END_STOP: _ClassVar[FeedEnd]

class SetupScope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SETUP_SCOPE_USER: _ClassVar[SetupScope]
    SETUP_SCOPE_WORKER: _ClassVar[SetupScope]
    SETUP_SCOPE_RUN: _ClassVar[SetupScope]

class PauseShape(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAUSE_SHAPE_UNIFORM: _ClassVar[PauseShape]
    PAUSE_SHAPE_NORMAL: _ClassVar[PauseShape]
    PAUSE_SHAPE_EXPONENTIAL: _ClassVar[PauseShape]

class Operator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATOR_EQUALS: _ClassVar[Operator]
    OPERATOR_NOT_EQUALS: _ClassVar[Operator]
    OPERATOR_CONTAINS: _ClassVar[Operator]
    OPERATOR_NOT_CONTAINS: _ClassVar[Operator]
    OPERATOR_MATCHES: _ClassVar[Operator]
    OPERATOR_LESS: _ClassVar[Operator]
    OPERATOR_LESS_OR_EQUAL: _ClassVar[Operator]
    OPERATOR_GREATER: _ClassVar[Operator]
    OPERATOR_GREATER_OR_EQUAL: _ClassVar[Operator]
    OPERATOR_EXISTS: _ClassVar[Operator]
    OPERATOR_NOT_EXISTS: _ClassVar[Operator]
    OPERATOR_IN: _ClassVar[Operator]
    OPERATOR_TYPE_IS: _ClassVar[Operator]
    OPERATOR_STARTS_WITH: _ClassVar[Operator]
    OPERATOR_ENDS_WITH: _ClassVar[Operator]
    OPERATOR_LENGTH_EQUALS: _ClassVar[Operator]
    OPERATOR_MATCHES_SCHEMA: _ClassVar[Operator]
    OPERATOR_NOT_IN: _ClassVar[Operator]
    OPERATOR_NOT_MATCHES: _ClassVar[Operator]

class FormEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FORM_ENCODING_PERCENT_20: _ClassVar[FormEncoding]
    FORM_ENCODING_PLUS: _ClassVar[FormEncoding]
    FORM_ENCODING_NONE: _ClassVar[FormEncoding]

class PartNames(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PART_NAMES_BROWSER: _ClassVar[PartNames]
    PART_NAMES_POSTMAN: _ClassVar[PartNames]

class FileEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FILE_ENCODING_NONE: _ClassVar[FileEncoding]
    FILE_ENCODING_PERCENT: _ClassVar[FileEncoding]
    FILE_ENCODING_PERCENT_LOWER: _ClassVar[FileEncoding]

class FileMissing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FILE_MISSING_FAIL: _ClassVar[FileMissing]
    FILE_MISSING_GENERATE: _ClassVar[FileMissing]

class AuthPlace(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUTH_PLACE_HEADER: _ClassVar[AuthPlace]
    AUTH_PLACE_QUERY: _ClassVar[AuthPlace]
    AUTH_PLACE_BODY: _ClassVar[AuthPlace]

class UrlEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    URL_ENCODING_WHATWG: _ClassVar[UrlEncoding]
    URL_ENCODING_NONE: _ClassVar[UrlEncoding]
    URL_ENCODING_POSTMAN: _ClassVar[UrlEncoding]
    URL_ENCODING_POSTMAN_RAW: _ClassVar[UrlEncoding]

class Source(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOURCE_BODY: _ClassVar[Source]
    SOURCE_HEADER: _ClassVar[Source]
    SOURCE_COOKIE: _ClassVar[Source]
    SOURCE_URL: _ClassVar[Source]
    SOURCE_STATUS: _ClassVar[Source]
    SOURCE_LATENCY: _ClassVar[Source]

class Match(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MATCH_NUMBER: _ClassVar[Match]
    MATCH_RANDOM: _ClassVar[Match]
    MATCH_ALL: _ClassVar[Match]

class OnMiss(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_MISS_FAIL: _ClassVar[OnMiss]
    ON_MISS_KEEP: _ClassVar[OnMiss]
    ON_MISS_EMPTY: _ClassVar[OnMiss]

class Target(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TARGET_STATUS: _ClassVar[Target]
    TARGET_LATENCY: _ClassVar[Target]
    TARGET_SIZE: _ClassVar[Target]
    TARGET_HEADER: _ClassVar[Target]
    TARGET_BODY: _ClassVar[Target]
    TARGET_VALUE: _ClassVar[Target]
    TARGET_COOKIE: _ClassVar[Target]
    TARGET_URL: _ClassVar[Target]

class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEVERITY_FAIL: _ClassVar[Severity]
    SEVERITY_WARN: _ClassVar[Severity]
    SEVERITY_STOP: _ClassVar[Severity]

class StageKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_KIND_USERS: _ClassVar[StageKind]
    STAGE_KIND_ARRIVALS: _ClassVar[StageKind]
    STAGE_KIND_ITERATIONS: _ClassVar[StageKind]

class StageShape(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_SHAPE_CONSTANT: _ClassVar[StageShape]
    STAGE_SHAPE_LINEAR: _ClassVar[StageShape]
    STAGE_SHAPE_STEP: _ClassVar[StageShape]

class ArrivalSpacing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ARRIVAL_SPACING_UNIFORM: _ClassVar[ArrivalSpacing]
    ARRIVAL_SPACING_POISSON: _ClassVar[ArrivalSpacing]
TASK_ORDER_WEIGHTED: TaskOrder
TASK_ORDER_SEQUENTIAL: TaskOrder
SCOPE_USER: Scope
SCOPE_ITERATION: Scope
SCOPE_RUN: Scope
FEED_FORMAT_AUTO: FeedFormat
FEED_FORMAT_CSV: FeedFormat
FEED_FORMAT_JSON: FeedFormat
FEED_FORMAT_JSONL: FeedFormat
FEED_ORDER_SEQUENTIAL: FeedOrder
FEED_ORDER_UNIQUE: FeedOrder
FEED_ORDER_RANDOM: FeedOrder
FEED_ORDER_PER_USER: FeedOrder
FEED_END_RECYCLE: FeedEnd
FEED_END_STOP: FeedEnd
SETUP_SCOPE_USER: SetupScope
SETUP_SCOPE_WORKER: SetupScope
SETUP_SCOPE_RUN: SetupScope
PAUSE_SHAPE_UNIFORM: PauseShape
PAUSE_SHAPE_NORMAL: PauseShape
PAUSE_SHAPE_EXPONENTIAL: PauseShape
OPERATOR_EQUALS: Operator
OPERATOR_NOT_EQUALS: Operator
OPERATOR_CONTAINS: Operator
OPERATOR_NOT_CONTAINS: Operator
OPERATOR_MATCHES: Operator
OPERATOR_LESS: Operator
OPERATOR_LESS_OR_EQUAL: Operator
OPERATOR_GREATER: Operator
OPERATOR_GREATER_OR_EQUAL: Operator
OPERATOR_EXISTS: Operator
OPERATOR_NOT_EXISTS: Operator
OPERATOR_IN: Operator
OPERATOR_TYPE_IS: Operator
OPERATOR_STARTS_WITH: Operator
OPERATOR_ENDS_WITH: Operator
OPERATOR_LENGTH_EQUALS: Operator
OPERATOR_MATCHES_SCHEMA: Operator
OPERATOR_NOT_IN: Operator
OPERATOR_NOT_MATCHES: Operator
FORM_ENCODING_PERCENT_20: FormEncoding
FORM_ENCODING_PLUS: FormEncoding
FORM_ENCODING_NONE: FormEncoding
PART_NAMES_BROWSER: PartNames
PART_NAMES_POSTMAN: PartNames
FILE_ENCODING_NONE: FileEncoding
FILE_ENCODING_PERCENT: FileEncoding
FILE_ENCODING_PERCENT_LOWER: FileEncoding
FILE_MISSING_FAIL: FileMissing
FILE_MISSING_GENERATE: FileMissing
AUTH_PLACE_HEADER: AuthPlace
AUTH_PLACE_QUERY: AuthPlace
AUTH_PLACE_BODY: AuthPlace
URL_ENCODING_WHATWG: UrlEncoding
URL_ENCODING_NONE: UrlEncoding
URL_ENCODING_POSTMAN: UrlEncoding
URL_ENCODING_POSTMAN_RAW: UrlEncoding
SOURCE_BODY: Source
SOURCE_HEADER: Source
SOURCE_COOKIE: Source
SOURCE_URL: Source
SOURCE_STATUS: Source
SOURCE_LATENCY: Source
MATCH_NUMBER: Match
MATCH_RANDOM: Match
MATCH_ALL: Match
ON_MISS_FAIL: OnMiss
ON_MISS_KEEP: OnMiss
ON_MISS_EMPTY: OnMiss
TARGET_STATUS: Target
TARGET_LATENCY: Target
TARGET_SIZE: Target
TARGET_HEADER: Target
TARGET_BODY: Target
TARGET_VALUE: Target
TARGET_COOKIE: Target
TARGET_URL: Target
SEVERITY_FAIL: Severity
SEVERITY_WARN: Severity
SEVERITY_STOP: Severity
STAGE_KIND_USERS: StageKind
STAGE_KIND_ARRIVALS: StageKind
STAGE_KIND_ITERATIONS: StageKind
STAGE_SHAPE_CONSTANT: StageShape
STAGE_SHAPE_LINEAR: StageShape
STAGE_SHAPE_STEP: StageShape
ARRIVAL_SPACING_UNIFORM: ArrivalSpacing
ARRIVAL_SPACING_POISSON: ArrivalSpacing

class Plan(_message.Message):
    __slots__ = ("hazard", "name", "description", "variables", "feeds", "defaults", "setup", "tasks", "teardown", "stages", "thresholds", "allowed_targets", "host_map", "seed", "max_users", "task_order", "shared_teardown")
    HAZARD_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    FEEDS_FIELD_NUMBER: _ClassVar[int]
    DEFAULTS_FIELD_NUMBER: _ClassVar[int]
    SETUP_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    TEARDOWN_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_TARGETS_FIELD_NUMBER: _ClassVar[int]
    HOST_MAP_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    MAX_USERS_FIELD_NUMBER: _ClassVar[int]
    TASK_ORDER_FIELD_NUMBER: _ClassVar[int]
    SHARED_TEARDOWN_FIELD_NUMBER: _ClassVar[int]
    hazard: int
    name: str
    description: str
    variables: _containers.RepeatedCompositeFieldContainer[Variable]
    feeds: _containers.RepeatedCompositeFieldContainer[DataFeed]
    defaults: Policies
    setup: _containers.RepeatedCompositeFieldContainer[SetupStep]
    tasks: _containers.RepeatedCompositeFieldContainer[Task]
    teardown: _containers.RepeatedCompositeFieldContainer[Step]
    stages: _containers.RepeatedCompositeFieldContainer[Stage]
    thresholds: _containers.RepeatedCompositeFieldContainer[Threshold]
    allowed_targets: _containers.RepeatedScalarFieldContainer[str]
    host_map: _containers.RepeatedCompositeFieldContainer[HostMapping]
    seed: int
    max_users: int
    task_order: TaskOrder
    shared_teardown: _containers.RepeatedCompositeFieldContainer[SetupStep]
    def __init__(self, hazard: _Optional[int] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., variables: _Optional[_Iterable[_Union[Variable, _Mapping]]] = ..., feeds: _Optional[_Iterable[_Union[DataFeed, _Mapping]]] = ..., defaults: _Optional[_Union[Policies, _Mapping]] = ..., setup: _Optional[_Iterable[_Union[SetupStep, _Mapping]]] = ..., tasks: _Optional[_Iterable[_Union[Task, _Mapping]]] = ..., teardown: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., stages: _Optional[_Iterable[_Union[Stage, _Mapping]]] = ..., thresholds: _Optional[_Iterable[_Union[Threshold, _Mapping]]] = ..., allowed_targets: _Optional[_Iterable[str]] = ..., host_map: _Optional[_Iterable[_Union[HostMapping, _Mapping]]] = ..., seed: _Optional[int] = ..., max_users: _Optional[int] = ..., task_order: _Optional[_Union[TaskOrder, str]] = ..., shared_teardown: _Optional[_Iterable[_Union[SetupStep, _Mapping]]] = ...) -> None: ...

class HostMapping(_message.Message):
    __slots__ = ("recorded", "test")
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    TEST_FIELD_NUMBER: _ClassVar[int]
    recorded: str
    test: str
    def __init__(self, recorded: _Optional[str] = ..., test: _Optional[str] = ...) -> None: ...

class Variable(_message.Message):
    __slots__ = ("name", "scope", "value", "secret", "column", "generator", "file", "disabled", "description", "origin")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    GENERATOR_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    name: str
    scope: Scope
    value: str
    secret: SecretRef
    column: DataColumn
    generator: str
    file: FileRef
    disabled: bool
    description: str
    origin: str
    def __init__(self, name: _Optional[str] = ..., scope: _Optional[_Union[Scope, str]] = ..., value: _Optional[str] = ..., secret: _Optional[_Union[SecretRef, _Mapping]] = ..., column: _Optional[_Union[DataColumn, _Mapping]] = ..., generator: _Optional[str] = ..., file: _Optional[_Union[FileRef, _Mapping]] = ..., disabled: _Optional[bool] = ..., description: _Optional[str] = ..., origin: _Optional[str] = ...) -> None: ...

class SecretRef(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: str
    def __init__(self, key: _Optional[str] = ...) -> None: ...

class DataColumn(_message.Message):
    __slots__ = ("feed", "column")
    FEED_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    feed: str
    column: str
    def __init__(self, feed: _Optional[str] = ..., column: _Optional[str] = ...) -> None: ...

class DataFeed(_message.Message):
    __slots__ = ("name", "path", "format", "order", "at_end", "rows", "columns", "typed")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    AT_END_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    TYPED_FIELD_NUMBER: _ClassVar[int]
    name: str
    path: str
    format: FeedFormat
    order: FeedOrder
    at_end: FeedEnd
    rows: _containers.RepeatedCompositeFieldContainer[FeedRow]
    columns: _containers.RepeatedScalarFieldContainer[str]
    typed: bool
    def __init__(self, name: _Optional[str] = ..., path: _Optional[str] = ..., format: _Optional[_Union[FeedFormat, str]] = ..., order: _Optional[_Union[FeedOrder, str]] = ..., at_end: _Optional[_Union[FeedEnd, str]] = ..., rows: _Optional[_Iterable[_Union[FeedRow, _Mapping]]] = ..., columns: _Optional[_Iterable[str]] = ..., typed: _Optional[bool] = ...) -> None: ...

class FeedRow(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class SetupStep(_message.Message):
    __slots__ = ("scope", "step")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    scope: SetupScope
    step: Step
    def __init__(self, scope: _Optional[_Union[SetupScope, str]] = ..., step: _Optional[_Union[Step, _Mapping]] = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ("id", "name", "weight", "disabled", "description", "preparation", "steps", "think_time", "pacing_ms", "provenance")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PREPARATION_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    THINK_TIME_FIELD_NUMBER: _ClassVar[int]
    PACING_MS_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    weight: int
    disabled: bool
    description: str
    preparation: _containers.RepeatedCompositeFieldContainer[Step]
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    think_time: Pause
    pacing_ms: int
    provenance: Provenance
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., weight: _Optional[int] = ..., disabled: _Optional[bool] = ..., description: _Optional[str] = ..., preparation: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., think_time: _Optional[_Union[Pause, _Mapping]] = ..., pacing_ms: _Optional[int] = ..., provenance: _Optional[_Union[Provenance, _Mapping]] = ...) -> None: ...

class Step(_message.Message):
    __slots__ = ("id", "name", "disabled", "description", "provenance", "not_runnable", "tags", "request", "group", "pause", "loop", "condition", "jump", "script", "parallel")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    NOT_RUNNABLE_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    LOOP_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    JUMP_FIELD_NUMBER: _ClassVar[int]
    SCRIPT_FIELD_NUMBER: _ClassVar[int]
    PARALLEL_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    disabled: bool
    description: str
    provenance: Provenance
    not_runnable: str
    tags: _containers.RepeatedScalarFieldContainer[str]
    request: Request
    group: Group
    pause: Pause
    loop: Loop
    condition: Condition
    jump: Jump
    script: Script
    parallel: Parallel
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., disabled: _Optional[bool] = ..., description: _Optional[str] = ..., provenance: _Optional[_Union[Provenance, _Mapping]] = ..., not_runnable: _Optional[str] = ..., tags: _Optional[_Iterable[str]] = ..., request: _Optional[_Union[Request, _Mapping]] = ..., group: _Optional[_Union[Group, _Mapping]] = ..., pause: _Optional[_Union[Pause, _Mapping]] = ..., loop: _Optional[_Union[Loop, _Mapping]] = ..., condition: _Optional[_Union[Condition, _Mapping]] = ..., jump: _Optional[_Union[Jump, _Mapping]] = ..., script: _Optional[_Union[Script, _Mapping]] = ..., parallel: _Optional[_Union[Parallel, _Mapping]] = ...) -> None: ...

class Group(_message.Message):
    __slots__ = ("steps", "timed")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    TIMED_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    timed: bool
    def __init__(self, steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., timed: _Optional[bool] = ...) -> None: ...

class Pause(_message.Message):
    __slots__ = ("min_ms", "max_ms", "shape")
    MIN_MS_FIELD_NUMBER: _ClassVar[int]
    MAX_MS_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    min_ms: int
    max_ms: int
    shape: PauseShape
    def __init__(self, min_ms: _Optional[int] = ..., max_ms: _Optional[int] = ..., shape: _Optional[_Union[PauseShape, str]] = ...) -> None: ...

class Loop(_message.Message):
    __slots__ = ("steps", "until", "max", "times")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    until: Test
    max: int
    times: int
    def __init__(self, steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., until: _Optional[_Union[Test, _Mapping]] = ..., max: _Optional[int] = ..., times: _Optional[int] = ...) -> None: ...

class Condition(_message.Message):
    __slots__ = ("test", "then", "otherwise")
    TEST_FIELD_NUMBER: _ClassVar[int]
    THEN_FIELD_NUMBER: _ClassVar[int]
    OTHERWISE_FIELD_NUMBER: _ClassVar[int]
    test: Test
    then: _containers.RepeatedCompositeFieldContainer[Step]
    otherwise: _containers.RepeatedCompositeFieldContainer[Step]
    def __init__(self, test: _Optional[_Union[Test, _Mapping]] = ..., then: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., otherwise: _Optional[_Iterable[_Union[Step, _Mapping]]] = ...) -> None: ...

class Jump(_message.Message):
    __slots__ = ("to", "when", "max")
    TO_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    to: str
    when: Test
    max: int
    def __init__(self, to: _Optional[str] = ..., when: _Optional[_Union[Test, _Mapping]] = ..., max: _Optional[int] = ...) -> None: ...

class Script(_message.Message):
    __slots__ = ("source", "timeout_ms")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    source: str
    timeout_ms: int
    def __init__(self, source: _Optional[str] = ..., timeout_ms: _Optional[int] = ...) -> None: ...

class Parallel(_message.Message):
    __slots__ = ("steps", "max_at_once")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    MAX_AT_ONCE_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[Step]
    max_at_once: int
    def __init__(self, steps: _Optional[_Iterable[_Union[Step, _Mapping]]] = ..., max_at_once: _Optional[int] = ...) -> None: ...

class Test(_message.Message):
    __slots__ = ("left", "operator", "right")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    left: str
    operator: Operator
    right: str
    def __init__(self, left: _Optional[str] = ..., operator: _Optional[_Union[Operator, str]] = ..., right: _Optional[str] = ...) -> None: ...

class Request(_message.Message):
    __slots__ = ("method", "url", "query", "path_variables", "headers", "body", "auth", "policies", "extractors", "assertions", "before", "after")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    PATH_VARIABLES_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    AUTH_FIELD_NUMBER: _ClassVar[int]
    POLICIES_FIELD_NUMBER: _ClassVar[int]
    EXTRACTORS_FIELD_NUMBER: _ClassVar[int]
    ASSERTIONS_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    method: str
    url: str
    query: _containers.RepeatedCompositeFieldContainer[Pair]
    path_variables: _containers.RepeatedCompositeFieldContainer[Pair]
    headers: _containers.RepeatedCompositeFieldContainer[Pair]
    body: Body
    auth: Auth
    policies: Policies
    extractors: _containers.RepeatedCompositeFieldContainer[Extractor]
    assertions: _containers.RepeatedCompositeFieldContainer[Assertion]
    before: Script
    after: Script
    def __init__(self, method: _Optional[str] = ..., url: _Optional[str] = ..., query: _Optional[_Iterable[_Union[Pair, _Mapping]]] = ..., path_variables: _Optional[_Iterable[_Union[Pair, _Mapping]]] = ..., headers: _Optional[_Iterable[_Union[Pair, _Mapping]]] = ..., body: _Optional[_Union[Body, _Mapping]] = ..., auth: _Optional[_Union[Auth, _Mapping]] = ..., policies: _Optional[_Union[Policies, _Mapping]] = ..., extractors: _Optional[_Iterable[_Union[Extractor, _Mapping]]] = ..., assertions: _Optional[_Iterable[_Union[Assertion, _Mapping]]] = ..., before: _Optional[_Union[Script, _Mapping]] = ..., after: _Optional[_Union[Script, _Mapping]] = ...) -> None: ...

class Pair(_message.Message):
    __slots__ = ("name", "value", "disabled", "description", "no_equals")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NO_EQUALS_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    disabled: bool
    description: str
    no_equals: bool
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ..., disabled: _Optional[bool] = ..., description: _Optional[str] = ..., no_equals: _Optional[bool] = ...) -> None: ...

class Body(_message.Message):
    __slots__ = ("text", "bytes", "urlencoded", "multipart", "file", "graphql", "content_type")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    URLENCODED_FIELD_NUMBER: _ClassVar[int]
    MULTIPART_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    GRAPHQL_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    text: TextBody
    bytes: BytesBody
    urlencoded: FormBody
    multipart: MultipartBody
    file: FileBody
    graphql: GraphqlBody
    content_type: str
    def __init__(self, text: _Optional[_Union[TextBody, _Mapping]] = ..., bytes: _Optional[_Union[BytesBody, _Mapping]] = ..., urlencoded: _Optional[_Union[FormBody, _Mapping]] = ..., multipart: _Optional[_Union[MultipartBody, _Mapping]] = ..., file: _Optional[_Union[FileBody, _Mapping]] = ..., graphql: _Optional[_Union[GraphqlBody, _Mapping]] = ..., content_type: _Optional[str] = ...) -> None: ...

class TextBody(_message.Message):
    __slots__ = ("content", "strip_json_comments")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    STRIP_JSON_COMMENTS_FIELD_NUMBER: _ClassVar[int]
    content: str
    strip_json_comments: bool
    def __init__(self, content: _Optional[str] = ..., strip_json_comments: _Optional[bool] = ...) -> None: ...

class BytesBody(_message.Message):
    __slots__ = ("content",)
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    def __init__(self, content: _Optional[bytes] = ...) -> None: ...

class FormBody(_message.Message):
    __slots__ = ("fields", "encoding")
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.RepeatedCompositeFieldContainer[Pair]
    encoding: FormEncoding
    def __init__(self, fields: _Optional[_Iterable[_Union[Pair, _Mapping]]] = ..., encoding: _Optional[_Union[FormEncoding, str]] = ...) -> None: ...

class MultipartBody(_message.Message):
    __slots__ = ("parts", "boundary", "subtype", "names")
    PARTS_FIELD_NUMBER: _ClassVar[int]
    BOUNDARY_FIELD_NUMBER: _ClassVar[int]
    SUBTYPE_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    parts: _containers.RepeatedCompositeFieldContainer[Part]
    boundary: str
    subtype: str
    names: PartNames
    def __init__(self, parts: _Optional[_Iterable[_Union[Part, _Mapping]]] = ..., boundary: _Optional[str] = ..., subtype: _Optional[str] = ..., names: _Optional[_Union[PartNames, str]] = ...) -> None: ...

class Part(_message.Message):
    __slots__ = ("name", "content_type", "file_name", "disabled", "headers", "text", "bytes", "file")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    name: str
    content_type: str
    file_name: str
    disabled: bool
    headers: _containers.RepeatedCompositeFieldContainer[Pair]
    text: str
    bytes: bytes
    file: FileRef
    def __init__(self, name: _Optional[str] = ..., content_type: _Optional[str] = ..., file_name: _Optional[str] = ..., disabled: _Optional[bool] = ..., headers: _Optional[_Iterable[_Union[Pair, _Mapping]]] = ..., text: _Optional[str] = ..., bytes: _Optional[bytes] = ..., file: _Optional[_Union[FileRef, _Mapping]] = ...) -> None: ...

class FileRef(_message.Message):
    __slots__ = ("path", "missing", "generate_bytes", "content_sha256", "strip_newlines", "encoding")
    PATH_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    GENERATE_BYTES_FIELD_NUMBER: _ClassVar[int]
    CONTENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    STRIP_NEWLINES_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    path: str
    missing: FileMissing
    generate_bytes: int
    content_sha256: bytes
    strip_newlines: bool
    encoding: FileEncoding
    def __init__(self, path: _Optional[str] = ..., missing: _Optional[_Union[FileMissing, str]] = ..., generate_bytes: _Optional[int] = ..., content_sha256: _Optional[bytes] = ..., strip_newlines: _Optional[bool] = ..., encoding: _Optional[_Union[FileEncoding, str]] = ...) -> None: ...

class FileBody(_message.Message):
    __slots__ = ("file",)
    FILE_FIELD_NUMBER: _ClassVar[int]
    file: FileRef
    def __init__(self, file: _Optional[_Union[FileRef, _Mapping]] = ...) -> None: ...

class GraphqlBody(_message.Message):
    __slots__ = ("query", "variables", "operation_name")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    OPERATION_NAME_FIELD_NUMBER: _ClassVar[int]
    query: str
    variables: str
    operation_name: str
    def __init__(self, query: _Optional[str] = ..., variables: _Optional[str] = ..., operation_name: _Optional[str] = ...) -> None: ...

class Auth(_message.Message):
    __slots__ = ("basic", "bearer", "api_key", "digest", "oauth1", "oauth2", "aws", "jwt", "hawk", "ntlm", "edgegrid", "asap", "none")
    BASIC_FIELD_NUMBER: _ClassVar[int]
    BEARER_FIELD_NUMBER: _ClassVar[int]
    API_KEY_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    OAUTH1_FIELD_NUMBER: _ClassVar[int]
    OAUTH2_FIELD_NUMBER: _ClassVar[int]
    AWS_FIELD_NUMBER: _ClassVar[int]
    JWT_FIELD_NUMBER: _ClassVar[int]
    HAWK_FIELD_NUMBER: _ClassVar[int]
    NTLM_FIELD_NUMBER: _ClassVar[int]
    EDGEGRID_FIELD_NUMBER: _ClassVar[int]
    ASAP_FIELD_NUMBER: _ClassVar[int]
    NONE_FIELD_NUMBER: _ClassVar[int]
    basic: BasicAuth
    bearer: BearerAuth
    api_key: ApiKeyAuth
    digest: DigestAuth
    oauth1: OAuth1Auth
    oauth2: OAuth2Auth
    aws: AwsAuth
    jwt: JwtAuth
    hawk: HawkAuth
    ntlm: NtlmAuth
    edgegrid: EdgeGridAuth
    asap: AsapAuth
    none: NoAuth
    def __init__(self, basic: _Optional[_Union[BasicAuth, _Mapping]] = ..., bearer: _Optional[_Union[BearerAuth, _Mapping]] = ..., api_key: _Optional[_Union[ApiKeyAuth, _Mapping]] = ..., digest: _Optional[_Union[DigestAuth, _Mapping]] = ..., oauth1: _Optional[_Union[OAuth1Auth, _Mapping]] = ..., oauth2: _Optional[_Union[OAuth2Auth, _Mapping]] = ..., aws: _Optional[_Union[AwsAuth, _Mapping]] = ..., jwt: _Optional[_Union[JwtAuth, _Mapping]] = ..., hawk: _Optional[_Union[HawkAuth, _Mapping]] = ..., ntlm: _Optional[_Union[NtlmAuth, _Mapping]] = ..., edgegrid: _Optional[_Union[EdgeGridAuth, _Mapping]] = ..., asap: _Optional[_Union[AsapAuth, _Mapping]] = ..., none: _Optional[_Union[NoAuth, _Mapping]] = ...) -> None: ...

class NoAuth(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BasicAuth(_message.Message):
    __slots__ = ("username", "password")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    username: str
    password: str
    def __init__(self, username: _Optional[str] = ..., password: _Optional[str] = ...) -> None: ...

class BearerAuth(_message.Message):
    __slots__ = ("token", "prefix")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    token: str
    prefix: str
    def __init__(self, token: _Optional[str] = ..., prefix: _Optional[str] = ...) -> None: ...

class ApiKeyAuth(_message.Message):
    __slots__ = ("key", "value", "place")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    place: AuthPlace
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ..., place: _Optional[_Union[AuthPlace, str]] = ...) -> None: ...

class DigestAuth(_message.Message):
    __slots__ = ("username", "password", "realm", "nonce", "algorithm", "qop", "nonce_count", "client_nonce", "opaque", "no_retry")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    REALM_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    QOP_FIELD_NUMBER: _ClassVar[int]
    NONCE_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_NONCE_FIELD_NUMBER: _ClassVar[int]
    OPAQUE_FIELD_NUMBER: _ClassVar[int]
    NO_RETRY_FIELD_NUMBER: _ClassVar[int]
    username: str
    password: str
    realm: str
    nonce: str
    algorithm: str
    qop: str
    nonce_count: str
    client_nonce: str
    opaque: str
    no_retry: bool
    def __init__(self, username: _Optional[str] = ..., password: _Optional[str] = ..., realm: _Optional[str] = ..., nonce: _Optional[str] = ..., algorithm: _Optional[str] = ..., qop: _Optional[str] = ..., nonce_count: _Optional[str] = ..., client_nonce: _Optional[str] = ..., opaque: _Optional[str] = ..., no_retry: _Optional[bool] = ...) -> None: ...

class OAuth1Auth(_message.Message):
    __slots__ = ("consumer_key", "consumer_secret", "token", "token_secret", "signature_method", "private_key", "timestamp", "nonce", "version", "realm", "callback", "verifier", "include_body_hash", "place", "sign_empty_params", "disable_header_encoding")
    CONSUMER_KEY_FIELD_NUMBER: _ClassVar[int]
    CONSUMER_SECRET_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_SECRET_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_METHOD_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_KEY_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    REALM_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_FIELD_NUMBER: _ClassVar[int]
    VERIFIER_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_BODY_HASH_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    SIGN_EMPTY_PARAMS_FIELD_NUMBER: _ClassVar[int]
    DISABLE_HEADER_ENCODING_FIELD_NUMBER: _ClassVar[int]
    consumer_key: str
    consumer_secret: str
    token: str
    token_secret: str
    signature_method: str
    private_key: str
    timestamp: str
    nonce: str
    version: str
    realm: str
    callback: str
    verifier: str
    include_body_hash: bool
    place: AuthPlace
    sign_empty_params: bool
    disable_header_encoding: bool
    def __init__(self, consumer_key: _Optional[str] = ..., consumer_secret: _Optional[str] = ..., token: _Optional[str] = ..., token_secret: _Optional[str] = ..., signature_method: _Optional[str] = ..., private_key: _Optional[str] = ..., timestamp: _Optional[str] = ..., nonce: _Optional[str] = ..., version: _Optional[str] = ..., realm: _Optional[str] = ..., callback: _Optional[str] = ..., verifier: _Optional[str] = ..., include_body_hash: _Optional[bool] = ..., place: _Optional[_Union[AuthPlace, str]] = ..., sign_empty_params: _Optional[bool] = ..., disable_header_encoding: _Optional[bool] = ...) -> None: ...

class OAuth2Auth(_message.Message):
    __slots__ = ("access_token", "place", "header_prefix", "grant_type", "token_url", "client_id", "client_secret", "scope", "username", "password", "client_authentication", "refresh_token", "token_request_params")
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    HEADER_PREFIX_FIELD_NUMBER: _ClassVar[int]
    GRANT_TYPE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_URL_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    CLIENT_AUTHENTICATION_FIELD_NUMBER: _ClassVar[int]
    REFRESH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_REQUEST_PARAMS_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    place: AuthPlace
    header_prefix: str
    grant_type: str
    token_url: str
    client_id: str
    client_secret: str
    scope: str
    username: str
    password: str
    client_authentication: str
    refresh_token: str
    token_request_params: _containers.RepeatedCompositeFieldContainer[Pair]
    def __init__(self, access_token: _Optional[str] = ..., place: _Optional[_Union[AuthPlace, str]] = ..., header_prefix: _Optional[str] = ..., grant_type: _Optional[str] = ..., token_url: _Optional[str] = ..., client_id: _Optional[str] = ..., client_secret: _Optional[str] = ..., scope: _Optional[str] = ..., username: _Optional[str] = ..., password: _Optional[str] = ..., client_authentication: _Optional[str] = ..., refresh_token: _Optional[str] = ..., token_request_params: _Optional[_Iterable[_Union[Pair, _Mapping]]] = ...) -> None: ...

class AwsAuth(_message.Message):
    __slots__ = ("access_key", "secret_key", "session_token", "service", "region", "place")
    ACCESS_KEY_FIELD_NUMBER: _ClassVar[int]
    SECRET_KEY_FIELD_NUMBER: _ClassVar[int]
    SESSION_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    access_key: str
    secret_key: str
    session_token: str
    service: str
    region: str
    place: AuthPlace
    def __init__(self, access_key: _Optional[str] = ..., secret_key: _Optional[str] = ..., session_token: _Optional[str] = ..., service: _Optional[str] = ..., region: _Optional[str] = ..., place: _Optional[_Union[AuthPlace, str]] = ...) -> None: ...

class JwtAuth(_message.Message):
    __slots__ = ("algorithm", "secret", "secret_is_base64", "private_key", "payload", "header", "header_prefix", "place", "query_name")
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    SECRET_IS_BASE64_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_KEY_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    HEADER_PREFIX_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    QUERY_NAME_FIELD_NUMBER: _ClassVar[int]
    algorithm: str
    secret: str
    secret_is_base64: bool
    private_key: str
    payload: str
    header: str
    header_prefix: str
    place: AuthPlace
    query_name: str
    def __init__(self, algorithm: _Optional[str] = ..., secret: _Optional[str] = ..., secret_is_base64: _Optional[bool] = ..., private_key: _Optional[str] = ..., payload: _Optional[str] = ..., header: _Optional[str] = ..., header_prefix: _Optional[str] = ..., place: _Optional[_Union[AuthPlace, str]] = ..., query_name: _Optional[str] = ...) -> None: ...

class HawkAuth(_message.Message):
    __slots__ = ("id", "key", "algorithm", "user", "nonce", "timestamp", "extra_data", "app", "delegation", "include_payload_hash")
    ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    EXTRA_DATA_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    DELEGATION_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_PAYLOAD_HASH_FIELD_NUMBER: _ClassVar[int]
    id: str
    key: str
    algorithm: str
    user: str
    nonce: str
    timestamp: str
    extra_data: str
    app: str
    delegation: str
    include_payload_hash: bool
    def __init__(self, id: _Optional[str] = ..., key: _Optional[str] = ..., algorithm: _Optional[str] = ..., user: _Optional[str] = ..., nonce: _Optional[str] = ..., timestamp: _Optional[str] = ..., extra_data: _Optional[str] = ..., app: _Optional[str] = ..., delegation: _Optional[str] = ..., include_payload_hash: _Optional[bool] = ...) -> None: ...

class NtlmAuth(_message.Message):
    __slots__ = ("username", "password", "domain", "workstation")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    WORKSTATION_FIELD_NUMBER: _ClassVar[int]
    username: str
    password: str
    domain: str
    workstation: str
    def __init__(self, username: _Optional[str] = ..., password: _Optional[str] = ..., domain: _Optional[str] = ..., workstation: _Optional[str] = ...) -> None: ...

class EdgeGridAuth(_message.Message):
    __slots__ = ("access_token", "client_token", "client_secret", "nonce", "timestamp", "base_url", "headers_to_sign", "max_body_bytes")
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    BASE_URL_FIELD_NUMBER: _ClassVar[int]
    HEADERS_TO_SIGN_FIELD_NUMBER: _ClassVar[int]
    MAX_BODY_BYTES_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    client_token: str
    client_secret: str
    nonce: str
    timestamp: str
    base_url: str
    headers_to_sign: str
    max_body_bytes: int
    def __init__(self, access_token: _Optional[str] = ..., client_token: _Optional[str] = ..., client_secret: _Optional[str] = ..., nonce: _Optional[str] = ..., timestamp: _Optional[str] = ..., base_url: _Optional[str] = ..., headers_to_sign: _Optional[str] = ..., max_body_bytes: _Optional[int] = ...) -> None: ...

class AsapAuth(_message.Message):
    __slots__ = ("algorithm", "key_id", "issuer", "audience", "subject", "private_key", "claims", "expiry")
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    ISSUER_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_KEY_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_FIELD_NUMBER: _ClassVar[int]
    algorithm: str
    key_id: str
    issuer: str
    audience: str
    subject: str
    private_key: str
    claims: str
    expiry: str
    def __init__(self, algorithm: _Optional[str] = ..., key_id: _Optional[str] = ..., issuer: _Optional[str] = ..., audience: _Optional[str] = ..., subject: _Optional[str] = ..., private_key: _Optional[str] = ..., claims: _Optional[str] = ..., expiry: _Optional[str] = ...) -> None: ...

class Policies(_message.Message):
    __slots__ = ("follow_redirects", "max_redirects", "keep_method_on_redirect", "keep_auth_on_redirect", "drop_referer_on_redirect", "cookies", "verify_tls", "connect_timeout_ms", "timeout_ms", "http_version", "proxy", "keep_alive", "send_body_with_get", "url_encoding", "ca_file", "cert_file", "key_file", "tls_min", "tls_max", "server_name", "decompress", "max_body_bytes", "omit_headers", "add_default_headers", "expect_continue", "resolve", "connect_to", "unix_socket")
    FOLLOW_REDIRECTS_FIELD_NUMBER: _ClassVar[int]
    MAX_REDIRECTS_FIELD_NUMBER: _ClassVar[int]
    KEEP_METHOD_ON_REDIRECT_FIELD_NUMBER: _ClassVar[int]
    KEEP_AUTH_ON_REDIRECT_FIELD_NUMBER: _ClassVar[int]
    DROP_REFERER_ON_REDIRECT_FIELD_NUMBER: _ClassVar[int]
    COOKIES_FIELD_NUMBER: _ClassVar[int]
    VERIFY_TLS_FIELD_NUMBER: _ClassVar[int]
    CONNECT_TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    HTTP_VERSION_FIELD_NUMBER: _ClassVar[int]
    PROXY_FIELD_NUMBER: _ClassVar[int]
    KEEP_ALIVE_FIELD_NUMBER: _ClassVar[int]
    SEND_BODY_WITH_GET_FIELD_NUMBER: _ClassVar[int]
    URL_ENCODING_FIELD_NUMBER: _ClassVar[int]
    CA_FILE_FIELD_NUMBER: _ClassVar[int]
    CERT_FILE_FIELD_NUMBER: _ClassVar[int]
    KEY_FILE_FIELD_NUMBER: _ClassVar[int]
    TLS_MIN_FIELD_NUMBER: _ClassVar[int]
    TLS_MAX_FIELD_NUMBER: _ClassVar[int]
    SERVER_NAME_FIELD_NUMBER: _ClassVar[int]
    DECOMPRESS_FIELD_NUMBER: _ClassVar[int]
    MAX_BODY_BYTES_FIELD_NUMBER: _ClassVar[int]
    OMIT_HEADERS_FIELD_NUMBER: _ClassVar[int]
    ADD_DEFAULT_HEADERS_FIELD_NUMBER: _ClassVar[int]
    EXPECT_CONTINUE_FIELD_NUMBER: _ClassVar[int]
    RESOLVE_FIELD_NUMBER: _ClassVar[int]
    CONNECT_TO_FIELD_NUMBER: _ClassVar[int]
    UNIX_SOCKET_FIELD_NUMBER: _ClassVar[int]
    follow_redirects: bool
    max_redirects: int
    keep_method_on_redirect: bool
    keep_auth_on_redirect: bool
    drop_referer_on_redirect: bool
    cookies: bool
    verify_tls: bool
    connect_timeout_ms: int
    timeout_ms: int
    http_version: str
    proxy: str
    keep_alive: bool
    send_body_with_get: bool
    url_encoding: UrlEncoding
    ca_file: str
    cert_file: str
    key_file: str
    tls_min: str
    tls_max: str
    server_name: str
    decompress: bool
    max_body_bytes: int
    omit_headers: _containers.RepeatedScalarFieldContainer[str]
    add_default_headers: bool
    expect_continue: bool
    resolve: _containers.RepeatedScalarFieldContainer[str]
    connect_to: _containers.RepeatedScalarFieldContainer[str]
    unix_socket: str
    def __init__(self, follow_redirects: _Optional[bool] = ..., max_redirects: _Optional[int] = ..., keep_method_on_redirect: _Optional[bool] = ..., keep_auth_on_redirect: _Optional[bool] = ..., drop_referer_on_redirect: _Optional[bool] = ..., cookies: _Optional[bool] = ..., verify_tls: _Optional[bool] = ..., connect_timeout_ms: _Optional[int] = ..., timeout_ms: _Optional[int] = ..., http_version: _Optional[str] = ..., proxy: _Optional[str] = ..., keep_alive: _Optional[bool] = ..., send_body_with_get: _Optional[bool] = ..., url_encoding: _Optional[_Union[UrlEncoding, str]] = ..., ca_file: _Optional[str] = ..., cert_file: _Optional[str] = ..., key_file: _Optional[str] = ..., tls_min: _Optional[str] = ..., tls_max: _Optional[str] = ..., server_name: _Optional[str] = ..., decompress: _Optional[bool] = ..., max_body_bytes: _Optional[int] = ..., omit_headers: _Optional[_Iterable[str]] = ..., add_default_headers: _Optional[bool] = ..., expect_continue: _Optional[bool] = ..., resolve: _Optional[_Iterable[str]] = ..., connect_to: _Optional[_Iterable[str]] = ..., unix_socket: _Optional[str] = ...) -> None: ...

class Extractor(_message.Message):
    __slots__ = ("variable", "source", "header", "redirect_hop", "jmespath", "jsonpath", "xpath", "css", "regex", "boundaries", "constant", "random_int", "random_choice", "whole", "match", "match_number", "default", "on_miss", "scope", "disabled", "description", "typed")
    VARIABLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    REDIRECT_HOP_FIELD_NUMBER: _ClassVar[int]
    JMESPATH_FIELD_NUMBER: _ClassVar[int]
    JSONPATH_FIELD_NUMBER: _ClassVar[int]
    XPATH_FIELD_NUMBER: _ClassVar[int]
    CSS_FIELD_NUMBER: _ClassVar[int]
    REGEX_FIELD_NUMBER: _ClassVar[int]
    BOUNDARIES_FIELD_NUMBER: _ClassVar[int]
    CONSTANT_FIELD_NUMBER: _ClassVar[int]
    RANDOM_INT_FIELD_NUMBER: _ClassVar[int]
    RANDOM_CHOICE_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    MATCH_FIELD_NUMBER: _ClassVar[int]
    MATCH_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FIELD_NUMBER: _ClassVar[int]
    ON_MISS_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    TYPED_FIELD_NUMBER: _ClassVar[int]
    variable: str
    source: Source
    header: str
    redirect_hop: int
    jmespath: str
    jsonpath: str
    xpath: str
    css: str
    regex: Regex
    boundaries: Boundaries
    constant: str
    random_int: IntRange
    random_choice: Choices
    whole: bool
    match: Match
    match_number: int
    default: str
    on_miss: OnMiss
    scope: Scope
    disabled: bool
    description: str
    typed: bool
    def __init__(self, variable: _Optional[str] = ..., source: _Optional[_Union[Source, str]] = ..., header: _Optional[str] = ..., redirect_hop: _Optional[int] = ..., jmespath: _Optional[str] = ..., jsonpath: _Optional[str] = ..., xpath: _Optional[str] = ..., css: _Optional[str] = ..., regex: _Optional[_Union[Regex, _Mapping]] = ..., boundaries: _Optional[_Union[Boundaries, _Mapping]] = ..., constant: _Optional[str] = ..., random_int: _Optional[_Union[IntRange, _Mapping]] = ..., random_choice: _Optional[_Union[Choices, _Mapping]] = ..., whole: _Optional[bool] = ..., match: _Optional[_Union[Match, str]] = ..., match_number: _Optional[int] = ..., default: _Optional[str] = ..., on_miss: _Optional[_Union[OnMiss, str]] = ..., scope: _Optional[_Union[Scope, str]] = ..., disabled: _Optional[bool] = ..., description: _Optional[str] = ..., typed: _Optional[bool] = ...) -> None: ...

class Regex(_message.Message):
    __slots__ = ("pattern", "group")
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    pattern: str
    group: int
    def __init__(self, pattern: _Optional[str] = ..., group: _Optional[int] = ...) -> None: ...

class Boundaries(_message.Message):
    __slots__ = ("left", "right")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    left: str
    right: str
    def __init__(self, left: _Optional[str] = ..., right: _Optional[str] = ...) -> None: ...

class IntRange(_message.Message):
    __slots__ = ("min", "max")
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    min: int
    max: int
    def __init__(self, min: _Optional[int] = ..., max: _Optional[int] = ...) -> None: ...

class Choices(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class Assertion(_message.Message):
    __slots__ = ("name", "target", "header", "jmespath", "jsonpath", "xpath", "css", "regex", "variable", "operator", "expected", "severity", "disabled", "joined")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    JMESPATH_FIELD_NUMBER: _ClassVar[int]
    JSONPATH_FIELD_NUMBER: _ClassVar[int]
    XPATH_FIELD_NUMBER: _ClassVar[int]
    CSS_FIELD_NUMBER: _ClassVar[int]
    REGEX_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    JOINED_FIELD_NUMBER: _ClassVar[int]
    name: str
    target: Target
    header: str
    jmespath: str
    jsonpath: str
    xpath: str
    css: str
    regex: str
    variable: str
    operator: Operator
    expected: str
    severity: Severity
    disabled: bool
    joined: bool
    def __init__(self, name: _Optional[str] = ..., target: _Optional[_Union[Target, str]] = ..., header: _Optional[str] = ..., jmespath: _Optional[str] = ..., jsonpath: _Optional[str] = ..., xpath: _Optional[str] = ..., css: _Optional[str] = ..., regex: _Optional[str] = ..., variable: _Optional[str] = ..., operator: _Optional[_Union[Operator, str]] = ..., expected: _Optional[str] = ..., severity: _Optional[_Union[Severity, str]] = ..., disabled: _Optional[bool] = ..., joined: _Optional[bool] = ...) -> None: ...

class Stage(_message.Message):
    __slots__ = ("kind", "shape", "to", "duration_ms", "steps", "users", "spacing")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    SPACING_FIELD_NUMBER: _ClassVar[int]
    kind: StageKind
    shape: StageShape
    to: float
    duration_ms: int
    steps: int
    users: int
    spacing: ArrivalSpacing
    def __init__(self, kind: _Optional[_Union[StageKind, str]] = ..., shape: _Optional[_Union[StageShape, str]] = ..., to: _Optional[float] = ..., duration_ms: _Optional[int] = ..., steps: _Optional[int] = ..., users: _Optional[int] = ..., spacing: _Optional[_Union[ArrivalSpacing, str]] = ..., **kwargs) -> None: ...

class Threshold(_message.Message):
    __slots__ = ("rule", "task", "step", "tag", "abort", "abort_after_ms")
    RULE_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    TAG_FIELD_NUMBER: _ClassVar[int]
    ABORT_FIELD_NUMBER: _ClassVar[int]
    ABORT_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    rule: str
    task: str
    step: str
    tag: str
    abort: bool
    abort_after_ms: int
    def __init__(self, rule: _Optional[str] = ..., task: _Optional[str] = ..., step: _Optional[str] = ..., tag: _Optional[str] = ..., abort: _Optional[bool] = ..., abort_after_ms: _Optional[int] = ...) -> None: ...

class Provenance(_message.Message):
    __slots__ = ("file", "file_sha256", "pointer", "imported_sha256", "edited", "source_id")
    FILE_FIELD_NUMBER: _ClassVar[int]
    FILE_SHA256_FIELD_NUMBER: _ClassVar[int]
    POINTER_FIELD_NUMBER: _ClassVar[int]
    IMPORTED_SHA256_FIELD_NUMBER: _ClassVar[int]
    EDITED_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    file: str
    file_sha256: str
    pointer: str
    imported_sha256: str
    edited: bool
    source_id: str
    def __init__(self, file: _Optional[str] = ..., file_sha256: _Optional[str] = ..., pointer: _Optional[str] = ..., imported_sha256: _Optional[str] = ..., edited: _Optional[bool] = ..., source_id: _Optional[str] = ...) -> None: ...
