"""Migrations lead to exactly the tables the code describes, on both databases."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from isinglass.store import schema
from isinglass.store.store import Store
from isinglass.store.tables.metadata import metadata


def test_head_names_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert scripts.get_heads() == [schema.HEAD]


def test_migrated_database_compared_with_the_tables_has_no_difference(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_upgrade_of_a_current_database_changes_nothing(store: Store) -> None:
    schema.upgrade(store)
    assert schema.current(store) == schema.HEAD
