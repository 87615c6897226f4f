"""What became of the load of a run since its start, so that a worker that joins can work it out."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from hazard_tui.rpc.gen.hazard.v1 import plan_pb2, worker_pb2


@dataclass(slots=True)
class LoadLog:
    """The start and every change, in the controller's clock."""

    start_us: int = 0
    """Unix microseconds; 0: not known."""
    changes: list[worker_pb2.LoadChange] = field(default_factory=list)

    def set_load(self, at_us: int, stages: list[plan_pb2.Stage]) -> None:
        """Notes that other stages took the place of what was left."""
        change = worker_pb2.SetLoad(at_unix_us=at_us, stages=stages)
        self.changes.append(worker_pb2.LoadChange(set_load=change))

    def pause(self, at_us: int) -> None:
        """Notes a pause."""
        change = worker_pb2.PauseLoad(at_unix_us=at_us)
        self.changes.append(worker_pb2.LoadChange(pause=change))

    def resume(self, at_us: int) -> None:
        """Notes the end of a pause."""
        change = worker_pb2.ResumeLoad(at_unix_us=at_us)
        self.changes.append(worker_pb2.LoadChange(resume=change))

    @property
    def has_new_stages(self) -> bool:
        """True when the stages of the plan do not hold any more."""
        return any(change.WhichOneof("kind") == "set_load" for change in self.changes)

    def in_clock_of(self, offset_us: int) -> list[worker_pb2.LoadChange]:
        """The changes in a worker's clock."""
        moved = []
        for change in self.changes:
            one = worker_pb2.LoadChange()
            one.CopyFrom(change)
            getattr(one, str(one.WhichOneof("kind"))).at_unix_us += offset_us
            moved.append(one)
        return moved

    def to_json(self) -> dict[str, Any]:
        """For the record of the run."""
        texts = [base64.b64encode(one.SerializeToString()).decode() for one in self.changes]
        return {"start_us": self.start_us, "changes": texts}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> LoadLog:
        """Reads `to_json`."""
        texts = value.get("changes", ())
        changes = [worker_pb2.LoadChange.FromString(base64.b64decode(one)) for one in texts]
        return cls(int(value.get("start_us", 0)), changes)
