"""Writes JSON columns quickly."""

import json
from typing import Any

import orjson


def dumps(document: Any) -> str:
    """Write a document; what the fast writer refuses (half characters, huge integers) is left to Python's."""
    try:
        return orjson.dumps(document).decode()
    except TypeError:
        return json.dumps(document)
