"""What of an answer can be put back: the inputs that make the things a catalog shows."""

from collections.abc import Mapping
from typing import Any

DATABASE_INPUT = (
    "Description", "LocationUri", "Parameters", "CreateTableDefaultPermissions", "TargetDatabase",
    "FederatedDatabase",
)  # fmt: skip
TABLE_INPUT = (
    "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor",
    "PartitionKeys", "ViewOriginalText", "ViewExpandedText", "TableType", "Parameters", "TargetTable",
    "FederatedTable", "ViewDefinition",
)  # fmt: skip
PARTITION_INPUT = ("LastAccessTime", "StorageDescriptor", "Parameters", "LastAnalyzedTime")
FUNCTION_INPUT = (
    "ClassName", "OwnerName", "FunctionType", "OwnerType", "ResourceUris", "ArtifactLocation",
    "GovernanceMode",
)  # fmt: skip
CONNECTION_INPUT = (
    "Description", "ConnectionType", "MatchCriteria", "ConnectionProperties", "SparkProperties",
    "AthenaProperties", "PythonProperties", "PhysicalConnectionRequirements", "AuthenticationConfiguration",
)  # fmt: skip
TASK_INPUT = ("Role", "ColumnNameList", "SampleSize", "SecurityConfiguration")
STATISTICS_INPUT = ("ColumnType", "AnalyzedTime", "StatisticsData")

#: The state of a schedule that was stopped.
NOT_SCHEDULED = "NOT_SCHEDULED"
_LARGEST_EXACT = 2**53


def of(shown: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    """Take the members of an input out of what an operation showed."""
    taken = {name: plain(shown[name]) for name in members if shown.get(name) is not None}
    if "ViewDefinition" in taken:
        for each in taken["ViewDefinition"].get("Representations", []):
            each.pop("IsStale", None)  # told of a view, not given to it
    return taken


def of_task(shown: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Take what makes the settings of a statistics task, and the state of a schedule that does not run."""
    schedule = shown.get("Schedule") or {}
    expression = schedule.get("ScheduleExpression")
    given = {**of(shown, TASK_INPUT), **({"Schedule": expression} if expression else {})}
    return given, NOT_SCHEDULED if expression and schedule.get("State") == NOT_SCHEDULED else ""


def plain(value: Any) -> Any:
    """Write whole numbers as such: a time is 1700000000 or 1700000000.0 according to who answers."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT:
        return int(value)
    return value
