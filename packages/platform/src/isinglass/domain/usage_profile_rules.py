"""Which configurations a usage profile may have, and what it lets a job be."""

from collections.abc import Mapping
from typing import Any

from isinglass.model.glue.errors import InvalidInputException

_WORKERS = frozenset({"WorkerType", "NumberOfWorkers"})
_CAPACITIES = frozenset({"MaxCapacity", "AllocatedCapacity"})
#: Parameters whose values are no numbers.
_TEXTS = frozenset({"WorkerType", "GlueVersion", "ExecutionClass", "SecurityConfiguration"})


def check_configuration(configuration: Mapping[str, Any]) -> None:
    """Refuse a configuration that no value could satisfy."""
    if not any(configuration.values()):
        raise InvalidInputException("Configuration must have a JobConfiguration or a SessionConfiguration")
    for section, parameters in configuration.items():
        for name, limits in parameters.items():
            _check_limits(f"{section}.{name}", limits)


def _check_limits(what: str, limits: Mapping[str, Any]) -> None:
    default, allowed = limits.get("DefaultValue"), limits.get("AllowedValues", [])
    least, most = (_number(what, limits.get(bound)) for bound in ("MinValue", "MaxValue"))
    if allowed and (least is not None or most is not None):
        raise InvalidInputException(f"{what} must have either AllowedValues or a range, not both")
    if least is not None and most is not None and least > most:
        raise InvalidInputException(f"MinValue of {what} is greater than its MaxValue")
    if default is None:
        return
    if allowed and default not in allowed:
        raise InvalidInputException(f"DefaultValue {default} of {what} is not among its AllowedValues")
    if least is not None or most is not None:
        value = _number(what, default)
        assert value is not None
        if (least is not None and value < least) or (most is not None and value > most):
            raise InvalidInputException(f"DefaultValue {default} of {what} is not within its range")


def with_defaults(limits: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Add the defaults of a profile's section to a definition, where that says nothing itself."""
    whole = dict(given)
    by_capacity = any(whole.get(member) is not None for member in _CAPACITIES)
    for name, limit in limits.items():
        member, default = member_of(name), limit.get("DefaultValue")
        if default is None or whole.get(member) is not None or (by_capacity and member in _WORKERS):
            continue
        if name.startswith("--"):
            whole["DefaultArguments"] = {name: default, **whole.get("DefaultArguments", {})}
        else:
            whole[member] = default if member in _TEXTS else int(default)
    return whole


def check_within(profile: str, limits: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Refuse a definition that is outside of what a profile's section allows."""
    arguments = {**given.get("DefaultArguments", {}), **given.get("Arguments", {})}
    for name, limit in limits.items():
        value = arguments.get(name) if name.startswith("--") else given.get(member_of(name))
        if value is None:
            _check_by_workers(profile, name, given)
            continue
        allowed = limit.get("AllowedValues", [])
        if allowed and str(value) not in allowed:
            raise InvalidInputException(
                f"Usage profile {profile} allows {name} to be {', '.join(allowed)}, not {value}"
            )
        least, most = limit.get("MinValue"), limit.get("MaxValue")
        if least is None and most is None:
            continue
        number = _number(name, str(value))
        assert number is not None
        if (least is not None and number < float(least)) or (most is not None and number > float(most)):
            within = f"from {least or 'any'} to {most or 'any'}"
            raise InvalidInputException(f"Usage profile {profile} allows {name} {within}, not {value}")


def _check_by_workers(profile: str, name: str, given: Mapping[str, Any]) -> None:
    """Refuse a size in DPUs where the profile limits workers: it would be no limit."""
    shell = given["Command"]["Name"] == "pythonshell"
    if not shell and member_of(name) in _WORKERS and given.get("MaxCapacity") is not None:
        raise InvalidInputException(
            f"Usage profile {profile} limits {name}: give WorkerType and NumberOfWorkers, not MaxCapacity"
        )


def member_of(name: str) -> str:
    """Name the member of a definition that a profile's parameter limits."""
    return name[:1].upper() + name[1:]


def _number(what: str, text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise InvalidInputException(f"{text} of {what} is not a number") from error
