"""Prepared statements do on the driver what they say, on both databases."""

import pytest
import sqlalchemy as sa

from isinglass.store.conflicts import insert_new
from isinglass.store.prepared import Prepared
from isinglass.store.store import Store
from isinglass.store.tables.catalog import tags
from isinglass.store.tables.flow import outbox

INSERT = Prepared(tags.insert().inline())
OF = Prepared(
    sa.select(tags.c.key, tags.c.value)
    .where(tags.c.account_id == sa.bindparam("of"), tags.c.resource == "job/a")
    .order_by(tags.c.key)
)
RENAME = Prepared(tags.update().where(tags.c.key == sa.bindparam("old")).values(key=sa.bindparam("new")))


def _tag(key: str, value: str) -> dict[str, str]:
    return {"account_id": "1", "resource": "job/a", "key": key, "value": value}


def test_statement_with_constants_of_its_own_reads_what_others_wrote(store: Store) -> None:
    with store.begin() as tx:
        assert INSERT.run(tx.connection, _tag("a", "100%")) == 1
        assert INSERT.run(tx.connection, {**_tag("b", "?:x"), "resource": "job/other"}) == 1
        assert INSERT.run(tx.connection, dict(reversed(_tag("c", "é😀").items()))) == 1
    with store.read() as tx:
        assert OF.all(tx.connection, {"of": "1"}) == [("a", "100%"), ("c", "é😀")]
        assert OF.first(tx.connection, {"of": "1"}) == ("a", "100%")
        assert OF.first(tx.connection, {"of": "2"}) is None


def test_statement_that_fails_raises_what_sqlalchemy_raises_and_tells_no_values(store: Store) -> None:
    with store.begin() as tx:
        INSERT.run(tx.connection, _tag("a", "secret"))
    with pytest.raises(sa.exc.IntegrityError) as failed, store.begin() as tx:
        INSERT.run(tx.connection, _tag("a", "secret"))
    assert "secret" not in str(failed.value)


def test_statement_that_fails_outside_of_them_tells_no_values_either(store: Store) -> None:
    with pytest.raises(sa.exc.DBAPIError) as failed, store.begin() as tx:
        tx.connection.execute(
            outbox.insert().values(account_id=None, kind="secret", payload={}, created_at=1.0)
        )
    assert "secret" not in str(failed.value).partition("DETAIL")[0]


def test_update_with_changing_parameters_tells_how_many_rows_it_touched(store: Store) -> None:
    with store.begin() as tx:
        INSERT.run(tx.connection, _tag("a", "1"))
        assert RENAME.run(tx.connection, {"old": "a", "new": "b"}) == 1
        assert RENAME.run(tx.connection, {"old": "a", "new": "b"}) == 0


def test_json_column_is_written_as_json(store: Store) -> None:
    payload = {"detail": {"name": 'a"b', "shown": "😀"}}
    insert = Prepared(outbox.insert().inline())
    with store.begin() as tx:
        insert.run(tx.connection, {"account_id": "1", "kind": "k", "payload": payload, "created_at": 1.0})
        assert [row.payload for row in tx.outbox.undelivered(9)] == [payload]


def test_insert_new_of_rows_some_of_which_are_there_tells_the_new_ones(store: Store) -> None:
    with store.begin() as tx:
        INSERT.run(tx.connection, _tag("b", "old"))
        rows = [_tag("a", "new"), _tag("b", "new"), _tag("c", "new")]
        assert insert_new(tx.connection, tags.c.key, rows) == {"a", "c"}
        assert OF.all(tx.connection, {"of": "1"}) == [("a", "new"), ("b", "old"), ("c", "new")]
