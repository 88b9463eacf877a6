"""Partitions share what they have in common, and read back whole."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.model.glue.errors import InternalServiceException
from isinglass.store import partition_forms
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Store
from isinglass.store.tables.catalog import partition_forms as forms
from isinglass.store.tables.catalog import partitions

CHANGE = Change(1.0, "me", "Test")
COLUMNS = [{"Name": "id", "Type": "bigint"}, {"Name": "name", "Type": "string"}]


@pytest.fixture
def table(store: Store) -> CatalogTable:
    with store.begin() as tx:
        tx.databases.insert("1", database_document({"Name": "db"}), CHANGE)
        keys = [{"Name": "day", "Type": "string"}]
        tx.tables.insert("1", "db", table_document({"Name": "t", "PartitionKeys": keys}), CHANGE)
        return tx.tables.require("1", "db", "t")


def _document(place: str, columns: Any = None, **more: Any) -> dict[str, Any]:
    descriptor = {"Columns": COLUMNS if columns is None else columns, "Location": place, **more}
    return {"StorageDescriptor": descriptor, "Parameters": {"a": place}}


def _insert(store: Store, table: CatalogTable, documents: Mapping[str, Any]) -> None:
    with store.begin() as tx:
        tx.partitions.insert(table, [([day], document) for day, document in documents.items()], 1.0)


def _read(store: Store, table: CatalogTable) -> dict[str, Any]:
    with store.read() as tx:
        found = tx.partitions.find_all(table, [[f"d{n}"] for n in range(20)])
        return {partition.values[0]: partition.document for partition in found}


def _count(store: Store) -> tuple[int, int]:
    """Count the forms, and the partitions that have one."""
    with store.read() as tx:
        kept = tx.connection.scalar(sa.select(sa.func.count()).select_from(forms)) or 0
        having = sa.select(sa.func.count()).select_from(partitions).where(partitions.c.form.is_not(None))
        return kept, tx.connection.scalar(having) or 0


def test_partitions_of_two_forms_read_back_whole_and_store_two(store: Store, table: CatalogTable) -> None:
    documents = {
        "d0": _document("s3://a/0/"),
        "d1": _document("s3://a/1/", InputFormat="x"),
        "d2": _document("s3://a/2/", Parameters={"sizeKey": "1"}),
        "d3": _document("s3://a/3/", InputFormat="x", SkewedInfo={"SkewedColumnNames": ["id"]}),
        "d4": {"Parameters": {}},
        "d5": _document("s3://a/5/", columns=[]),
    }
    _insert(store, table, documents)
    assert _read(store, table) == documents
    assert _count(store) == (2, 4)


def test_later_transaction_finds_the_form_that_is_there(store: Store, table: CatalogTable) -> None:
    for day in ("d0", "d1"):
        _insert(store, table, {day: _document(day)})
    assert _count(store) == (1, 2)


def test_replaced_partition_has_the_form_of_its_new_definition(store: Store, table: CatalogTable) -> None:
    _insert(store, table, {"d0": _document("a"), "d1": _document("b")})
    changed = _document("c", [*COLUMNS, {"Name": "new", "Type": "int"}])
    with store.begin() as tx:
        tx.partitions.replace(table, ["d0"], ["d2"], changed)
    assert _read(store, table) == {"d1": _document("b"), "d2": changed}
    assert _count(store) == (2, 2)


def test_partitions_of_too_many_forms_keep_their_whole_definitions(
    store: Store, table: CatalogTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition_forms, "MOST_FORMS", 2)
    documents = {f"d{n}": _document(f"{n}", [{"Name": f"c{n % 4}", "Type": "int"}]) for n in range(8)}
    _insert(store, table, documents)
    assert _read(store, table) == documents
    assert _count(store) == (2, 4)


def test_partition_whose_form_is_gone_says_so_and_can_be_made_again(
    store: Store, table: CatalogTable
) -> None:
    _insert(store, table, {"d0": _document("a"), "d1": {"Parameters": {}}})
    with store.begin() as tx:
        tx.connection.execute(forms.delete())
        (id_,) = tx.connection.scalars(sa.select(partitions.c.form).where(partitions.c.form.is_not(None)))
    message = rf"partitions of table db\.t share are gone from the database \(form {id_}\): restore it"
    with store.read() as tx:
        assert tx.partitions.find(table, ["d1"]) is not None
        with pytest.raises(InternalServiceException, match=message):
            tx.partitions.find(table, ["d0"])
    with store.begin() as tx:
        assert tx.partitions.delete(table, ["d0"]) is True
    _insert(store, table, {"d0": _document("b")})
    assert _read(store, table)["d0"] == _document("b")


def test_forms_of_a_table_go_when_it_is_purged(store: Store, table: CatalogTable) -> None:
    _insert(store, table, {"d0": _document("a")})
    with store.begin() as tx:
        tx.deleted_tables.keep(table, CHANGE)
    assert _count(store) == (1, 1)
    with store.begin() as tx:
        tx.deleted_tables.give_up("1", None, None, None)
        while tx.deleted_remains.remove(100):
            pass
    assert _count(store) == (0, 0)
