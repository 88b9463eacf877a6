"""The Query protocol as IAM and STS speak it: a form asks, XML answers."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Version of each service's API.
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


def encode_form(service: str, operation: str, document: Mapping[str, Any]) -> bytes:
    """Write a request as a form with dotted names."""
    fields = [("Action", operation), ("Version", VERSIONS[service])]
    return urlencode([*fields, *_fields("", document)]).encode()


def _fields(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _fields(f"{prefix}.{name}" if prefix else name, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _fields(f"{prefix}.member.{number}", inner)
    else:
        yield prefix, ("true" if value else "false") if isinstance(value, bool) else str(value)


def decode_answer(operation: str, body: bytes) -> dict[str, Any]:
    """Read an answer; an operation that answers nothing gives an empty document."""
    root = _parse(body)
    result = next((child for child in root if _name(child) == f"{operation}Result"), None)
    answer = {} if result is None else _value(result)
    return answer if isinstance(answer, dict) else {}


def typed(value: Any, shape: str, shapes: Mapping[str, Mapping[str, Any]]) -> Any:
    """Give an answer the types of its shape: XML has texts only."""
    model = shapes[shape]
    kind = model["type"]
    if kind == "structure":
        members = model["members"]
        return {
            name: typed(inner, members[name], shapes) if name in members else inner
            for name, inner in (value or {}).items()
        }
    if kind == "list":
        return [typed(inner, model["member"], shapes) for inner in value or ()]
    if kind == "map":
        return {key: typed(inner, model["value"], shapes) for key, inner in (value or {}).items()}
    if kind == "boolean":
        return value == "true"
    return int(value) if kind in {"integer", "long"} else value


def decode_error(body: bytes) -> tuple[str, str]:
    """Read an error's code and message."""
    for element in _parse(body).iter():
        if _name(element) == "Error":
            found = _value(element)
            return str(found.get("Code", "")), str(found.get("Message", ""))
    return "", ""


def _parse(body: bytes) -> "Element":
    """Read XML; raises ValueError for what is none. Entities of its own are refused: they can explode."""
    from xml.etree import ElementTree as ET

    if b"<!DOCTYPE" in body:
        raise ValueError("The answer has a document type.")
    try:
        return ET.fromstring(body)  # noqa: S314 - without a document type there is nothing to expand
    except ET.ParseError as error:
        raise ValueError(str(error)) from error


def _name(element: "Element") -> str:
    return element.tag.rpartition("}")[2]


def _value(element: "Element") -> Any:
    """Turn an element into what JSON would have: lists are made of members, an empty list is empty text."""
    children = list(element)
    if not children:
        return element.text or ""
    if all(_name(child) == "member" for child in children):
        return [_value(child) for child in children]
    if all(_name(child) == "entry" for child in children):
        pairs = (_value(child) for child in children)
        return {pair["key"]: pair["value"] for pair in pairs}
    return {_name(child): _value(child) for child in children}
