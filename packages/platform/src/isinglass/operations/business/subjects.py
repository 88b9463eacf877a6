"""The assets that requests name: those that were put, and tables of the catalog."""

from dataclasses import dataclass
from typing import Any

from isinglass.domain.business import built_in, items
from isinglass.domain.business.identifiers import TableName, table_identifier, table_of
from isinglass.domain.business.items import Items
from isinglass.domain.catalog_ids import account_of
from isinglass.domain.smithy.contents import ContentError, check_content, read_content
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException
from isinglass.operations.business.asset_types import schema_of
from isinglass.operations.context import Context
from isinglass.operations.visibility import require, visible_table
from isinglass.store.asset_details import Place
from isinglass.store.assets import Asset
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Transaction


@dataclass(frozen=True, slots=True)
class Subject:
    """An asset: what was put, a table, or a table and what is said of it."""

    identifier: str
    asset: Asset | None
    table: CatalogTable | None

    @property
    def document(self) -> Any:
        """What is said, of a table what differs from it."""
        return self.asset.document if self.asset else {}


def find(ctx: Context, tx: Transaction, identifier: str) -> Subject:
    """Find the asset that a request names, to read it."""
    name = table_of(identifier)
    if name is None:
        asset = tx.assets.find(ctx.account_id, identifier)
        if asset is None:
            raise _not_found(identifier)
        return Subject(identifier, asset, None)
    table = tx.tables.find(*_own(ctx, name))
    if table is None:
        raise _not_found(identifier)
    table = visible_table(ctx, tx, table)
    return Subject(identifier_of(ctx, table), tx.assets.find_table(ctx.account_id, table.id), table)


def lock(ctx: Context, tx: Transaction, identifier: str) -> tuple[Subject, Asset]:
    """Find the asset that a request names and keep others from changing it."""
    name = table_of(identifier)
    if name is None:
        asset = tx.assets.find(ctx.account_id, identifier, lock=True)
        if asset is None:
            raise _not_found(identifier)
        return Subject(identifier, asset, None), asset
    table = visible_table(ctx, tx, require(ctx, tx, tx.tables.hold(*_own(ctx, name)), "ALTER"))
    asset = tx.assets.of_table(ctx.account_id, table)
    return Subject(identifier_of(ctx, table), asset, table), asset


def identifier_of(ctx: Context, table: CatalogTable) -> str:
    """Build the identifier of a table's asset."""
    return table_identifier(ctx.region, TableName(table.catalog_id, table.database_name, table.name))


def _own(ctx: Context, name: TableName) -> tuple[str, str, str]:
    if account_of(name.catalog_id) != ctx.account_id:
        raise EntityNotFoundException(
            f"Asset not found: the table {name.table} is in the catalog of another account."
        )
    return name.catalog_id, name.database, name.table


def _not_found(identifier: str) -> EntityNotFoundException:
    return EntityNotFoundException(f"Asset {identifier} not found.")


def iterable_forms(ctx: Context, tx: Transaction, subject: Subject) -> dict[str, str]:
    """Map the iterable forms of an asset to their form types."""
    found = {} if subject.table is None else {built_in.COLUMNS: built_in.COLUMN_FORM_TYPE}
    forms = subject.document.get("Forms", {})
    schemas = tx.asset_types.schemas(ctx.account_id, [form["FormTypeId"] for form in forms.values()])
    for name, form in forms.items():
        form_type = form["FormTypeId"]
        for member in items.lists_of(schema_of(schemas[form_type]), form_type):
            found[f"{name}::{member}"] = form_type
    return found


def items_of(ctx: Context, tx: Transaction, subject: Subject, form: str) -> Items:
    """List the items of one iterable form."""
    if subject.table is not None and form == built_in.COLUMNS:
        return items.of_table(subject.table.document)
    form_type = iterable_forms(ctx, tx, subject).get(form)
    if form_type is None:
        raise EntityNotFoundException(f"Asset {subject.identifier} has no iterable form {form}.")
    name, _, member = form.partition("::")
    content = read_content(subject.document["Forms"][name]["Content"])
    return items.of_list(form_type, member, content.get(member))


def place_of(ctx: Context, tx: Transaction, asset: Asset, subject: Subject, request: Any) -> Place:
    """Find what a request is about: the asset, or the item that it names."""
    form, item = request.get("IterableFormName"), request.get("ItemIdentifier")
    if form is None and item is None:
        return Place(asset)
    if form is None or item is None:
        raise InvalidInputException("IterableFormName and ItemIdentifier go together: give both or neither")
    found = items_of(ctx, tx, subject, form).lookup()(item)
    if found is None:
        raise EntityNotFoundException(f"Item {item} of {form} not found on asset {subject.identifier}.")
    return Place(asset, form, found.id)


def checked_content(schema: str, form_type: str, form: str, text: str) -> Any:
    """Parse a form's content and hold it against its form type; refuses what does not fit."""
    try:
        content = read_content(text)
        check_content(schema_of(schema), form_type, content)
    except ContentError as error:
        raise InvalidInputException(f"Content of form {form}, {error}") from error
    return content
