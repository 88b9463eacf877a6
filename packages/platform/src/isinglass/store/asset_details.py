"""The glossary terms and attachments of assets, and of the items of their iterable forms."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from isinglass.domain.business.index import is_storable
from isinglass.store.assets import Asset
from isinglass.store.conflicts import insert_ignoring, insert_or_update
from isinglass.store.tables.business import asset_attachments, asset_terms


@dataclass(frozen=True, slots=True)
class Place:
    """What terms and attachments are on: an item of a form, or the asset itself when both are empty."""

    asset: Asset
    form: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A form attached under a name."""

    name: str
    form_type: str
    content: str


class AssetDetails:
    """Reads and writes terms and attachments within one transaction; writers hold the asset's lock."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def terms(self, place: Place) -> list[str]:
        """List the ids of the terms on one place."""
        return self.terms_of(place.asset, place.form, [place.item])[place.item]

    def terms_of(self, asset: Asset, form: str, items: Collection[str]) -> Mapping[str, list[str]]:
        """List the ids of the terms on some items."""
        statement = sa.select(asset_terms.c.item, asset_terms.c.term_id).where(
            *_items(asset_terms, asset, form, items)
        )
        found: dict[str, list[str]] = defaultdict(list)
        for row in self._connection.execute(statement.order_by(asset_terms.c.term_id)):
            found[row.item].append(row.term_id)
        return found

    def add_terms(self, place: Place, terms: Iterable[str]) -> None:
        """Put held terms on a place; those there already stay."""
        rows = [{**_key(place), "term_id": term} for term in terms]
        self._connection.execute(insert_ignoring(self._connection, asset_terms), rows)

    def remove_terms(self, place: Place, terms: Iterable[str]) -> None:
        """Take terms from a place; those that are not there are ignored."""
        wanted = [term for term in terms if is_storable(term)]
        self._connection.execute(
            asset_terms.delete().where(*_on(asset_terms, place), asset_terms.c.term_id.in_(wanted))
        )

    def attachments(self, place: Place) -> list[Attachment]:
        """List the attachments of one place by name."""
        return self.attachments_of(place.asset, place.form, [place.item])[place.item]

    def attachments_of(
        self, asset: Asset, form: str, items: Collection[str]
    ) -> Mapping[str, list[Attachment]]:
        """List the attachments of some items."""
        columns = asset_attachments.c
        statement = sa.select(columns.item, columns.name, columns.form_type, columns.content).where(
            *_items(asset_attachments, asset, form, items)
        )
        found: dict[str, list[Attachment]] = defaultdict(list)
        for item, *rest in self._connection.execute(statement.order_by(columns.name)):
            found[item].append(Attachment(*rest))
        return found

    def attach(self, place: Place, attachment: Attachment) -> None:
        """Attach a form to a place, instead of the one of its name there."""
        row = {
            **_key(place),
            "name": attachment.name,
            "form_type": attachment.form_type,
            "content": attachment.content,
        }
        insert_or_update(self._connection, asset_attachments, ["form_type", "content"], row)

    def detach(self, place: Place, name: str) -> bool:
        """Take an attachment from a place; False when there is none of the name."""
        gone = asset_attachments.delete().where(
            *_on(asset_attachments, place), asset_attachments.c.name == name
        )
        return self._connection.execute(gone).rowcount == 1

    def items(self, asset: Asset, form: str) -> set[str]:
        """List the items of a form that something is on."""
        found: set[str] = set()
        for table in (asset_terms, asset_attachments):
            statement = sa.select(table.c.item).where(
                table.c.account_id == asset.account_id, table.c.asset_id == asset.id, table.c.form == form
            )
            found.update(self._connection.scalars(statement))
        return found

    def keep_only(self, asset: Asset, items: Collection[tuple[str, str]]) -> None:
        """Remove the terms and attachments of items, named by form and id, that an asset has no more."""
        for table in (asset_terms, asset_attachments):
            present = sa.select(table.c.form, table.c.item).where(
                table.c.account_id == asset.account_id, table.c.asset_id == asset.id, table.c.form != ""
            )
            for form, item in self._connection.execute(present.distinct()).all():
                if (form, item) not in items:
                    self._connection.execute(table.delete().where(*_on(table, Place(asset, form, item))))


def _key(place: Place) -> dict[str, str | int]:
    return {
        "account_id": place.asset.account_id,
        "asset_id": place.asset.id,
        "form": place.form,
        "item": place.item,
    }


def _on(table: sa.Table, place: Place) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in _key(place).items()]


def _items(table: sa.Table, asset: Asset, form: str, items: Collection[str]) -> list[sa.ColumnElement[bool]]:
    return [
        table.c.account_id == asset.account_id,
        table.c.asset_id == asset.id,
        table.c.form == form,
        table.c.item.in_([item for item in items if is_storable(item)]),
    ]
