"""Measures a catalog of very many tables: every page of GetTables and SearchTables, first to last.

Through boto3 and a live server on SQLite. `--tables 100000` is the size that the targets speak of.
"""

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api import LogsOnly, load, request, table_input
from partitions import SERVER_KEY, client, prepare

from isinglass.flow.table_words import catch_up
from isinglass.gateway.server import GatewaySettings, Server, listen
from isinglass.store.store import Store

TEAMS = ("sales", "finance", "stock", "people", "web")


def fill(port: int, tables: int) -> float:
    """Create the tables; returns tables per second."""
    requests = []
    for number in range(tables):
        given = table_input(f"{TEAMS[number % 5]}-table-{number:06}")
        given["Description"] = f"rare{number // 50} of {TEAMS[number % 5]}"
        requests.append(request(port, "CreateTable", {"DatabaseName": "bench", "TableInput": given}))
    return load(port, requests, repeat=False, seconds=600)["per_second"]


def index_words(store: Store, tables: int) -> float:
    """Index the words, as the worker's maintenance does; returns tables per second."""
    began = time.perf_counter()
    while catch_up(store):
        pass
    return tables / (time.perf_counter() - began)


def every_page(ask: Callable[..., Any]) -> tuple[list[float], int]:
    """Follow a listing to its end; returns each page's milliseconds, and how many tables came."""
    taken, found = [], 0
    token: dict[str, str] = {}
    while True:
        began = time.perf_counter()
        answer = ask(**token)
        taken.append((time.perf_counter() - began) * 1000)
        found += len(answer["TableList"])
        if "NextToken" not in answer:
            return taken, found
        token = {"NextToken": answer["NextToken"]}


def report(name: str, ask: Callable[..., Any]) -> None:
    """Print how long the pages of a listing took."""
    taken, found = every_page(ask)
    first, middle, last = taken[0], taken[len(taken) // 2], taken[-1]
    print(
        f"{name:44} {len(taken):6,} {found:8,} {first:7.1f} {middle:7.1f} {last:7.1f}"
        f" {statistics.median(taken):7.1f} {max(taken):7.1f}"
    )


def run(store: Store, port: int, tables: int) -> None:
    """Fill, then list and search from the first page to the last."""
    glue = client(port)
    glue.create_database(DatabaseInput={"Name": "bench"})
    print(f"{tables:,} tables of 20 columns, SQLite; pages of 100")
    print(f"CreateTable          {fill(port, tables):10,.0f} tables/s")
    print(f"index their words    {index_words(store, tables):10,.0f} tables/s")
    print(f"{'milliseconds a page':44} {'pages':>6} {'tables':>8} {'first':>7} {'middle':>7} {'last':>7}"
          f" {'median':>7} {'slowest':>7}")  # fmt: skip

    def get(**more: Any) -> Any:
        return glue.get_tables(DatabaseName="bench", MaxResults=100, **more)

    def search(**more: Any) -> Any:
        return glue.search_tables(MaxResults=100, **more)

    report("GetTables", get)
    report("GetTables, names only", lambda **token: get(AttributesToGet=["NAME"], **token))
    report("GetTables, names like stock.*97", lambda **token: get(Expression="stock.*97", **token))
    report("SearchTables, a word of all", lambda **token: search(SearchText="table", **token))
    report("SearchTables, a word of a fifth", lambda **token: search(SearchText="finance", **token))
    report("SearchTables, a rare word", lambda **token: search(SearchText="rare77", **token))
    newest = [{"FieldName": "UpdateTime", "Sort": "DESC"}]
    report("SearchTables, two words, newest first",
           lambda **token: search(SearchText="web parquet", SortCriteria=newest, **token))  # fmt: skip
    tests = [{"Key": "DatabaseName", "Value": "bench"}, {"Key": "classification", "Value": "parquet"}]
    report("SearchTables, two filters", lambda **token: search(Filters=tests, **token))


def main() -> None:
    """Run against a server of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=100_000)
    tables = parser.parse_args().tables
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bench.sqlite")
        prepare(store)
        server = Server(store, LogsOnly(folder), SERVER_KEY, GatewaySettings(Path(folder) / "access.log"))
        listening = listen("127.0.0.1", 0)
        server.start(listening)
        gc.freeze()  # as `isinglass up` does once it has started
        try:
            run(store, listening.getsockname()[1], tables)
        finally:
            server.stop()
            store.close()


if __name__ == "__main__":
    main()
