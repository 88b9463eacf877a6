"""The traits of shapes and members: those that constrain values, those that only describe, no others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isinglass.domain.name_pattern import InvalidPattern, compile_search
from isinglass.domain.smithy.shapes import NONE, Bounds, Constraints
from isinglass.domain.smithy.tokens import Token

#: Traits that say something to readers and ask nothing of values.
_DESCRIBING = frozenset({
    "deprecated", "documentation", "examples", "externalDocumentation", "internal", "recommended",
    "sensitive", "since", "suppress", "tags", "title", "unstable",
})  # fmt: skip

_TIMESTAMP_FORMATS = ("date-time", "epoch-seconds", "http-date")


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait as it is written; `value` is None when it has none."""

    name: str
    value: Any
    token: Token


def constraints_of(traits: Sequence[Trait]) -> Constraints:
    """Read the constraints out of traits; refuses traits that would be without effect."""
    found = NONE
    seen: set[str] = set()
    for trait in traits:
        name = trait.name.removeprefix("smithy.api#")
        if "#" in name or name in _DESCRIBING:
            continue  # display hints of other tools, such as amazon.datazone#displayname
        if name not in _READERS:
            raise trait.token.fail(f"the trait @{name} is not supported")
        if name in seen:
            raise trait.token.fail(f"the trait @{name} stands twice")
        seen.add(name)
        found = _READERS[name](found, trait)
    return found


def _required(found: Constraints, trait: Trait) -> Constraints:
    _no_value(trait)
    return replace(found, required=True)


def _unique(found: Constraints, trait: Trait) -> Constraints:
    _no_value(trait)
    return replace(found, unique=True)


def _sparse(found: Constraints, trait: Trait) -> Constraints:
    _no_value(trait)
    return replace(found, sparse=True)


def _length(found: Constraints, trait: Trait) -> Constraints:
    bounds = _bounds(trait)
    if any(isinstance(bound, float) or (bound is not None and bound < 0) for bound in bounds):
        raise trait.token.fail("the bounds of @length are whole numbers from zero on")
    return replace(found, length=bounds)


def _range(found: Constraints, trait: Trait) -> Constraints:
    return replace(found, range=_bounds(trait))


def _pattern(found: Constraints, trait: Trait) -> Constraints:
    if not isinstance(trait.value, str):
        raise trait.token.fail("@pattern needs a regular expression in quotes")
    try:
        matches = compile_search(trait.value)
    except InvalidPattern as error:
        raise trait.token.fail(f"@pattern: {error}") from error
    return replace(found, pattern=trait.value, matches=matches)


def _timestamp_format(found: Constraints, trait: Trait) -> Constraints:
    if trait.value not in _TIMESTAMP_FORMATS:
        raise trait.token.fail(f"@timestampFormat is one of {', '.join(_TIMESTAMP_FORMATS)}")
    return replace(found, timestamp_format=trait.value)


_READERS: dict[str, Callable[[Constraints, Trait], Constraints]] = {
    "required": _required,
    "uniqueItems": _unique,
    "sparse": _sparse,
    "length": _length,
    "range": _range,
    "pattern": _pattern,
    "timestampFormat": _timestamp_format,
}


def _no_value(trait: Trait) -> None:
    if trait.value not in (None, {}):
        raise trait.token.fail(f"@{trait.name} takes no value")


def _bounds(trait: Trait) -> Bounds:
    value = trait.value
    if not isinstance(value, dict) or not value or not value.keys() <= {"min", "max"}:
        raise trait.token.fail(f"@{trait.name} needs min, max or both, such as @{trait.name}(min: 1)")
    if any(isinstance(bound, bool) or not isinstance(bound, int | float) for bound in value.values()):
        raise trait.token.fail(f"the bounds of @{trait.name} are numbers")
    least, most = value.get("min"), value.get("max")
    if least is not None and most is not None and least > most:
        raise trait.token.fail(f"the bounds of @{trait.name} are upside down")
    return least, most
