"""A session time zone other than UTC is stored and then ignored by date functions."""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.verdicts import PlanRefusedError

UTC_NAMES = frozenset({"UTC", "ETC/UTC", "GMT", "Z", "+00:00", "UTC+0", "GMT+0", "ZULU"})


def apply(pair: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse a time zone that would change nothing but should."""
    if pair.key == "spark.sql.session.timeZone" and pair.value.upper() not in UTC_NAMES:
        raise PlanRefusedError(
            rule="session_time_zone",
            reason=f"The embedded engine computes dates in UTC whatever the session time zone ({pair.value}).",
            instead="Use from_utc_timestamp/to_utc_timestamp, or run the job on Spark (engine sc://…).",
        )


RULE = Rule("session_time_zone", "0.7.2", ("config.set",), apply)
