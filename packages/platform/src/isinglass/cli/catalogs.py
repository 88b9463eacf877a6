"""`--catalog-id`: the catalog whose databases and tables a command means, instead of the account's own."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from isinglass.cli.errors import DATABASES, TABLES, CliError, usage

if TYPE_CHECKING:
    from isinglass.cli.client import Client


@dataclass(frozen=True, slots=True)
class Catalog:
    """Calls operations on what one catalog holds; without an id it is the account's own."""

    client: "Client"
    catalog_id: str = ""

    def call(
        self, operation: str, document: dict[str, Any] | None = None, *, note: str = ""
    ) -> dict[str, Any]:
        """Call an operation; raises CliError in the API's words."""
        with self._told():
            return self.client.call(operation, self._of_this(document or {}), note=note)

    def pages(self, operation: str, document: dict[str, Any], member: str) -> Iterator[Any]:
        """Yield the items of every page of a listing."""
        with self._told():
            yield from self.client.pages(operation, self._of_this(document), member)

    def command(self, text: str) -> str:
        """Write a command that a person may type next so that it means the same catalog."""
        return f"{text} --catalog-id {shlex.quote(self.catalog_id)}" if self.catalog_id else text

    def _of_this(self, document: dict[str, Any]) -> dict[str, Any]:
        return {"CatalogId": self.catalog_id, **document} if self.catalog_id else document

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except CliError as error:
            if error.hint in {DATABASES, TABLES}:
                error.hint = self.command(error.hint)
            raise


def _choose(ctx: click.Context, _parameter: click.Parameter, given: str | None) -> None:
    from isinglass.cli.session import Session

    if given == "":  # a variable of a script that is not set must not mean another catalog
        raise usage("--catalog-id is empty", "leave it out for the account's own catalog")
    if given is not None:
        ctx.ensure_object(Session).catalog_id = given


#: The option of every command on what catalogs hold; `session.catalog` is then the catalog that it names.
in_catalog = click.option(
    "--catalog-id",
    metavar="ID",
    expose_value=False,
    callback=_choose,
    help="A nested catalog, as sales/emea; default: the account's own.",
)
