"""The mark on definitions that are not shown whole."""

from collections.abc import Mapping
from typing import Any

#: A parameter of such a table; a job's reader asks the server for what may be read of it.
MARK = "isinglass.access"


def unmarked(document: Mapping[str, Any]) -> dict[str, Any]:
    """Take the mark off a definition that comes back from who did not see all of it."""
    if MARK not in (document.get("Parameters") or {}):
        return dict(document)
    kept = {name: value for name, value in document["Parameters"].items() if name != MARK}
    return {**document, "Parameters": kept}
