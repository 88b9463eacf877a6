"""`isinglass statistics` and the schedules of crawlers, as a user types them."""

import json

import pytest

DAILY = "cron(0 6 1 1 ? 2199)"


@pytest.fixture(scope="module")
def orders(live_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lake")
    (folder / "orders").mkdir()
    rows = "".join(f"{n},c{n % 5},{n * 1.5}\n" for n in range(100))
    (folder / "orders" / "a.csv").write_text(f"id,customer,amount\n{rows}")
    live_server.cli("crawl", str(folder), "--db", "cli_stats")
    return "cli_stats.orders"


def test_computed_statistics_are_shown(live_server, orders):
    empty = live_server.cli("statistics", "show", orders)
    assert (empty.stdout, "has no statistics" in empty.stderr) == ("", True)
    shown = live_server.cli("statistics", "compute", orders)
    heading, *rows = [line.split() for line in shown.stdout.splitlines()]
    assert heading == ["COLUMN", "TYPE", "NULLS", "DISTINCT", "LEAST", "MOST", "LONGEST", "AVERAGE"]
    assert [row[:3] for row in rows] == [
        ["id", "bigint", "0"],
        ["customer", "string", "0"],
        ["amount", "double", "0"],
    ]
    assert rows[1][3:] == ["5", "2", "2.0"]
    assert rows[2][4:] == ["0", "148.5"]
    [only] = json.loads(live_server.cli("statistics", "show", orders, "--column", "id", "--json").stdout)
    assert only["StatisticsData"]["LongColumnStatisticsData"]["MaximumValue"] == 99
    [run] = json.loads(live_server.cli("statistics", "runs", orders, "--json").stdout)
    assert (run["Status"], run["TableName"]) == ("SUCCEEDED", "orders")


def test_schedule_is_set_turned_and_removed(live_server, orders):
    def schedule(*options: str) -> dict:
        return json.loads(live_server.cli("statistics", "schedule", orders, *options, "--json").stdout)

    made = schedule("--cron", DAILY, "--sample", "10")
    assert (made["Schedule"], made["SampleSize"]) == (
        {"ScheduleExpression": DAILY, "State": "SCHEDULED"},
        10,
    )
    assert schedule("--stop")["Schedule"]["State"] == "NOT_SCHEDULED"
    assert schedule("--start")["Schedule"]["State"] == "SCHEDULED"
    assert schedule("--column", "id")["ColumnNameList"] == ["id"]
    live_server.cli("statistics", "schedule", orders, "--stop", "--cron", DAILY, code=2)
    live_server.cli("statistics", "schedule", orders, "--remove")
    live_server.cli("statistics", "schedule", orders, code=3)


def test_table_without_a_location_has_nothing_to_compute(live_server, orders):
    columns = {"Columns": [{"Name": "a", "Type": "int"}]}
    table = {"Name": "nowhere", "StorageDescriptor": columns}
    live_server.client("glue").create_table(DatabaseName="cli_stats", TableInput=table)
    shown = live_server.cli("statistics", "compute", "cli_stats.nowhere", code=6).stderr
    assert "Table nowhere has no location: there is nothing to read." in shown


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("stop", "cli_stats.orders"), 3, "No column statistics of table cli_stats.orders are being computed."),
        (("compute", "cli_stats.nope"), 3, "Table nope not found."),
        (("compute", "orders"), 2, "does not name a table"),
        (("compute", "cli_stats.orders", "--sample", "0"), 2, "not in the range 0<x<=100"),
        (("schedule", "cli_stats.orders", "--cron", "daily"), 6, "it must have the form cron("),
    ],
)  # fmt: skip
def test_mistakes_are_told(live_server, orders, arguments, code, said):
    assert said in live_server.cli("statistics", *arguments, code=code).stderr


def test_crawl_with_a_schedule_is_kept(live_server, orders, tmp_path):
    (tmp_path / "a.csv").write_text("id,n\n1,2\n")
    live_server.cli("crawl", f"{tmp_path}/", "--db", "cli_stats", "--name", "by-clock", "--schedule", DAILY)
    crawler = json.loads(live_server.cli("api", "GetCrawler", '{"Name": "by-clock"}').stdout)["Crawler"]
    assert crawler["Schedule"] == {"ScheduleExpression": DAILY, "State": "SCHEDULED"}
