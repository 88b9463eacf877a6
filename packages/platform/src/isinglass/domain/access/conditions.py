"""Conditions of policies: which operators there are and when each holds.

A condition holds when one of its values fits the request's, for operators that say "not" when none does. A
key that the request lacks makes a condition fail, and one that says "not" hold. `...IfExists` lets a missing
key pass; `ForAnyValue:` and `ForAllValues:` judge the values of a key that has several one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from math import isfinite
from typing import Literal

from isinglass.domain.access.templates import Facts, InvalidVariable, Template, read_template

#: Tells whether one value of the request fits one value of the policy; None of a template fits nothing.
_Fits = Callable[[str, Template, Facts], bool]
#: Says what is wrong with a value of a policy, None when nothing is.
_Check = Callable[[str], str | None]

Quantifier = Literal["", "ForAnyValue", "ForAllValues"]


class InvalidCondition(Exception):
    """A condition that no request could be held to, and why."""


@dataclass(frozen=True, slots=True)
class _Operator:
    fits: _Fits
    negated: bool = False
    check: _Check = lambda _: None
    variables: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator; `key` is in lower case."""

    operator: str
    quantifier: Quantifier
    if_exists: bool
    key: str
    values: tuple[Template, ...]

    def holds(self, facts: Facts) -> bool:
        """Tell whether the condition holds for a request's facts, whose keys are in lower case."""
        asked = facts.get(self.key, ())
        if self.operator == "Null":
            return any((value.text.lower() == "true") != bool(asked) for value in self.values)
        operator = _OPERATORS[self.operator]
        if not asked:
            return self.if_exists or self.quantifier == "ForAllValues" or self._holds_missing(operator)
        fitting = [any(operator.fits(one, value, facts) for value in self.values) for one in asked]
        judged = [not fits for fits in fitting] if operator.negated else fitting
        if self.quantifier:
            return all(judged) if self.quantifier == "ForAllValues" else any(judged)
        # Without a quantifier several values count together: one that fits is enough, or too much.
        return all(judged) if operator.negated else any(judged)

    def _holds_missing(self, operator: _Operator) -> bool:
        return operator.negated and self.quantifier != "ForAnyValue"


def read_condition(name: str, key: str, values: Sequence[str], *, variables: bool) -> Condition:
    """Read one key under an operator such as `ForAnyValue:StringLikeIfExists`; raises InvalidCondition."""
    quantifier, operator, if_exists = _read_operator(name)
    if ":" not in key or any(character in key for character in "*?"):
        raise InvalidCondition(
            f"{key!r} is no condition key: it needs a service before a colon, as aws:username"
        )
    model = _OPERATORS.get(operator)
    check = _check_boolean if model is None else model.check
    for value in values:
        reason = None if variables and "${" in value and model and model.variables else check(value)
        if reason:
            raise InvalidCondition(f"the value {value[:100]!r} of {key} under {name} {reason}")
    try:
        templates = tuple(
            read_template(value, variables=variables and model is not None and model.variables)
            for value in values
        )
    except InvalidVariable as error:
        raise InvalidCondition(f"in the value of {key} under {name}, {error}") from error
    return Condition(operator, quantifier, if_exists, key.lower(), templates)


def _read_operator(name: str) -> tuple[Quantifier, str, bool]:
    before, colon, rest = name.rpartition(":")
    quantifier = next((known for known in _QUANTIFIERS if known.lower() == before.lower()), None)
    if colon and quantifier is None:
        raise InvalidCondition(f"{before!r} before {rest!r} is neither ForAnyValue nor ForAllValues")
    folded = rest.lower()
    if_exists = folded.endswith("ifexists")
    operator = _NAMES.get(folded.removesuffix("ifexists"))
    if operator is None:
        raise InvalidCondition(f"there is no condition operator {name[:100]!r}")
    if operator == "Null" and (if_exists or quantifier):
        raise InvalidCondition(f"Null says by itself whether the key exists; it cannot be written {name!r}")
    return quantifier or "", operator, if_exists


def _string_equals(one: str, value: Template, facts: Facts) -> bool:
    return one == value.fill(facts)


def _string_equals_any_case(one: str, value: Template, facts: Facts) -> bool:
    filled = value.fill(facts)
    return filled is not None and one.casefold() == filled.casefold()


def _string_like(one: str, value: Template, facts: Facts) -> bool:
    return bool(value.matches(one, facts))


def _arn_like(one: str, value: Template, facts: Facts) -> bool:
    patterns, parts = value.split(), one.split(":", 5)
    if len(patterns) == 1:
        return value.text == "*"
    if len(patterns) != len(parts):
        return False
    return all(pattern.matches(part, facts) for pattern, part in zip(patterns, parts, strict=True))


def _boolean(one: str, value: Template, _facts: Facts) -> bool:
    return one.lower() == value.text.lower()


def _address_in(one: str, value: Template, _facts: Facts) -> bool:
    try:
        return ip_address(one) in _network(value.text)
    except (ValueError, TypeError):
        return False


def _numeric(compare: Callable[[float, float], bool]) -> _Fits:
    return _measured(_number, compare)


def _dated(compare: Callable[[float, float], bool]) -> _Fits:
    return _measured(_moment, compare)


def _measured(measure: Callable[[str], float | None], compare: Callable[[float, float], bool]) -> _Fits:
    def fits(one: str, value: Template, _facts: Facts) -> bool:
        left, right = measure(one), measure(value.text)
        return left is not None and right is not None and compare(left, right)

    return fits


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


@lru_cache(maxsize=1024)
def _moment(text: str) -> float | None:
    """Read epoch seconds or an ISO 8601 time; one without a zone is UTC."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return _number(text)


@lru_cache(maxsize=1024)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _check_boolean(text: str) -> str | None:
    return None if text.lower() in {"true", "false"} else "must be true or false"


def _check_number(text: str) -> str | None:
    return None if _number(text) is not None else "is no number"


def _check_moment(text: str) -> str | None:
    return (
        None if _moment(text) is not None else "is no date: write it as 2026-01-31T12:00:00Z or epoch seconds"
    )


def _check_network(text: str) -> str | None:
    try:
        _network(text)
    except ValueError:
        return "is no address range such as 203.0.113.0/24"
    return None


def _check_arn(text: str) -> str | None:
    return None if text == "*" or text.count(":") >= 5 else "is no ARN"


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda left, right: left == right,
    "LessThan": lambda left, right: left < right,
    "LessThanEquals": lambda left, right: left <= right,
    "GreaterThan": lambda left, right: left > right,
    "GreaterThanEquals": lambda left, right: left >= right,
}
_OPERATORS: dict[str, _Operator] = {
    "StringEquals": _Operator(_string_equals, variables=True),
    "StringNotEquals": _Operator(_string_equals, negated=True, variables=True),
    "StringEqualsIgnoreCase": _Operator(_string_equals_any_case, variables=True),
    "StringNotEqualsIgnoreCase": _Operator(_string_equals_any_case, negated=True, variables=True),
    "StringLike": _Operator(_string_like, variables=True),
    "StringNotLike": _Operator(_string_like, negated=True, variables=True),
    "ArnEquals": _Operator(_arn_like, check=_check_arn, variables=True),
    "ArnLike": _Operator(_arn_like, check=_check_arn, variables=True),
    "ArnNotEquals": _Operator(_arn_like, negated=True, check=_check_arn, variables=True),
    "ArnNotLike": _Operator(_arn_like, negated=True, check=_check_arn, variables=True),
    "Bool": _Operator(_boolean, check=_check_boolean),
    "IpAddress": _Operator(_address_in, check=_check_network),
    "NotIpAddress": _Operator(_address_in, negated=True, check=_check_network),
    **{
        f"Numeric{name}": _Operator(_numeric(test), check=_check_number)
        for name, test in _COMPARISONS.items()
    },
    "NumericNotEquals": _Operator(_numeric(_COMPARISONS["Equals"]), negated=True, check=_check_number),
    **{f"Date{name}": _Operator(_dated(test), check=_check_moment) for name, test in _COMPARISONS.items()},
    "DateNotEquals": _Operator(_dated(_COMPARISONS["Equals"]), negated=True, check=_check_moment),
}
_QUANTIFIERS: tuple[Quantifier, ...] = ("ForAnyValue", "ForAllValues")
_NAMES = {name.lower(): name for name in (*_OPERATORS, "Null")}
