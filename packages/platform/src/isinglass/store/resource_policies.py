"""The policy of an account's catalog: one at most, replaced only by who knows the one before."""

from dataclasses import dataclass, fields

import sqlalchemy as sa

from isinglass.store.conflicts import insert_one
from isinglass.store.prepared import Prepared
from isinglass.store.tables.resource_policies import resource_policies


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """A policy as it was put; `hybrid` says that permissions may be shared beside it."""

    account_id: str
    document: str
    hash: str
    hybrid: bool
    created_at: float
    modified_at: float


_TABLE = resource_policies.c
_NAMES = [field.name for field in fields(ResourcePolicy)]
_OF = _TABLE.account_id == sa.bindparam("of_account")
_FIND = Prepared(sa.select(*(_TABLE[name] for name in _NAMES)).where(_OF))
_REPLACE = Prepared(resource_policies.update().where(_OF, _TABLE.hash == sa.bindparam("of_hash")))
_DELETE = Prepared(resource_policies.delete().where(_OF, _TABLE.hash == sa.bindparam("of_hash")))


class ResourcePolicies:
    """Reads and writes the table within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, account_id: str) -> ResourcePolicy | None:
        """Find the policy of an account's catalog."""
        row = _FIND.first(self._connection, {"of_account": account_id})
        return None if row is None else ResourcePolicy(*row)

    def insert(self, policy: ResourcePolicy) -> bool:
        """Insert a catalog's first policy; False when it has one, also by a concurrent insert."""
        return insert_one(
            self._connection, resource_policies, {name: getattr(policy, name) for name in _NAMES}
        )

    def replace(self, policy: ResourcePolicy, before: str) -> bool:
        """Replace the policy with this hash; False when another one has taken its place."""
        values = {name: getattr(policy, name) for name in _NAMES if name != "account_id"}
        which = {"of_account": policy.account_id, "of_hash": before}
        return _REPLACE.run(self._connection, values | which) == 1

    def delete(self, account_id: str, before: str) -> bool:
        """Delete the policy with this hash; False when another one has taken its place."""
        return _DELETE.run(self._connection, {"of_account": account_id, "of_hash": before}) == 1
