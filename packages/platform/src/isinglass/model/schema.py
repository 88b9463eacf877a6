"""Loads a generated service schema: the contract that the gateway checks requests and answers against."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

#: Every service that we speak, in the order that the registry stub lists them.
SERVICES = ("glue", "iam", "kms", "lakeformation", "logs", "sts", "isinglass")


@dataclass(frozen=True, slots=True)
class PageModel:
    """How an operation pages: the member that goes on, the members that may, and the page's size."""

    input: str
    outputs: tuple[str, ...]
    limit: str | None


@dataclass(frozen=True, slots=True)
class OperationModel:
    """One operation; an absent shape means an empty structure."""

    name: str
    input: str | None
    output: str | None
    errors: tuple[str, ...]
    page: PageModel | None
    result_wrapper: str | None


@dataclass(frozen=True, slots=True)
class ServiceModel:
    """One service: its wire names, operations and shapes (as in schema.json).

    `unserved` are the names of its operations that we know nothing else of.
    """

    name: str
    version: str
    protocol: str
    target_prefix: str | None
    xml_namespace: str | None
    operations: dict[str, OperationModel]
    unserved: tuple[str, ...]
    shapes: dict[str, dict[str, Any]]

    def qualified(self, operation: str) -> str:
        """Name an operation as the registry does: Glue's bare, all others behind their service."""
        return operation if self.name == "glue" else f"{self.name}:{operation}"


def load(service: str) -> ServiceModel:
    """Load one service's schema from the package."""
    raw = json.loads(files(f"isinglass.model.{service}").joinpath("schema.json").read_bytes())
    head = raw["service"]
    return ServiceModel(
        name=head["id"],
        version=head["version"],
        protocol=head["protocol"],
        target_prefix=head.get("target_prefix"),
        xml_namespace=head.get("xml_namespace"),
        operations={name: _operation(name, entry) for name, entry in raw["operations"].items()},
        unserved=tuple(raw.get("unserved", ())),
        shapes=raw["shapes"],
    )


def _operation(name: str, entry: dict[str, Any]) -> OperationModel:
    page = entry.get("page")
    return OperationModel(
        name=name,
        input=entry.get("input"),
        output=entry.get("output"),
        errors=tuple(entry["errors"]),
        page=page and PageModel(page["input"], tuple(page["outputs"]), page.get("limit")),
        result_wrapper=entry.get("result_wrapper"),
    )
