"""What searches know of an asset: its words, and the values that filters compare.

A value is at `holder.name`: the name of a member, or the key of a map, in what holds it. Elements of lists
stand for their list, so that a filter holds when it holds for one of them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain.table_search import words

#: Longer texts are cut: one character more than a filter can ask for, so that none is equal by accident.
_LONGEST_TEXT = 257
#: Attributes and keys that no filter can name are left out.
_LONGEST_NAME = 128
_MOST_WORDS, _MOST_VALUES, _LONGEST_WORDED = 5_000, 2_000, 20_000


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """A value that filters compare."""

    holder: str
    name: str
    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """Something on an asset, or on an item of a form: a term, or without a term's id an attachment."""

    form: str
    item: str
    term_id: str
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Said:
    """All that is said of an asset: parsed contents by the names of their forms, terms and attachments."""

    name: str | None
    description: str | None
    forms: Mapping[str, Any]
    details: tuple[Detail, ...]


def values(said: Said) -> list[Value]:
    """List what filters compare of an asset."""
    return _bounded(_values(said))


def asset_words(said: Said) -> set[str]:
    """List the words that an asset is found by."""
    return _words_of(_texts(said))


def _values(said: Said) -> Iterator[Value]:
    own = [value_at("", "description", said.description)]
    own += [value_at("", "glossaryTerms", detail.term_id) for detail in said.details if detail.term_id]
    yield from (value for value in own if value is not None)
    for form, content in said.forms.items():
        yield from values_of(form, content)
    for detail in said.details:
        if not detail.term_id:
            yield from values_of(detail.name, json.loads(detail.content))


def _texts(said: Said) -> Iterator[str]:
    yield from (text for text in (said.name, said.description) if text)
    for content in said.forms.values():
        yield from texts_in(content)
    for detail in said.details:
        if detail.term_id:
            yield detail.name
        else:
            yield from texts_in(json.loads(detail.content))


def values_of(holder: str, content: Any) -> Iterator[Value]:
    """List the values inside a content held by the form of a name."""
    if not isinstance(content, dict):
        return
    for name, inner in content.items():
        path = f"{holder}.{name}"
        for element in inner if isinstance(inner, list) else [inner]:
            if isinstance(element, dict):
                yield from values_of(path, element)
            elif (value := value_at(holder, name, element)) is not None:
                yield value


def value_at(holder: str, name: str, scalar: Any) -> Value | None:
    """Build the value of one scalar; None for what no filter can find."""
    if scalar is None or isinstance(scalar, list) or max(len(holder), len(name)) > _LONGEST_NAME:
        return None
    if isinstance(scalar, bool):
        return Value(storable(holder), storable(name), str(scalar).lower())
    if isinstance(scalar, int | float):
        return Value(storable(holder), storable(name), str(scalar)[:_LONGEST_TEXT], _double(scalar))
    return Value(storable(holder), storable(name), storable(str(scalar))[:_LONGEST_TEXT])


def _bounded(values: Iterator[Value]) -> list[Value]:
    """Take distinct values, as many as an asset may have."""
    found: dict[tuple[str, str, str], Value] = {}
    for value in values:
        key = (value.holder, value.name, value.text)
        if key not in found or value.number is not None:
            found[key] = value
        if len(found) >= _MOST_VALUES:
            break
    return sorted(found.values(), key=lambda value: (value.holder, value.name, value.text))


def _words_of(texts: Iterator[str]) -> set[str]:
    """List the words of texts, as many as an asset may have."""
    found: set[str] = set()
    for text in texts:
        found.update(words(text[:_LONGEST_WORDED]))
        if len(found) > _MOST_WORDS:
            return set(sorted(found)[:_MOST_WORDS])
    return found


def texts_in(content: Any) -> Iterator[str]:
    """List the texts inside a content, names of members and keys not among them."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for inner in content.values():
            yield from texts_in(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from texts_in(inner)


def storable(text: str) -> str:
    """Take out what no database keeps in its texts."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_storable(text: str) -> bool:
    """Tell whether databases keep a text as it is; what is called otherwise cannot be there."""
    return storable(text) == text


def _double(number: float) -> float | None:
    try:
        return float(number)
    except OverflowError:
        return None
