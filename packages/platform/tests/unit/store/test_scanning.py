"""Rows read in their order, a few at a time."""

import pytest
import sqlalchemy as sa

from isinglass.store import scanning
from isinglass.store.paging import PageRequest
from isinglass.store.scanning import read_in_order
from isinglass.store.store import Store
from isinglass.store.tables.catalog import tags

KEY = (tags.c.resource, tags.c.key)


@pytest.mark.parametrize("after", [None, ("job/1", "1"), ("job/6", "2")])
def test_rows_read_in_steps_are_all_that_follow_and_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, after: tuple[str, str] | None
) -> None:
    monkeypatch.setattr(scanning, "_FIRST_READ", 2)
    monkeypatch.setattr(scanning, "_LARGEST_READ", 5)
    rows = [(f"job/{number}", str(key)) for number in range(7) for key in range(3)]
    statement = sa.select(*KEY).where(tags.c.account_id == "1")
    with store.begin() as tx:
        values = [{"account_id": "1", "resource": job, "key": key, "value": ""} for job, key in rows]
        tx.connection.execute(tags.insert(), values)
        found = list(read_in_order(tx.connection, statement, KEY, PageRequest(1, after)))
    assert found == [row for row in rows if after is None or row > after]
