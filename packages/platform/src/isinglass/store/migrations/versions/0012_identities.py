"""Users, groups, roles, their policies and their sessions."""

import sqlalchemy as sa
from alembic import op

from isinglass.store.tables.metadata import Document, Timestamp

revision = "0012_identities"
down_revision = "0011_connections"
branch_labels = None
depends_on = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Account = sa.String(12)
Id = sa.String(32)


def upgrade() -> None:
    """Create the tables, and say of each access key whose it is."""
    _identities()
    _policies()
    op.add_column("access_keys", sa.Column("status", sa.String(8), nullable=False, server_default="Active"))
    op.add_column("access_keys", sa.Column("identity_id", Id))
    op.add_column("access_keys", sa.Column("session_policies", Document))
    op.add_column("access_keys", sa.Column("last_used_at", Timestamp))
    op.add_column("access_keys", sa.Column("last_used_service", sa.String(32)))
    op.add_column("access_keys", sa.Column("last_used_region", sa.String(64)))
    op.create_index("ix_access_keys_identity_id", "access_keys", ["identity_id"])


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("account_id", Account, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("folded", Key, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", Key, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("boundary_id", Id),
        sa.Column("trust", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("longest_session", sa.Integer),
        sa.PrimaryKeyConstraint("account_id", "kind", "folded", name="pk_identities"),
    )
    op.create_index("ix_identities_id", "identities", ["id"], unique=True)
    op.create_index("ix_identities_account_id_boundary_id", "identities", ["account_id", "boundary_id"])
    op.create_table(
        "group_members",
        sa.Column("account_id", Account, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("group_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "user_id", "group_id", name="pk_group_members"),
    )
    op.create_index("ix_group_members_account_id_group_id", "group_members", ["account_id", "group_id"])


def _policies() -> None:
    op.create_table(
        "managed_policies",
        sa.Column("account_id", Account, nullable=False),
        sa.Column("folded", Key, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", Key, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("default_version", sa.Integer, nullable=False),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.Column("updated_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "folded", name="pk_managed_policies"),
    )
    op.create_index("ix_managed_policies_id", "managed_policies", ["id"], unique=True)
    op.create_table(
        "policy_versions",
        sa.Column("account_id", Account, nullable=False),
        sa.Column("policy_id", Id, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "policy_id", "version", name="pk_policy_versions"),
    )
    op.create_table(
        "policy_attachments",
        sa.Column("account_id", Account, nullable=False),
        sa.Column("identity_id", Id, nullable=False),
        sa.Column("policy_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "identity_id", "policy_id", name="pk_policy_attachments"),
    )
    op.create_index(
        "ix_policy_attachments_account_id_policy_id", "policy_attachments", ["account_id", "policy_id"]
    )
    op.create_table(
        "inline_policies",
        sa.Column("account_id", Account, nullable=False),
        sa.Column("identity_id", Id, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "identity_id", "name", name="pk_inline_policies"),
    )
