"""Settings of a catalog's encryption that one server changes while another, on the same database, writes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import Api

from isinglass.store.store import Store
from isinglass.store.tables.catalog import databases
from isinglass.store.vault import SettingsChanged

#: An embedded database has one server.
DATABASES = ["postgresql"]
ACCOUNT = "123456789012"
AT_REST = {"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"}}


@pytest.fixture
def other(api: Api) -> Iterator[Store]:
    """The store of another server."""
    store = Store(api.store.url)
    store.vault.sealer = api.store.vault.sealer
    yield store
    store.close()


def _put(glue: Any) -> None:
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=AT_REST)


def _documents(api: Api) -> list[str]:
    with api.store.read() as tx:
        return list(tx.connection.execute(sa.select(databases.c.document)).scalars())


def _describe(store: Store, meanwhile: Any = lambda: None) -> None:
    """Write another description of the database."""
    with store.begin() as tx:
        text = tx.documents.dump({"Name": "d", "Description": "written late"}, ACCOUNT, "database", "d")
        tx.connection.execute(databases.update().values(document=text))
        meanwhile()


def test_other_server_writes_nothing_in_the_clear_once_the_change_is_answered(
    api: Api, glue: Any, other: Store
) -> None:
    glue.create_database(DatabaseInput={"Name": "d"})
    _describe(other)  # what it remembers now is that the catalog is not encrypted
    assert json.loads(_documents(api)[0])["Description"] == "written late"
    _put(glue)
    _describe(other)
    assert _documents(api)[0].startswith("~")


def test_other_server_that_began_to_write_before_the_change_has_to_begin_anew(
    api: Api, glue: Any, other: Store
) -> None:
    glue.create_database(DatabaseInput={"Name": "d"})
    before = _documents(api)
    with pytest.raises(SettingsChanged):
        _describe(other, lambda: _put(glue))
    assert _documents(api) == before
    _describe(other)
    assert _documents(api)[0].startswith("~")
