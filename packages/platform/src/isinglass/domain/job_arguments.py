"""The arguments of a run: who wins, and how the script receives them."""

from collections.abc import Mapping
from typing import Any


def resolve(definition: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Merge a run's arguments over the job's defaults; the non-overridable ones win over both."""
    return {
        **definition.get("DefaultArguments", {}),
        **given,
        **definition.get("NonOverridableArguments", {}),
    }


def script_argv(
    resolved: Mapping[str, str], *, job_name: str, job_id: str, run_id: str, security_configuration: str = ""
) -> list[str]:
    """Build sys.argv[1:] as Glue does: every argument, then what Glue adds by itself."""
    own = {"--JOB_NAME": job_name, "--JOB_ID": job_id, "--JOB_RUN_ID": run_id}
    if security_configuration:
        own["--SECURITY_CONFIGURATION"] = security_configuration
    own.setdefault("--job-bookmark-option", resolved.get("--job-bookmark-option", "job-bookmark-disable"))
    argv: list[str] = []
    for key, value in {**resolved, **own}.items():
        # A value that starts with dashes would be read as the next option.
        argv += [f"{key}={value}"] if value.startswith("--") else [key, value]
    return argv


def customer_environment(value: str) -> dict[str, str]:
    """Read `CUSTOMER_A=1,CUSTOMER_B="x,y"`; keys without the prefix are ignored, as on Glue."""
    found: dict[str, str] = {}
    for part in _split_outside_quotes(value):
        key, equals, text = part.partition("=")
        if equals and key.strip().startswith("CUSTOMER_"):
            found[key.strip()] = text.strip().strip('"')
    return found


def _split_outside_quotes(value: str) -> list[str]:
    parts, quoted = [""], False
    for character in value:
        if character == '"':
            quoted = not quoted
        if character == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def listed(value: str | None) -> tuple[str, ...]:
    """Split a comma list such as --extra-py-files."""
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())
