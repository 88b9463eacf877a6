"""Decodes a batch of partitions that all have the same columns, as nearly all do: these are decoded once.

Columns are most of such a body, and the partitions then share one list of them: whoever compares or checks
them has nothing to do.
"""

import re
import secrets
from collections.abc import Iterator
from operator import is_not
from typing import Any

import orjson

#: The columns of a descriptor. In JSON, what follows `{` or `,` like this can be nothing but a member's name:
#: a quote within a text has a backslash before it.
_COLUMNS = re.compile(rb'[{,]\s*"Columns"\s*:\s*(?=\[)')
#: Shorter bodies, and fewer repetitions, are not worth the search.
_SHORTEST, _FEWEST = 4096, 4
#: What stands for repeated columns while the rest is decoded; nobody else can send it.
_MARK = secrets.token_hex(16)
_WRITTEN = f'"{_MARK}"'.encode()


def decode(body: bytes) -> Any:
    """Decode a body that repeats its first columns; None for any other, or when that cannot be done."""
    if len(body) < _SHORTEST or (first := _COLUMNS.search(body)) is None:
        return None
    # The list ends at the first bracket, unless a comment or a type's name has one.
    columns = body[first.end() : body.find(b"]", first.end()) + 1]
    head, *parts = body.split(first[0])
    rest = [_WRITTEN + part[len(columns) :] if part.startswith(columns) else part for part in parts]
    times = sum(map(is_not, parts, rest))
    if times < _FEWEST:
        return None
    try:
        shared = orjson.loads(columns)
        document = orjson.loads(first[0].join([head, *rest]))
    except orjson.JSONDecodeError:
        return None
    for descriptor in _descriptors(document):
        if descriptor.get("Columns") == _MARK:
            descriptor["Columns"] = shared
            times -= 1
    return document if times == 0 else None


def _descriptors(document: Any) -> Iterator[dict[str, Any]]:
    """Find the storage descriptors of a batch: partitions to create, or entries with what to update."""
    for batch in document.values() if isinstance(document, dict) else ():
        for entry in batch if isinstance(batch, list) else ():
            if isinstance(entry, dict):
                given = entry.get("PartitionInput", entry)
                descriptor = given.get("StorageDescriptor") if isinstance(given, dict) else None
                if isinstance(descriptor, dict):
                    yield descriptor
