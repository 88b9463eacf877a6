"""The migration that lets catalogs nest keeps what a database held before."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from isinglass.store import schema
from isinglass.store.store import Store

ACCOUNT = "123456789012"
NESTED = f"{ACCOUNT}:{'x' * 200}"
DOCUMENT = json.dumps({"Name": "t", "PartitionKeys": [{"Name": "k"}], "Parameters": {}})


@pytest.fixture
def old(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database from before the migration, with a database, a table and a partition."""
    if database == "sqlite":
        url = f"sqlite:///{tmp_path}/old.sqlite"
    else:
        server, name = request.getfixturevalue("postgresql"), f"t{uuid.uuid4().hex}"
        server.execute(f"CREATE DATABASE {name}")
        url = server.url(name)
    store = Store(url)
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with store.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0014_permissions")
        _fill(connection)
    yield store
    store.close()
    if database == "postgresql":
        server.drop(name)


def _fill(connection: sa.Connection) -> None:
    run = connection.exec_driver_sql
    run(
        f"INSERT INTO databases (account_id, name, document, created_at) VALUES ('{ACCOUNT}', 'd', '{{}}', 1)"
    )
    run(
        "INSERT INTO catalog_tables (account_id, database_name, name, version, document, created_at, created_by,"
        f" updated_at, updated_by) VALUES ('{ACCOUNT}', 'd', 't', 3, '{DOCUMENT}', 1, 'me', 2, 'you')"
    )
    run(
        "INSERT INTO partitions (account_id, table_id, values_key, partition_values, document, created_at)"
        f" VALUES ('{ACCOUNT}', 1, '1', '[\"1\"]', '{{}}', 1)"
    )


def test_upgrade_keeps_tables_and_makes_room_for_nested_catalogs(old: Store) -> None:
    schema.upgrade(old)
    with old.read() as tx:
        table = tx.tables.require(ACCOUNT, "d", "t")
        count = tx.connection.exec_driver_sql("SELECT count(*) FROM partitions").scalar()
    assert (table.catalog_id, table.version, table.updated_by, count) == (ACCOUNT, 3, "you", 1)
    with old.begin() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO databases (account_id, name, document, created_at)"
            f" VALUES ('{NESTED}', 'd', '{{}}', 1)"
        )
    with old.read() as tx:
        assert tx.databases.require(NESTED, "d").name == "d"
        assert tx.tables.find(NESTED, "d", "t") is None
