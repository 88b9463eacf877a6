"""Client tokens: what a request was answered, kept a day, so that it is done once however often it comes."""

from dataclasses import dataclass

import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.tables.business import client_tokens

_KEPT_SECONDS = 24 * 3600.0
#: Old tokens that one new one takes along: more than one, so that they cannot pile up.
_REMOVED = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """The digest of a request that had the token, and what it was answered."""

    request: str
    answer: str


class ClientTokens:
    """Reads and writes the client_tokens table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def claim(self, account_id: str, operation: str, token: str, request: str, now: float) -> Answered | None:
        """Take a token for this request; or tell what the request that has it was answered.

        Waits for a concurrent request with the token to be decided.
        """
        row = {
            "account_id": account_id,
            "operation": operation,
            "token": token,
            "request": request,
            "answer": "",
            "created_at": now,
        }
        self._remove_old(now)
        if insert_one(self._connection, client_tokens, row):
            return None
        found = self._connection.execute(
            sa.select(client_tokens.c.request, client_tokens.c.answer).where(
                *self._is(account_id, operation, token)
            )
        ).one()
        return Answered(found.request, found.answer)

    def keep(self, account_id: str, operation: str, token: str, answer: str) -> None:
        """Keep what the request that took a token is answered."""
        change = client_tokens.update().where(*self._is(account_id, operation, token))
        self._connection.execute(change.values(answer=answer))

    def _remove_old(self, now: float) -> None:
        key = (client_tokens.c.account_id, client_tokens.c.operation, client_tokens.c.token)
        old = (
            sa.select(*key)
            .where(client_tokens.c.created_at < now - _KEPT_SECONDS)
            .order_by(client_tokens.c.created_at)
            .limit(_REMOVED)
            .with_for_update(skip_locked=True)
        )
        for account_id, operation, token in self._connection.execute(old).all():
            self._connection.execute(client_tokens.delete().where(*self._is(account_id, operation, token)))

    @staticmethod
    def _is(account_id: str, operation: str, token: str) -> list[sa.ColumnElement[bool]]:
        return [
            client_tokens.c.account_id == account_id,
            client_tokens.c.operation == operation,
            client_tokens.c.token == token,
        ]
