"""What the catalog makes of the databases, tables and partitions it is given.

Operations and crawlers both write through these functions, so that a table reads back the same
whoever made it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from isinglass.domain.permissions.marks import unmarked
from isinglass.model.api_error import ApiError
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException

#: The first version of every table.
FIRST_VERSION = 0

#: How many versions one table may keep.
MAX_VERSIONS = 100_000

#: Permissions that leave access to the policies of IAM.
EVERYBODY = [{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]

#: What a storage descriptor reads back as where nothing was given.
_DESCRIPTOR_DEFAULTS: dict[str, Any] = {
    "Compressed": False,
    "NumberOfBuckets": 0,
    "SortColumns": [],
    "StoredAsSubDirectories": False,
}


def fold(name: str) -> str:
    """Fold a database or table name to the form it is stored and found under."""
    return name.lower()


def database_document(database_input: Mapping[str, Any], table_permissions: Any = None) -> dict[str, Any]:
    """Build the stored form of a database; its catalog may say what its tables are open to by default."""
    document: dict[str, Any] = {
        "CreateTableDefaultPermissions": EVERYBODY if table_permissions is None else table_permissions,
        **database_input,
    }
    document["Name"] = fold(document["Name"])
    return document


def table_document(table_input: Mapping[str, Any]) -> dict[str, Any]:
    """Build the stored form of a table: what was given, and the values that read back without being given.

    Athena refuses tables without `PartitionKeys`, so an unpartitioned table has an empty list.
    """
    document: dict[str, Any] = {"Retention": 0, "PartitionKeys": [], **unmarked(table_input)}
    document["Name"] = fold(document["Name"])
    return _with_descriptor_defaults(document)


def partition_document(partition_input: Mapping[str, Any]) -> dict[str, Any]:
    """Build the stored form of a partition; its values are its key and kept apart."""
    document = dict(partition_input)
    document.pop("Values", None)
    return _with_descriptor_defaults(document)


def function_document(function_input: Mapping[str, Any]) -> dict[str, Any]:
    """Build the stored form of a user-defined function."""
    return {**function_input, "FunctionName": fold(function_input["FunctionName"])}


def _with_descriptor_defaults(document: dict[str, Any]) -> dict[str, Any]:
    descriptor = document.get("StorageDescriptor")
    if descriptor is not None:
        document["StorageDescriptor"] = {**_DESCRIPTOR_DEFAULTS, **descriptor}
    return document


def check_partition_values(partition_keys: Sequence[Any], values: Sequence[str]) -> None:
    """Refuse values that are not one for each partition key, or hold what no database can keep."""
    if len(values) != len(partition_keys):
        raise InvalidInputException(
            "The number of partition keys do not match the number of partition values"
        )
    if "\0" in "".join(values):
        raise InvalidInputException("Partition values must not contain the character U+0000")


def missing_partition(partition_keys: Sequence[Any], values: Sequence[str]) -> ApiError:
    """Say why a table has no partition of these values.

    Only where none was found: one that was made before the keys changed may have more or fewer values.
    """
    try:
        check_partition_values(partition_keys, values)
    except InvalidInputException as error:
        return error
    return EntityNotFoundException("Cannot find partition.")


def version_number(version_id: str) -> int:
    """Read a table's VersionId, a decimal number in a string."""
    if not (version_id.isascii() and version_id.isdigit()) or len(version_id) > 9:
        raise InvalidInputException(f"Version id {version_id!r} is not a number from 0 to 999999999")
    return int(version_id)
