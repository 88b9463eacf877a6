"""The outbox: events that commit together with the change they tell of."""

from typing import Any

import sqlalchemy as sa

from isinglass.store.prepared import Prepared
from isinglass.store.tables.flow import outbox

#: Built once: the outbox is written with nearly every change. Inline, as nobody asks for the id.
_INSERT = Prepared(outbox.insert().inline())


class Outbox:
    """Appends events; a relay reads and marks them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, account_id: str, kind: str, payload: dict[str, Any], now: float) -> None:
        """Append one event of an EventBridge detail-type."""
        row = {"account_id": account_id, "kind": kind, "payload": payload, "created_at": now}
        _INSERT.run(self._connection, row)

    def undelivered(self, limit: int) -> list[sa.Row[Any]]:
        """Read the oldest events not yet handed on."""
        return list(
            self._connection.execute(
                outbox.select().where(outbox.c.delivered_at.is_(None)).order_by(outbox.c.id).limit(limit)
            )
        )

    def mark_delivered(self, ids: list[int], now: float) -> None:
        """Mark events as handed on."""
        self._connection.execute(outbox.update().where(outbox.c.id.in_(ids)).values(delivered_at=now))
