"""`isinglass glossary`: glossaries and their terms."""

from typing import Any

import click

from isinglass.cli.errors import NOT_FOUND, CliError, usage
from isinglass.cli.session import Session


@click.group("glossary")
def command() -> None:
    r"""Say what words mean: glossaries and their terms.

    \b
    Examples:
      isinglass glossary create Finance
      isinglass glossary add Finance/ARR --short 'Revenue of a year'
      isinglass glossary show Finance
      isinglass asset tag retail.orders Finance/ARR --column amount
    """


@command.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List glossaries."""
    found = list(session.client.pages("ListGlossaries", {}, "Items"))
    rows = [[one["Name"], one["Id"], one.get("Description", "")] for one in found]
    session.rows(["glossary", "id", "description"], rows, found)


@command.command("create")
@click.argument("name")
@click.option("--description", help="What its terms are about.")
@click.pass_obj
def create(session: Session, name: str, description: str | None) -> None:
    """Make a glossary."""
    request = {"Name": name} | ({"Description": description} if description else {})
    made = session.client.call("CreateGlossary", request)
    session.thing(made, [("Glossary", made["Name"]), ("Id", made["Id"])], made["Id"])


@command.command("show")
@click.argument("name")
@click.pass_obj
def show(session: Session, name: str) -> None:
    """List the terms of a glossary."""
    request = {"GlossaryIdentifier": glossary_id(session, name)}
    found = list(session.client.pages("ListGlossaryTerms", request, "Items"))
    rows = [[one["Name"], one["Id"], one.get("ShortDescription", "")] for one in found]
    session.rows(["term", "id", "meaning"], rows, found)


@command.command("add")
@click.argument("term")
@click.option("--short", help="What it means, in a line.")
@click.option("--long", help="What it means, at length.")
@click.pass_obj
def add(session: Session, term: str, short: str | None, long: str | None) -> None:
    """Add a term, named GLOSSARY/TERM."""
    glossary, slash, name = term.partition("/")
    if not slash:
        raise usage(f"{term} does not name a term", "isinglass glossary add GLOSSARY/TERM")
    request = {"GlossaryIdentifier": glossary_id(session, glossary), "Name": name}
    request |= {"ShortDescription": short} if short else {}
    request |= {"LongDescription": long} if long else {}
    made = session.client.call("CreateGlossaryTerm", request)
    session.thing(made, [("Term", f"{glossary}/{name}"), ("Id", made["Id"])], made["Id"])


@command.command("delete")
@click.argument("name")
@click.pass_obj
def delete(session: Session, name: str) -> None:
    """Delete a term, named GLOSSARY/TERM, or a glossary without terms."""
    if "/" in name:
        session.client.call("DeleteGlossaryTerm", {"Identifier": term_id(session, name)})
    else:
        session.client.call("DeleteGlossary", {"Identifier": glossary_id(session, name)})
    session.say(f"Deleted {name}")


def glossary_id(session: Session, name: str) -> str:
    """Find the id of a glossary by its name or id."""
    return _id_of(session.client.pages("ListGlossaries", {}, "Items"), name, "glossary")


def term_id(session: Session, name: str) -> str:
    """Find the id of a term, named GLOSSARY/TERM or by its id."""
    glossary, slash, term = name.partition("/")
    if not slash:
        return name
    request = {"GlossaryIdentifier": glossary_id(session, glossary)}
    return _id_of(session.client.pages("ListGlossaryTerms", request, "Items"), term, "term")


def _id_of(found: Any, name: str, noun: str) -> str:
    for one in found:
        if name in (one["Name"], one["Id"]):
            return str(one["Id"])
    raise CliError(f"there is no {noun} {name}", hint="isinglass glossary list", exit_code=NOT_FOUND)
