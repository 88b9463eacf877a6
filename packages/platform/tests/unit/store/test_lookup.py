"""Rows are found by any number of keys, on both databases."""

import pytest
import sqlalchemy as sa

from isinglass.store.lookup import Lookup
from isinglass.store.prepared import Prepared
from isinglass.store.store import Store
from isinglass.store.tables.catalog import tags

INSERT = Prepared(tags.insert().inline())
OF = Lookup(
    sa.select(tags.c.key, tags.c.value).where(
        tags.c.account_id == sa.bindparam("of"), tags.c.resource == "job/a"
    ),
    tags.c.key,
)
KEYS = [f"key-{number:03}" for number in range(600)]


@pytest.fixture
def kept(store: Store) -> Store:
    rows = [{"account_id": "1", "resource": "job/a", "key": key, "value": key.upper()} for key in KEYS]
    with store.begin() as tx:
        INSERT.run_all(tx.connection, [*rows, *({**row, "account_id": "2"} for row in rows)])
    return store


@pytest.mark.parametrize("number", [0, 1, 2, 3, 255, 256, 257, 600])
def test_lookup_of_any_number_of_keys_finds_each_once(kept: Store, number: int) -> None:
    keys = [*KEYS[:number], "nobody's", *KEYS[:number]]
    with kept.read() as tx:
        found = OF.all(tx.connection, {"of": "1"}, keys)
    assert sorted(found) == [(key, key.upper()) for key in KEYS[:number]]


def test_lookup_of_no_keys_finds_nothing(kept: Store) -> None:
    with kept.read() as tx:
        assert OF.all(tx.connection, {"of": "1"}, []) == []
