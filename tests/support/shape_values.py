"""Makes values of a service model's shapes from a seed: cheap, so that every operation can be tried."""

import random
import re
from typing import Any

_DEPTH = 3
_TEXTS = ("", "a", "Zürich", "表 😀", '<&"\\', "x" * 40)
#: Texts of which one fits every pattern of the models, within its size.
_FITTING = (
    "a", "a1", "1", "123456789012", "0" * 32, "abc-def_1", "/a", "a.b", "s3://bucket/key", "https://a.example/b",
    "arn:aws:glue:eu-west-1:123456789012:job/a", "arn:aws:iam::123456789012:role/a", "arn:aws:s3:::a",
    "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    "arn:aws:sso:::instance/ssoins-1234567890123456", "arn:aws:s3tables:eu-west-1:123456789012:bucket/a",
    "12345678-1234-1234-1234-123456789012", "*", "1.0", "a@b", "abcdefghij" * 3, "A", "Ab", "$.a", "a.b.c", "Sun:1", "3", "ja-12345678-1234-1234-1234-123456789012",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a", "sc://a", "/", "v1", "123456",
)  # fmt: skip


def answer(shapes: dict[str, Any], name: str, chance: random.Random, depth: int = 0) -> Any:
    """Make what an operation may answer; constraints are for requests, so they do not matter here."""
    return _value(shapes, name, chance, depth, constrained=False)


def request(shapes: dict[str, Any], name: str, chance: random.Random) -> Any:
    """Make a request that meets every constraint, in the form that a decoded JSON body has."""
    return _value(shapes, name, chance, 0, constrained=True)


def _value(shapes: dict[str, Any], name: str, chance: random.Random, depth: int, *, constrained: bool) -> Any:
    shape = shapes[name]
    kind = shape["type"]
    least = int(shape.get("min", 0)) if constrained else 0
    size = max(least, 0 if depth > _DEPTH else min(chance.randint(0, 2), int(shape.get("max", 2))))
    if shape.get("document"):
        return {"any": [1, None]}
    if kind == "structure":
        return _structure(shapes, shape, chance, depth, constrained=constrained)
    if kind == "list":
        item = shape["member"]
        return [_value(shapes, item, chance, depth + 1, constrained=constrained) for _ in range(size)]
    if kind == "map":
        key = _value(shapes, shape["key"], chance, depth + 1, constrained=constrained)
        value = _value(shapes, shape["value"], chance, depth + 1, constrained=constrained)
        return {key: value} if size else {}
    if "enum" in shape:
        return chance.choice(shape["enum"])
    return _scalar(shape, chance, constrained=constrained)


def _structure(
    shapes: dict[str, Any], shape: dict[str, Any], chance: random.Random, depth: int, *, constrained: bool
) -> dict[str, Any]:
    needed = set(shape.get("required", ()))
    if shape.get("union"):
        members = [list(shape["members"])[-1]]
    else:
        few = depth > _DEPTH or len(shape["members"]) > 30
        members = [m for m in shape["members"] if m in needed or (not few and chance.random() < 0.6)]
    return {
        member: _value(shapes, shape["members"][member], chance, depth + 1, constrained=constrained)
        for member in members
    }


def _scalar(shape: dict[str, Any], chance: random.Random, *, constrained: bool) -> Any:
    kind = shape["type"]
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "blob":
        return "QUJD" if constrained else chance.randbytes(3)
    if kind == "string":
        return fitting(shape) if constrained else chance.choice(_TEXTS)
    if kind == "timestamp":
        return float(chance.randint(0, 4_000_000_000))
    least, most = (shape.get("min", -1000), shape.get("max", 1000)) if constrained else (-(2**31), 2**31 - 1)
    most = max(most, least)
    return (
        chance.randint(int(least), int(most)) if kind in {"integer", "long"} else chance.uniform(least, most)
    )


def fitting(shape: dict[str, Any]) -> str:
    """Find a text that meets a string shape's constraints."""
    least, most = shape.get("min", 0), shape.get("max", 10**9)
    candidates = (*_FITTING, "a" * least, "A" * most if most < 100 else "a")
    for text in candidates:
        if least <= len(text) <= most and re.fullmatch(shape.get("pattern", "(?s).*"), text):
            return text
    raise AssertionError(f"No sample text fits {shape}; add one.")
