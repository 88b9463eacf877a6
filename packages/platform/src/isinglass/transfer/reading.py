"""Reads a whole catalog through the Glue API, in an order that does not depend on who answers."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import orjson

from isinglass.domain import arns
from isinglass.domain.catalog_ids import account_of
from isinglass.transfer import inputs, records, wanted
from isinglass.transfer.account.kind import Source
from isinglass.transfer.account.registry import KINDS
from isinglass.transfer.calling import CallFailed, Glue, pages, pages_if_there
from isinglass.transfer.records import Record, Stage, encode
from isinglass.transfer.secrets import PassphraseSeal
from isinglass.transfer.sorting import SortedLines
from isinglass.transfer.table_reading import TableReader, TableStart
from isinglass.transfer.wanted import Wanted

#: What says that a database's tables and functions are somewhere else; its definition is all there is here.
_ELSEWHERE = {"TargetDatabase", "FederatedDatabase"}


Place = tuple[bytes, bytes]
FIRST: Place = (b"", b"")
#: Behind every database: their places begin with a quotation mark.
LAST: Place = (b"\x7f", b"")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a catalog: a database itself, a table, or things of the account; its lines are read once.

    Things of the account have no database; `is_last` tells those after the databases from those before.
    """

    database: str
    table: str
    lines: Iterable[bytes]
    is_last: bool = False


def place(database: str, table: str) -> Place:
    """Order sections as their lines are ordered; a database itself comes before its tables."""
    return (orjson.dumps(database) if database else b"", orjson.dumps(table) if table else b"")


def place_of(record: Record) -> Place:
    """Tell which section a record is in."""
    match record.stage:
        case "before":
            return FIRST
        case "after":
            return LAST
    return place(record.database, record.table)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a catalog is read from."""

    account_id: str
    region: str
    catalog_id: str


@dataclass(frozen=True, slots=True)
class CatalogReader:
    """Reads what is wanted of a catalog; `note` is told what went away meanwhile.

    A table that may not be read ends the reading, unless `left_out` takes it; a whole kind of things that may
    not be read does so unless `refused` takes it.
    """

    glue: Glue
    origin: Origin
    wanted: Wanted = field(default_factory=Wanted)
    seal: PassphraseSeal | None = None
    threads: int = 4
    segments: int = 1
    note: Callable[[str], None] = lambda _: None
    left_out: Callable[[str], None] | None = None
    refused: Callable[[str], None] | None = None

    def sections(self, start: Place = FIRST) -> Iterator[Section]:
        """Yield the sections from one place on."""
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="catalog-reader")
        try:
            if start == FIRST:
                header = encode(records.header(self.origin.catalog_id, self.origin.region))
                yield Section("", "", chain([header], self._account_lines("before")))
            tables = TableReader(self.glue, self.wanted, pool, self.segments, self.note, self.refused)
            for database in self._databases():
                name = database["Name"]
                if place(name, "") >= start:
                    yield Section(name, "", self._database_lines(database))
                if place(name, "")[0] >= start[0] and not _ELSEWHERE & database.keys():
                    yield from self._tables(tables, name, start)
            after = self._account_lines("after")
            if (first := next(after, None)) is not None:
                yield Section("", "", chain([first], after), is_last=True)
        finally:
            # Who stops reading, as Ctrl-C does, waits for nothing.
            pool.shutdown(wait=False, cancel_futures=True)

    def _account_lines(self, stage: Stage) -> Iterator[bytes]:
        """Yield what is of the account, kind by kind; each is sorted."""
        origin = self.origin
        if not self.wanted.everything or account_of(origin.catalog_id) != origin.account_id:
            return
        source = Source(
            self.glue, origin.account_id, origin.catalog_id, origin.region, self.seal, self._tags_of,
            self.note, self.threads,
        )  # fmt: skip
        for kind in KINDS:
            shape = records.SHAPES[kind.name]
            if shape.stage != stage or shape.part not in self.wanted.parts:
                continue
            if origin.catalog_id != origin.account_id and not kind.of_catalog:
                continue
            lines = SortedLines()
            try:
                for record in kind.read(source):
                    lines.add(encode(record))
            except CallFailed as error:
                if self.refused is None or error.passing:
                    raise
                self.refused(f"{kind.name} is left out, and --without {shape.part} says so: {error}")
                continue  # a part of a kind would pass for all of it
            yield from lines.drain()

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
            found = pages_if_there(self.glue, "GetUserDefinedFunctions", request, "UserDefinedFunctions")
            try:
                for function in chain.from_iterable(found):
                    names = {"DatabaseName": name, "FunctionName": function["FunctionName"]}
                    made = inputs.of(function, inputs.FUNCTION_INPUT)
                    lines.add(encode(Record(records.FUNCTION, names, made)))
            except CallFailed as error:
                if self.refused is None or not error.denied:
                    raise
                self.refused(f"functions of {name} are left out, and --without functions says so: {error}")
            yield from lines.drain()

    def _tags(self, kind: str, name: str) -> dict[str, str]:
        if self.origin.catalog_id != self.origin.account_id:
            return {}
        return self._tags_of(arns.build(self.origin.region, self.origin.account_id, kind, name))

    def _tags_of(self, arn: str) -> dict[str, str]:
        if wanted.TAGS not in self.wanted.parts:
            return {}
        try:
            return dict(self.glue.call("GetTags", {"ResourceArn": arn}).get("Tags", {}))
        except CallFailed as error:
            if not error.gone:
                self.note(f"the tags of {arn} are left out: {error}")
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
        for page in pages_if_there(self.glue, "GetTables", request, "TableList"):
            for table in page:
                if self.wanted.table(database, table["Name"]):
                    lines.add(orjson.dumps([table["Name"], table]) + b"\n")
        for line in lines.drain():
            yield orjson.loads(line)[1]
