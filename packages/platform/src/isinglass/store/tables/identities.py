"""Users, groups and roles, and the policies that say what they may do."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp, metadata

_Account = sa.String(12)
_Id = sa.String(32)

identities = sa.Table(
    # `folded` is the name in lower case: names of one kind differ by more than case, as in AWS.
    "identities",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("folded", Key, primary_key=True),
    sa.Column("id", _Id, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("path", Key, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    # The id of the managed policy that bounds a user or role.
    sa.Column("boundary_id", _Id),
    # Of roles only: who may become it, what it is for, and how long a session may last (seconds).
    sa.Column("trust", sa.Text),
    sa.Column("description", sa.Text),
    sa.Column("longest_session", sa.Integer),
    sa.Index("ix_identities_id", "id", unique=True),
    sa.Index("ix_identities_account_id_boundary_id", "account_id", "boundary_id"),
)

group_members = sa.Table(
    "group_members",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("user_id", _Id, primary_key=True),
    sa.Column("group_id", _Id, primary_key=True),
    sa.Index("ix_group_members_account_id_group_id", "account_id", "group_id"),
)

managed_policies = sa.Table(
    "managed_policies",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("folded", Key, primary_key=True),
    sa.Column("id", _Id, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("path", Key, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("default_version", sa.Integer, nullable=False),
    # Numbers of versions are never used again.
    sa.Column("last_version", sa.Integer, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Index("ix_managed_policies_id", "id", unique=True),
)

policy_versions = sa.Table(
    "policy_versions",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("policy_id", _Id, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
)

policy_attachments = sa.Table(
    # The policy is the account's own, or one that every account has (domain.access.managed).
    "policy_attachments",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("identity_id", _Id, primary_key=True),
    sa.Column("policy_id", _Id, primary_key=True),
    sa.Index("ix_policy_attachments_account_id_policy_id", "account_id", "policy_id"),
)

inline_policies = sa.Table(
    "inline_policies",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("identity_id", _Id, primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
