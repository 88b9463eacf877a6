"""`isinglass asset`: what is said of tables and of other assets."""

from typing import Any

import click

from isinglass.cli.commands.glossary import term_id
from isinglass.cli.session import Session, table


@click.group("asset")
def command() -> None:
    r"""Find assets and describe them. Tables are named DATABASE.TABLE, others by their identifiers.

    \b
    Examples:
      isinglass asset search 'customer email'
      isinglass asset show retail.orders
      isinglass asset describe retail.orders 'What was sold, a row per line'
      isinglass asset tag retail.orders Finance/ARR --column amount
    """


@command.command("search")
@click.argument("text", required=False)
@click.option("--term", help="Only what has this term, GLOSSARY/TERM or an id.")
@click.option("--type", "asset_type", help="Only assets of this type; tables are of GlueTable.")
@click.pass_obj
def search(session: Session, text: str | None, term: str | None, asset_type: str | None) -> None:
    """Find assets by words and terms, and tables by their columns too."""
    wanted = [
        _equals("glossaryTerms", term_id(session, term)) if term else None,
        _equals("assetTypeId", asset_type) if asset_type else None,
    ]
    filters = [each for each in wanted if each]
    request: dict[str, Any] = {"SearchText": text} if text else {}
    request |= {"FilterClause": {"AndAllFilters": filters}} if filters else {}
    found = list(session.client.pages("SearchAssets", request, "Items"))
    rows = [
        [one["Id"], one["AssetName"], one["AssetTypeId"], one.get("AssetDescription", "")] for one in found
    ]
    session.rows(["asset", "name", "type", "description"], rows, found)
    if not found:
        session.say("Nothing found.")


@command.command("show")
@click.argument("name")
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show what is said of an asset and of its columns."""
    found = session.client.call("GetAsset", {"Identifier": identifier(session, name)})
    lines = [
        ("Asset", found["Id"]),
        ("Name", found["Name"]),
        ("Type", found["AssetTypeId"]),
        ("Description", found.get("Description", "")),
        ("Terms", _names(session, found["GlossaryTerms"])),
    ]
    for kind in ("Forms", "Attachments"):
        lines += [
            (name, entry.get("Content", ""))
            for name, entry in found[kind].items()
            if entry["FormTypeId"] != "GlueTable"  # which `isinglass table show` is for
        ]
    session.thing(found, [line for line in lines if line[1]], found["Id"])
    if session.output != "table":
        return
    for form in found["IterableForms"]:
        request = {"AssetIdentifier": found["Id"], "IterableFormName": form}
        items = list(session.client.pages("ListIterableForms", request, "Items"))
        rows = [
            [item["ItemName"], item.get("Description", ""), _names(session, item["GlossaryTerms"])]
            for item in items
        ]
        if rows:
            print()
            print(table([form, "description", "terms"], rows))


@command.command("describe")
@click.argument("name")
@click.argument("description")
@click.option("--name", "shown_name", help="What it is called from now on; a table keeps its own name too.")
@click.pass_obj
def describe(session: Session, name: str, description: str, shown_name: str | None) -> None:
    """Say what an asset is."""
    request = {"Identifier": identifier(session, name), "Description": description}
    changed = session.client.call("UpdateAsset", request | ({"Name": shown_name} if shown_name else {}))
    session.say(f"Described {changed['Id']}")


@command.command("tag")
@click.argument("name")
@click.argument("terms", nargs=-1, required=True)
@click.option("--column", help="On this column, not on the whole table.")
@click.pass_obj
def tag(session: Session, name: str, terms: tuple[str, ...], column: str | None) -> None:
    """Put terms, GLOSSARY/TERM or ids, on an asset."""
    _change_terms(session, "AssociateGlossaryTerms", name, terms, column)


@command.command("untag")
@click.argument("name")
@click.argument("terms", nargs=-1, required=True)
@click.option("--column", help="From this column, not from the whole table.")
@click.pass_obj
def untag(session: Session, name: str, terms: tuple[str, ...], column: str | None) -> None:
    """Take terms, GLOSSARY/TERM or ids, from an asset."""
    _change_terms(session, "DisassociateGlossaryTerms", name, terms, column)


def _change_terms(
    session: Session, operation: str, name: str, terms: tuple[str, ...], column: str | None
) -> None:
    request: dict[str, Any] = {
        "AssetIdentifier": identifier(session, name),
        "GlossaryTermIdentifiers": [term_id(session, term) for term in terms],
    }
    request |= {"IterableFormName": "columns", "ItemIdentifier": column} if column else {}
    changed = session.client.call(operation, request)
    session.say(f"{changed['AssetIdentifier']}: {_names(session, changed['GlossaryTerms']) or 'no terms'}")


def identifier(session: Session, name: str) -> str:
    """Turn DATABASE.TABLE into the identifier of its asset; what has a colon or a slash is one already."""
    if ":" in name or "/" in name or "." not in name:
        return name
    from isinglass.domain.business.identifiers import TableName, table_identifier

    database, _, table_name = name.partition(".")
    found = session.client.call("GetTable", {"DatabaseName": database, "Name": table_name})["Table"]
    table_of = TableName(found["CatalogId"], found["DatabaseName"], found["Name"])
    return table_identifier(session.profile.region, table_of)


def _names(session: Session, terms: list[str]) -> str:
    found = (session.client.call("GetGlossaryTerm", {"Identifier": term}) for term in terms)
    return ", ".join(sorted(term["Name"] for term in found))


def _equals(attribute: str, value: str) -> dict[str, Any]:
    value_of = {"StringValue": value}
    return {"AttributeFilter": {"Attribute": attribute, "Operator": "equals", "Value": value_of}}
