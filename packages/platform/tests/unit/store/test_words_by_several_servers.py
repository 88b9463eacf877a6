"""Several servers index the words of tables: a search waits for what another one has begun."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, table_document
from isinglass.flow import asset_words, table_words
from isinglass.store.store import Store

#: SQLite has one writer at a time anyway.
DATABASES = ["postgresql"]
ACCOUNT = "111111111111"
CHANGE = Change(1.0, "me", "Test")
TABLES = 9
WAITING = sa.text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted "
    "AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
)


@pytest.mark.parametrize("module", [table_words, asset_words])
def test_search_does_not_begin_before_what_another_server_indexes_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    monkeypatch.setattr(module, "STEP", 3)
    with store.begin() as tx:
        tx.databases.insert(ACCOUNT, database_document({"Name": "db"}), CHANGE)
        for number in range(TABLES):
            tx.tables.insert(ACCOUNT, "db", table_document({"Name": f"t{number}"}), CHANGE)
    if module is asset_words:
        assert table_words.catch_up(store) is False
    with ThreadPoolExecutor(1) as beside:
        with store.begin() as tx:
            index: Any = tx.table_words if module is table_words else tx.asset_index
            assert index.catch_up(3) == 3
            search = beside.submit(module.catch_up, store, ACCOUNT)
            while not search.done() and not _is_waiting(store):
                pass
        assert search.result() is False
    with store.read() as tx:
        assert not tx.table_words.pending(ACCOUNT)
        assert not tx.asset_index.pending(ACCOUNT) or module is table_words


def _is_waiting(store: Store) -> bool:
    with store.read() as tx:
        return bool(tx.connection.scalar(WAITING))
