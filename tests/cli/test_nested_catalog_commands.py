"""Commands on a catalog nested in the account's own, as a user types them."""

import json
from typing import Any

import pytest
from server_fixtures import LiveServer, run_cli

#: A database and a table that stand in both catalogs, and differ.
NESTED, TABLE = "cli_sales/emea", "nested.orders"


class Shell:
    """Types commands with `--catalog-id` and without it."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server

    def inside(self, *words: str, **more: Any) -> Any:
        return self.server.cli(*words, "--catalog-id", NESTED, **more)

    def names(self, *words: str) -> list[str]:
        return [str(line) for line in self.inside(*words, "-o", "name").stdout.split()]

    def outside(self, *words: str) -> list[str]:
        return [str(line) for line in self.server.cli(*words, "-o", "name").stdout.split()]


@pytest.fixture(scope="module")
def typed(live_server: LiveServer) -> Shell:
    glue = live_server.client("glue")
    for name in ("cli_sales", NESTED):
        glue.create_catalog(Name=name, CatalogInput={})
    typed = Shell(live_server)
    for catalog, columns in (({}, ["own"]), ({"CatalogId": NESTED}, ["id", "amount"])):
        glue.create_database(**catalog, DatabaseInput={"Name": "nested"})
        descriptor = {"Columns": [{"Name": name, "Type": "int"} for name in columns], "Location": "s3://b/o/"}
        table = {"Name": "orders", "StorageDescriptor": descriptor}
        table["PartitionKeys"] = [{"Name": "year", "Type": "int"}]
        glue.create_table(**catalog, DatabaseName="nested", TableInput=table)
    return typed


def test_databases_of_a_nested_catalog_are_its_own(typed: Shell) -> None:
    typed.inside("db", "create", "inner", "--note", "for emea")
    assert typed.names("db", "list") == ["inner", "nested"]
    assert "inner" not in typed.outside("db", "list")
    assert typed.names("db", "show", "inner") == ["inner"]
    deleted = typed.inside("db", "delete", "inner").stderr
    assert deleted.endswith(f"Bring it back: isinglass db restore inner --catalog-id {NESTED}\n")
    missing = typed.inside("db", "show", "inner", code=3).stderr
    assert missing.splitlines()[-1] == f"help: isinglass db restore inner --catalog-id {NESTED}"
    typed.inside("db", "restore", "inner")
    history = typed.inside("db", "history", "inner").stdout.splitlines()[1:]
    assert [line.split()[0] for line in history] == ["restored", "deleted", "created"]


def test_tables_of_a_nested_catalog_are_shown_compared_and_undone(typed: Shell) -> None:
    glue, of = typed.server.client("glue"), {"CatalogId": NESTED, "DatabaseName": "nested"}
    table = glue.get_table(**of, Name="orders")["Table"]
    descriptor = {**table["StorageDescriptor"], "Columns": [{"Name": "id", "Type": "bigint"}]}
    given = {"Name": "orders", "StorageDescriptor": descriptor, "PartitionKeys": table["PartitionKeys"]}
    glue.update_table(**of, TableInput=given)
    assert typed.names("tables", "nested") == [TABLE]
    shown = json.loads(typed.inside("table", "show", TABLE, "--json").stdout)
    account = typed.server.account
    assert (shown["CatalogId"], shown["VersionId"]) == (f"{account}:{NESTED}", "1")
    assert "-amount int " in typed.inside("table", "diff", TABLE).stdout
    restored = typed.inside("table", "restore", TABLE, "0")
    assert restored.stderr == "Version 2 has the definition of version 0\n"
    assert typed.names("table", "versions", TABLE) == ["2", "1", "0"]
    assert typed.outside("table", "versions", TABLE) == ["0"]
    deleted = typed.inside("table", "delete", TABLE).stderr
    assert deleted.endswith(f"isinglass table undelete {TABLE} --catalog-id {NESTED}\n")
    missing = typed.inside("table", "restore", TABLE, "0", code=3).stderr
    assert missing.splitlines()[-1] == f"help: isinglass table undelete {TABLE} --catalog-id {NESTED}"
    assert typed.names("deleted", "list", "nested") == [TABLE]
    assert typed.outside("deleted", "list", "nested") == []
    typed.inside("table", "undelete", TABLE)
    assert typed.names("table", "list", "nested") == [TABLE]


def test_partitions_of_a_nested_catalog_are_listed_and_changed(typed: Shell) -> None:
    typed.inside("partition", "add", TABLE, "year=2025", "year=2026")
    assert typed.names("partition", "list", TABLE) == ["year=2025", "year=2026"]
    assert typed.outside("partition", "list", TABLE) == []
    typed.inside("partition", "delete", TABLE, "--where", "year = 2025", "--yes")
    assert typed.names("partition", "show", TABLE, "year=2026") == ["year=2026"]
    assert typed.names("partition", "list", TABLE) == ["year=2026"]


def test_search_stays_in_the_catalog_that_it_names(typed: Shell) -> None:
    assert typed.names("search", "nested", "orders", "--column", "amount") == [TABLE]
    assert typed.outside("search", "nested", "orders", "--column", "amount") == []


def test_purge_ends_what_was_deleted_from_a_nested_catalog(typed: Shell) -> None:
    typed.inside("db", "create", "gone")
    typed.inside("db", "delete", "gone")
    typed.inside("deleted", "purge", "gone", "--yes")
    missing = typed.inside("db", "restore", "gone", code=3).stderr
    assert missing.splitlines()[-1] == f"help: isinglass deleted list --catalog-id {NESTED}"


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("", 2, "error: --catalog-id is empty"),
        ("none", 3, """help: isinglass api GetCatalogs '{"Recursive": true}'"""),
        ("123456789012:x", 4, "error[AccessDeniedException]: "),
    ],
)
def test_catalog_that_is_not_there_or_not_named_is_refused(
    typed: Shell, given: str, code: int, said: str
) -> None:
    assert said in typed.server.cli("table", "delete", TABLE, "--catalog-id", given, code=code).stderr


def test_shell_completes_names_of_the_catalog_on_the_line(typed: Shell) -> None:
    line = f"isinglass table show --catalog-id {NESTED} nested."
    offered = run_cli(
        typed.server.home, "", ISINGLASS_ENDPOINT=typed.server.endpoint, _ISINGLASS_COMPLETE="bash_complete",
        COMP_WORDS=line, COMP_CWORD="5",
    )  # fmt: skip
    assert offered.stdout.split("\n")[0] == f"plain,{TABLE}"
