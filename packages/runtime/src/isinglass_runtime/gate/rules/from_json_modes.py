"""`from_json` ignores FAILFAST and `_corrupt_record`: bad records become nulls without a trace."""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope
from isinglass_runtime.gate.plan import SqlText, literal_strings
from isinglass_runtime.gate.verdicts import PlanRefusedError


def apply(expression: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse a call that relies on either."""
    if expression.unresolved_function.function_name.lower() == "from_json":
        _refuse_if_any(list(literal_strings(expression)))


def apply_to_text(sql: SqlText, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Refuse SQL text that calls from_json with either."""
    tokens = sql.tokens
    if any(token.upper == "FROM_JSON" for token in tokens):
        _refuse_if_any([token.value for token in tokens if token.kind == "string"])


def _refuse_if_any(texts: list[str]) -> None:
    for text in texts:
        if text.upper() == "FAILFAST" or "_corrupt_record" in text:
            raise PlanRefusedError(
                rule="from_json_modes",
                reason="The embedded engine's from_json is always PERMISSIVE and keeps no corrupt record.",
                instead="Find bad records with try_parse_json(value) IS NULL, or run the job on Spark.",
            )


RULE = Rule("from_json_modes", "0.7.2", ("expression.unresolved_function",), apply)
TEXT_RULE = Rule("from_json_modes", "0.7.2", ("sql",), apply_to_text)
