"""What of a request may be kept: everything but its secrets, and not more than somebody would read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from isinglass.domain.secret_names import names_secret
from isinglass.domain.secret_urls import without_secrets

HIDDEN = "********"
_LONGEST_TEXT = 2048
_LONGEST_LIST = 50
LONGEST_PLAIN = 8192
_MOST_VALUES = 500
_DEEPEST = 12

_WORDS = (
    r"pass(?:word|wd|phrase)|pwd|secret|credential|private[_.-]?key|api[_.-]?key|token"
    r"|access[_.-]?key(?![_.-]?id)"
)
_SECRET_NAME = re.compile(_WORDS, re.IGNORECASE)
#: A secret inside a text: `password=x`, `"token": "x"`, `https://user:x@host`.
_SECRET_TEXT = re.compile(
    rf"((?:{_WORDS})[\w.-]*(?:\s*=\s*|:\s+|[\"']\s*:\s*))(\"[^\"]*\"|'[^']*'|[^\s&;,\"']+)", re.IGNORECASE
)
_SECRET_URL = re.compile(r"(://[^\s/:@]*:)[^\s/@]+@")
#: One of these is in every text that the patterns above find something in, when what may stand between its
#: words is taken out; names in URLs may have percent signs. The letters count as an i, a k or an s where case
#: does not.
_TRACES = (
    b"pass", b"pwd", b"secret", b"credential", b"private", b"api", b"token", b"access", b"keytab", b"sig",
    b"assertion", b"@", b"%",
)  # fmt: skip
_BETWEEN = b"_-. "
_LETTERS = tuple(letter.encode() for letter in "\u0130\u0131\u212a\u017f")

#: Members that say which thing a request is about, and never what that is.
_NAMES = frozenset({
    "CatalogId", "ColumnName", "DatabaseName", "FunctionName", "Id", "IndexName", "Name",
    "PartitionValueList", "PartitionValues", "TableName", "TablesToDelete", "Values", "VersionId",
    "VersionIds",
})  # fmt: skip

#: Which members of a shape are secrets: the whole, some of its members, or (None) nothing in it.
Mask = Any


@dataclass(slots=True)
class _Budget:
    left: int = _MOST_VALUES


@dataclass(slots=True)
class MaskCompiler:
    """Finds the members that a service's model marks as sensitive."""

    shapes: Mapping[str, Mapping[str, Any]]
    _found: dict[str, Mask] = field(default_factory=dict)

    def compile(self, name: str) -> Mask:
        """Return True for a secret, a mapping of members with secrets in them, None when there are none."""
        if name in self._found:
            return self._found[name]
        self._found[name] = None  # of a shape that contains itself, the inner one hides nothing more
        shape = self.shapes[name]
        mask: Mask = None
        if shape.get("sensitive"):
            mask = True
        elif shape["type"] == "structure":
            inside = {member: self.compile(target) for member, target in shape.get("members", {}).items()}
            mask = {member: found for member, found in inside.items() if found is not None} or None
        elif shape["type"] in {"list", "map"}:
            inner = self.compile(shape["member"] if shape["type"] == "list" else shape["value"])
            mask = None if inner is None else {"*": inner}
        self._found[name] = mask
        return mask


def redact(document: Any, mask: Mask = None) -> Any:
    """Copy a request's parameters without secrets, cut to a size that is worth keeping."""
    return _redact(document, mask, _Budget(), 0)


def is_plain(document: bytes, mask: Mask) -> bool:
    """Tell at little cost that a document, as JSON, can be kept as it is; False where it needs `redact`."""
    if mask is not None or len(document) > LONGEST_PLAIN:
        return False
    lower = document.lower().translate(None, _BETWEEN)
    if any(trace in lower for trace in _TRACES):
        return False
    return document.isascii() or not any(letter in document for letter in _LETTERS)


def names_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """Copy only what a request names: the rest is what somebody has encrypted where it is stored."""
    return {member: _name_in(member, value) for member, value in document.items()}


def _name_in(member: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        named = {key: value[key] for key in _NAMES if key in value}
        return {**named, "…": HIDDEN}
    if isinstance(value, list) and member not in _NAMES:
        return [_elements(value)]
    return value if member in _NAMES or isinstance(value, bool | int) else HIDDEN


def cut_lists(document: Mapping[str, Any], share: float, depth: int = 4) -> dict[str, Any]:
    """Keep a share of each list in a request, and at least its first element."""
    return {name: _cut(value, share, depth) for name, value in document.items()}


def _cut(value: Any, share: float, depth: int) -> Any:
    if isinstance(value, dict) and depth:
        return cut_lists(value, share, depth - 1)
    if not isinstance(value, list) or len(value) < 2:
        return value
    return [*value[: max(1, int(len(value) * share))], _elements(value)]


def _elements(cut: list[Any]) -> str:
    return f"… ({len(cut)} elements)"


def redact_text(text: str) -> str:
    """Hide what looks like a secret inside a text, and cut it."""
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"
    if "=" in text or ":" in text:
        text = _SECRET_TEXT.sub(rf"\1{HIDDEN}", text)
        text = without_secrets(_SECRET_URL.sub(rf"\1{HIDDEN}@", text))
    return text


def _redact(value: Any, mask: Mask, budget: _Budget, depth: int) -> Any:
    budget.left -= 1
    if mask is True:
        return HIDDEN
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, (bytes, bytearray)):
        return f"({len(value)} bytes)"
    if depth >= _DEEPEST and isinstance(value, (Mapping, list)):
        return "…"
    if isinstance(value, Mapping):
        return _redact_mapping(value, mask, budget, depth)
    if isinstance(value, list):
        inner = mask.get("*") if isinstance(mask, Mapping) else None
        kept = []
        for element in value[:_LONGEST_LIST]:
            if budget.left <= 0:
                break
            kept.append(_redact(element, inner, budget, depth + 1))
        return kept if len(kept) == len(value) else [*kept, _elements(value)]
    return value


def _redact_mapping(value: Mapping[str, Any], mask: Mask, budget: _Budget, depth: int) -> dict[str, Any]:
    masks = mask if isinstance(mask, Mapping) else {}
    kept: dict[str, Any] = {}
    for key, member in value.items():
        if budget.left <= 0:
            kept["…"] = f"({len(value)} members)"
            break
        if isinstance(member, str) and _is_secret(key):
            kept[key] = HIDDEN
        else:
            kept[key] = _redact(member, masks.get(key, masks.get("*")), budget, depth + 1)
    return kept


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None or (name.isascii() and names_secret(name))
