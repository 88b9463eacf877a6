"""`isinglass connection`: what connections there are, and what lies at their other ends."""

from itertools import islice
from typing import Any

import click

from isinglass.cli import changes
from isinglass.cli.session import Session

#: Records in one request of GetEntityRecords.
_AT_ONCE = 1000


@click.group("connection")
def command() -> None:
    r"""List and try connections, and look at what lies at their other ends.

    \b
    Examples:
      isinglass connection types POSTGRESQL
      isinglass connection test shop-db
      isinglass connection entities shop-db public
      isinglass connection fields shop-db public.orders
      isinglass connection sample shop-db public.orders --where "amount > 100"
    """


@command.command("list")
@click.option("--type", "kind", metavar="TYPE", help="Only connections of this type.")
@click.pass_obj
def list_(session: Session, kind: str | None) -> None:
    """List connections, without their passwords."""
    request: dict[str, Any] = {"HidePassword": True}
    if kind is not None:
        request["Filter"] = {"ConnectionType": kind}
    found = list(session.client.pages("GetConnections", request, "ConnectionList"))
    rows = [[each["Name"], each["ConnectionType"], each["Status"], _tried(each)] for each in found]
    session.rows(["connection", "type", "status", "tried"], rows, found)


def _tried(connection: dict[str, Any]) -> str:
    moment = connection.get("LastConnectionValidationTime")
    return "never" if moment is None else changes.moment(moment)


@command.command("types", short_help="List types of connections, or what one type says.")
@click.argument("name", required=False, metavar="[TYPE]")
@click.pass_obj
def types(session: Session, name: str | None) -> None:
    """List the types that connections may have, or what connections of one type say."""
    if name is None:
        found = list(session.client.pages("ListConnectionTypes", {}, "ConnectionTypes"))
        rows = [
            [each["ConnectionType"], each["DisplayName"], ", ".join(each["Categories"]), _reached(each)]
            for each in found
        ]
        session.rows(["type", "name", "category", "works here"], rows, found)
        return
    kind = session.client.call("DescribeConnectionType", {"ConnectionType": name})
    properties = list(kind["ConnectionProperties"].values())
    rows = [
        [each["Name"], "yes" if each["Required"] else "", _values(each), each["Description"]]
        for each in properties
    ]
    session.say(f"{kind['ConnectionType']}: {kind['Description']}")
    session.rows(["property", "required", "values", "description"], rows, properties)


def _reached(kind: dict[str, Any]) -> str:
    return ", ".join(kind["Capabilities"]["SupportedDataOperations"]).lower()


def _values(shown: dict[str, Any]) -> str:
    allowed = "|".join(each["Value"] for each in shown.get("AllowedValues", []))
    default = shown.get("DefaultValue")
    return allowed if default is None else f"{allowed} (default {default})".strip()


@command.command("test")
@click.argument("name", metavar="CONNECTION")
@click.pass_obj
def test(session: Session, name: str) -> None:
    """Try a connection's other end; it takes a few seconds at most."""
    session.client.call("TestConnection", {"ConnectionName": name})
    session.say(f"{name} answers.")


@command.command("entities", short_help="List what a connection leads to.")
@click.argument("name", metavar="CONNECTION")
@click.argument("parent", required=False, metavar="[PARENT]")
@click.pass_obj
def entities(session: Session, name: str, parent: str | None) -> None:
    """List what a connection leads to: schemas, and with PARENT the tables in one."""
    request = {"ConnectionName": name, **({"ParentEntityName": parent} if parent is not None else {})}
    found = list(session.client.pages("ListEntities", request, "Entities"))
    rows = [[each["EntityName"], each.get("Category", ""), each.get("Description", "")] for each in found]
    session.rows(["entity", "kind", "description"], rows, found)
    if any(each["IsParentEntity"] for each in found):
        session.say(f"What is in one: isinglass connection entities {name} {found[0]['EntityName']}")


@command.command("fields")
@click.argument("name", metavar="CONNECTION")
@click.argument("entity")
@click.pass_obj
def fields(session: Session, name: str, entity: str) -> None:
    """List the fields of an entity."""
    request = {"ConnectionName": name, "EntityName": entity}
    found = list(session.client.pages("DescribeEntity", request, "Fields"))
    rows = [
        [
            each["FieldName"],
            each["FieldType"].lower(),
            each.get("NativeDataType", ""),
            "yes" if each["IsPrimaryKey"] else "",
            "yes" if each["IsNullable"] else "",
        ]
        for each in found
    ]
    session.rows(["field", "type", "native type", "key", "nullable"], rows, found)


@command.command("sample")
@click.argument("name", metavar="CONNECTION")
@click.argument("entity")
@click.option("--field", "selected", multiple=True, metavar="NAME", help="Only this one; repeat it.")
@click.option("--where", metavar="PREDICATE", help="Only records for which this is true.")
@click.option("--order", metavar="FIELDS", help="Such as 'amount DESC, id'.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most so many."
)
@click.pass_obj
def sample(
    session: Session, name: str, entity: str, selected: tuple[str, ...], where: str | None,
    order: str | None, limit: int,
) -> None:  # fmt: skip
    """Show some records of an entity."""
    request: dict[str, Any] = {"ConnectionName": name, "EntityName": entity, "Limit": min(limit, _AT_ONCE)}
    given = {"SelectedFields": list(selected), "FilterPredicate": where, "OrderBy": order}
    request.update({key: value for key, value in given.items() if value})
    found = list(islice(session.client.pages("GetEntityRecords", request, "Records"), limit))
    columns = list(dict.fromkeys(key for each in found for key in each))
    session.rows(columns, [[each.get(column) for column in columns] for each in found], found)
    if not found:
        session.say("There are no such records.")
