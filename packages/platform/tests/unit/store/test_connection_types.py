"""Connection types that accounts registered, and the locks that keep those in use."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from isinglass.store.connection_types import RegisteredType
from isinglass.store.store import Store

ACCOUNT, OTHER = "123456789012", "210987654321"


def _registered(name: str, account_id: str = ACCOUNT) -> RegisteredType:
    return RegisteredType(account_id, name, {"ConnectionType": name}, 1.0)


def _lock_at_once(store: Store) -> None:
    with store.begin() as deleting:
        deleting.connection.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        deleting.connection_types.lock(ACCOUNT, "t")


def test_types_are_of_their_account_and_listed_by_name(store: Store) -> None:
    with store.begin() as tx:
        types = tx.connection_types
        assert [types.insert(_registered(name)) for name in ("b", "B", "a", "b")] == [True, True, True, False]
        assert types.insert(_registered("b", OTHER))
        assert [each.name for each in types.after(ACCOUNT, "", 2)] == ["B", "a"]
        assert types.after(ACCOUNT, "a", 9) == [_registered("b")]
        types.delete(ACCOUNT, "b")
        assert (types.find(ACCOUNT, "b"), types.find(OTHER, "b")) == (None, _registered("b", OTHER))
        assert (types.count(ACCOUNT), types.count(OTHER)) == (2, 1)


def test_type_that_a_connection_is_made_of_cannot_be_deleted_meanwhile(store: Store, database: str) -> None:
    if database == "sqlite":
        pytest.skip("its writers wait for each other anyway")
    with store.begin() as tx:
        tx.connection_types.insert(_registered("t"))
    with store.begin() as making:
        assert making.connection_types.find(ACCOUNT, "t", hold=True) == _registered("t")
        with store.begin() as another:
            assert another.connection_types.find(ACCOUNT, "t", hold=True) == _registered("t")
        with pytest.raises(OperationalError, match="lock timeout"):
            _lock_at_once(store)
    with store.begin() as deleting:
        assert deleting.connection_types.lock(ACCOUNT, "t")
