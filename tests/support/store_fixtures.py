"""Fixtures that give each test a database of its own, on SQLite and on PostgreSQL."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import postgresql_server
import pytest

from isinglass.store import schema
from isinglass.store.store import Store


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=["sqlite", "postgresql", "both"],
        default="both",
        help="databases that store and API tests run on",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        choice = metafunc.config.getoption("--db")
        names = ["sqlite", "postgresql"] if choice == "both" else [choice]
        # A module whose subject is not the database may name the one it runs on: DATABASES = ["sqlite"].
        names = getattr(metafunc.module, "DATABASES", names)
        metafunc.parametrize("database", names, indirect=True, scope="function")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest schema, copied per test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    store = Store(f"sqlite:///{path}")
    schema.upgrade(store)
    store.close()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgresql_server.PostgresqlServer]:
    """A running PostgreSQL whose database "template" is at the newest schema."""
    if postgresql_server.binaries() is None:
        if os.environ.get("CI"):
            pytest.fail(postgresql_server.MISSING)
        pytest.skip(postgresql_server.MISSING)
    with postgresql_server.running() as server:
        server.execute("CREATE DATABASE template")
        store = Store(server.url("template"))
        schema.upgrade(store)
        store.close()
        yield server


@pytest.fixture(scope="session")
def emptied_databases() -> list[str]:
    """The names of PostgreSQL databases that a test has had, and another may."""
    return []


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The name of the database under test: sqlite or postgresql."""
    return str(request.param)


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database at the newest schema."""
    if database == "sqlite":
        path = tmp_path / "isinglass.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server, emptied = request.getfixturevalue("postgresql"), request.getfixturevalue("emptied_databases")
    if emptied:
        name = emptied.pop()
    else:
        server.clone(name := f"t{uuid.uuid4().hex}", "template")
    yield server.url(name)
    server.empty(name)
    emptied.append(name)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on an empty database at the newest schema."""
    store = Store(database_url)
    yield store
    store.close()
