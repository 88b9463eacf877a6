"""One crawl of a crawler's targets up to its plan: the same for a real crawl and for a preview."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from isinglass.crawl import memory
from isinglass.crawl.found import Grouping
from isinglass.crawl.grouping import group
from isinglass.crawl.plan import PlannedTable, plan_tables
from isinglass.crawl.settings import CrawlSettings
from isinglass.crawl.survey import Opened, Survey, Surveyor, Target, Watch
from isinglass_connectors.storage import urls
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

_STORES = {
    "JdbcTargets": "databases",
    "MongoDBTargets": "MongoDB",
    "DynamoDBTargets": "DynamoDB",
    "CatalogTargets": "catalog tables",
    "DeltaTargets": "Delta tables",
    "IcebergTargets": "Iceberg tables",
    "HudiTargets": "Hudi tables",
}


@dataclass(eq=False)
class CrawlFailure(Exception):
    """A crawl cannot give a result; says why to the crawler's owner."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(slots=True)
class Crawled:
    """What a crawl saw and what it wants in the catalog."""

    surveyed: list[tuple[Survey, Grouping]] = field(default_factory=list)
    tables: list[PlannedTable] = field(default_factory=list)

    @property
    def unreadable(self) -> list[tuple[str, str]]:
        """Name the files that belong to no table though they were looked at, with the reason."""
        return [
            (survey.target.root + skipped.path, skipped.reason)
            for survey, grouping in self.surveyed
            for skipped in grouping.skipped
        ]

    @property
    def objects(self) -> int:
        """How many objects were listed."""
        return sum(survey.objects for survey, _ in self.surveyed)


def targets_of(definition: dict[str, Any], *, local_allowed: bool) -> list[Target]:
    """Read the include paths of a crawler; raise CrawlFailure for what cannot be crawled."""
    given = definition["Targets"]
    for name, what in _STORES.items():
        if given.get(name):
            raise CrawlFailure(
                f"{name} are not supported yet: this version crawls S3 and local files, not {what}. "
                "Remove them from the crawler's targets."
            )
    if definition.get("Classifiers"):
        names = ", ".join(definition["Classifiers"])
        raise CrawlFailure(f"Custom classifiers are not supported yet: remove {names} from the crawler.")
    if definition.get("RecrawlPolicy", {}).get("RecrawlBehavior") == "CRAWL_EVENT_MODE":
        raise CrawlFailure("CRAWL_EVENT_MODE is not supported yet; use CRAWL_EVERYTHING.")
    return [target(one, local_allowed=local_allowed) for one in given.get("S3Targets", [])]


def target(given: dict[str, Any], *, local_allowed: bool) -> Target:
    """Read one S3 target."""
    path = urls.normalise(given["Path"])
    if not urls.is_s3(path) and not path.startswith(("/", "file:")):
        path = f"s3://{path}"  # Glue takes `bucket/prefix` for s3://bucket/prefix
    urls.parse(path)
    if not urls.is_s3(path) and not local_allowed:
        raise CrawlFailure(f"{path} is a local path, which only the server's own account may crawl.")
    root = path if path.endswith("/") else f"{path}/"
    return Target(path, root, tuple(given.get("Exclusions") or ()), given.get("SampleSize"))


def crawl(
    targets: Sequence[Target],
    storage: Storage,
    open_file: Callable[[Storage, ObjectInfo], Opened],
    settings: CrawlSettings,
    watch: Watch,
    *,
    crawler: str,
    book: memory.ShapeBook,
    known: dict[str, dict[str, Any]],
) -> Crawled:
    """Look at every target, group what was found, and plan the tables; writes nothing."""
    surveyor = Surveyor(storage, open_file, settings, watch, book)
    crawled = Crawled()
    for one in targets:
        survey = surveyor.look(one, known.get(one.root, {}))
        grouping = group(survey.findings, settings.grouping, root_level=_level(one.root))
        crawled.surveyed.append((survey, grouping))
    crawled.tables = plan_tables(crawled.surveyed, settings, crawler)
    return crawled


def _level(root: str) -> int:
    """Count the path's components as TableLevelConfiguration does: the bucket is level 1."""
    return len([part for part in root.split("://", 1)[-1].split("/") if part])
