"""`isinglass sql`: a query over the catalog's tables."""

import json
import sys

import click

from isinglass.cli.errors import usage
from isinglass.cli.reading import read_text
from isinglass.cli.session import Session


@click.command("sql")
@click.argument("query", required=False)
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False), help="Read the query from a file."
)
@click.option("--db", "database", help="The database of tables without one.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="At most so many rows."
)
@click.option("--engine", help="sail, or sc://host:port of a Spark cluster.")
@click.pass_obj
def command(
    session: Session,
    query: str | None,
    path: str | None,
    database: str | None,
    limit: int,
    engine: str | None,
) -> None:
    r"""Run a query; `-` reads it from standard input.

    \b
    Examples:
      isinglass sql 'select segment, count(*) from retail.customer_360 group by 1'
      isinglass sql --file report.sql -o csv > report.csv
    """
    text = read_text(path) if path else sys.stdin.read() if query == "-" else query
    if not text or not text.strip():
        raise usage("there is no query", "isinglass sql 'select 1'")
    request = {"SqlText": text, "Database": database, "Limit": limit, "Engine": engine}
    answer = session.client.call(
        "isinglass:RunQuery", {key: value for key, value in request.items() if value}
    )
    names = [column["Name"] for column in answer["Columns"]]
    rows = json.loads(answer["Rows"])
    keys = _distinct(names)
    session.rows(names, rows, [dict(zip(keys, row, strict=True)) for row in rows])
    more = f" (the first {limit}; more with --limit)" if answer["Truncated"] else ""
    session.say(f"{len(rows)} row{'' if len(rows) == 1 else 's'}{more} · {answer['ElapsedSeconds']:.2f} s")


def _distinct(names: list[str]) -> list[str]:
    """Number names that come again: a document cannot have two members of one name."""
    seen: dict[str, int] = {}
    keys = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        keys.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return keys
