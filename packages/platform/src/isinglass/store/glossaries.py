"""Glossaries and their terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from isinglass.domain.business.index import is_storable
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    ConflictException,
    EntityNotFoundException,
)
from isinglass.store.conflicts import insert_one
from isinglass.store.dialects.documents import dumps
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.business import asset_terms, assets, glossaries, glossary_terms


@dataclass(frozen=True, slots=True)
class Glossary:
    """A glossary; `document` has what describes it."""

    id: str
    name: str
    document: Any


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term of a glossary; `document` has what describes it."""

    id: str
    glossary_id: str
    name: str
    document: Any


_GLOSSARIES = sa.select(glossaries.c.id, glossaries.c.name, glossaries.c.document)
_TERMS = sa.select(
    glossary_terms.c.id, glossary_terms.c.glossary_id, glossary_terms.c.name, glossary_terms.c.document
)


def _glossary(row: Any) -> Glossary:
    return Glossary(row.id, row.name, orjson.loads(row.document))


def _term(row: Any) -> GlossaryTerm:
    return GlossaryTerm(row.id, row.glossary_id, row.name, orjson.loads(row.document))


class Glossaries:
    """Reads and writes glossaries and terms within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, account_id: str, glossary: Glossary) -> None:
        """Insert a glossary, the only one of its name."""
        row = {
            "account_id": account_id,
            "id": glossary.id,
            "name": glossary.name,
            "document": dumps(glossary.document),
        }
        if not insert_one(self._connection, glossaries, row):
            raise AlreadyExistsException(f"Glossary {glossary.name} already exists.")

    def require(self, account_id: str, id_: str, *, lock: bool = False, hold: bool = False) -> Glossary:
        """Find a glossary that must exist; `lock` keeps others from changing it, `hold` from deleting it."""
        row = None
        if is_storable(id_):
            statement = _GLOSSARIES.where(glossaries.c.account_id == account_id, glossaries.c.id == id_)
            if lock or hold:
                statement = statement.with_for_update(read=hold, key_share=hold)
            row = self._connection.execute(statement).first()
        if row is None:
            raise EntityNotFoundException(f"Glossary {id_} not found.")
        return _glossary(row)

    def page(self, account_id: str, page: PageRequest) -> tuple[list[Glossary], tuple[Any, ...] | None]:
        """List glossaries by name."""
        statement = _GLOSSARIES.where(glossaries.c.account_id == account_id)
        rows, after = fetch_page(self._connection, statement, [glossaries.c.name], page)
        return [_glossary(row) for row in rows], after

    def replace(self, account_id: str, glossary: Glossary) -> None:
        """Replace a locked glossary's name and description."""
        change = glossaries.update().where(
            glossaries.c.account_id == account_id, glossaries.c.id == glossary.id
        )
        self._rename(
            change.values(name=glossary.name, document=dumps(glossary.document)), "Glossary", glossary.name
        )

    def delete(self, account_id: str, id_: str) -> None:
        """Delete a glossary, if there is one; refuses one that has terms."""
        if not is_storable(id_):
            return
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    glossaries.delete().where(glossaries.c.account_id == account_id, glossaries.c.id == id_)
                )
        except sa.exc.IntegrityError as error:  # its terms' foreign key
            raise ConflictException(f"Glossary {id_} has terms; delete them first.") from error

    def insert_term(self, account_id: str, term: GlossaryTerm) -> None:
        """Insert a term into a held glossary, the only one of its name there."""
        row = {
            "account_id": account_id,
            "id": term.id,
            "glossary_id": term.glossary_id,
            "name": term.name,
            "document": dumps(term.document),
        }
        if not insert_one(self._connection, glossary_terms, row):
            raise AlreadyExistsException(
                f"Glossary term {term.name} already exists in glossary {term.glossary_id}."
            )

    def require_term(self, account_id: str, id_: str, *, lock: bool = False) -> GlossaryTerm:
        """Find a term that must exist; `lock` keeps others from changing it."""
        row = None
        if is_storable(id_):
            statement = _TERMS.where(glossary_terms.c.account_id == account_id, glossary_terms.c.id == id_)
            if lock:
                statement = statement.with_for_update()
            row = self._connection.execute(statement).first()
        if row is None:
            raise EntityNotFoundException(f"Glossary term {id_} not found.")
        return _term(row)

    def hold_terms(self, account_id: str, ids: Iterable[str]) -> None:
        """Keep terms, all of which must exist, from being deleted until the transaction ends."""
        wanted = sorted({id_ for id_ in ids if is_storable(id_)})
        statement = (
            sa.select(glossary_terms.c.id)
            .where(glossary_terms.c.account_id == account_id, glossary_terms.c.id.in_(wanted))
            .order_by(glossary_terms.c.id)
            .with_for_update(read=True, key_share=True)
        )
        found = set(self._connection.scalars(statement))
        missing = [id_ for id_ in ids if id_ not in found]
        if missing:
            raise EntityNotFoundException(f"Glossary term {missing[0]} not found.")

    def terms_page(
        self, account_id: str, glossary_id: str, page: PageRequest
    ) -> tuple[list[GlossaryTerm], tuple[Any, ...] | None]:
        """List a glossary's terms by name."""
        statement = _TERMS.where(
            glossary_terms.c.account_id == account_id, glossary_terms.c.glossary_id == glossary_id
        )
        rows, after = fetch_page(self._connection, statement, [glossary_terms.c.name], page)
        return [_term(row) for row in rows], after

    def replace_term(self, account_id: str, term: GlossaryTerm) -> None:
        """Replace a locked term's name and descriptions; searches find its assets by the new ones."""
        change = glossary_terms.update().where(
            glossary_terms.c.account_id == account_id, glossary_terms.c.id == term.id
        )
        self._rename(change.values(name=term.name, document=dumps(term.document)), "Glossary term", term.name)
        self._reindex(account_id, term.id)

    def delete_term(self, account_id: str, id_: str) -> None:
        """Delete a term, if there is one; it goes from all assets."""
        if not is_storable(id_):
            return
        key = (glossary_terms.c.account_id == account_id, glossary_terms.c.id == id_)
        if self._connection.execute(sa.select(glossary_terms.c.id).where(*key).with_for_update()).first():
            self._reindex(account_id, id_)
            self._connection.execute(glossary_terms.delete().where(*key))

    def _reindex(self, account_id: str, term_id: str) -> None:
        of_term = sa.select(asset_terms.c.asset_id).where(
            asset_terms.c.account_id == account_id, asset_terms.c.term_id == term_id
        )
        change = assets.update().where(assets.c.account_id == account_id, assets.c.id.in_(of_term))
        self._connection.execute(change.values(words_pending=1))

    def _rename(self, change: sa.Update, noun: str, name: str) -> None:
        try:
            # The savepoint keeps the transaction usable when the name is taken.
            with self._connection.begin_nested():
                self._connection.execute(change)
        except sa.exc.IntegrityError as error:
            raise AlreadyExistsException(f"{noun} {name} already exists.") from error
