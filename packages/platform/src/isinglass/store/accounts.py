"""Accounts: the walls between tenants."""

from dataclasses import dataclass

import sqlalchemy as sa

from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.identity import accounts


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant: twelve digits, a name, and when it was made (epoch seconds)."""

    account_id: str
    name: str
    created_at: float


class Accounts:
    """Reads and writes the accounts table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, account: Account) -> bool:
        """Insert an account; False when its id is taken."""
        found = self.find(account.account_id)
        if found is not None:
            return False
        self._connection.execute(
            accounts.insert().values(
                account_id=account.account_id, name=account.name, created_at=account.created_at
            )
        )
        return True

    def find(self, account_id: str) -> Account | None:
        """Find an account by its id."""
        row = self._connection.execute(accounts.select().where(accounts.c.account_id == account_id)).first()
        return None if row is None else Account(*row)

    def list(self, page: PageRequest) -> tuple[list[Account], tuple[str, ...] | None]:
        """List accounts by id."""
        rows, after = fetch_page(self._connection, accounts.select(), [accounts.c.account_id], page)
        return [Account(*row) for row in rows], after
