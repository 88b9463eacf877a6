"""Managed policies with their versions, what they are attached to, and policies inside an identity."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from isinglass.store.conflicts import insert_one, insert_or_update
from isinglass.store.identities import Identity, IdentityKind
from isinglass.store.paging import PageRequest, fetch_page
from isinglass.store.tables.identities import (
    identities,
    inline_policies,
    managed_policies,
    policy_attachments,
    policy_versions,
)

After = tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A policy that an account made; its versions are numbered from 1 and never renumbered."""

    account_id: str
    id: str
    name: str
    path: str
    description: str | None
    default_version: int
    last_version: int
    created_at: float
    updated_at: float

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:policy{self.path}{self.name}"

    @property
    def tag_resource(self) -> str:
        return f"iam/{self.id}"


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a managed policy."""

    number: int
    document: str
    created_at: float


_POLICY = tuple(ManagedPolicy.__dataclass_fields__)
_SELECT = sa.select(*(managed_policies.c[name] for name in _POLICY))
_VERSION = sa.select(policy_versions.c.version, policy_versions.c.document, policy_versions.c.created_at)


class IdentityPolicies:
    """Reads and writes policies within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def insert(self, policy: ManagedPolicy, document: str) -> bool:
        """Insert a policy and its first version; False when its name is taken."""
        if not insert_one(self._connection, managed_policies, _row(policy)):
            return False
        self.add_version(policy, policy.last_version, document, policy.created_at)
        return True

    def find(self, account_id: str, name: str, *, lock: bool = False) -> ManagedPolicy | None:
        """Find a policy by its name, in any case."""
        statement = _SELECT.where(
            managed_policies.c.account_id == account_id, managed_policies.c.folded == name.lower()
        )
        row = self._connection.execute(statement.with_for_update() if lock else statement).first()
        return None if row is None else ManagedPolicy(*row)

    def by_ids(self, account_id: str, ids: list[str]) -> list[ManagedPolicy]:
        """Find policies by their ids."""
        statement = _SELECT.where(managed_policies.c.account_id == account_id, managed_policies.c.id.in_(ids))
        return [ManagedPolicy(*row) for row in self._connection.execute(statement)]

    def page(self, account_id: str, prefix: str, page: PageRequest) -> tuple[list[ManagedPolicy], After]:
        """List the account's policies whose path begins with a prefix, by name."""
        key = managed_policies.c.folded
        statement = sa.select(key, *_SELECT.selected_columns).where(
            managed_policies.c.account_id == account_id,
            managed_policies.c.path.startswith(prefix, autoescape=True),
        )
        rows, after = fetch_page(self._connection, statement, [key], page)
        return [ManagedPolicy(*row[1:]) for row in rows], after

    def update(self, policy: ManagedPolicy) -> None:
        """Store a policy's changed values."""
        change = managed_policies.update().where(
            managed_policies.c.id == policy.id, managed_policies.c.account_id == policy.account_id
        )
        self._connection.execute(change.values(_row(policy)))

    def delete(self, policy: ManagedPolicy) -> None:
        """Delete a policy and its versions."""
        self._connection.execute(
            policy_versions.delete().where(
                policy_versions.c.account_id == policy.account_id, policy_versions.c.policy_id == policy.id
            )
        )
        self._connection.execute(
            managed_policies.delete().where(
                managed_policies.c.id == policy.id, managed_policies.c.account_id == policy.account_id
            )
        )

    def add_version(self, policy: ManagedPolicy, number: int, document: str, now: float) -> None:
        """Insert a version; its number must be new."""
        row = {
            "account_id": policy.account_id,
            "policy_id": policy.id,
            "version": number,
            "document": document,
            "created_at": now,
        }
        self._connection.execute(policy_versions.insert().values(row))

    def versions(self, policy: ManagedPolicy) -> list[PolicyVersion]:
        """List the versions of a policy, which are few, the newest first."""
        statement = _VERSION.where(*_versions_of(policy)).order_by(policy_versions.c.version.desc())
        return [PolicyVersion(*row) for row in self._connection.execute(statement)]

    def delete_version(self, policy: ManagedPolicy, number: int) -> None:
        """Delete a version."""
        gone = policy_versions.delete().where(*_versions_of(policy), policy_versions.c.version == number)
        self._connection.execute(gone)

    def attach(self, identity: Identity, policy_id: str) -> None:
        """Attach a policy; one that is attached already stays."""
        row = {"account_id": identity.account_id, "identity_id": identity.id, "policy_id": policy_id}
        insert_one(self._connection, policy_attachments, row)

    def detach(self, identity: Identity, policy_id: str) -> bool:
        """Detach a policy; False when it was not attached."""
        gone = policy_attachments.delete().where(
            policy_attachments.c.account_id == identity.account_id,
            policy_attachments.c.identity_id == identity.id,
            policy_attachments.c.policy_id == policy_id,
        )
        return self._connection.execute(gone).rowcount == 1

    def attached(self, identity: Identity) -> list[str]:
        """List the ids of the policies attached to an identity."""
        statement = sa.select(policy_attachments.c.policy_id).where(
            policy_attachments.c.account_id == identity.account_id,
            policy_attachments.c.identity_id == identity.id,
        )
        return list(self._connection.scalars(statement))

    def uses(self, account_id: str, policy_ids: list[str]) -> dict[str, tuple[int, int]]:
        """Count, for each policy, what it is attached to and what it bounds."""
        attached = _counts(
            policy_attachments.c.policy_id, policy_attachments.c.account_id, account_id, policy_ids
        )
        bounds = _counts(identities.c.boundary_id, identities.c.account_id, account_id, policy_ids)
        attachments = {row[0]: row[1] for row in self._connection.execute(attached)}
        bounded = {row[0]: row[1] for row in self._connection.execute(bounds)}
        return {each: (attachments.get(each, 0), bounded.get(each, 0)) for each in policy_ids}

    def holders(
        self,
        account_id: str,
        policy_id: str,
        kinds: list[IdentityKind],
        prefix: str,
        usage: str | None,
        page: PageRequest,
    ) -> tuple[list[tuple[IdentityKind, str, str]], After]:
        """List the kind, name and id of those that have a policy attached, or as their boundary, or both."""
        bounded = identities.c.boundary_id == policy_id
        attached = identities.c.id.in_(
            sa.select(policy_attachments.c.identity_id).where(
                policy_attachments.c.account_id == account_id, policy_attachments.c.policy_id == policy_id
            )
        )
        uses = {"PermissionsBoundary": bounded, "PermissionsPolicy": attached}
        kind, folded = identities.c.kind, identities.c.folded
        statement = sa.select(kind, folded, identities.c.name, identities.c.id).where(
            identities.c.account_id == account_id,
            kind.in_(kinds),
            identities.c.path.startswith(prefix, autoescape=True),
            uses.get(usage or "", sa.or_(bounded, attached)),
        )
        rows, after = fetch_page(self._connection, statement, [kind, folded], page)
        return [(row.kind, row.name, row.id) for row in rows], after

    def put_inline(self, identity: Identity, name: str, document: str) -> None:
        """Write a policy inside an identity; one of the same name is replaced."""
        row = {
            "account_id": identity.account_id,
            "identity_id": identity.id,
            "name": name,
            "document": document,
        }
        insert_or_update(self._connection, inline_policies, ["document"], row)

    def inline(self, identity: Identity) -> dict[str, str]:
        """Read the policies inside an identity, by name."""
        statement = sa.select(inline_policies.c.name, inline_policies.c.document).where(*_inside(identity))
        rows = self._connection.execute(statement.order_by(inline_policies.c.name))
        return {row.name: row.document for row in rows}

    def delete_inline(self, identity: Identity, name: str) -> bool:
        """Delete a policy inside an identity; False when there is none of that name."""
        gone = inline_policies.delete().where(*_inside(identity), inline_policies.c.name == name)
        return self._connection.execute(gone).rowcount == 1


def _row(policy: ManagedPolicy) -> dict[str, Any]:
    return {**{name: getattr(policy, name) for name in _POLICY}, "folded": policy.name.lower()}


def _versions_of(policy: ManagedPolicy) -> list[sa.ColumnElement[bool]]:
    return [policy_versions.c.account_id == policy.account_id, policy_versions.c.policy_id == policy.id]


def _inside(identity: Identity) -> list[sa.ColumnElement[bool]]:
    return [
        inline_policies.c.account_id == identity.account_id,
        inline_policies.c.identity_id == identity.id,
    ]


def _counts(
    policy: sa.Column[Any], account: sa.Column[Any], account_id: str, policy_ids: list[str]
) -> sa.Select[Any]:
    where = (account == account_id, policy.in_(policy_ids))
    return sa.select(policy, sa.func.count()).where(*where).group_by(policy)
