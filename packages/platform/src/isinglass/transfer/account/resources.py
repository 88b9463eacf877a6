"""What permissions are on, written so that it means the same in another account."""

from collections.abc import Mapping
from typing import Any

_IDS = ("CatalogId", "TableCatalogId", "Id")


def neutral(resource: Mapping[str, Any], catalog_id: str) -> dict[str, Any]:
    """Leave out the catalog's own id, and the name that stands beside a wildcard."""
    return {
        member: _neutral(member, named, catalog_id) for member, named in resource.items() if named is not None
    }


def _neutral(member: str, named: Mapping[str, Any], catalog_id: str) -> dict[str, Any]:
    kept = {key: value for key, value in named.items() if not (key in _IDS and value == catalog_id)}
    if member == "Table" and "TableWildcard" in kept:
        kept.pop("Name", None)
    return kept
