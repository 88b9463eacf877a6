"""What the catalog makes of the nested catalogs it is given, and which definitions it refuses."""

from collections.abc import Iterator, Mapping
from typing import Any

from isinglass.domain.catalog_ids import join, path_of
from isinglass.domain.catalog_objects import EVERYBODY, fold
from isinglass.model.glue.errors import InvalidInputException, OperationNotSupportedException

#: A catalog's id is given to other operations, which take no longer ones.
LONGEST_ID = 255

_SOURCES = ("FederatedCatalog", "TargetRedshiftCatalog")
_OPTIMIZERS = ("Compaction", "Retention", "OrphanFileDeletion")


def catalog_path(name: str) -> str:
    """Check the name of a catalog to be made, names of those it lies in before it, and fold it."""
    for part in name.split("/"):
        if not part.strip() or part != part.strip() or not part.isprintable():
            raise InvalidInputException(f"{part!r} in {name!r} cannot be the name of a catalog")
        if ":" in part:
            raise InvalidInputException(f"The name of a catalog cannot have a colon, as {part!r} has")
    return fold(name)


def nested_id(account_id: str, path: str) -> tuple[str, str]:
    """Return the ids of a catalog to be made and of the one that it lies in."""
    catalog_id = join(account_id, path)
    if len(catalog_id) > LONGEST_ID:
        raise InvalidInputException(f"The catalog's id would have more than {LONGEST_ID} characters")
    return catalog_id, join(account_id, "/".join(path_of(catalog_id)[:-1]))


def catalog_document(operation: str, catalog_input: Mapping[str, Any]) -> dict[str, Any]:
    """Build the stored form of a catalog; what nothing here would carry out is refused."""
    for unsupported in _unsupported(catalog_input):
        raise OperationNotSupportedException(f"{operation} does not support {unsupported}.")
    if all(source in catalog_input for source in _SOURCES):
        raise InvalidInputException(f"A catalog has one of {' and '.join(_SOURCES)}, not both")
    defaults = {"CreateTableDefaultPermissions": EVERYBODY, "CreateDatabaseDefaultPermissions": EVERYBODY}
    kept = {k: v for k, v in catalog_input.items() if k != "OverwriteChildResourcePermissionsWithDefault"}
    return {**defaults, **kept}


def _unsupported(catalog_input: Mapping[str, Any]) -> Iterator[str]:
    if catalog_input.get("OverwriteChildResourcePermissionsWithDefault") == "Accept":
        yield "OverwriteChildResourcePermissionsWithDefault Accept: change the permissions of each resource"
    properties = catalog_input.get("CatalogProperties", {})
    access = properties.get("DataLakeAccessProperties", {})
    if access.get("DataLakeAccess") or access.get("CatalogType", "").lower() == "aws:redshift":
        yield "DataLakeAccessProperties of Redshift, which is not there to store the tables"
    optimization = properties.get("IcebergOptimizationProperties", {})
    for optimizer in _OPTIMIZERS:
        if optimization.get(optimizer, {}).get("enabled", "").lower() == "true":
            yield f"IcebergOptimizationProperties.{optimizer} yet"
