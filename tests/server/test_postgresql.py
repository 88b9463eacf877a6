"""A server on PostgreSQL: it asks for the upgrade, then does what one on its own database does."""

import pytest
from postgresql_server import PostgresqlServer
from server_fixtures import run_cli, start_server, stop_server

from isinglass.store import schema

pytestmark = pytest.mark.slow


@pytest.fixture
def database_url(postgresql: PostgresqlServer):
    postgresql.execute("CREATE DATABASE fresh")
    yield postgresql.url("fresh")
    postgresql.drop("fresh")


def test_server_on_postgresql_asks_for_the_upgrade_and_keeps_its_catalog(tmp_path, database_url):
    refused = run_cli(tmp_path, "up", "--port", "0", "--database-url", database_url, code=5)
    assert f"at schema version none, this program needs {schema.HEAD}" in refused.stderr
    assert "help: isinglass db upgrade" in refused.stderr

    upgraded = run_cli(tmp_path, "db", "upgrade", "--database-url", database_url)
    assert upgraded.stderr == f"Upgraded the database from schema version none to {schema.HEAD}\n"
    again = run_cli(tmp_path, "db", "upgrade", ISINGLASS_DATABASE_URL=database_url)
    assert again.stderr == f"The database is at schema version {schema.HEAD} already\n"

    for expected in ([], ["kept"]):
        server = start_server(tmp_path, "--database-url", database_url, "--data-dir", str(tmp_path / "data"))
        glue = server.client("glue")
        assert [found["Name"] for found in glue.get_databases()["DatabaseList"]] == expected
        if not expected:
            glue.create_database(DatabaseInput={"Name": "kept"})
            script = tmp_path / "job.py"
            script.write_text("print('ran on PostgreSQL')\n")
            assert "ran on PostgreSQL" in server.cli("run", str(script), "--shell").stdout
        assert stop_server(server) == 0


def test_database_that_a_newer_program_upgraded_is_left_alone(tmp_path, postgresql, database_url):
    run_cli(tmp_path, "db", "upgrade", "--database-url", database_url)
    import psycopg

    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    refused = run_cli(tmp_path, "db", "upgrade", "--database-url", database_url, code=1)
    assert "at schema version 9999_later, which this program (at" in refused.stderr


def test_database_that_does_not_answer_is_named_without_its_password(tmp_path):
    url = "postgresql://someone:hidden-word@127.0.0.1:1/nothing"
    for command in (["db", "upgrade"], ["up", "--port", "0"]):
        refused = run_cli(tmp_path, *command, "--database-url", url, code=1)
        assert "someone:***@127.0.0.1:1/nothing cannot be used" in refused.stderr
        assert "hidden-word" not in refused.stderr
        assert "Traceback" not in refused.stderr
