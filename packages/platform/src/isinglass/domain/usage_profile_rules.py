"""Which configurations a usage profile may have."""

from collections.abc import Mapping
from typing import Any

from isinglass.model.glue.errors import InvalidInputException


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


def _number(what: str, text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise InvalidInputException(f"{text} of {what} is not a number") from error
