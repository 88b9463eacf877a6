"""The small part of JSON paths that says where in an answer something is: `$.data.items[0]`."""

import re
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(r"\.([A-Za-z0-9_@-]+)|\[(\d{1,6})\]|\['([^']*)'\]")


@dataclass(eq=False)
class InvalidJsonPath(Exception):
    """The text is not a path that this server follows."""

    text: str

    def __str__(self) -> str:
        return f"{self.text!r} is not a path of names and positions, as $.data.items[0]"


def parse(text: str) -> tuple[str | int, ...]:
    """Read a path into its names and positions; `$` is the whole."""
    if not text.startswith("$"):
        raise InvalidJsonPath(text)
    steps: list[str | int] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise InvalidJsonPath(text)
        name, index, quoted = match.groups()
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        position = match.end()
    return tuple(steps)


def follow(document: Any, text: str) -> Any:
    """Find what a path leads to; None where it leads nowhere."""
    found = document
    for step in parse(text):
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found
