"""Sealed statistics are bound to the table or partition that they are of, and follow it."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.domain.column_statistics import to_text
from isinglass.domain.partition_values import encode
from isinglass.model.glue.errors import GlueEncryptionException
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.column_statistics import WHOLE_TABLE
from isinglass.store.sealed_texts import is_sealed
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store
from isinglass.store.tables.column_statistics import column_statistics

ACCOUNT = "111111111111"
CHANGE = Change(1.0, "me", "Test")
COLUMNS = [{"Name": "a", "Type": "int"}, {"Name": "b", "Type": "int"}]
DOCUMENT = {"StorageDescriptor": {"Columns": COLUMNS}, "Parameters": {}}
ONE, TWO = ["1"], ["2"]


@pytest.fixture(autouse=True)
def sealer(store: Store) -> Sealer:
    made = store.vault.sealer = Sealer(bytes(32))
    return made


@pytest.fixture
def table(store: Store) -> CatalogTable:
    with store.begin() as tx:
        tx.databases.insert(ACCOUNT, database_document({"Name": "db"}), CHANGE)
        given = {"Name": "t", "PartitionKeys": [{"Name": "day", "Type": "string"}]}
        tx.tables.insert(ACCOUNT, "db", table_document(given), CHANGE)
        table = tx.tables.require(ACCOUNT, "db", "t")
        tx.partitions.insert(table, [(ONE, DOCUMENT), (TWO, DOCUMENT)], 1.0)
    return table


def _encrypt(store: Store, mode: str = "SSE-KMS") -> None:
    with store.changing_settings() as tx:
        tx.security_configurations.put_catalog_encryption(
            ACCOUNT, {"EncryptionAtRest": {"CatalogEncryptionMode": mode}}
        )


def _put(store: Store, table: CatalogTable, values: Sequence[str], **numbers: int) -> None:
    with store.begin() as tx:
        tx.column_statistics.put(table, values, {name: {"N": value} for name, value in numbers.items()})


def _put_as_before(store: Store, table: CatalogTable, values: Sequence[str], **numbers: int) -> None:
    """Store sealed statistics as releases did that did not bind them to a partition."""
    with store.begin() as tx:
        for column, value in numbers.items():
            text = tx.documents.seal(to_text({"N": value}), ACCOUNT, "statistics", table.id, column)
            row = {"catalog_id": ACCOUNT, "table_id": table.id, "column_key": column, "document": text}
            tx.connection.execute(column_statistics.insert(), {**row, "values_key": encode(values)})


def _find(store: Store, table: CatalogTable, values: Sequence[str]) -> dict[str, Any]:
    with store.read() as tx:
        return tx.column_statistics.find(table, values, {"a", "b"})


def _texts(store: Store) -> dict[tuple[str, str], str]:
    columns = column_statistics.c
    with store.read() as tx:
        rows = tx.connection.execute(sa.select(columns.values_key, columns.column_key, columns.document))
        return {(key, column): text for key, column, text in rows}


def _write(store: Store, values: Sequence[str], column: str, text: str) -> None:
    columns = column_statistics.c
    chosen = (columns.values_key == encode(values), columns.column_key == column)
    with store.begin() as tx:
        tx.connection.execute(column_statistics.update().where(*chosen).values(document=text))


@pytest.mark.parametrize("other", [TWO, WHOLE_TABLE])
def test_sealed_statistics_swapped_in_the_database_are_refused(
    store: Store, table: CatalogTable, other: Sequence[str]
) -> None:
    _encrypt(store)
    for values, number in ((ONE, 1), (other, 2)):
        _put(store, table, values, a=number)
    texts = _texts(store)
    _write(store, ONE, "a", texts[encode(other), "a"])
    _write(store, other, "a", texts[encode(ONE), "a"])
    for values in (ONE, other):
        with pytest.raises(GlueEncryptionException, match="was changed or moved outside the server"):
            _find(store, table, values)


def test_statistics_sealed_by_an_earlier_release_are_read_and_bound_when_they_move(
    store: Store, table: CatalogTable
) -> None:
    _encrypt(store)
    _put_as_before(store, table, ONE, a=1, b=2)
    _put_as_before(store, table, WHOLE_TABLE, a=3)
    assert _find(store, table, ONE) == {"a": {"N": 1}, "b": {"N": 2}}
    assert _find(store, table, WHOLE_TABLE) == {"a": {"N": 3}}
    with store.begin() as tx:
        tx.partitions.replace(table, ONE, ["3"], DOCUMENT)
    assert _find(store, table, ["3"]) == {"a": {"N": 1}, "b": {"N": 2}}
    _put(store, table, TWO, a=4)
    _write(store, TWO, "a", _texts(store)[encode(["3"]), "a"])
    with pytest.raises(GlueEncryptionException):
        _find(store, table, TWO)


@pytest.mark.parametrize(
    ("before", "after"), [("DISABLED", "DISABLED"), ("DISABLED", "SSE-KMS"), ("SSE-KMS", "DISABLED")]
)
def test_statistics_of_a_partition_follow_its_values_under_the_settings_of_now(
    store: Store, table: CatalogTable, before: str, after: str
) -> None:
    _encrypt(store, before)
    _put(store, table, ONE, a=1, b=2)
    _put(store, table, TWO, a=3)
    _encrypt(store, after)
    only_a = {**DOCUMENT, "StorageDescriptor": {"Columns": COLUMNS[:1]}}
    with store.begin() as tx:
        tx.partitions.replace(table, ONE, ["3"], only_a)
    assert [_find(store, table, values) for values in (ONE, TWO, ["3"])] == [
        {},
        {"a": {"N": 3}},
        {"a": {"N": 1}},
    ]
    assert is_sealed(_texts(store)[encode(["3"]), "a"]) is (after == "SSE-KMS")
    with store.begin() as tx:
        assert tx.partitions.delete(table, ["3"]) is True
    assert list(_texts(store)) == [(encode(TWO), "a")]


def test_table_that_loses_more_columns_than_a_statement_has_parameters_loses_their_statistics(
    store: Store, table: CatalogTable
) -> None:
    names = [f"c{number}" for number in range(70_000)]
    columns = [{"Name": name, "Type": "int"} for name in ["a", *names]]
    with store.begin() as tx:
        wide = {**table.document, "StorageDescriptor": {"Columns": columns}}
        assert tx.tables.replace(table, wide, CHANGE) is True
    _put(store, table, WHOLE_TABLE, a=1, c0=2, c69999=3)
    _put(store, table, ONE, a=4, c5=5)
    with store.begin() as tx:
        seen = tx.tables.require(ACCOUNT, "db", "t")
        narrow = {**table.document, "StorageDescriptor": {"Columns": columns[:1]}}
        assert tx.tables.replace(seen, narrow, CHANGE, archive=False) is True
    assert sorted(_texts(store)) == [("", "a"), (encode(ONE), "a")]
