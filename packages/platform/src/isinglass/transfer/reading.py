"""Reads a whole catalog through the Glue API, in an order that does not depend on who answers."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import orjson

from isinglass.domain import arns
from isinglass.transfer import inputs, records, wanted
from isinglass.transfer.calling import CallFailed, Glue, pages
from isinglass.transfer.connections import read_connections
from isinglass.transfer.records import Record, encode
from isinglass.transfer.secrets import PassphraseSeal
from isinglass.transfer.sorting import SortedLines
from isinglass.transfer.table_reading import TableReader, TableStart
from isinglass.transfer.wanted import Wanted

_GONE = "EntityNotFoundException"
#: What says that a database's tables and functions are somewhere else; its definition is all there is here.
_ELSEWHERE = {"TargetDatabase", "FederatedDatabase"}


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a catalog: the catalog itself, a database itself, or a table; its lines are read once."""

    database: str
    table: str
    lines: Iterable[bytes]

    @property
    def place(self) -> tuple[bytes, bytes]:
        """Where it stands among the others."""
        return place(self.database, self.table)


def place(database: str, table: str) -> tuple[bytes, bytes]:
    """Order sections as their lines are ordered; a database itself comes before its tables."""
    return (orjson.dumps(database) if database else b"", orjson.dumps(table) if table else b"")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a catalog is read from."""

    account_id: str
    region: str
    catalog_id: str


@dataclass(frozen=True, slots=True)
class CatalogReader:
    """Reads what is wanted of a catalog; `note` is told what went away meanwhile.

    A table that may not be read ends the reading, unless `left_out` takes it.
    """

    glue: Glue
    origin: Origin
    wanted: Wanted = field(default_factory=Wanted)
    seal: PassphraseSeal | None = None
    threads: int = 4
    segments: int = 1
    note: Callable[[str], None] = lambda _: None
    left_out: Callable[[str], None] | None = None

    def sections(self, start: tuple[bytes, bytes] = (b"", b"")) -> Iterator[Section]:
        """Yield the sections from one place on."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="catalog-reader") as pool:
            if start <= place("", ""):
                yield Section("", "", self._catalog_lines())
            tables = TableReader(self.glue, self.wanted, pool, self.segments, self.note)
            for database in self._databases():
                name = database["Name"]
                if place(name, "") >= start:
                    yield Section(name, "", self._database_lines(database))
                if place(name, "")[0] >= start[0] and not _ELSEWHERE & database.keys():
                    yield from self._tables(tables, name, start)

    def _catalog_lines(self) -> Iterator[bytes]:
        yield encode(records.header(self.origin.catalog_id, self.origin.region))
        of_account = self.origin.catalog_id == self.origin.account_id
        if wanted.CONNECTIONS in self.wanted.parts and self.wanted.everything and of_account:
            for record in read_connections(self.glue, self.seal):
                tags = self._tags("connection", record.names["Name"])
                yield encode(Record(record.kind, record.names, record.input, {"Tags": tags, **record.more}))

    def _databases(self) -> list[Mapping[str, Any]]:
        found = [
            database
            for page in pages(self.glue, "GetDatabases", {"MaxResults": 100}, "DatabaseList")
            for database in page
            if self.wanted.database(database["Name"])
        ]
        return sorted(found, key=lambda database: place(database["Name"], ""))

    def _database_lines(self, database: Mapping[str, Any]) -> Iterator[bytes]:
        name = database["Name"]
        made = inputs.of(database, inputs.DATABASE_INPUT)
        yield encode(
            Record(records.DATABASE, {"DatabaseName": name}, made, {"Tags": self._tags("database", name)})
        )
        if _ELSEWHERE & database.keys():
            return
        if wanted.FUNCTIONS in self.wanted.parts and self.wanted.everything_of(name):
            request = {"DatabaseName": name, "Pattern": ".*", "MaxResults": 100}
            lines = SortedLines()
            for page in self._if_there(
                pages(self.glue, "GetUserDefinedFunctions", request, "UserDefinedFunctions")
            ):
                for function in page:
                    names = {"DatabaseName": name, "FunctionName": function["FunctionName"]}
                    made = inputs.of(function, inputs.FUNCTION_INPUT)
                    lines.add(encode(Record(records.FUNCTION, names, made)))
            yield from lines.drain()

    def _if_there(self, found: Iterator[list[Any]]) -> Iterator[list[Any]]:
        """End a listing of what was deleted meanwhile."""
        try:
            yield from found
        except CallFailed as error:
            if error.code != _GONE:
                raise

    def _tags(self, kind: str, name: str) -> dict[str, str]:
        if wanted.TAGS not in self.wanted.parts or self.origin.catalog_id != self.origin.account_id:
            return {}
        arn = arns.build(self.origin.region, self.origin.account_id, kind, name)
        try:
            return dict(self.glue.call("GetTags", {"ResourceArn": arn}).get("Tags", {}))
        except CallFailed as error:
            if error.code != _GONE:
                self.note(f"the tags of {kind} {name} are left out: {error}")
            return {}

    def _tables(self, reader: TableReader, database: str, start: tuple[bytes, bytes]) -> Iterator[Section]:
        """Yield a section for each table; what the next ones begin with is fetched meanwhile."""
        begun: deque[tuple[str, Future[TableStart | None]]] = deque()
        for table in self._sorted_tables(database):
            if place(database, table["Name"]) >= start:
                begun.append((table["Name"], reader.begin(database, table)))
            if len(begun) > self.threads * 2:
                yield from self._section(reader, database, *begun.popleft())
        while begun:
            yield from self._section(reader, database, *begun.popleft())

    def _section(
        self, reader: TableReader, database: str, name: str, begun: "Future[TableStart | None]"
    ) -> Iterator[Section]:
        try:
            begin = begun.result()
        except CallFailed as error:
            if self.left_out is None or error.passing:
                raise
            self.left_out(f"table {database}.{name} is left out: {error}")
            return
        if begin is not None:
            yield Section(begin.database, begin.name, reader.lines(begin))

    def _sorted_tables(self, database: str) -> Iterator[Mapping[str, Any]]:
        lines = SortedLines()
        request = {"DatabaseName": database, "MaxResults": 100}
        for page in self._if_there(pages(self.glue, "GetTables", request, "TableList")):
            for table in page:
                if self.wanted.table(database, table["Name"]):
                    lines.add(orjson.dumps([table["Name"], table]) + b"\n")
        for line in lines.drain():
            yield orjson.loads(line)[1]
