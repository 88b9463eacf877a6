"""Field paths as Glue scripts write them: `a.b`, back-ticks around a name with dots, `list[].price`."""

from collections.abc import Iterable

#: The step of a path that means "each element of the array".
ELEMENT = "[]"

#: A path as its steps: names, and ELEMENT where it enters an array.
Path = tuple[str, ...]


def parse_path(text: str) -> Path:
    """Split a path into its steps.

    >>> parse_path("address.`zip.code`")
    ('address', 'zip.code')
    >>> parse_path("items[].price")
    ('items', '[]', 'price')
    """
    if not isinstance(text, str):
        message = f"a field path is text, not {type(text).__name__}: {text!r}"
        raise TypeError(message)
    steps: list[str] = []
    position = 0
    while position <= len(text):
        name, position = _read_name(text, position)
        elements = 0
        while text.startswith(ELEMENT, position):
            elements += 1
            position += len(ELEMENT)
        steps += [name, *[ELEMENT] * elements]
        if position < len(text) and text[position] != ".":
            message = f"unexpected text after a quoted name in the path {text!r} at position {position}"
            raise ValueError(message)
        position += 1
    return tuple(steps)


def _read_name(text: str, start: int) -> tuple[str, int]:
    """Read one name; a relationalized name may begin with a dot only inside back-ticks."""
    if text.startswith("`", start):
        end = text.find("`", start + 1)
        if end < 0:
            message = f"the back-tick at position {start} of the path {text!r} is never closed"
            raise ValueError(message)
        return text[start + 1 : end], end + 1
    end = start
    while end < len(text) and text[end] != "." and not text.startswith(ELEMENT, end):
        end += 1
    if end == start:
        message = f"empty name in the path {text!r} at position {start}"
        raise ValueError(message)
    return text[start:end], end


def render_path(path: Path) -> str:
    """Write a path as a script would, quoting names that hold dots."""
    text = ""
    for step in path:
        if step == ELEMENT:
            text += ELEMENT
            continue
        quoted = f"`{step}`" if "." in step else step
        text += f".{quoted}" if text else quoted
    return text


def resolve_literal(text: str, top_level: Iterable[str]) -> Path:
    """Parse a path, preferring a top-level column whose whole name is the text.

    Columns that `unnest`, `relationalize` and `join` made hold literal dots (`.id`, `address.city`), and
    scripts name them without back-ticks.
    """
    if text in top_level:
        return (text,)
    return parse_path(text)


def quote(name: str) -> str:
    """Quote a column name for Spark."""
    return "`" + name.replace("`", "``") + "`"
