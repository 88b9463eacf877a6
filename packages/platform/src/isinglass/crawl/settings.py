"""A crawler's Configuration string, checked and read; and the settings a crawl goes by."""

import json
from dataclasses import dataclass
from typing import Any

_CHOICES: dict[str, tuple[str, ...]] = {
    "CrawlerOutput.Partitions.AddOrUpdateBehavior": ("InheritFromTable",),
    "CrawlerOutput.Tables.AddOrUpdateBehavior": ("MergeNewColumns",),
    "Grouping.TableGroupingPolicy": ("CombineCompatibleSchemas",),
    "Isinglass.PartitionKeyTypes": ("TYPED", "STRING"),
    "Isinglass.FilesOpened": ("SAMPLE", "ALL"),
    "Isinglass.UserMetadata": ("KEEP", "REPLACE"),
}
_INTEGERS = ("CrawlerOutput.Tables.TableThreshold", "Grouping.TableLevelConfiguration")
_SIMILARITY = "Isinglass.SimilarityThreshold"
_SCHEMAS = "Isinglass.MaximumSchemas"
_BOOLEANS = ("CreatePartitionIndex",)
_SECTIONS = ("CrawlerOutput", "CrawlerOutput.Partitions", "CrawlerOutput.Tables", "Grouping", "Isinglass")


@dataclass(eq=False)
class InvalidConfiguration(Exception):
    """The Configuration of a crawler cannot be used."""

    reason: str

    def __str__(self) -> str:
        return f"Invalid crawler configuration: {self.reason}"


@dataclass(frozen=True, slots=True)
class Grouping:
    """When folders become one table."""

    combine: bool = False
    #: The absolute level of table roots, the bucket being level 1.
    table_level: int | None = None
    #: More than this share of schemas must be alike …
    similarity: float = 0.7
    #: … and they may differ in at most this many ways.
    maximum_schemas: int = 5


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How a crawl looks at files and what it does to the catalog."""

    grouping: Grouping = Grouping()
    table_prefix: str = ""
    table_threshold: int | None = None
    inherit_from_table: bool = False
    merge_new_columns: bool = False
    #: Keys are typed unless a client needs Glue's strings.
    typed_keys: bool = True
    open_all: bool = False
    keep_user_metadata: bool = True
    update_behavior: str = "UPDATE_IN_DATABASE"
    delete_behavior: str = "DEPRECATE_IN_DATABASE"
    new_folders_only: bool = False


def parse_configuration(text: str) -> dict[str, Any]:
    """Read and check a Configuration string; raise InvalidConfiguration naming what is wrong."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidConfiguration(f"it is not JSON ({error}).") from error
    if not isinstance(document, dict):
        raise InvalidConfiguration("it must be a JSON object.")
    if document.get("Version") != 1:
        raise InvalidConfiguration("Version must be 1.0.")
    for path, value in _members(document, ""):
        _check(path, value)
    return document


def _members(section: dict[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in section.items():
        path = prefix + key
        if path in _SECTIONS:
            if not isinstance(value, dict):
                raise InvalidConfiguration(f"{path} must be an object.")
            found += _members(value, f"{path}.")
        else:
            found.append((path, value))
    return found


def _check(path: str, value: Any) -> None:
    if path in _CHOICES:
        if value not in _CHOICES[path]:
            raise InvalidConfiguration(f"{path} must be one of {', '.join(_CHOICES[path])}, not {value!r}.")
    elif path in _INTEGERS or path == _SCHEMAS:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise InvalidConfiguration(f"{path} must be a whole number from 1, not {value!r}.")
    elif path == _SIMILARITY:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1:
            raise InvalidConfiguration(f"{path} must be a number from 0 to below 1, not {value!r}.")
    elif path in _BOOLEANS:
        if not isinstance(value, bool):
            raise InvalidConfiguration(f"{path} must be true or false, not {value!r}.")
    elif path != "Version":
        raise InvalidConfiguration(f"{path} is not known.")


def canonical(text: str) -> str:
    """Write a Configuration the way Glue reads it back: no blanks, Version 1.0 before all else."""
    document = parse_configuration(text)
    del document["Version"]
    return json.dumps({"Version": 1.0, **document}, separators=(",", ":"))


def settings_of(crawler: dict[str, Any]) -> CrawlSettings:
    """Read the settings of a crawler's definition."""
    document = parse_configuration(crawler.get("Configuration") or '{"Version":1.0}')
    output, grouping = document.get("CrawlerOutput", {}), document.get("Grouping", {})
    tables, own = output.get("Tables", {}), document.get("Isinglass", {})
    policy = crawler.get("SchemaChangePolicy", {})
    return CrawlSettings(
        grouping=Grouping(
            combine="TableGroupingPolicy" in grouping,
            table_level=grouping.get("TableLevelConfiguration"),
            similarity=own.get("SimilarityThreshold", Grouping().similarity),
            maximum_schemas=own.get("MaximumSchemas", Grouping().maximum_schemas),
        ),
        table_prefix=crawler.get("TablePrefix", ""),
        table_threshold=tables.get("TableThreshold"),
        inherit_from_table="AddOrUpdateBehavior" in output.get("Partitions", {}),
        merge_new_columns="AddOrUpdateBehavior" in tables,
        typed_keys=own.get("PartitionKeyTypes") != "STRING",
        open_all=own.get("FilesOpened") == "ALL",
        keep_user_metadata=own.get("UserMetadata") != "REPLACE",
        update_behavior=policy.get("UpdateBehavior", "UPDATE_IN_DATABASE"),
        delete_behavior=policy.get("DeleteBehavior", "DEPRECATE_IN_DATABASE"),
        new_folders_only=crawler.get("RecrawlPolicy", {}).get("RecrawlBehavior") == "CRAWL_NEW_FOLDERS_ONLY",
    )
