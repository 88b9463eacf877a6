"""`isinglass partition`: the partitions of a table."""

from itertools import islice
from typing import Any

import click

from isinglass.cli import changes, completion
from isinglass.cli.catalogs import in_catalog
from isinglass.cli.errors import api_error, usage
from isinglass.cli.hints import hints
from isinglass.cli.naming import known_partition, partition_form, partition_path, partition_values, table_name
from isinglass.cli.session import Session

#: Requests take no more.
_MOST_ADDED, _MOST_DELETED = 100, 25


@click.group("partition")
def command() -> None:
    r"""List, show, add and delete partitions, named as their folders are.

    \b
    Examples:
      isinglass partition list retail.orders --where "year = 2026 and month in ('01', '02')"
      isinglass partition show retail.orders year=2026/month=01
      isinglass partition add retail.orders year=2026/month=02
      isinglass partition delete retail.orders year=2025/month=12
    """


@command.command("list")
@click.argument("name", shell_complete=completion.tables)
@click.option("--where", default="", help="An expression over the partition keys.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000_000), default=100, show_default=True, help="At most so many."
)
@in_catalog
@click.pass_obj
def list_(session: Session, name: str, where: str, limit: int) -> None:
    """List partitions in the order of their values."""
    table = _table(session, name)
    keys = _keys(table)
    request = _of(table) | {"Expression": where, "MaxResults": min(limit, 1000), "ExcludeColumnSchema": True}
    pages = session.catalog.pages("GetPartitions", request, "Partitions")
    found = list(islice(pages, limit))
    rows = [
        [partition_path(keys, one["Values"]), one.get("StorageDescriptor", {}).get("Location", "")]
        for one in found
    ]
    session.rows(["partition", "location"], rows, found)
    if len(found) == limit:
        session.say(f"The first {limit}; more with --limit")
    if not found:
        session.say("No partitions.")


@command.command("show")
@click.argument("name", shell_complete=completion.tables)
@click.argument("partition")
@in_catalog
@click.pass_obj
def show(session: Session, name: str, partition: str) -> None:
    """Show one partition."""
    table = _table(session, name)
    values = known_partition(table, partition)
    with hints(InvalidInputException=partition_form(_keys(table))):
        found = session.catalog.call("GetPartition", _of(table) | {"PartitionValues": values})["Partition"]
    descriptor, parameters = found.get("StorageDescriptor", {}), found.get("Parameters", {})
    lines = [
        ("Table", f"{found['DatabaseName']}.{found['TableName']}"),
        ("Partition", partition_path(_keys(table), values)),
        ("Location", descriptor.get("Location", "")),
        ("Created", changes.moment(found["CreationTime"]) if "CreationTime" in found else ""),
        *sorted(parameters.items()),
    ]
    session.thing(found, [line for line in lines if line[1]], partition)


@command.command("add")
@click.argument("name", shell_complete=completion.tables)
@click.argument("partitions", nargs=-1, required=True, metavar="PARTITION...")
@click.option(
    "--location", help="Where its files are, for one partition. Default: its folder below the table's."
)
@in_catalog
@click.pass_obj
def add(session: Session, name: str, partitions: tuple[str, ...], location: str | None) -> None:
    """Add partitions, with the table's columns and format."""
    if location is not None and len(partitions) > 1:
        raise usage("--location is that of one partition")
    table = _table(session, name)
    inputs = [_input(table, partition_values(table, text), location) for text in partitions]
    for batch in _batches(inputs, _MOST_ADDED):
        answer = session.catalog.call("BatchCreatePartition", _of(table) | {"PartitionInputList": batch})
        _raise_first(table, answer["Errors"])
    session.say(f"Added {changes.counted(len(inputs), 'partition')}")


def _input(table: dict[str, Any], values: list[str], location: str | None) -> dict[str, Any]:
    descriptor = dict(table.get("StorageDescriptor", {}))
    folder = descriptor.get("Location", "")
    if location is None and folder:
        location = f"{folder.rstrip('/')}/{partition_path(_keys(table), values)}/"
    if location is not None:
        descriptor["Location"] = location
    return {"Values": values, "StorageDescriptor": descriptor}


@command.command("delete")
@click.argument("name", shell_complete=completion.tables)
@click.argument("partitions", nargs=-1, metavar="PARTITION...")
@click.option("--where", help="Delete all that an expression over the partition keys selects.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@in_catalog
@click.pass_obj
def delete(session: Session, name: str, partitions: tuple[str, ...], where: str | None, yes: bool) -> None:
    """Delete partitions from the catalog; their files stay."""
    if bool(partitions) == (where is not None):
        raise usage("name the partitions to delete, or select them with --where")
    table = _table(session, name)
    chosen = [known_partition(table, text) for text in partitions]
    if where is not None:
        request = _of(table) | {"Expression": where, "ExcludeColumnSchema": True}
        chosen = [one["Values"] for one in session.catalog.pages("GetPartitions", request, "Partitions")]
        session.confirm(f"Delete {changes.counted(len(chosen), 'partition')} of {name}?", yes=yes)
    for batch in _batches([{"Values": values} for values in chosen], _MOST_DELETED):
        answer = session.catalog.call("BatchDeletePartition", _of(table) | {"PartitionsToDelete": batch})
        with hints(InvalidInputException=partition_form(_keys(table))):
            _raise_first(table, answer["Errors"])
    session.say(f"Deleted {changes.counted(len(chosen), 'partition')}")


def _batches(inputs: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    return [inputs[start : start + size] for start in range(0, len(inputs), size)]


def _raise_first(table: dict[str, Any], errors: list[dict[str, Any]]) -> None:
    if not errors:
        return
    detail = errors[0]["ErrorDetail"]
    path = partition_path(_keys(table), errors[0]["PartitionValues"])
    error = api_error(detail["ErrorCode"], f"{path}: {detail['ErrorMessage']}", "")
    error.facts = [f"and {len(errors) - 1} more of the partitions"] if len(errors) > 1 else []
    raise error


def _table(session: Session, name: str) -> dict[str, Any]:
    database, table_name_ = table_name(name)
    found: dict[str, Any] = session.catalog.call("GetTable", {"DatabaseName": database, "Name": table_name_})
    return dict(found["Table"])


def _keys(table: dict[str, Any]) -> list[str]:
    return [key["Name"] for key in table.get("PartitionKeys", [])]


def _of(table: dict[str, Any]) -> dict[str, Any]:
    return {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
