"""A crawler's definition: checked as it is given, kept as it reads back."""

from collections.abc import Mapping
from typing import Any

from isinglass.crawl.settings import InvalidConfiguration, canonical
from isinglass.domain import cron
from isinglass.model.glue.errors import InvalidInputException

_TARGETS = (
    "S3Targets",
    "JdbcTargets",
    "MongoDBTargets",
    "DynamoDBTargets",
    "CatalogTargets",
    "DeltaTargets",
    "IcebergTargets",
    "HudiTargets",
)
#: What a target reads back as where nothing was given.
_TARGET_DEFAULTS: dict[str, dict[str, Any]] = {
    "S3Targets": {"Exclusions": []},
    "JdbcTargets": {"Exclusions": []},
    "MongoDBTargets": {"ScanAll": True},
    "DynamoDBTargets": {"scanAll": True},
}
_DEFAULTS: dict[str, Any] = {
    "Classifiers": [],
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    "SchemaChangePolicy": {
        "UpdateBehavior": "UPDATE_IN_DATABASE",
        "DeleteBehavior": "DEPRECATE_IN_DATABASE",
    },
    "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
    "LakeFormationConfiguration": {"UseLakeFormationCredentials": False, "AccountId": ""},
}
_GIVEN = (
    "Role",
    "Targets",
    "DatabaseName",
    "Description",
    "Classifiers",
    "RecrawlPolicy",
    "SchemaChangePolicy",
    "LineageConfiguration",
    "TablePrefix",
    "Schedule",
    "Configuration",
    "CrawlerSecurityConfiguration",
    "LakeFormationConfiguration",
)
#: Sections of which a caller may give a part; the rest keeps its default.
_MERGED = ("SchemaChangePolicy", "RecrawlPolicy", "LineageConfiguration", "LakeFormationConfiguration")
_ONLY_LOG = (
    'The SchemaChangePolicy for "Crawl new folders only" Amazon S3 target can have only LOG DeleteBehavior '
    "value and LOG UpdateBehavior value."
)


def define(request: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Build the definition that CreateCrawler and UpdateCrawler store; an empty string clears a member."""
    definition = dict(_DEFAULTS if before is None else before)
    for name in _GIVEN:
        if name not in request:
            continue
        value = _read_back(name, request[name])
        if value == "":
            definition.pop(name, None)
        else:
            definition[name] = {**definition.get(name, {}), **value} if name in _MERGED else value
    _check(definition, before)
    return definition


def _read_back(name: str, value: Any) -> Any:
    if name == "Role":
        return value.rpartition(":role/")[2]
    if name == "Targets":
        return _targets(value)
    if name == "Configuration" and value:
        try:
            return canonical(value)
        except InvalidConfiguration as error:
            raise InvalidInputException(str(error)) from error
    if name == "Schedule" and value:
        return _schedule(value)
    return value


def _schedule(expression: str) -> str:
    try:
        return cron.parse(expression).expression
    except cron.MalformedSchedule as error:
        raise InvalidInputException(str(error)) from error


def _targets(given: Mapping[str, Any]) -> dict[str, Any]:
    if not any(given.get(name) for name in _TARGETS):
        raise InvalidInputException("Targets must name at least one target.")
    if given.get("CatalogTargets") and any(given.get(name) for name in _TARGETS if name != "CatalogTargets"):
        raise InvalidInputException("CatalogTargets cannot be combined with other targets.")
    for target in given.get("S3Targets", []):
        if not target.get("Path"):
            raise InvalidInputException("Each S3 target needs a Path.")
        if not 1 <= target.get("SampleSize", 1) <= 249:
            raise InvalidInputException("SampleSize must be from 1 to 249.")
    return {
        name: [{**_TARGET_DEFAULTS.get(name, {}), **target} for target in given.get(name, [])]
        for name in _TARGETS
    }


def _check(definition: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    policy = definition["SchemaChangePolicy"]
    if definition["RecrawlPolicy"].get("RecrawlBehavior") != "CRAWL_NEW_FOLDERS_ONLY":
        return
    if (policy.get("UpdateBehavior"), policy.get("DeleteBehavior")) != ("LOG", "LOG"):
        raise InvalidInputException(_ONLY_LOG)
    known = before and before["RecrawlPolicy"].get("RecrawlBehavior") == "CRAWL_NEW_FOLDERS_ONLY"
    if before and known and _paths(before) != _paths(definition):
        raise InvalidInputException(
            'The Amazon S3 targets of a "Crawl new folders only" crawler cannot be changed.'
        )


def _paths(definition: Mapping[str, Any]) -> list[str]:
    return [target["Path"] for target in definition["Targets"]["S3Targets"]]
