"""A table whose definition was damaged in the database keeps no other from being found."""

import logging

import pytest
import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.domain.table_search import parse_search
from isinglass.flow.table_words import RECHECK_SECONDS, STEP, DamagedTables, catch_up
from isinglass.store.paging import PageRequest
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store
from isinglass.store.tables.catalog import catalog_tables
from isinglass.store.tables.security import catalog_data_keys

ACCOUNT = "111111111111"
CHANGE = Change(1.0, "me", "Test")
NAMES = ("one", "two", "three")


@pytest.fixture(autouse=True)
def sealer(store: Store) -> Sealer:
    made = store.vault.sealer = Sealer(bytes(32))
    return made


def _encrypt(store: Store) -> None:
    with store.changing_settings() as tx:
        settings = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"}}
        tx.security_configurations.put_catalog_encryption(ACCOUNT, settings)


@pytest.fixture
def filled(store: Store) -> Store:
    """A catalog of tables that all have the same word."""
    with store.begin() as tx:
        tx.databases.insert(ACCOUNT, database_document({"Name": "db"}), CHANGE)
    return store


def _fill(store: Store) -> None:
    with store.begin() as tx:
        for name in NAMES:
            tx.tables.insert(ACCOUNT, "db", table_document({"Name": name, "Description": "hush"}), CHANGE)


def _found(store: Store) -> list[str]:
    with store.read() as tx:
        search = parse_search([], "hush")
        page, _ = tx.table_search.page(ACCOUNT, search, PageRequest(10, None), "name", descending=False)
        return [table.name for table in page]


def _exchange(store: Store, name: str, text: str) -> str:
    """Write another text where a table's definition is; returns what was there."""
    columns = catalog_tables.c
    with store.begin() as tx:
        before: str = tx.connection.scalars(sa.select(columns.document).where(columns.name == name)).one()
        tx.connection.execute(catalog_tables.update().where(columns.name == name).values(document=text))
    return before


@pytest.mark.parametrize("sealed", [True, False])
def test_damaged_table_is_named_passed_over_and_found_again_when_it_is_mended(
    filled: Store, caplog: pytest.LogCaptureFixture, sealed: bool
) -> None:
    if sealed:
        _encrypt(filled)
    _fill(filled)
    good = _exchange(filled, "two", "{")
    damaged = good[:-8] + ("AAAAAAA=" if not good.endswith("AAAAAAA=") else "BAAAAAA=")
    _exchange(filled, "two", damaged if sealed else '{"Name": "two')
    with caplog.at_level(logging.ERROR):
        assert catch_up(filled) is False
    (said,) = [record.getMessage() for record in caplog.records]
    assert f"table db.two in catalog {ACCOUNT} is damaged" in said
    assert _found(filled) == ["one", "three"]
    again = DamagedTables(filled)
    assert [again.run_once(now) for now in (1.0, 2.0)] == [1, 0]
    assert catch_up(filled) is False
    assert _found(filled) == ["one", "three"]
    _exchange(filled, "two", good)
    assert [again.run_once(1.0 + now) for now in (RECHECK_SECONDS - 1, RECHECK_SECONDS)] == [0, 1]
    assert catch_up(filled) is False
    assert _found(filled) == ["one", "three", "two"]
    assert again.run_once(1.0 + 2 * RECHECK_SECONDS) == 0


def test_words_of_a_table_that_was_damaged_later_do_not_lead_to_it(filled: Store) -> None:
    _encrypt(filled)
    _fill(filled)
    catch_up(filled)
    with filled.begin() as tx:
        table = tx.tables.require(ACCOUNT, "db", "two")
        tx.tables.replace(table, {**table.document, "Description": "hush now"}, CHANGE)
    _exchange(filled, "two", "~0.AAAA")
    catch_up(filled)
    assert _found(filled) == ["one", "three"]


def test_tables_whose_data_key_is_gone_keep_none_from_being_indexed(filled: Store) -> None:
    _encrypt(filled)
    _fill(filled)
    with filled.begin() as tx:
        tx.connection.execute(catalog_data_keys.delete())
        tx.tables.insert(ACCOUNT, "db", table_document({"Name": "new", "Description": "hush"}), CHANGE)
    assert catch_up(filled) is False
    assert _found(filled) == ["new"]


def test_more_damaged_tables_than_are_indexed_at_once_end(filled: Store) -> None:
    with filled.begin() as tx:
        for number in range(STEP + 5):
            tx.tables.insert(ACCOUNT, "db", table_document({"Name": f"t{number:03}"}), CHANGE)
        tx.connection.execute(catalog_tables.update().values(document="{"))
        tx.tables.insert(ACCOUNT, "db", table_document({"Name": "z", "Description": "hush"}), CHANGE)
    assert catch_up(filled) is False
    assert _found(filled) == ["z"]
