"""Reads what the holder of an access key may do; asked for each request that no account itself signs.

Two queries: the identity's row, and everything that bears on it (its own policies, those of its groups, its
boundary, its tags). Parsed policies are remembered by their text.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from isinglass.domain.access.documents import Policy, parse_policy
from isinglass.domain.access.managed import BY_ID, managed_policy, undefined_role_policy
from isinglass.domain.access.principals import identity_arn, is_root, read_principal
from isinglass.domain.access.standing import Standing, StandingKind
from isinglass.store.access_keys import AccessKey
from isinglass.store.tables.catalog import tags
from isinglass.store.tables.identities import (
    group_members,
    identities,
    inline_policies,
    managed_policies,
    policy_attachments,
    policy_versions,
)

#: A boundary whose policy is gone allows nothing.
_NOTHING = Policy(())

_account = sa.bindparam("account_id", type_=sa.String())
_identity = sa.bindparam("identity_id", type_=sa.String())
_row = sa.select(identities).where(identities.c.id == _identity, identities.c.account_id == _account)


def _documents(what: str, holders: sa.FromClause, policy_id: sa.Column[Any]) -> sa.Select[Any]:
    """Select the default versions of managed policies; of those that every account has, the id alone."""
    managed = holders.outerjoin(
        managed_policies,
        sa.and_(managed_policies.c.id == policy_id, managed_policies.c.account_id == _account),
    ).outerjoin(
        policy_versions,
        sa.and_(
            policy_versions.c.account_id == _account,
            policy_versions.c.policy_id == policy_id,
            policy_versions.c.version == managed_policies.c.default_version,
        ),
    )
    name = sa.func.coalesce(managed_policies.c.path + managed_policies.c.name, policy_id)
    return sa.select(sa.literal(what), name, policy_versions.c.document).select_from(managed)


def _held_by(identity_id: sa.Column[Any]) -> sa.ColumnElement[bool]:
    groups = sa.select(group_members.c.group_id).where(
        group_members.c.account_id == _account, group_members.c.user_id == _identity
    )
    return sa.or_(identity_id == _identity, identity_id.in_(groups))


_bearing = sa.union_all(
    sa.select(
        sa.literal("inline").label("what"),
        inline_policies.c.name.label("name"),
        inline_policies.c.document.label("text"),
    ).where(inline_policies.c.account_id == _account, _held_by(inline_policies.c.identity_id)),
    _documents("managed", policy_attachments, policy_attachments.c.policy_id).where(
        policy_attachments.c.account_id == _account, _held_by(policy_attachments.c.identity_id)
    ),
    _documents("boundary", identities, identities.c.boundary_id).where(
        identities.c.account_id == _account,
        identities.c.id == _identity,
        identities.c.boundary_id.is_not(None),
    ),
    sa.select(sa.literal("tag"), tags.c.key, tags.c.value).where(
        tags.c.account_id == _account, tags.c.resource == sa.literal("iam/") + _identity
    ),
)


def standing_of(connection: sa.Connection, key: AccessKey) -> Standing:
    """Tell what the holder of a key may do."""
    if is_root(key.principal_arn):
        return Standing("root", key.principal_arn)
    session = None if key.session_policies is None else _together(key.session_policies)
    if key.identity_id is None and read_principal(key.principal_arn).kind == "session":
        role = identity_arn(key.principal_arn)
        return Standing("unknown_role", role, (undefined_role_policy(role),), None, session)
    asked = {"account_id": key.account_id, "identity_id": key.identity_id}
    row = connection.execute(_row, asked).first()
    if row is None:
        # Deleted since: what it could do is gone with it.
        kind: StandingKind = "user" if read_principal(key.principal_arn).kind == "user" else "role"
        return Standing(kind, identity_arn(key.principal_arn), (), None, session)
    policies, boundary, tagged = policies_of(connection, key.account_id, row.id)
    if row.boundary_id is not None and boundary is None:
        boundary = _NOTHING
    return Standing(
        "user" if row.kind == "user" else "role",
        f"arn:aws:iam::{key.account_id}:{row.kind}{row.path}{row.name}",
        policies,
        boundary,
        session,
        _context(key, row, tagged),
    )


def policies_of(
    connection: sa.Connection, account_id: str, identity_id: str
) -> tuple[tuple[Policy, ...], Policy | None, dict[str, str]]:
    """Read what bears on an identity: its policies and those of its groups, its boundary, its tags."""
    asked = {"account_id": account_id, "identity_id": identity_id}
    policies: dict[str, list[Policy]] = {"inline": [], "managed": [], "boundary": []}
    tagged: dict[str, str] = {}
    for row in connection.execute(_bearing, asked):
        if row.what == "tag":
            tagged[row.name] = row.text
        else:
            policies[row.what].append(_policy(account_id, row.what, row.name, row.text))
    boundary = policies["boundary"][0] if policies["boundary"] else None
    return (*policies["inline"], *policies["managed"]), boundary, tagged


def _context(key: AccessKey, row: Any, tagged: dict[str, str]) -> dict[str, tuple[str, ...]]:
    name = key.principal_arn.rpartition("/")[2]
    session_tags = (key.context or {}).get("tags", {})
    return {
        "aws:userid": (row.id if row.kind == "user" else f"{row.id}:{name}",),
        **{f"aws:principaltag/{tag.lower()}": (value,) for tag, value in {**tagged, **session_tags}.items()},
    }


def _policy(account_id: str, what: str, name: str, text: str | None) -> Policy:
    if text is None:
        return (name in BY_ID and managed_policy(BY_ID[name].arn)) or _NOTHING
    source = name if what == "inline" else f"arn:aws:iam::{account_id}:policy{name}"
    return parsed(text).named(source)


def _together(texts: list[str]) -> Policy:
    """Read the policies of a session as one: what any of them allows, and what any of them denies."""
    statements = tuple(statement for text in texts for statement in parsed(text).statements)
    return Policy(statements, source="session")


@lru_cache(maxsize=2048)
def parsed(text: str) -> Policy:
    """Parse a stored document, remembering it; what was stored has been checked."""
    return parse_policy(text)
