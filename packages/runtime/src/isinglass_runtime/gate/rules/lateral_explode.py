"""`FROM t, LATERAL explode(…)` keeps rows whose array is empty, as an outer join would."""

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText
from isinglass_runtime.gate.verdicts import PlanRefusedError

_GENERATORS = frozenset({"EXPLODE", "POSEXPLODE", "INLINE", "STACK", "JSON_TUPLE"})


def apply(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse a generator after LATERAL; LATERAL VIEW and LATERAL (SELECT …) are right."""
    tokens = sql.tokens
    for index, token in enumerate(tokens[:-1]):
        if token.upper == "LATERAL" and tokens[index + 1].upper in _GENERATORS:
            generator = tokens[index + 1].text
            raise PlanRefusedError(
                rule="lateral_explode",
                reason=f"The embedded engine keeps rows without elements in `LATERAL {generator}(…)`.",
                instead=f"Write `LATERAL VIEW {generator}(…) alias AS column`, or run the job on Spark.",
            )


RULE = Rule("lateral_explode", "0.7.2", ("sql",), apply)
