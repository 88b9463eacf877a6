"""What a job's definition must be, and how it reads back: Glue's limits and defaults."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.job_sizing import (
    DEFAULT_GLUE_VERSION,
    MAX_TIMEOUT_MINUTES,
    InvalidSize,
    default_timeout,
    sized,
)

COMMANDS = ("glueetl", "gluestreaming", "pythonshell", "glueray")
SIZES = ("MaxCapacity", "AllocatedCapacity", "WorkerType", "NumberOfWorkers")
MAX_ARGUMENT_BYTES = 260 * 1024
MAX_RETRIES = 10
#: The member of a run, never of a job, whose policy its role's rights are cut down to.
SESSION_POLICY = "ExecutionRoleSessionPolicy"


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """Check a definition and add Glue's defaults; raises InvalidSize for what Glue refuses."""
    command = dict(given["Command"])
    name = command.setdefault("Name", "glueetl")
    if name not in COMMANDS:
        raise InvalidSize(f"Command.Name is one of {', '.join(COMMANDS)}, it is {name!r}.")
    if name == "glueetl":
        # A marker that Glue has kept from its first version; such jobs run Python 3.
        command.setdefault("PythonVersion", "2")
    check_limits(given, name)
    whole = {key: value for key, value in given.items() if key not in SIZES and value is not None}
    whole["Command"] = command
    if name != "pythonshell":
        whole.setdefault("GlueVersion", DEFAULT_GLUE_VERSION)
    timeout = default_timeout(name, whole.get("GlueVersion", ""))
    if timeout is not None:
        whole.setdefault("Timeout", timeout)
    whole.setdefault("MaxRetries", 0)
    whole.setdefault("JobMode", "SCRIPT")
    whole.setdefault("JobRunQueuingEnabled", False)
    whole.setdefault("ExecutionProperty", {"MaxConcurrentRuns": 1})
    return whole | sized({**given, "Command": command})


def check_limits(given: Mapping[str, Any], command: str) -> None:
    """Check what jobs and runs share; raises InvalidSize."""
    for member in ("DefaultArguments", "NonOverridableArguments", "Arguments"):
        check_arguments(member, given.get(member, {}))
    timeout = given.get("Timeout")
    if timeout is not None and timeout > MAX_TIMEOUT_MINUTES:
        raise InvalidSize(
            f"Timeout is in minutes and at most {MAX_TIMEOUT_MINUTES} (7 days), it is {timeout}."
        )
    retries = given.get("MaxRetries", 0)
    if not 0 <= retries <= MAX_RETRIES:
        raise InvalidSize(f"MaxRetries is from 0 to {MAX_RETRIES}, it is {retries}.")
    concurrent = given.get("ExecutionProperty", {}).get("MaxConcurrentRuns", 1)
    if concurrent < 1:
        raise InvalidSize(f"MaxConcurrentRuns is at least 1, it is {concurrent}.")
    if given.get("ExecutionClass") == "FLEX" and command != "glueetl":
        raise InvalidSize(f"ExecutionClass FLEX is for glueetl jobs, this is a {command} job.")
    if given.get("WorkerType") == "G.025X" and command != "gluestreaming":
        raise InvalidSize(f"Worker type G.025X is for gluestreaming jobs, this is a {command} job.")


def check_arguments(member: str, arguments: Mapping[str, str]) -> None:
    """Check the names and the size of arguments; raises InvalidSize."""
    for key in arguments:
        if not key.startswith("--"):
            raise InvalidSize(f"{member}: the key {key!r} does not start with two dashes.")
    size = sum(len(key.encode()) + len(value.encode()) for key, value in arguments.items())
    if size > MAX_ARGUMENT_BYTES:
        raise InvalidSize(f"{member} hold {size} bytes, the limit is {MAX_ARGUMENT_BYTES}.")


def with_overrides(definition: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Freeze a job's definition for one run, with what StartJobRun asks for in place of it."""
    name = definition["Command"]["Name"]
    check_limits(request, name)
    taken = (
        "Timeout",
        "SecurityConfiguration",
        "NotificationProperty",
        "ExecutionClass",
        "JobRunQueuingEnabled",
        SESSION_POLICY,
    )
    frozen = {**definition, **{key: request[key] for key in taken if key in request}}
    sizes = {key: request[key] for key in SIZES if key in request}
    if sizes:
        frozen = {key: value for key, value in frozen.items() if key not in SIZES}
        frozen |= sized({**sizes, "Command": definition["Command"]})
    return frozen
