"""Encryption keys, their sealed material, and their aliases."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import sqlalchemy as sa

from isinglass.domain.keys.references import KeyReference, alias_arn, key_arn
from isinglass.store.conflicts import insert_one
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.keys import key_aliases, key_material
from isinglass.store.tables.keys import keys as key_table

KeyState = Literal["Enabled", "Disabled", "PendingDeletion"]
Reason = Literal["CREATED", "AUTOMATIC", "ON_DEMAND"]
After = tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Key:
    """A key without what it encrypts with."""

    account_id: str
    id: str
    region: str
    state: KeyState
    manager: Literal["CUSTOMER", "AWS"]
    description: str
    policy: str
    created_at: float
    #: The number of the material that encrypts.
    current: int = 1
    rotation_days: int = 365
    rotates_at: float | None = None
    deletion_at: float | None = None
    waiting_days: int | None = None

    @property
    def arn(self) -> str:
        return key_arn(self.region, self.account_id, self.id)

    @property
    def tag_resource(self) -> str:
        return f"kms/{self.id}"

    def is_gone(self, now: float) -> bool:
        """Tell whether the key's time is up, though nobody may have destroyed it yet."""
        return self.deletion_at is not None and self.deletion_at <= now


@dataclass(frozen=True, slots=True)
class Material:
    """What a key encrypted with from some time on, sealed."""

    number: int
    id: str
    sealed: bytes
    reason: Reason
    created_at: float


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of a key; `region` is the key's."""

    account_id: str
    name: str
    key_id: str
    created_at: float
    updated_at: float
    region: str

    @property
    def arn(self) -> str:
        return alias_arn(self.region, self.account_id, self.name)


_KEY = tuple(field.name for field in fields(Key))
_MATERIAL = tuple(field.name for field in fields(Material))
_ALIAS = ("account_id", "name", "key_id", "created_at", "updated_at")
_SELECT = sa.select(*(key_table.c[name] for name in _KEY))
_SELECT_MATERIAL = sa.select(*(key_material.c[name] for name in _MATERIAL))
_NAMED = sa.and_(key_table.c.account_id == key_aliases.c.account_id, key_table.c.id == key_aliases.c.key_id)
_SELECT_ALIAS: sa.Select[Any] = sa.select(*(key_aliases.c[name] for name in _ALIAS), key_table.c.region).join(
    key_table, _NAMED
)
# Built once: building a statement costs more than running it.
_BY_ID = _SELECT.where(key_table.c.id == sa.bindparam("of_key"))
_BY_ALIAS = _SELECT.join(key_aliases, _NAMED).where(
    key_aliases.c.account_id == sa.bindparam("of_account"), key_aliases.c.name == sa.bindparam("of_alias")
)
_ONE_MATERIAL = _SELECT_MATERIAL.where(
    key_material.c.account_id == sa.bindparam("of_account"),
    key_material.c.key_id == sa.bindparam("of_key"),
    key_material.c.number == sa.bindparam("of_number"),
)


class Keys:
    """Reads and writes keys within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, key: Key, material: Material) -> None:
        """Insert a key with what it encrypts with."""
        self._connection.execute(key_table.insert().values(_values(key)))
        self._add_material(key, material)

    def find(self, account_id: str, key_id: str, *, lock: bool = False) -> Key | None:
        """Find a key of an account by its id."""
        key = self.by_id(key_id, lock=lock)
        return key if key is not None and key.account_id == account_id else None

    def by_id(self, key_id: str, *, lock: bool = False) -> Key | None:
        """Find a key of whatever account: ids are never given twice."""
        statement = _BY_ID.with_for_update() if lock else _BY_ID
        row = self._connection.execute(statement, {"of_key": key_id}).first()
        return None if row is None else Key(*row)

    def resolve(self, reference: KeyReference, *, lock: bool = False) -> Key | None:
        """Find what a request names, directly or by an alias."""
        if not reference.alias:
            return self.find(reference.account_id, reference.id, lock=lock)
        values = {"of_account": reference.account_id, "of_alias": reference.alias}
        row = self._connection.execute(_BY_ALIAS, values).first()
        if row is None:
            return None
        # The alias is not locked: the key that it led to when it was read is the one that is meant.
        return self.find(row.account_id, row.id, lock=True) if lock else Key(*row)

    def page(self, account_id: str, page: PageRequest, now: float) -> tuple[list[Key], After]:
        """List an account's keys by their ids, without those whose time is up."""
        table = key_table.c
        there = sa.or_(table.deletion_at.is_(None), table.deletion_at > now)
        statement = _SELECT.where(table.account_id == account_id, there)
        rows, after = fetch_page(self._connection, statement, [table.id], page)
        return [Key(*row) for row in rows], after

    def update(self, key: Key) -> None:
        """Store a key's changed values."""
        self._connection.execute(key_table.update().where(*_of(key)).values(_values(key)))

    def rotate(self, key: Key, material: Material) -> None:
        """Let a key, whose changed values these are, encrypt with new material; the old stays to decrypt."""
        self._add_material(key, material)
        self.update(key)

    def destroy(self, key: Key) -> None:
        """Delete a key for good with its material and its aliases: nothing opens what it encrypted."""
        of_key = {"account_id": key.account_id, "key_id": key.id}
        for table in (key_material, key_aliases):
            self._connection.execute(
                table.delete().where(*(table.c[name] == value for name, value in of_key.items()))
            )
        self._connection.execute(key_table.delete().where(*_of(key)))

    def due(self, now: float, most: int) -> list[Key]:
        """List keys whose time to be destroyed or rotated has come, and lock them."""
        table = key_table.c
        rotating = sa.and_(table.rotates_at <= now, table.state == "Enabled")
        statement = _SELECT.where(sa.or_(table.deletion_at <= now, rotating)).order_by(table.id).limit(most)
        rows = self._connection.execute(statement.with_for_update(skip_locked=True))
        return [Key(*row) for row in rows]

    def material(self, key: Key, number: int) -> Material | None:
        """Find what a key encrypts with, or once did."""
        values = {"of_account": key.account_id, "of_key": key.id, "of_number": number}
        row = self._connection.execute(_ONE_MATERIAL, values).first()
        return None if row is None else Material(*row)

    def materials(self, key: Key) -> list[Material]:
        """List all material of a key, the newest first; it is little."""
        statement = _SELECT_MATERIAL.where(
            key_material.c.account_id == key.account_id, key_material.c.key_id == key.id
        )
        rows = self._connection.execute(statement.order_by(key_material.c.number.desc()))
        return [Material(*row) for row in rows]

    def count(self, account_id: str) -> int:
        """Count an account's keys."""
        statement = sa.select(sa.func.count()).where(key_table.c.account_id == account_id)
        return self._connection.scalars(statement).one()

    def add_alias(self, account_id: str, name: str, key_id: str, now: float) -> bool:
        """Give a key a name; False when it is taken, also by a concurrent insert."""
        row = {"account_id": account_id, "name": name, "key_id": key_id, "created_at": now, "updated_at": now}
        return insert_one(self._connection, key_aliases, row)

    def move_alias(self, account_id: str, name: str, key_id: str, now: float) -> None:
        """Let a name lead to another key."""
        moved = key_aliases.update().where(*_named(account_id, name))
        self._connection.execute(moved.values(key_id=key_id, updated_at=now))

    def delete_alias(self, account_id: str, name: str) -> None:
        """Take a name away."""
        self._connection.execute(key_aliases.delete().where(*_named(account_id, name)))

    def alias(self, account_id: str, name: str) -> Alias | None:
        """Find a name."""
        row = self._connection.execute(_SELECT_ALIAS.where(*_named(account_id, name))).first()
        return None if row is None else Alias(*row)

    def aliases(self, account_id: str, key_id: str | None, page: PageRequest) -> tuple[list[Alias], After]:
        """List the names of a key, or of all keys."""
        statement = _SELECT_ALIAS.where(key_aliases.c.account_id == account_id)
        if key_id is not None:
            statement = statement.where(key_aliases.c.key_id == key_id)
        rows, after = fetch_page(self._connection, statement, [key_aliases.c.name], page)
        return [Alias(*row) for row in rows], after

    def count_aliases(self, account_id: str, key_id: str) -> int:
        """Count the names of a key."""
        where = (key_aliases.c.account_id == account_id, key_aliases.c.key_id == key_id)
        return self._connection.scalars(sa.select(sa.func.count()).where(*where)).one()

    def _add_material(self, key: Key, material: Material) -> None:
        row = {name: getattr(material, name) for name in _MATERIAL}
        self._connection.execute(
            key_material.insert().values(**row, account_id=key.account_id, key_id=key.id)
        )


def _values(key: Key) -> Mapping[str, Any]:
    return {name: getattr(key, name) for name in _KEY}


def _of(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return key_table.c.account_id == key.account_id, key_table.c.id == key.id


def _named(account_id: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return key_aliases.c.account_id == account_id, key_aliases.c.name == name
