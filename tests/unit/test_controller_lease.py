"""One console holds a run; the others read until one of them takes it over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from hazard_tui.controller.lease import Lease
from hazard_tui.rpc.gen.hazard.v1 import control_pb2

Updates = AsyncIterator[control_pb2.HoldUpdate]


def beside(lease: Lease, name: str, *, take_over: bool = False) -> Updates:
    """A console that stands beside the run."""
    request = control_pb2.HoldRunRequest(watcher_id=name, name=name, take_over=take_over)
    return lease.watch(request)


async def told(updates: Updates) -> tuple[bool, str]:
    """The next update: whether the console holds the run, and who does."""
    update = await asyncio.wait_for(anext(updates), 5)
    assert update.since_unix_ms > 0
    return update.holds, update.holder


async def leave(updates: Updates) -> None:
    with contextlib.suppress(AttributeError):
        await updates.aclose()  # type: ignore[attr-defined]


async def test_the_first_console_holds_the_run_and_the_second_reads() -> None:
    lease = Lease()
    ann, bob = beside(lease, "ann"), beside(lease, "bob")
    assert await told(ann) == (True, "ann")
    assert await told(bob) == (False, "ann")
    assert lease.refusal("ann") == ""
    assert "ann since" in lease.refusal("bob")
    assert "read-only" in lease.refusal("somebody who only stops everything")


async def test_commands_may_always_change_a_run() -> None:
    lease = Lease()
    assert await told(beside(lease, "ann")) == (True, "ann")
    assert lease.refusal("") == ""


async def test_a_run_that_was_taken_over_makes_its_holder_read() -> None:
    lease = Lease()
    ann, bob = beside(lease, "ann"), beside(lease, "bob")
    await told(ann)
    await told(bob)
    again = beside(lease, "bob", take_over=True)
    assert await told(again) == (True, "bob")
    assert await told(ann) == (False, "bob")
    await leave(bob)
    assert lease.refusal("bob") == ""
    assert "bob since" in lease.refusal("ann")


async def test_a_holder_that_goes_leaves_the_run_to_whoever_takes_it() -> None:
    lease = Lease()
    ann, bob = beside(lease, "ann"), beside(lease, "bob")
    await told(ann)
    await told(bob)
    await leave(ann)
    assert await told(bob) == (False, "")
    assert "nobody holds" in lease.refusal("bob")
    assert await told(beside(lease, "bob", take_over=True)) == (True, "bob")


async def test_a_console_that_comes_when_nobody_is_there_holds_the_run() -> None:
    lease = Lease()
    ann = beside(lease, "ann")
    await told(ann)
    await leave(ann)
    assert await told(beside(lease, "bob")) == (True, "bob")


async def test_the_end_of_the_run_ends_every_watching() -> None:
    lease = Lease()
    ann = beside(lease, "ann")
    await told(ann)
    lease.close()
    assert [update async for update in ann] == []
    assert lease.refusal("bob") == ""
