"""Names of entities that lie in others, as SQL writes them: `sales.orders`, `"web shop"."2026.orders"`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".\s][^".]*)')


@dataclass(eq=False)
class InvalidEntityName(Exception):
    """The text is no name of so many parts."""

    text: str
    form: str

    def __str__(self) -> str:
        return f"{self.text!r} is no name of an entity; it has the form {self.form}"


def join(*parts: str) -> str:
    """Write a name; parts that are not plain words are quoted."""
    return ".".join(
        part if _PLAIN.fullmatch(part) else f'"{part.replace(chr(34), chr(34) * 2)}"' for part in parts
    )


def split(text: str, form: str) -> tuple[str, ...]:
    """Read a name of as many parts as its form has."""
    parts: list[str] = []
    position = 0
    while (match := _PART.match(text, position)) is not None:
        parts.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        position = match.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    if position != len(text) or text.endswith(".") or len(parts) != form.count(".") + 1:
        raise InvalidEntityName(text, form)
    return tuple(parts)


def matching(names: Iterable[str], wanted: str) -> str | None:
    """Find a name as it is written, or the only one that differs from it in case alone."""
    folded = [name for name in names if name.lower() == wanted.lower()]
    if wanted in folded:
        return wanted
    return folded[0] if len(folded) == 1 else None


@dataclass(frozen=True, slots=True)
class Ordering:
    """A field to order by."""

    field: str
    descending: bool = False


def orderings(text: str) -> Sequence[Ordering]:
    """Read `created DESC, "web id"`: fields with commas between, each with ASC, DESC or nothing."""
    found: list[Ordering] = []
    position = 0
    while (match := _ORDERING.match(text, position)) is not None:
        quoted, plain, direction, comma = match.groups()
        field = plain if quoted is None else quoted.replace('""', '"')
        found.append(Ordering(field, (direction or "").upper() == "DESC"))
        position = match.end()
        if not comma:
            break
    if not found or position != len(text) or comma:
        raise InvalidEntityName(text, 'FIELD, FIELD DESC, "A FIELD"')
    return found


_ORDERING = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^\s",]+))(?:\s+(ASC|DESC))?\s*(,|$)', re.IGNORECASE)
