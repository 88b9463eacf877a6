"""Which accounts want their catalog exported, and how far the newest export is."""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.tables.flow import outbox
from isinglass.store.tables.transfers import catalog_exports

#: Events of a transaction may get their numbers before others that are committed already: so many, and
#: seconds, of events before the newest export are looked at again.
_OVERLAP_EVENTS, _OVERLAP_SECONDS = 10_000, 10.0


Setting = Literal["ENABLED", "DISABLED"]
Status = Literal["ENABLING", "ENABLED", "DISABLING", "DISABLED", "FAILED"]


@dataclass(frozen=True, slots=True)
class CatalogExport:
    """An account's export: what is wanted, and what is."""

    account_id: str
    setting: Setting
    status: Status
    region: str
    created_at: float
    updated_at: float
    exported_at: float | None = None
    exported_event: int | None = None
    #: Its EncryptionConfiguration, as it was given.
    encryption: dict[str, str] | None = None


_TABLE = catalog_exports.c


class CatalogExports:
    """Reads and writes the table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, account_id: str, *, lock: bool = False) -> CatalogExport | None:
        """Find an account's export; locked, it stays as it is until the transaction ends."""
        statement = catalog_exports.select().where(_TABLE.account_id == account_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).first()
        return None if row is None else CatalogExport(*row)

    def insert(self, export: CatalogExport) -> bool:
        """Insert an account's export; False when it has one."""
        row = {
            "account_id": export.account_id,
            "setting": export.setting,
            "status": export.status,
            "region": export.region,
            "created_at": export.created_at,
            "updated_at": export.updated_at,
            "encryption": export.encryption,
        }
        return insert_one(self._connection, catalog_exports, row)

    def ask(
        self,
        account_id: str,
        *,
        setting: Setting,
        status: Status,
        encryption: dict[str, str] | None,
        now: float,
    ) -> None:
        """Change what is wanted."""
        changed = catalog_exports.update().where(_TABLE.account_id == account_id)
        self._connection.execute(
            changed.values(setting=setting, status=status, encryption=encryption, updated_at=now)
        )

    def set_status(self, account_id: str, status: Status) -> None:
        """Tell how far it is."""
        changed = catalog_exports.update().where(_TABLE.account_id == account_id)
        self._connection.execute(changed.values(status=status))

    def exported(self, account_id: str, *, began_at: float, event: int) -> None:
        """Note an export that is complete."""
        changed = catalog_exports.update().where(_TABLE.account_id == account_id)
        self._connection.execute(changed.values(status="ENABLED", exported_at=began_at, exported_event=event))

    def newest_event(self) -> int:
        """Return the number of the newest event there is."""
        return self._connection.scalar(sa.select(sa.func.max(outbox.c.id))) or 0

    def changed_since(self, export: CatalogExport, kinds: tuple[str, ...]) -> bool:
        """Tell whether there are events of some kinds that the newest export may not have seen."""
        if export.exported_event is None or export.exported_at is None:
            return True
        unseen = sa.or_(
            outbox.c.id > export.exported_event,
            outbox.c.created_at >= export.exported_at - _OVERLAP_SECONDS,
        )
        found = sa.select(outbox.c.id).where(
            outbox.c.id > export.exported_event - _OVERLAP_EVENTS,
            unseen,
            outbox.c.account_id == export.account_id,
            outbox.c.kind.in_(kinds),
        )
        return self._connection.execute(found.limit(1)).first() is not None
