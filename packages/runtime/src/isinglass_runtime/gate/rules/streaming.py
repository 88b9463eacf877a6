"""Structured Streaming hardly runs: most sources and sinks fail, and what starts keeps no progress."""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.verdicts import PlanRefusedError


def apply_to_read(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse `spark.readStream`."""
    if relation.read.is_streaming:
        _refuse("spark.readStream")


def apply_to_write(command: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse `df.writeStream`."""
    _refuse("df.writeStream")


def _refuse(what: str) -> None:
    raise PlanRefusedError(
        rule="streaming",
        reason=f"The embedded engine has no dependable streaming ({what}).",
        instead="Read what is new with a job bookmark, batch by batch, or run the job on Spark.",
    )


READ_RULE = Rule("streaming", "0.7.2", ("relation.read",), apply_to_read)
WRITE_RULE = Rule("streaming", "0.7.2", ("command.write_stream_operation_start",), apply_to_write)
