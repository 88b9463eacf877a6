"""Measures a catalog of very many tables: every page of its listings and searches, first to last.

A server process on SQLite is asked, by its account and by a user who may see some of the tables only. The
catalog is filled below the API. `--tables 100000` is the size that the aims speak of; `--only TEXT` measures
the rows whose names have the text.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from api import ACCOUNT, CREDENTIALS, table_input
from paging import AIM_MS, HEADING, Client, Pages, add_key, prepare, row, serving, walk

from isinglass.domain.business.built_in import TABLE_TYPE
from isinglass.domain.catalog_changes import Change
from isinglass.domain.catalog_objects import database_document, function_document, table_document
from isinglass.domain.permissions.grants import Grant
from isinglass.domain.permissions.principals import IAM_ALLOWED
from isinglass.domain.permissions.resources import Resource
from isinglass.domain.signature import Credentials
from isinglass.flow.asset_words import catch_up
from isinglass.store.identities import Identity
from isinglass.store.store import Store, Transaction

TEAMS = ("sales", "finance", "stock", "people", "web")
USER = Credentials("AKIABENCHMARK0000002", "of-the-user-who-sees-some-tables-only")
#: One restricted table for so many open ones, of which the user sees one in so many.
RESTRICTED, SEEN = 10, 50
VERSIONS = FUNCTIONS = DATABASES = 10_000
STEP = 1_000
EVERYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


def document(number: int) -> dict[str, Any]:
    """A table of twenty columns: words of all tables, of a fifth, of hundreds and of a few."""
    team = TEAMS[number % 5]
    given = table_input(f"{team}-table-{number:06}")
    given["Description"] = f"rare{number // 50} part{number // 1_500} every{number % 20} of {team}"
    return table_document(given)


def change(number: int) -> Change:
    """A change a second after the one before."""
    return Change(1_700_000_000.0 + number, f"arn:aws:iam::{ACCOUNT}:root", "CreateTable")


def in_steps(store: Store, count: int) -> Iterator[tuple[Transaction, range]]:
    """Write so many things in transactions of some each."""
    for start in range(0, count, STEP):
        with store.begin() as tx:
            yield tx, range(start, min(start + STEP, count))


def fill(store: Store, tables: int) -> None:
    """Make the databases, their tables, and what belongs to one of each."""
    with store.begin() as tx:
        for name in ("bench", "shared"):
            tx.databases.insert(ACCOUNT, database_document({"Name": name}), change(0))
    began = time.perf_counter()
    for tx, numbers in in_steps(store, tables):
        for number in numbers:
            tx.tables.insert(ACCOUNT, "bench", document(number), change(number))
    print_rate("insert tables below the API", tables / (time.perf_counter() - began))
    user = Identity(ACCOUNT, "user", "AIDABENCH", "some", "/", time.time())
    with store.begin() as tx:
        tx.identities.insert(user)
        tx.identity_policies.put_inline(user, "everything", EVERYTHING)
        add_key(tx, USER, user.arn, user.id)
    for tx, numbers in in_steps(store, tables // RESTRICTED):
        for number in numbers:
            restrict(tx, number, user.arn)
    began = time.perf_counter()
    while catch_up(store):
        pass
    print_rate("index their words, as assets, too", tables / (time.perf_counter() - began))


def restrict(tx: Transaction, number: int, user: str) -> None:
    """Make a table that permissions decide over; the user sees some of them, of some two columns."""
    shared = document(number)
    tx.tables.insert(ACCOUNT, "shared", shared, change(number))
    table = tx.tables.require(ACCOUNT, "shared", shared["Name"])
    resource = Resource("table", "shared", shared["Name"])
    tx.restrictions.restrict(ACCOUNT, resource, table.id, restricted=True)
    tx.permissions.put(ACCOUNT, table.id, Grant(IAM_ALLOWED, resource, frozenset()))
    if number % SEEN == 0:
        some = replace(resource, kind="columns", columns=("column_1", "column_2"))
        granted = resource if number % (2 * SEEN) else some
        permission = "DESCRIBE" if granted is resource else "SELECT"
        tx.permissions.put(ACCOUNT, table.id, Grant(user, granted, frozenset({permission})))


def fill_others(store: Store) -> None:
    """Make versions of one table, functions of one database, and many databases."""
    for tx, numbers in in_steps(store, VERSIONS):
        for number in numbers:
            table = tx.tables.require(ACCOUNT, "bench", document(0)["Name"])
            tx.tables.replace(table, {**table.document, "Description": f"version {number}"}, change(number))
    for tx, numbers in in_steps(store, FUNCTIONS):
        for number in numbers:
            function = function_document({"FunctionName": f"f{number:05}", "ClassName": "C"})
            tx.user_functions.insert(ACCOUNT, "bench", function, time.time())
    for tx, numbers in in_steps(store, DATABASES):
        for number in numbers:
            tx.databases.insert(ACCOUNT, database_document({"Name": f"d{number:05}"}), change(number))


def print_rate(name: str, rate: float) -> None:
    """Print tables per second."""
    print(f"{name:34} {rate:10,.0f} tables/s", flush=True)


def get(**more: Any) -> tuple[str, dict[str, Any], str]:
    """Ask for the tables of a database."""
    return "GetTables", {"DatabaseName": "bench", "MaxResults": 100, **more}, "TableList"


def search(**more: Any) -> tuple[str, dict[str, Any], str]:
    """Search tables."""
    return "SearchTables", {"MaxResults": 100, **more}, "TableList"


def assets(**more: Any) -> tuple[str, dict[str, Any], str]:
    """Search assets."""
    return "SearchAssets", {"MaxResults": 100, **more}, "Items"


def by(field: str, order: str) -> list[dict[str, str]]:
    """Sort by a field."""
    return [{"FieldName": field, "Sort": order}]


def compare(attribute: str, operator: str, **value: Any) -> dict[str, Any]:
    """Compare an attribute of assets."""
    return {"AttributeFilter": {"Attribute": attribute, "Operator": operator, "Value": value}}


IN_BENCH = {"Key": "DatabaseName", "Value": "bench"}
PARQUET = {"Key": "classification", "Value": "parquet"}
LATER = {"Key": "CreateTime", "Value": "1700050000", "Comparator": "GREATER_THAN"}
NEVER = {"Key": "UpdateTime", "Value": "2100-01-01", "Comparator": "GREATER_THAN"}
NEWEST = {"Attribute": "updatedAt", "Order": "DESCENDING"}

#: What is asked for, and the member of the answer with what came.
ASKED: dict[str, tuple[str, dict[str, Any], str]] = {
    "GetTables": get(),
    "GetTables, names only": get(AttributesToGet=["NAME"]),
    "GetTables, stock.*97": get(Expression="stock.*97"),
    "GetTables, .*97": get(Expression=".*97"),
    "GetTables, (web|people)-table-.*": get(Expression="(web|people)-table-.*"),
    "GetTables, *nothing*": get(Expression="*nothing*"),
    "SearchTables, all": search(),
    "SearchTables, all, newest first": search(SortCriteria=by("UpdateTime", "DESC")),
    "SearchTables, a word of all": search(SearchText="table"),
    "SearchTables, a word of a fifth": search(SearchText="finance"),
    "SearchTables, of a fifth, by name down": search(SearchText="finance", SortCriteria=by("Name", "DESC")),
    "SearchTables, of a 20th, by time": search(SearchText="every7", SortCriteria=by("CreateTime", "ASC")),
    "SearchTables, of 1,500": search(SearchText="part7"),
    "SearchTables, of 50": search(SearchText="rare77"),
    "SearchTables, of 50 and of all": search(SearchText="rare77 table", SortCriteria=by("Name", "ASC")),
    "SearchTables, two of fifths, of none": search(SearchText="web stock"),
    "SearchTables, a quoted description": search(SearchText='"rare77 part2 every15 of sales"'),
    "SearchTables, a quoted value of all": search(SearchText='"parquet"'),
    "SearchTables, a quoted value of none": search(SearchText='"table of web"'),
    "SearchTables, two filters": search(Filters=[IN_BENCH, PARQUET]),
    "SearchTables, later, by name": search(Filters=[LATER], SortCriteria=by("Name", "ASC")),
    "SearchTables, later and a word": search(Filters=[LATER], SearchText="finance"),
    "SearchTables, never": search(Filters=[NEVER, PARQUET]),
    "SearchAssets, a word of all": assets(SearchText="table"),
    "SearchAssets, a word of a fifth": assets(SearchText="finance"),
    "SearchAssets, of 1,500": assets(SearchText="part7"),
    "SearchAssets, two of fifths, of none": assets(SearchText="web stock"),
    "SearchAssets, of a type, newest first": assets(
        FilterClause=compare("assetTypeId", "equals", StringValue=TABLE_TYPE), Sort=NEWEST
    ),
    "SearchAssets, by name beyond": assets(FilterClause=compare("name", "greaterThan", StringValue="web")),
}
OF_SOME: dict[str, tuple[str, dict[str, Any], str]] = {
    "of some: GetTables": get(DatabaseName="shared"),
    "of some: GetTables, .*5.*": get(DatabaseName="shared", Expression=".*5.*"),
    "of some: SearchTables, a word of all": search(SearchText="table"),
    "of some: SearchTables, in the database": search(Filters=[{"Key": "DatabaseName", "Value": "shared"}]),
    "of some: SearchAssets, a word of all": assets(SearchText="table"),
}
OTHERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "GetTableVersions": (
        "GetTableVersions",
        {"DatabaseName": "bench", "TableName": document(0)["Name"], "MaxResults": 100},
        "TableVersions",
    ),
    "GetUserDefinedFunctions, *7": (
        "GetUserDefinedFunctions",
        {"DatabaseName": "bench", "Pattern": "*7", "MaxResults": 100},
        "UserDefinedFunctions",
    ),
    "GetUserDefinedFunctions, nothing": (
        "GetUserDefinedFunctions",
        {"Pattern": "nothing", "MaxResults": 100},
        "UserDefinedFunctions",
    ),
    "GetDatabases": ("GetDatabases", {"MaxResults": 100}, "DatabaseList"),
}


def measure(client: Client, asked: dict[str, tuple[str, dict[str, Any], str]], only: str) -> list[Pages]:
    """Walk every listing."""
    chosen = {name: each for name, each in asked.items() if only in name}
    return [row(name, lambda each=each: walk(client, *each)) for name, each in chosen.items()]


def run(database: Path, store: Store, tables: int, only: str) -> None:
    """Fill, then list and search from the first page to the last."""
    fill(store, tables)
    fill_others(store)
    print(HEADING)
    with serving(database) as client:
        pages = measure(client, ASKED, only)
        client.credentials = USER
        pages += measure(client, OF_SOME, only)
        client.credentials = CREDENTIALS
        pages += measure(client, OTHERS, only)
        cpu = max((each for listing in pages for each in listing.cpu), default=0.0)
        print(f"dearest page {cpu:.1f} ms of processor time, {cpu / AIM_MS:.2f} of the aim")
        print(f"most memory, with the database's mapped pages: {client.peak_mib:,.0f} MiB")


def main() -> None:
    """Run against a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=100_000)
    parser.add_argument("--only", default="", metavar="TEXT")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.sqlite"
        store = Store(f"sqlite:///{database}")
        prepare(store)
        try:
            load_average = ", ".join(f"{load:.1f}" for load in os.getloadavg())
            print(f"{chosen.tables:,} tables of 20 columns, SQLite; load average {load_average}")
            run(database, store, chosen.tables, chosen.only)
        finally:
            store.close()


if __name__ == "__main__":
    main()
