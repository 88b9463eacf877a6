"""Session settings that are stored and then ignored: a time zone other than UTC, and ANSI mode."""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText
from isinglass_runtime.gate.verdicts import PlanRefusedError

UTC_NAMES = frozenset({"UTC", "ETC/UTC", "GMT", "Z", "+00:00", "UTC+0", "GMT+0", "ZULU"})


def apply(pair: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse values that should change results but would not."""
    _check(pair.key, pair.value)


def apply_to_text(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Read `SET key = value` and `SET TIME ZONE …` as the same settings."""
    tokens = sql.tokens
    if not tokens or tokens[0].upper != "SET":
        return
    if len(tokens) > 3 and (tokens[1].upper, tokens[2].upper) == ("TIME", "ZONE"):
        _check("spark.sql.session.timeZone", tokens[3].value)
        return
    key, equals, value = sql.text[tokens[0].end :].partition("=")
    if equals:
        _check(key.strip(), value.strip().strip("'\""))


def _check(key: str, value: str) -> None:
    if key == "spark.sql.session.timeZone" and value.upper() not in UTC_NAMES:
        raise PlanRefusedError(
            rule="session_time_zone",
            reason=f"The embedded engine computes dates in UTC whatever the session time zone ({value}).",
            instead="Use from_utc_timestamp/to_utc_timestamp, or run the job on Spark (engine sc://…).",
        )
    if key == "spark.sql.ansi.enabled" and value.lower() == "true":
        raise PlanRefusedError(
            rule="ansi_mode",
            reason="The embedded engine wraps integer overflow around even in ANSI mode.",
            instead="Check ranges in the script, or run the job on Spark (engine sc://…).",
        )


RULE = Rule("session_conf", "0.7.2", ("config.set",), apply)
TEXT_RULE = Rule("session_conf", "0.7.2", ("sql",), apply_to_text)
