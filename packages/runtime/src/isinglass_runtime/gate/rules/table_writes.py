"""`df.writeTo` writes natively, past our two-phase commit: a failed write leaves what it had finished."""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.rules.native_files import TABLE_FORMATS
from isinglass_runtime.gate.verdicts import PlanRefusedError


def apply(command: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse writes of the second API, except of table formats, which commit by themselves."""
    write = command.write_operation_v2
    if write.provider.lower() in TABLE_FORMATS:
        return
    raise PlanRefusedError(
        rule="table_writes",
        reason=f"df.writeTo({write.table_name!r}) would write files that a failure leaves half done.",
        instead='Use df.write.saveAsTable, df.write.insertInto or .using("delta"), or run the job on Spark.',
    )


RULE = Rule("table_writes", "0.7.2", ("command.write_operation_v2",), apply)
