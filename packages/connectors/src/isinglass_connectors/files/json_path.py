"""The subset of JSON paths that Glue's classifiers and readers take: `$`, names, indexes and wildcards."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\.(\*)|\[(\*)\]|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
Step = str | int | None


class JsonPathError(ValueError):
    """A path outside the subset: which, and where."""


def parse_path(path: str) -> tuple[Step, ...]:
    """Read a path into steps: a name, an index, or None for every element."""
    text = path.removeprefix("$")
    if text and text[0] not in ".[":
        text = "." + text
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if not found:
            raise JsonPathError(f"JSON path {path!r}: cannot read {text[at:]!r}")
        name, star, all_elements, index, single, double = found.groups()
        if star or all_elements:
            steps.append(None)
        elif index is not None:
            steps.append(int(index))
        else:
            steps.append(next(n for n in (name, single, double) if n is not None))
        at = found.end()
    return tuple(steps)


def select(value: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Yield what a path finds in a document; nothing where it leads nowhere."""
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if step is None:
        children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        for child in children:
            yield from select(child, rest)
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from select(value[step], rest)
    elif isinstance(value, Mapping) and step in value:
        yield from select(value[step], rest)
