"""`observe` is not implemented; the engine's own error names an internal operator."""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.verdicts import PlanRefusedError


def apply(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse observations."""
    raise PlanRefusedError(
        rule="observe",
        reason=f"The embedded engine has no observed metrics (`{relation.collect_metrics.name}`).",
        instead="Compute them with df.agg(…) in a separate action, or run the job on Spark.",
    )


RULE = Rule("observe", "0.7.2", ("relation.collect_metrics",), apply)
