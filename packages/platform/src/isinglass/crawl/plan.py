"""The tables a crawl wants: names, columns, keys, parameters, and the partitions of each."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isinglass.crawl import naming
from isinglass.crawl.descriptor import Statistics, descriptor, parameters
from isinglass.crawl.exclusions import below
from isinglass.crawl.found import Found, Grouping, Leaf
from isinglass.crawl.partitions import PartitionKeys, partition_keys
from isinglass.crawl.settings import CrawlSettings
from isinglass.crawl.shape import Shape
from isinglass.crawl.survey import Survey, Target


@dataclass(eq=False)
class TooManyTables(Exception):
    """A crawl found more tables than its threshold allows."""

    found: int
    threshold: int

    def __str__(self) -> str:
        return (
            f"The number of tables detected by crawler: {self.found} is greater than the table threshold "
            f"value provided: {self.threshold}. Failing crawler without writing to Data Catalog."
        )


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """A table as the crawl wants it in the catalog."""

    name: str
    target: Target
    found: Found
    shape: Shape
    columns: tuple[tuple[str, str], ...]
    keys: PartitionKeys
    location: str
    crawler: str

    @property
    def statistics(self) -> Statistics:
        """Count the files of the whole table."""
        return Statistics(self.found.count, self.found.size, sum(leaf.records for leaf in self.found.leaves))

    def table_input(self) -> dict[str, Any]:
        """Build the TableInput a Glue crawler would send."""
        given = parameters(self.shape, self.statistics, self.crawler)
        exclusions = [*below(self.target.exclusions, self.found.root), *self.found.exclusions]
        if exclusions:
            given["exclusions"] = json.dumps(exclusions)
        if self.keys.columns:
            given["partition_filtering.enabled"] = "true"
        return {
            "Name": self.name,
            "Owner": "owner",
            "Retention": 0,
            "StorageDescriptor": descriptor(self.shape, self.columns, self.location, given),
            "PartitionKeys": [{"Name": name, "Type": hive} for name, hive in self.keys.columns],
            "TableType": "EXTERNAL_TABLE",
            "Parameters": given,
        }

    def partitions(self) -> Iterator[dict[str, Any]]:
        """Build the PartitionInput of each folder."""
        if not self.keys.columns:
            return
        depth = len(self.found.root)
        for leaf in self.found.leaves:
            yield {
                "Values": list(self.keys.values(leaf.folder[depth:])),
                "StorageDescriptor": self._partition_descriptor(leaf),
                "Parameters": self._partition_parameters(leaf),
            }

    def partition_values(self) -> Iterator[tuple[str, ...]]:
        """List the values of each partition."""
        depth = len(self.found.root)
        return (self.keys.values(leaf.folder[depth:]) for leaf in self.found.leaves)

    def _partition_parameters(self, leaf: Leaf) -> dict[str, str]:
        statistics = Statistics(leaf.count, leaf.size, leaf.records)
        return parameters(leaf.tally.dominant, statistics, self.crawler)

    def _partition_descriptor(self, leaf: Leaf) -> dict[str, Any]:
        shape = leaf.tally.dominant
        taken = {name for name, _ in self.keys.columns}
        columns = [column for column in leaf.tally.union() if column[0] not in taken]
        location = _folder_url(self.target, leaf.folder)
        return descriptor(shape, columns, location, self._partition_parameters(leaf))


def plan_tables(
    surveyed: Sequence[tuple[Survey, Grouping]], settings: CrawlSettings, crawler: str
) -> list[PlannedTable]:
    """Name the tables of all targets and work out their columns and keys."""
    tables = [
        _plan(survey, found, settings, crawler) for survey, grouping in surveyed for found in grouping.tables
    ]
    if settings.table_threshold is not None and len(tables) > settings.table_threshold:
        raise TooManyTables(len(tables), settings.table_threshold)
    # Include paths may overlap: what two of them found is one table.
    return _named(list({_identity(table): table for table in tables}.values()))


def _plan(survey: Survey, found: Found, settings: CrawlSettings, crawler: str) -> PlannedTable:
    target, tally = survey.target, found.tally
    shape, columns = tally.dominant, tally.union()
    # Columns of files without names are told apart by place alone: a key must not take one's name.
    by_place = shape.kind.format == "csv"
    taken = frozenset(name for name, _ in columns) if by_place else frozenset[str]()
    folders = [leaf.folder[len(found.root) :] for leaf in found.leaves]
    keys = partition_keys(folders, typed=settings.typed_keys, taken=taken)
    in_path = {name for name, _ in keys.columns}
    spellings = {spelling.lower(): spelling for one in tally.counts for spelling in one.spellings}
    file = found.file or (found.leaves[0].only if survey.single_file else None)
    location = _folder_url(target, found.root)
    if file is not None:
        found = replace(found, file=file)
        location += file
        name = naming.file_table_name(settings.table_prefix, file)
    else:
        name = naming.table_name(settings.table_prefix, _component(target, found.root))
    return PlannedTable(
        name,
        target,
        found,
        replace(shape, spellings=tuple(spellings.values())),
        # The folder's value wins over a column of the same name in the files, as in Spark.
        tuple(column for column in columns if column[0] not in in_path),
        keys,
        location,
        crawler,
    )


def _named(tables: list[PlannedTable]) -> list[PlannedTable]:
    """Make names unique within the crawl: the largest keeps the name, others add their format."""
    taken: dict[str, str] = {}
    for table in sorted(
        tables, key=lambda table: (-table.found.size, table.location, table.shape.kind.format)
    ):
        name = table.name
        if name in taken.values():
            name = f"{table.name}_{table.shape.kind.format}"
        if name in taken.values():
            name = naming.with_suffix(table.name, f"{table.location}\0{table.shape.kind}")
        taken[_identity(table)] = name
    return [replace(table, name=taken[_identity(table)]) for table in tables]


def _identity(table: PlannedTable) -> str:
    return f"{table.location}\0{table.shape.kind}\0{table.found.depth}"


def _component(target: Target, root: tuple[str, ...]) -> str:
    if root:
        return root[-1]
    return target.root.rstrip("/").rsplit("/", 1)[-1]


def _folder_url(target: Target, folder: tuple[str, ...]) -> str:
    return target.root + "".join(f"{component}/" for component in folder)
