"""Form types and asset types, those that are built in among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.domain.business import built_in
from isinglass.domain.business.index import is_storable
from isinglass.model.glue.errors import (
    ConflictException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.store.conflicts import insert_or_update
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.business import (
    asset_attachments,
    asset_type_forms,
    asset_types,
    assets,
    form_types,
)


@dataclass(frozen=True, slots=True)
class AssetType:
    """A type of assets: the form types of its forms, by the names of the forms."""

    name: str
    forms: Mapping[str, str]


class AssetTypes:
    """Reads and writes form types and asset types within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put_form_type(self, account_id: str, name: str, schema: str) -> None:
        """Make a form type, or give the one of this name another schema."""
        row = {"account_id": account_id, "name": name, "schema": schema}
        insert_or_update(self._connection, form_types, ["schema"], row)

    def schema(self, account_id: str, name: str) -> str:
        """Read the schema of a form type that must exist."""
        return self.schemas(account_id, [name])[name]

    def schemas(self, account_id: str, names: Iterable[str], *, hold: bool = False) -> dict[str, str]:
        """Read the schemas of form types that must all exist; `hold` keeps them from being deleted."""
        wanted = sorted(set(names))
        found = {name: built_in.FORM_TYPES[name] for name in wanted if name in built_in.FORM_TYPES}
        stored = [name for name in wanted if name not in found and is_storable(name)]
        if stored:
            statement = (
                sa.select(form_types.c.name, form_types.c.schema)
                .where(form_types.c.account_id == account_id, form_types.c.name.in_(stored))
                .order_by(form_types.c.name)
            )
            if hold:
                statement = statement.with_for_update(read=True, key_share=True)
            found.update({row.name: row.schema for row in self._connection.execute(statement)})
        missing = [name for name in wanted if name not in found]
        if missing:
            raise EntityNotFoundException(f"Form type {missing[0]} not found.")
        return found

    def form_types_page(self, account_id: str, page: PageRequest) -> tuple[list[str], tuple[Any, ...] | None]:
        """List the names of form types."""
        return self._names(account_id, form_types.c.name, built_in.FORM_TYPES, page)

    def delete_form_type(self, account_id: str, name: str) -> None:
        """Delete a form type, if there is one; refuses one that something is made of."""
        _refuse_built_in(name, built_in.FORM_TYPES)
        if not is_storable(name):
            return
        key = (form_types.c.account_id == account_id, form_types.c.name == name)
        if not self._connection.execute(sa.select(form_types.c.name).where(*key).with_for_update()).first():
            return
        user = self._connection.scalars(
            sa.select(asset_type_forms.c.asset_type)
            .where(asset_type_forms.c.account_id == account_id, asset_type_forms.c.form_type == name)
            .limit(1)
        ).first()
        if user is not None:
            raise ConflictException(f"Form type {name} is used by asset type {user}.")
        attached = sa.select(asset_attachments.c.name).where(
            asset_attachments.c.account_id == account_id, asset_attachments.c.form_type == name
        )
        if (attachment := self._connection.scalars(attached.limit(1)).first()) is not None:
            raise ConflictException(f"Form type {name} is used by the attachment {attachment} of an asset.")
        self._connection.execute(form_types.delete().where(*key))

    def put(self, account_id: str, asset_type: AssetType) -> None:
        """Make an asset type of held form types, or give the one of this name other forms."""
        _refuse_built_in(asset_type.name, built_in.ASSET_TYPES)
        key = {"account_id": account_id, "name": asset_type.name}
        insert_or_update(self._connection, asset_types, ["name"], key)
        self._connection.execute(
            asset_type_forms.delete().where(
                asset_type_forms.c.account_id == account_id, asset_type_forms.c.asset_type == asset_type.name
            )
        )
        rows = [
            {
                "account_id": account_id,
                "asset_type": asset_type.name,
                "form_name": form,
                "form_type": form_type,
            }
            for form, form_type in sorted(asset_type.forms.items())
        ]
        self._connection.execute(asset_type_forms.insert(), rows)

    def require(self, account_id: str, name: str, *, hold: bool = False) -> AssetType:
        """Find an asset type that must exist; `hold` keeps it from being deleted."""
        if name in built_in.ASSET_TYPES:
            return AssetType(name, built_in.ASSET_TYPES[name])
        if is_storable(name):
            statement = sa.select(asset_types.c.name).where(
                asset_types.c.account_id == account_id, asset_types.c.name == name
            )
            if hold:
                statement = statement.with_for_update(read=True, key_share=True)
            if self._connection.execute(statement).first():
                return AssetType(name, self._forms(account_id, name))
        raise EntityNotFoundException(f"Asset type {name} not found.")

    def page(self, account_id: str, page: PageRequest) -> tuple[list[str], tuple[Any, ...] | None]:
        """List the names of asset types."""
        return self._names(account_id, asset_types.c.name, built_in.ASSET_TYPES, page)

    def delete(self, account_id: str, name: str) -> None:
        """Delete an asset type, if there is one; refuses one that has assets."""
        _refuse_built_in(name, built_in.ASSET_TYPES)
        if not is_storable(name):
            return
        key = (asset_types.c.account_id == account_id, asset_types.c.name == name)
        if not self._connection.execute(sa.select(asset_types.c.name).where(*key).with_for_update()).first():
            return
        of_type = sa.select(assets.c.name).where(assets.c.account_id == account_id, assets.c.type_id == name)
        asset = self._connection.scalars(of_type.limit(1)).first()
        if asset is not None:
            raise InvalidInputException(f"Asset type {name} has assets, {asset} among them.")
        self._connection.execute(asset_types.delete().where(*key))

    def _forms(self, account_id: str, name: str) -> dict[str, str]:
        statement = sa.select(asset_type_forms.c.form_name, asset_type_forms.c.form_type).where(
            asset_type_forms.c.account_id == account_id, asset_type_forms.c.asset_type == name
        )
        return {row.form_name: row.form_type for row in self._connection.execute(statement)}

    def _names(
        self, account_id: str, column: sa.Column[str], given: Iterable[str], page: PageRequest
    ) -> tuple[list[str], tuple[Any, ...] | None]:
        """List names, those that are built in at their places among the stored ones."""
        statement = sa.select(column).where(column.table.c.account_id == account_id)
        rows, after = fetch_page(self._connection, statement, [column], page)
        last = page.after[0] if page.after else ""
        stored = [row[0] for row in rows]
        due = [name for name in given if name > last and (after is None or name < after[0])]
        names = sorted([*stored, *due])
        if len(names) <= page.size:
            return names, after
        return names[: page.size], (names[page.size - 1],)


def _refuse_built_in(name: str, given: Iterable[str]) -> None:
    if name in given:
        raise InvalidInputException(f"{name} is built in and cannot be changed.")
