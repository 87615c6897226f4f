"""Words for what a check tells, alike in the console and in `hazard check`."""

from __future__ import annotations

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2


def timing_text(timing: worker_pb2.Timing) -> str:
    """Milliseconds of an exchange and of those of its phases that took time."""
    phases = [
        f"{name} {value_us / 1000:.1f}"
        for name, value_us in (
            ("dns", timing.dns_us),
            ("connect", timing.connect_us),
            ("tls", timing.tls_us),
            ("wait", timing.wait_us),
            ("receive", timing.receive_us),
        )
        if value_us
    ]
    detail = f" ({', '.join(phases)})" if phases else ""
    return f"{timing.total_us / 1000:.1f} ms{detail}"


def script_text(script: worker_pb2.ScriptResult) -> str:
    """When a script ran, and what it cost."""
    return f"script {script.phase} {script.duration_us / 1000:.1f} ms"
