"""Who may sign requests: accounts and their access keys."""

import sqlalchemy as sa

from isinglass.store.tables.metadata import Document, Timestamp, metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_id", sa.String(12), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
)

access_keys = sa.Table(
    "access_keys",
    metadata,
    sa.Column("access_key_id", sa.String(128), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False),
    # AES-GCM under the server's data key; the plain secret is needed to verify signatures.
    sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
    # The ARN that requests signed with this key act as; a run's key acts as its role session.
    sa.Column("principal_arn", sa.String(2048), nullable=False),
    # Only temporary keys (runs, sessions) have a token and an end.
    sa.Column("session_token_hash", sa.LargeBinary),
    sa.Column("expires_at", Timestamp),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("context", Document),
    # Inactive keys are refused.
    sa.Column("status", sa.String(8), nullable=False, server_default="Active"),
    # The user or role that the key acts as; none is the account itself, or a role that nobody defined.
    sa.Column("identity_id", sa.String(32)),
    # The documents that limit a role session beyond its role.
    sa.Column("session_policies", Document),
    sa.Column("last_used_at", Timestamp),
    sa.Column("last_used_service", sa.String(32)),
    sa.Column("last_used_region", sa.String(64)),
    sa.Index("ix_access_keys_expires_at", "expires_at"),
    sa.Index("ix_access_keys_identity_id", "identity_id"),
    sa.Index("ix_access_keys_account_id", "account_id"),
)

buckets = sa.Table(
    # Which account owns a bucket of the embedded object store: names are global, as on S3.
    "buckets",
    metadata,
    sa.Column("name", sa.String(63), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.account_id"), nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    # How objects are encrypted that come without a word on it.
    sa.Column("encryption", Document),
    sa.Index("ix_buckets_account_id", "account_id"),
)
