"""Any sequence of changes of tables: what is current, what is kept, and what the history tells."""

import uuid
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from isinglass.flow import pruner
from isinglass.model.api_error import ApiError
from isinglass.operations.catalog import databases, history, partitions, table_updates, tables, undo
from isinglass.operations.context import Context, Principal
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store

ACCOUNT = "123456789012"
NAMES = ("a", "b")
KEYS = [{"Name": "k", "Type": "string"}]

_name = st.sampled_from(NAMES)
_text = st.sampled_from(["x", "y", "z"])
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("create"), _name, _text),
        st.tuples(st.just("update"), _name, _text),
        st.tuples(st.just("skip"), _name, _text),
        st.tuples(st.just("partition"), _name, _text),
        st.tuples(st.just("delete"), _name, st.just("")),
        st.tuples(st.just("undelete"), _name, st.just("")),
        st.tuples(st.just("restore"), _name, st.sampled_from("0123")),
        st.tuples(st.sampled_from(["delete all", "restore all", "prune"]), st.just(""), st.just("")),
    ),
    max_size=14,
)


@dataclass
class Table:
    """What a table should be."""

    version: int = 0
    #: Descriptions of the versions that are kept, the current one among them.
    kept: dict[int, str] = field(default_factory=dict)
    partitions: set[str] = field(default_factory=set)
    told: list[tuple[str, int, str]] = field(default_factory=list)

    def next(self, text: str, operation: str, *, archive: bool = True) -> None:
        """Make the next version."""
        if not archive:
            del self.kept[self.version]
            self.told = [each for each in self.told if each[:2] != ("UPDATED", self.version)]
        self.version += 1
        self.kept[self.version] = text
        self.told.append(("UPDATED", self.version, operation))


@dataclass
class Model:
    """What the catalog should be: tables by name, and deleted ones in the order of their deletion."""

    there: bool = True
    live: dict[str, Table] = field(default_factory=dict)
    deleted: list[tuple[str, Table]] = field(default_factory=list)
    #: The names that went with the database, when it is not there.
    with_database: list[tuple[str, Table]] | None = None

    def apply(self, step: tuple[str, str, str]) -> bool:
        """Make a step; False when it must be refused."""
        kind, name, text = step
        table = self.live.get(name)
        match kind:
            case "create":
                if not self.there or table is not None:
                    return False
                self.live[name] = Table(kept={0: text}, told=[("CREATED", 0, "CreateTable")])
            case "undelete":
                return self._undelete(name)
            case "delete all":
                return self._delete_all()
            case "restore all":
                return self._restore_all()
            case "prune":
                self.deleted, self.with_database = [], None
            case _:
                return table is not None and self._change(kind, name, text, table)
        return True

    def _change(self, kind: str, name: str, text: str, table: Table) -> bool:
        if kind in {"update", "skip"}:
            table.next(text, "UpdateTable", archive=kind == "update")
        elif kind == "partition":
            if text in table.partitions:
                return False
            table.partitions.add(text)
        elif kind == "restore":
            if int(text) == table.version or int(text) not in table.kept:
                return False
            table.next(table.kept[int(text)], "RestoreTableVersion")
        else:
            table.told.append(("DELETED", table.version, "DeleteTable"))
            self.deleted.append((name, self.live.pop(name)))
        return True

    def _undelete(self, name: str) -> bool:
        found = [each for each in self.deleted if each[0] == name]
        if not found or not self.there or name in self.live:
            return False
        self.deleted.remove(found[-1])
        table = self.live[name] = found[-1][1]
        table.told.append(("RESTORED", table.version, "RestoreTable"))
        if self.with_database is not None:
            self.with_database = [each for each in self.with_database if each[1] is not table]
        return True

    def _delete_all(self) -> bool:
        if not self.there:
            return False
        self.with_database = list(self.live.items())
        for name, table in sorted(self.live.items()):
            table.told.append(("DELETED", table.version, "DeleteDatabase"))
            self.deleted.append((name, table))
        self.live, self.there = {}, False
        return True

    def _restore_all(self) -> bool:
        if self.there or self.with_database is None:
            return False
        for name, table in self.with_database:
            table.told.append(("RESTORED", table.version, "RestoreDatabase"))
            self.live[name] = table
            self.deleted = [each for each in self.deleted if each[1] is not table]
        self.there, self.with_database = True, None
        return True


class Real:
    """The catalog itself."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.database = f"d{uuid.uuid4().hex}"
        self._clock = count(1)
        self.ids: list[int] = []
        databases.create_database(self.context(), {"DatabaseInput": {"Name": self.database}})

    def context(self, page: PageRequest | None = None) -> Context:
        services: Any = None
        principal = Principal(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "AKIA")
        return Context(
            principal,
            "eu-west-1",
            "r",
            float(next(self._clock)),
            self.store,
            services,
            page or PageRequest(100),
        )

    def of(self, name: str) -> Any:
        return {"DatabaseName": self.database, "TableName": name}

    def apply(self, step: tuple[str, str, str]) -> bool:
        """Make a step; False when it was refused."""
        try:
            self._apply(*step)
        except ApiError:
            return False
        return True

    def _apply(self, kind: str, name: str, text: str) -> None:
        ctx, named = self.context(), {"DatabaseName": self.database, "Name": name}
        given: Any = {"Name": name, "Description": text, "PartitionKeys": KEYS}
        match kind:
            case "create":
                tables.create_table(ctx, {"DatabaseName": self.database, "TableInput": given})
                with self.store.read() as tx:
                    self.ids.append(tx.tables.require(ACCOUNT, self.database, name).id)
            case "update" | "skip":
                update: Any = {
                    "DatabaseName": self.database,
                    "TableInput": given,
                    "SkipArchive": kind == "skip",
                }
                table_updates.update_table(ctx, update)
            case "partition":
                partitions.create_partition(ctx, {**self.of(name), "PartitionInput": {"Values": [text]}})
            case "delete":
                tables.delete_table(ctx, named)
            case "undelete":
                undo.restore_table(ctx, self.of(name))
            case "restore":
                history.restore_table_version(ctx, {**self.of(name), "VersionId": text})
            case "delete all":
                databases.delete_database(ctx, {"Name": self.database})
            case "restore all":
                undo.restore_database(ctx, {"Name": self.database})
            case "prune":
                pruner.run_once(self.store, ctx.now, deleted_retention=0.0)

    def kept(self, name: str) -> dict[int, str]:
        with self.store.read() as tx:
            table = tx.tables.require(ACCOUNT, self.database, name)
            versions, _ = tx.table_versions.page(table, PageRequest(100))
        return {version.version: version.document["Description"] for version in versions}

    def partitions(self, name: str) -> set[str]:
        with self.store.read() as tx:
            table = tx.tables.require(ACCOUNT, self.database, name)
            found, _ = tx.partitions.page(table, PageRequest(100))
        return {partition.values[0] for partition in found}

    def told(self, name: str) -> list[tuple[str, int, str]]:
        """Read the history, oldest first, three entries a page."""
        entries: list[Any] = []
        after = None
        while True:
            answer: Any = history.list_table_history(self.context(PageRequest(3, after)), self.of(name))
            entries += answer["Entries"]
            after = answer.get("NextToken")
            if after is None:
                break
        told = [(each["Event"], int(each["VersionId"]), each["Change"]["Operation"]) for each in entries]
        return told[::-1]

    def deleted(self) -> list[tuple[str, int]]:
        with self.store.read() as tx:
            found, _ = tx.deleted_tables.page(ACCOUNT, self.database, PageRequest(100))
        return sorted((each.table.name, each.table.version) for each in found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps)
@example([("create", "b", "x"), ("skip", "b", "x"), ("delete all", "", ""), ("restore all", "", "")])
def test_any_sequence_of_changes_is_undone_and_told_as_it_was(
    store: Store, steps: list[tuple[str, str, str]]
) -> None:
    model, real = Model(), Real(store)
    for step in steps:
        assert (step, real.apply(step)) == (step, model.apply(step))
    for name, table in model.live.items():
        assert real.kept(name) == table.kept
        assert real.partitions(name) == table.partitions
        assert real.told(name) == table.told
    assert real.deleted() == sorted((name, table.version) for name, table in model.deleted)
    assert sorted(set(real.ids)) == real.ids
    if not model.there:
        pruner.run_once(store, 1e9, deleted_retention=0.0)
    else:
        databases.delete_database(real.context(), {"Name": real.database})
