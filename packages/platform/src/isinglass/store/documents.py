"""Writes and reads the documents of catalogs, encrypted where the settings of the catalog say so.

What is in the clear begins as JSON does and costs nothing more; a sealed text names its data key.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from isinglass.domain.catalog_changes import Change, change_of
from isinglass.domain.catalog_encryption import IN_THE_CLEAR, TO_READ, TO_WRITE, AtRest, at_rest
from isinglass.domain.catalog_ids import account_of
from isinglass.domain.keys.references import InvalidReference, read_reference
from isinglass.model.edge_errors import AccessDeniedException as DeniedAtEdge
from isinglass.model.glue.errors import AccessDeniedException, GlueEncryptionException
from isinglass.store.document_keys import DataKeyGone, DocumentKeys, is_lost
from isinglass.store.key_use import absent_key
from isinglass.store.keys import Key
from isinglass.store.sealed_texts import DataKey, TextBroken, data_key_of, is_sealed, mark_of
from isinglass.store.vault import Moment, SettingsChanged, Vault

if TYPE_CHECKING:
    from isinglass.store.store import Transaction

#: Decides whether a key may be used for an account's catalog, under its settings; raises that it may not.
Allow = Callable[[str, Key, str, AtRest], None]
Blind = Callable[[str], str]

#: What is read of a lost document by who only deletes it.
_LOST: Mapping[str, Any] = {"PartitionKeys": []}


def is_damaged(error: GlueEncryptionException) -> bool:
    """Tell whether a document cannot be opened for what was done to the database, not to its key."""
    return isinstance(error.__cause__, TextBroken | DataKeyGone)


class Documents:
    """Writes and reads documents within one transaction.

    `identity` says what a document is the definition of, in words that stay true as long as it is stored: a
    sealed document opens as nothing else.
    """

    def __init__(self, tx: "Transaction", vault: Vault, allow: Allow | None, begun: Moment) -> None:
        self._tx = tx
        self._vault = vault
        self._allow = allow
        self._begun = begun
        #: By catalog what was written by, and when that was decided.
        self._decided: dict[str, tuple[AtRest, Moment]] = {}
        self._sealing: dict[str, DataKey | None] = {}
        self._opening: dict[str, DataKey] = {}
        self._passing_over = False

    def dump(self, document: Any, catalog_id: str, *identity: Any) -> str:
        """Write a document."""
        return self.seal(orjson.dumps(document).decode(), catalog_id, *identity)

    def load(self, text: str, catalog_id: str, *identity: Any) -> Any:
        """Read a document."""
        if not is_sealed(text):
            return orjson.loads(text)
        opened = self._open_unless_lost(text, catalog_id, *identity)
        return dict(_LOST) if opened is None else orjson.loads(opened)

    def pass_over_lost(self) -> None:
        """Read what a deleted key encrypted as empty from now on: it can be deleted without being read."""
        self._passing_over = True

    def seal(self, text: str, catalog_id: str, *identity: Any) -> str:
        """Seal a text where the catalog's settings say so."""
        key = self._sealing_in(catalog_id)
        return text if key is None else key.seal(text, (catalog_id, *identity))

    def seals(self, catalog_id: str) -> bool:
        """Tell whether the catalog's settings say that what is written now is sealed."""
        return self._sealing_in(catalog_id) is not None

    def open(self, text: str, catalog_id: str, *identity: Any) -> str:
        """Open a text if it is sealed, whatever the settings say now."""
        if not is_sealed(text):
            return text
        key = self._opening_key(account_of(catalog_id), data_key_of(text))
        try:
            return key.open(text, (catalog_id, *identity))
        except TextBroken as error:
            raise GlueEncryptionException(f"In the catalog {catalog_id}, {error}.") from error

    def dump_change(self, catalog_id: str, change: Change) -> str:
        """Write what a change's row has no columns for; its time and its author are its identity."""
        return self.dump(change.document(), catalog_id, "change", change.at, change.by)

    def seal_change(self, catalog_id: str, at: float, by: str, text: str | None) -> str | None:
        """Seal what `open_change` opened."""
        return self.seal(text, catalog_id, "change", at, by) if text else text

    def open_change(self, catalog_id: str, at: float, by: str, text: str | None) -> str | None:
        """Open what `dump_change` wrote, to be read later."""
        if not text or not is_sealed(text):
            return text
        return self._open_unless_lost(text, catalog_id, "change", at, by)

    def load_change(self, catalog_id: str, at: float, by: str, text: str | None) -> Change:
        """Read a change; of what is older than changes, only when and by whom is known."""
        return change_of(at, by, self.load(text, catalog_id, "change", at, by) if text else {})

    def blinders(self, catalog_id: str) -> list[Blind]:
        """Give the ways in which words of a catalog's sealed documents may be written in an index.

        Without those of keys that the caller may not use: that there is a word would tell what is sealed.
        """
        account_id = account_of(catalog_id)
        usable = DocumentKeys(self._tx, self._vault).usable(account_id)
        return [key.blind for key in usable if self._may_open(key, account_id)]

    def blinder(self, text: str, catalog_id: str) -> Blind | None:
        """Give the way in which the words of a sealed text are written; None for one in the clear."""
        if not is_sealed(text):
            return None
        return self._opening_key(account_of(catalog_id), data_key_of(text)).blind

    def readable(self, text: sa.ColumnElement[str], catalog_id: str | None) -> list[sa.ColumnElement[bool]]:
        """Leave out texts, of one account's catalogs or of all, that are sealed with keys of no use now."""
        account_id = None if catalog_id is None else account_of(catalog_id)
        locked = DocumentKeys(self._tx, self._vault).locked(account_id)
        return [text.not_like(f"{mark_of(id_)}%") for id_ in locked]

    def encrypts(self, account_id: str) -> bool:
        """Tell whether an account's settings say that what is written now is sealed, with whatever key."""
        return self._settings(account_id).key is not None

    def check_key(self, account_id: str, settings: AtRest) -> None:
        """Refuse settings whose key cannot be used for writing, and make its data key."""
        if settings.key is not None:
            self._check_stranger(account_id, settings)
            self._usable(account_id, settings)

    def confirm(self) -> None:
        """Raise SettingsChanged when what was written may not follow the settings any more."""
        for catalog_id, (settings, decided) in self._decided.items():
            if self._vault.is_settled(decided):
                continue
            if self._read_settings(account_of(catalog_id)) != settings:
                raise SettingsChanged

    def _open_unless_lost(self, text: str, catalog_id: str, *identity: Any) -> str | None:
        try:
            return self.open(text, catalog_id, *identity)
        except GlueEncryptionException as error:
            if self._passing_over and is_lost(error):
                return None
            raise

    def _sealing_in(self, catalog_id: str) -> DataKey | None:
        try:
            return self._sealing[catalog_id]
        except KeyError:
            key = self._sealing[catalog_id] = self._sealing_key(catalog_id)
            return key

    def _sealing_key(self, catalog_id: str) -> DataKey | None:
        account_id, decided = account_of(catalog_id), self._vault.moment()
        settings = self._settings(account_id)
        self._decided[catalog_id] = settings, decided
        return None if settings.key is None else self._usable(account_id, settings)

    def _usable(self, account_id: str, settings: AtRest) -> DataKey:
        key = DocumentKeys(self._tx, self._vault).of_key(account_id, settings.key or "")
        self._check(TO_WRITE, key, account_id, settings)
        return key

    def _check_stranger(self, account_id: str, settings: AtRest) -> None:
        """Refuse another account's key that may not be used before telling whether it is there."""
        try:
            reference = read_reference(settings.key or "", account_id)
        except InvalidReference:
            return
        if self._allow is not None and reference.account_id != account_id:
            key = self._tx.keys.resolve(reference) or absent_key(reference, reference.region)
            self._allow(TO_WRITE, key, account_id, settings)

    def _opening_key(self, account_id: str, id_: str) -> DataKey:
        key = self._opening.get(id_)
        if key is None:
            key = DocumentKeys(self._tx, self._vault).by_id(account_id, id_)
            self._check(TO_READ, key, account_id, self._settings(account_id))
            self._opening[id_] = key
        return key

    def _may_open(self, key: DataKey, account_id: str) -> bool:
        try:
            self._check(TO_READ, key, account_id, self._settings(account_id))
        except (AccessDeniedException, DeniedAtEdge):
            return False
        return True

    def _check(self, action: str, key: DataKey, account_id: str, settings: AtRest) -> None:
        if self._allow is None:
            return
        wrapping = self._tx.keys.resolve(read_reference(key.key_arn, account_id))
        if wrapping is not None:
            self._allow(action, wrapping, account_id, settings)

    def _settings(self, account_id: str) -> AtRest:
        return self._vault.settings(account_id, self._begun, lambda: self._read_settings(account_id))

    def _read_settings(self, account_id: str) -> AtRest:
        found = self._tx.security_configurations.catalog_encryption(account_id)
        return at_rest(found) if found else IN_THE_CLEAR
