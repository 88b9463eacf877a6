"""What SearchAssets asks for: words, and a tree of filters over attributes.

Attributes of the asset itself are in `COLUMNS` and `OWN`; those of its forms and attachments are named by the
form and the member, `stewardship.owner`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from isinglass.domain.business.index import storable
from isinglass.domain.table_search import words
from isinglass.model.glue.errors import InvalidInputException

#: Attributes that are columns of the store, by their names in lower case; the second are times.
COLUMNS = {"name": "name", "assetname": "name", "assettypeid": "type_id"}
TIMES = {"createdat": "created_at", "updatedat": "updated_at"}
#: Attributes of the asset itself that are among its values.
OWN = {
    "description": "description",
    "assetdescription": "description",
    "glossaryterms": "glossaryTerms",
}
_DEEPEST = 10
_MOST_FILTERS = 100


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of some filters."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of some filters at least."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class ColumnTest:
    """A comparison of a column of assets."""

    column: str
    operator: str
    value: str | float


@dataclass(frozen=True, slots=True)
class ValueTest:
    """A comparison of one of the values at `holder.name`."""

    holder: str
    name: str
    operator: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing is at an attribute, nor inside it."""

    attribute: str
    holder: str
    name: str


@dataclass(frozen=True, slots=True)
class Never:
    """Nothing passes: what every asset has is said to be absent."""


Filter = AllOf | AnyOf | ColumnTest | ValueTest | Absent | Never


@dataclass(frozen=True, slots=True)
class AssetSearch:
    """What a request asks for: all of the words, and the filter."""

    words: tuple[str, ...]
    filter: Filter | None


def parse_search(text: str | None, clause: Mapping[str, Any] | None) -> AssetSearch:
    """Read a request's text and filters, or refuse them."""
    if text is None and clause is None:
        raise InvalidInputException("One of SearchText and FilterClause must be given")
    found = tuple(dict.fromkeys(words(text or "")))
    if text is not None and not found:
        raise InvalidInputException(f"There is no word to search for in {text!r}")
    return AssetSearch(found, None if clause is None else _Parser().clause(clause, "FilterClause", 1))


class _Parser:
    """Reads a clause; keeps count, as nested lists multiply."""

    def __init__(self) -> None:
        self._filters = 0

    def clause(self, clause: Mapping[str, Any], path: str, depth: int) -> Filter:
        self._filters += 1
        if self._filters > _MOST_FILTERS or depth > _DEEPEST:
            raise InvalidInputException(
                f"{path}: a search takes {_MOST_FILTERS} filters, nested {_DEEPEST} deep, at most"
            )
        [(kind, given)] = clause.items()
        inner = f"{path}.{kind}"
        match kind:
            case "AndAllFilters":
                return AllOf(self._parts(given, inner, depth))
            case "OrAnyFilters":
                return AnyOf(self._parts(given, inner, depth))
            case "AttributeFilter":
                return _attribute_filter(given, inner)
        [(_, value)] = given["Value"].items()
        return ValueTest(storable(given["Attribute"]), storable(given["Key"]), "equals", storable(value))

    def _parts(self, given: list[Any], path: str, depth: int) -> tuple[Filter, ...]:
        return tuple(self.clause(each, f"{path}[{index}]", depth + 1) for index, each in enumerate(given))


def _attribute_filter(given: Mapping[str, Any], path: str) -> Filter:
    operator = given["Operator"]
    attribute = storable(given["Attribute"])
    own = attribute.lower()
    value: str | int | None = None
    if "Value" in given:
        [(_, value)] = given["Value"].items()
    if (value is None) is not (operator == "notExists"):
        verb = "needs no" if operator == "notExists" else "needs a"
        raise InvalidInputException(f"{path}: the operator {operator} {verb} Value")
    if isinstance(value, str):
        value = storable(value)
    if value is None:
        return _absent(attribute, own)
    if "." not in attribute and own not in {*COLUMNS, *TIMES, *OWN}:
        raise InvalidInputException(
            f"{path}: there is no attribute {attribute}; there are name, description, assetTypeId, "
            "createdAt, updatedAt, glossaryTerms, and those of forms, such as form.member"
        )
    if own in COLUMNS:
        return ColumnTest(COLUMNS[own], operator, str(value))
    if own in TIMES:
        return ColumnTest(TIMES[own], operator, _time(value, path))
    holder, _, name = OWN.get(own, attribute).rpartition(".")
    return ValueTest(holder, name, operator, value)


def _absent(attribute: str, own: str) -> Filter:
    if own in COLUMNS or own in TIMES:
        return Never()
    attribute = OWN.get(own, attribute)
    holder, _, name = attribute.rpartition(".")
    return Absent(attribute, holder, name)


def _time(value: str | int, path: str) -> float:
    """Read a time given as epoch seconds or in ISO 8601; without a zone it is UTC."""
    if isinstance(value, int):
        return float(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidInputException(
            f"{path}: {value!r} is no time; give epoch seconds as LongValue, or a StringValue such as "
            "2024-01-31T12:00:00Z"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


#: How each operator compares; the store and the tests' reference read it alike.
OPERATORS: Mapping[str, str] = {
    "equals": "__eq__",
    "greaterThan": "__gt__",
    "greaterThanOrEquals": "__ge__",
    "lessThan": "__lt__",
    "lessThanOrEquals": "__le__",
}
