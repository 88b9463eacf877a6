"""Reads service models, ours or botocore's, and cuts them to what we serve: no texts, no unused shapes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODELS = Path(__file__).parent.parent / "models"

#: What a shape keeps besides its members; everything else is documentation or concerns clients only.
_KEPT = ("min", "max", "pattern", "enum", "sensitive", "document", "union", "flattened", "timestampFormat")

#: What the services call the most that a page may hold.
_LIMITS = ("MaxResults", "maxResults", "limit", "MaxItems", "MaxRecords")


@dataclass(frozen=True)
class Service:
    """One service's model, cut to the operations we list; `schema` is what is written as schema.json.

    Of all other operations it keeps the names, so that clients are told which are real.
    """

    name: str
    schema: dict[str, Any]

    @property
    def operations(self) -> dict[str, Any]:
        return self.schema["operations"]

    @property
    def shapes(self) -> dict[str, Any]:
        return self.schema["shapes"]


def load_services() -> list[Service]:
    """Load every service of models/services.json, patched."""
    listed = json.loads((MODELS / "services.json").read_text())
    patches = json.loads((MODELS / "patches.json").read_text())
    return [
        Service(name, _compact(name, entry, [p for p in patches if p["service"] == name]))
        for name, entry in listed.items()
    ]


def _raw(name: str, source: str) -> dict[str, Any]:
    if source != "botocore":
        return json.loads((MODELS / source).read_text())
    from botocore.loaders import Loader

    return Loader().load_service_model(name, "service-2")


def _compact(name: str, entry: dict[str, Any], patches: list[dict[str, Any]]) -> dict[str, Any]:
    raw = _raw(name, entry["source"])
    for patch in patches:
        if "shape" in patch:
            raw["shapes"][patch["shape"]].update(patch["set"])
    wanted = sorted(raw["operations"]) if entry["operations"] == "all" else entry["operations"]
    operations = {op: _operation(raw, raw["operations"][op]) for op in sorted(wanted)}
    for patch in patches:
        if "operation" in patch:
            operations[patch["operation"]]["page"] = patch["page"]
    metadata = raw["metadata"]
    service = {
        "id": name,
        "version": metadata["apiVersion"],
        "protocol": metadata["protocol"],
        "target_prefix": metadata.get("targetPrefix"),
        "xml_namespace": metadata.get("xmlNamespace"),
    }
    reached = sorted(set(_reach(raw["shapes"], operations)))
    return {
        "service": {key: value for key, value in service.items() if value is not None},
        "operations": operations,
        "unserved": sorted(set(raw["operations"]) - set(operations)),
        "shapes": {shape: _shape(raw["shapes"][shape]) for shape in reached},
    }


def _operation(raw: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    compact: dict[str, Any] = {}
    for side in ("input", "output"):
        if side in operation:
            compact[side] = operation[side]["shape"]
    if "resultWrapper" in operation.get("output", {}):
        compact["result_wrapper"] = operation["output"]["resultWrapper"]
    compact["errors"] = [error["shape"] for error in operation.get("errors", [])]
    page = _page(raw["shapes"], compact)
    if page:
        compact["page"] = page
    return compact


def _page(shapes: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    """Find out how an operation pages; botocore's paginators leave out a third of those that do."""
    if "input" not in operation or "output" not in operation:
        return None
    members = shapes[operation["input"]]["members"]
    results = shapes[operation["output"]]["members"]
    for token in ("NextToken", "nextToken", "Marker"):
        if token in members and token in results:
            limit = next((name for name in _LIMITS if name in members), None)
            return {"input": token, "outputs": [token], **({"limit": limit} if limit else {})}
    return None


def _reach(shapes: dict[str, Any], operations: dict[str, Any]) -> Iterator[str]:
    seen: set[str] = set()
    pending = [
        shape
        for operation in operations.values()
        for shape in [operation.get("input"), operation.get("output"), *operation["errors"]]
        if shape
    ]
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        shape = shapes[name]
        references = [
            *shape.get("members", {}).values(),
            *(shape[k] for k in ("member", "key", "value") if k in shape),
        ]
        pending += [reference["shape"] for reference in references]


def _shape(shape: dict[str, Any]) -> dict[str, Any]:
    compact: dict[str, Any] = {"type": shape["type"]}
    # A patch empties an enum that is not all there is.
    compact |= {key: shape[key] for key in _KEPT if key in shape and shape[key] != []}
    if "pattern" in compact:
        compact["pattern"] = python_pattern(compact["pattern"])
    for part in ("member", "key", "value"):
        if part in shape:
            compact[part] = shape[part]["shape"]
    if shape["type"] == "structure":
        compact["members"] = {name: member["shape"] for name, member in shape["members"].items()}
        if shape.get("required"):
            compact["required"] = shape["required"]
        if shape.get("exception"):
            compact["error"] = {
                "status": shape.get("error", {}).get("httpStatusCode", 500 if shape.get("fault") else 400),
                "fault": bool(shape.get("fault")),
                **({"code": shape["error"]["code"]} if "code" in shape.get("error", {}) else {}),
            }
    return compact


def python_pattern(pattern: str) -> str:
    """Turn a pattern as Java writes it into Python's; fails on what needs a patch."""
    converted = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff")
    re.compile(converted)
    return converted
