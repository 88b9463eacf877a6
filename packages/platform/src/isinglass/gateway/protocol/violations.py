"""What is wrong with a request, said in the words AWS uses, with secrets left out."""

from dataclasses import dataclass
from typing import Any

#: A place in a request: the parent's place and the member, the key or the index of an element; lazily
#: rendered, as most are fine.
Path = tuple[Any, str | int] | None

_SHOWN = 20
_VALUE_LENGTH = 1024
_REDACTED = "***Sensitive Data Redacted***"


@dataclass(frozen=True, slots=True)
class Violation:
    """One constraint that one value fails; `shape` tells how to show the value."""

    path: Path
    shape: str
    value: Any
    constraint: str


def describe(violations: list[Violation], shapes: dict[str, dict[str, Any]]) -> str:
    """Write the message of a ValidationException."""
    count = len(violations)
    details = [_describe_one(violation, shapes) for violation in violations[:_SHOWN]]
    if count > _SHOWN:
        details.append(f"and {count - _SHOWN} more")
    return f"{count} validation error{'' if count == 1 else 's'} detected: {'; '.join(details)}"


def _describe_one(violation: Violation, shapes: dict[str, dict[str, Any]]) -> str:
    shown = "null"
    if violation.value is not None:
        shown = _render(violation.value, violation.shape, shapes)
        if len(shown) > _VALUE_LENGTH:
            shown = shown[:_VALUE_LENGTH] + "…"
        shown = f"'{shown}'"
    place = render_path(violation.path)
    return f"Value {shown} at '{place}' failed to satisfy constraint: {violation.constraint}"


def render_path(path: Path) -> str:
    """Write a place as AWS does: `tableInput.columns.1.member.name`."""
    parts: list[str] = []
    while path is not None:
        path, part = path
        parts.append(f"{part}.member" if isinstance(part, int) else part[:_VALUE_LENGTH])
    return ".".join(reversed(parts))


def member_name(name: str) -> str:
    """Write a member as it appears in a place: with a small first letter."""
    return name[:1].lower() + name[1:]


def _render(value: Any, name: str, shapes: dict[str, dict[str, Any]]) -> str:
    shape = shapes[name]
    if shape.get("sensitive"):
        return _REDACTED
    if value is None:
        return "null"
    if value is True or value is False:
        return str(value).lower()
    kind = shape["type"]
    if kind == "list" and isinstance(value, list):
        return f"[{', '.join(_render(item, shape['member'], shapes) for item in value)}]"
    if kind == "map" and isinstance(value, dict):
        pairs = (
            f"{_render(key, shape['key'], shapes)}={_render(item, shape['value'], shapes)}"
            for key, item in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if kind == "structure" and isinstance(value, dict):
        members = shape["members"]
        fields = (
            f"{member_name(key)}={_render(item, members[key], shapes)}"
            for key, item in value.items()
            if key in members
        )
        return f"{name}({', '.join(fields)})"
    return str(value)
