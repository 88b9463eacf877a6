"""`isinglass table`: one table, its versions, and what can be undone."""

from itertools import islice
from typing import Any

import click

from isinglass.cli import changes, completion
from isinglass.cli.catalogs import in_catalog
from isinglass.cli.commands import tables
from isinglass.cli.errors import usage
from isinglass.cli.hints import hints, ways_back
from isinglass.cli.naming import table_name
from isinglass.cli.session import Session, table

_NOTE = click.option("--note", help="Why; it is kept with the change.")
_DELETED_ID = click.option(
    "--id", "deleted_id", type=int, help="Which, of several deleted: isinglass deleted list"
)


@click.group("table")
def command() -> None:
    r"""Show tables and their versions; delete them, and undo that.

    \b
    Examples:
      isinglass table show retail.customers
      isinglass table versions retail.customers
      isinglass table diff retail.customers 3 7
      isinglass table restore retail.customers 3 --note 'the crawl was wrong'
      isinglass table undelete retail.customers
    """


command.add_command(tables.command, "list")


@command.command("show")
@click.argument("name", shell_complete=completion.tables)
@in_catalog
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show a table's columns, partition keys and where it is kept."""
    database, table_name_ = table_name(name)
    with ways_back(session.catalog, database, table_name_):
        found = session.catalog.call("GetTable", {"DatabaseName": database, "Name": table_name_})["Table"]
    descriptor = found.get("StorageDescriptor", {})
    lines = [
        ("Table", f"{found['DatabaseName']}.{found['Name']}"),
        ("Location", descriptor.get("Location", "")),
        ("Format", found.get("Parameters", {}).get("classification", "")),
        ("Version", found.get("VersionId", "")),
    ]
    session.thing(found, [line for line in lines if line[1]], name)
    if session.output != "table":
        return
    columns = [[column["Name"], column.get("Type", ""), ""] for column in descriptor.get("Columns", [])]
    columns += [[key["Name"], key.get("Type", ""), "partition"] for key in found.get("PartitionKeys", [])]
    if columns:
        print()
        print(table(["column", "type", ""], columns))


@command.command("delete", short_help="Delete tables; their files stay.")
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=completion.tables)
@_NOTE
@in_catalog
@click.pass_obj
def delete(session: Session, names: tuple[str, ...], note: str | None) -> None:
    """Delete tables; what is in their files stays, and `table undelete` brings them back."""
    for database, name in [table_name(each) for each in names]:  # all are read before any is deleted
        session.catalog.call("DeleteTable", {"DatabaseName": database, "Name": name}, note=note or "")
        way_back = session.catalog.command(f"isinglass table undelete {database}.{name}")
        session.say(f"Deleted {database}.{name}. Bring it back: {way_back}")


@command.command("versions", short_help="List versions, deletions and restores, newest first.")
@click.argument("name", shell_complete=completion.tables)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most so many."
)
@_DELETED_ID
@in_catalog
@click.pass_obj
def versions(session: Session, name: str, limit: int, deleted_id: int | None) -> None:
    """List versions, deletions and restores, newest first: who, through what, why, what changed."""
    database, table_name_ = table_name(name)
    request: dict[str, Any] = {
        "DatabaseName": database, "TableName": table_name_, "MaxResults": min(limit, 100),
    }  # fmt: skip
    if deleted_id is not None:
        request["DeletedId"] = deleted_id
    entries = list(islice(session.catalog.pages("isinglass:ListTableHistory", request, "Entries"), limit))
    columns = ["version", "what", "when", "who", "through", "verdict", "change"]
    session.rows(columns, [_version_row(entry) for entry in entries], entries)
    if len(entries) == limit:
        session.say(f"The newest {limit}; more with --limit")


def _version_row(entry: dict[str, Any]) -> list[str]:
    change = entry["Change"]
    what = entry["Event"].lower() + (", current" if entry["Current"] else "")
    told = changes.summary(entry.get("Summary", []))
    note = change.get("Note", "")
    said = f"“{note}” {told}".rstrip() if note else told
    verdict = changes.VERDICTS[entry["Compatibility"]] if "Compatibility" in entry else ""
    when = changes.moment(change["Time"])
    return [entry["VersionId"], what, when, changes.who(change), changes.through(change), verdict, said]


@command.command("diff", short_help="Show what differs between two versions.")
@click.argument("name", shell_complete=completion.tables)
@click.argument("before", required=False, metavar="[FROM]")
@click.argument("after", required=False, metavar="[TO]")
@in_catalog
@click.pass_obj
def diff(session: Session, name: str, before: str | None, after: str | None) -> None:
    """Show what differs between two versions: by default the current one and the one before it."""
    database, table_name_ = table_name(name)
    request = {"DatabaseName": database, "TableName": table_name_}
    request |= {"FromVersionId": before} if before else {}
    request |= {"ToVersionId": after} if after else {}
    versions_ = session.catalog.command(f"isinglass table versions {name}")
    with hints(EntityNotFoundException=versions_), ways_back(session.catalog, database, table_name_):
        found = session.catalog.call("isinglass:DiffTableVersions", request)
    if session.output == "table":
        for line in changes.diff_lines(f"{database}.{table_name_}", found, colour=changes.is_coloured()):
            print(line)
        session.say(f"Version {found['ToVersionId']} against {found['FromVersionId']}: {_verdict(found)}")
    elif session.output == "json":
        session.thing(found, [])
    else:
        columns = ["path", "kind", "change", "before", "after", "verdict", "reason"]
        rows = [_difference_row(each) for each in found["Differences"]]
        session.rows(columns, rows, found["Differences"])


def _verdict(found: dict[str, Any]) -> str:
    return changes.VERDICTS[found["Compatibility"]]


def _difference_row(each: dict[str, Any]) -> list[str]:
    members = ("Path", "Kind", "Change", "Before", "After", "Compatibility", "Reason")
    return [each.get(member, "") for member in members]


@command.command("restore", short_help="Go back to the definition of an earlier version.")
@click.argument("name", shell_complete=completion.tables)
@click.argument("version", required=False)
@click.option("--expect", metavar="VERSION", help="Only if this is still the current version.")
@_NOTE
@in_catalog
@click.pass_obj
def restore(session: Session, name: str, version: str | None, expect: str | None, note: str | None) -> None:
    """Give a table the definition of an earlier VERSION, as its next version."""
    versions_ = session.catalog.command(f"isinglass table versions {name}")
    if version is None:
        back = session.catalog.command(f"isinglass table undelete {name}")
        raise usage("name the version to go back to", f"{versions_}; of a deleted table: {back}")
    database, table_name_ = table_name(name)
    request = {"DatabaseName": database, "TableName": table_name_, "VersionId": version}
    request |= {"ExpectedVersionId": expect} if expect else {}
    request |= {"Note": note} if note else {}
    with (
        hints(EntityNotFoundException=versions_, ConcurrentModificationException=versions_),
        ways_back(session.catalog, database, table_name_),
    ):
        answer = session.catalog.call("isinglass:RestoreTableVersion", request)
    session.thing(
        answer,
        [("Table", f"{database}.{table_name_}"), ("Version", answer["VersionId"])],
        answer["VersionId"],
    )
    session.say(f"Version {answer['VersionId']} has the definition of version {answer['RestoredVersionId']}")


@command.command("undelete", short_help="Bring a deleted table back.")
@click.argument("name", shell_complete=completion.tables)
@click.option("--as", "new_name", metavar="TABLE", help="Another name, when this one is taken.")
@_DELETED_ID
@_NOTE
@in_catalog
@click.pass_obj
def undelete(
    session: Session, name: str, new_name: str | None, deleted_id: int | None, note: str | None
) -> None:
    """Bring a deleted table back with its versions, partitions, indexes and statistics."""
    database, table_name_ = table_name(name)
    given = {"NewName": new_name, "DeletedId": deleted_id, "Note": note}
    request: dict[str, Any] = {"DatabaseName": database, "TableName": table_name_}
    request |= {member: value for member, value in given.items() if value is not None}
    taken = session.catalog.command(f"isinglass table undelete {name} --as {table_name_}_restored")
    deleted = session.catalog.command("isinglass deleted list")
    with hints(AlreadyExistsException=taken, EntityNotFoundException=deleted):
        answer = session.catalog.call("isinglass:RestoreTable", request)
    restored = f"{answer['DatabaseName']}.{answer['TableName']}"
    session.thing(answer, [("Table", restored), ("Version", answer["VersionId"])], restored)
    session.say(f"{restored} is back")
