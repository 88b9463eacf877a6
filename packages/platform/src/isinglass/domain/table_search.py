"""What SearchTables finds: the words of a table that are indexed, and what a request asks of them.

Text is split into words of letters, digits and underscores, and case does not count: `link` finds
`customer-link`, not `xxlinkyy`. A filter names a field and must find all its words there; search text must
find each of its words anywhere, and what stands in double quotes must be the whole value of something.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from isinglass.model.glue.errors import InvalidInputException

#: A word of a field, which is None where any field will do.
Term = tuple[str, str | None]

#: Words of one table, their length, and the length of values that are indexed (a schema in JSON is not).
_MOST_WORDS, _LONGEST_WORD, _LONGEST_VALUE = 5_000, 100, 1_000

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r'"([^"]*)"')
#: Fields under other names than their own.
_ALIASES = {"column": "columns", "columnname": "columns", "comment": "comments"}
#: Times of the answer, and where the store keeps them; the last is the table's own.
TIMES = {"createtime": "created_at", "updatetime": "updated_at", "lastaccesstime": None}
_FIELDS = frozenset(
    {
        "name",
        "databasename",
        "description",
        "owner",
        "tabletype",
        "location",
        "columns",
        "comments",
        "parameters",
    }
)
_COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    "EQUALS": operator.eq,
    "GREATER_THAN": operator.gt,
    "LESS_THAN": operator.lt,
    "GREATER_THAN_EQUALS": operator.ge,
    "LESS_THAN_EQUALS": operator.le,
}


@dataclass(frozen=True, slots=True)
class TimeTest:
    """A comparison of one of TIMES, in epoch seconds."""

    field: str
    comparator: str
    value: float

    def holds(self, actual: float | None) -> bool:
        """Compare a table's time; one that is missing compares with nothing."""
        return actual is not None and _COMPARATORS[self.comparator](actual, self.value)


@dataclass(frozen=True, slots=True)
class Search:
    """What a request asks for: all of the terms, the whole values and the times."""

    terms: tuple[Term, ...]
    whole_values: tuple[str, ...]
    times: tuple[TimeTest, ...]


def words(text: str) -> list[str]:
    """Split a text into its words."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(text.lower())]


def indexed(database: str, document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """List the words of a table, each with its field."""
    found: set[tuple[str, str]] = set()
    for field, value in values(database, document):
        if len(value) <= _LONGEST_VALUE:
            found.update((word, field) for word in words(value))
        if len(found) > _MOST_WORDS:
            return set(sorted(found)[:_MOST_WORDS])
    return found


def blinded_field(field: str, blind: Callable[[str], str]) -> str:
    """Write a field so that it can only be compared; those that every table has stay as they are."""
    return field if field in _FIELDS else blind(field)


def values(database: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the values of a table that can be searched, each with its field; a parameter's is its key."""
    yield "name", document["Name"]
    yield "databasename", database
    for member in ("Description", "Owner", "TableType"):
        if member in document:
            yield member.lower(), document[member]
    descriptor = document.get("StorageDescriptor", {})
    if "Location" in descriptor:
        yield "location", descriptor["Location"]
    columns: Iterable[Any] = (*descriptor.get("Columns", ()), *document["PartitionKeys"])
    for column in columns:
        yield "columns", column["Name"]
        if "Comment" in column:
            yield "comments", column["Comment"]
    for key, value in document.get("Parameters", {}).items():
        yield "parameters", key
        yield _parameter_field(key.lower()), value


def _parameter_field(key: str) -> str:
    return f"parameters.{key}"[:_LONGEST_WORD] if key in _FIELDS else key[:_LONGEST_WORD]


def parse_search(filters: Sequence[Mapping[str, Any]], text: str) -> Search:
    """Read a request's filters and search text, or refuse them."""
    terms: list[Term] = []
    times: list[TimeTest] = []
    for each in filters:
        if "Key" not in each or "Value" not in each:
            raise InvalidInputException("A filter needs a Key and a Value")
        key = each["Key"].lower()
        if key in TIMES:
            times.append(TimeTest(key, each.get("Comparator", "EQUALS"), _time(each["Value"])))
            continue
        field = _ALIASES.get(key, key)[:_LONGEST_WORD]
        terms.extend((word, field) for word in _some(words(each["Value"]), each["Value"]))
    quoted = [value.lower() for value in _QUOTED.findall(text)]
    for part in (*quoted, _QUOTED.sub(" ", text)):
        terms.extend((word, None) for word in words(part))
    if text:
        _some(words(text), text)
    return Search(tuple(dict.fromkeys(terms)), tuple(value for value in quoted if value), tuple(times))


def has_whole_values(search: Search, database: str, document: Mapping[str, Any]) -> bool:
    """Tell whether each value in quotes is the whole value of something in a table."""
    if not search.whole_values:
        return True
    present = {value.lower() for _, value in values(database, document)}
    return present.issuperset(search.whole_values)


def has_terms(search: Search, database: str, document: Mapping[str, Any]) -> bool:
    """Tell whether all terms and values in quotes are in a table, of which perhaps only a part is shown."""
    present = indexed(database, document)
    anywhere = {word for word, _ in present}
    return has_whole_values(search, database, document) and all(
        term in present if term[1] is not None else term[0] in anywhere for term in search.terms
    )


def _some(found: list[str], text: str) -> list[str]:
    if not found:
        raise InvalidInputException(f"There is no word to search for in {text!r}")
    return found


def _time(text: str) -> float:
    """Read a time given as epoch seconds or in ISO 8601; without a zone it is UTC."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputException(
            f"{text!r} is neither epoch seconds nor a time like 2024-01-31T12:00:00Z"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
