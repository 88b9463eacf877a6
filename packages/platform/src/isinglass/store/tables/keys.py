"""Encryption keys, what they encrypt with, and the names that lead to them."""

import sqlalchemy as sa

from isinglass.store.tables.catalog import Key
from isinglass.store.tables.metadata import Timestamp, metadata

_Account = sa.String(12)
_Id = sa.String(36)

keys = sa.Table(
    "encryption_keys",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("id", _Id, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    # Enabled, Disabled or PendingDeletion.
    sa.Column("state", sa.String(16), nullable=False),
    # CUSTOMER for those that somebody made, AWS for those that a service made for itself.
    sa.Column("manager", sa.String(8), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    # The number of the material that encrypts; the earlier ones only decrypt.
    sa.Column("current", sa.Integer, nullable=False),
    # Days between two rotations; kept when rotation is off, which is when there is no next one.
    sa.Column("rotation_days", sa.Integer, nullable=False),
    sa.Column("rotates_at", Timestamp),
    # Of keys to be deleted: when, and after how many days of waiting.
    sa.Column("deletion_at", Timestamp),
    sa.Column("waiting_days", sa.Integer),
    # A ciphertext tells the key's id and nothing of its account.
    sa.Index("ix_encryption_keys_id", "id", unique=True),
    sa.Index("ix_encryption_keys_deletion_at", "deletion_at"),
    sa.Index("ix_encryption_keys_rotates_at", "rotates_at"),
)

key_material = sa.Table(
    # 32 random bytes each, sealed by the server's key.
    "encryption_key_material",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("key_id", _Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    # CREATED, AUTOMATIC or ON_DEMAND.
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
)

key_aliases = sa.Table(
    # `name` with its `alias/` before it.
    "encryption_key_aliases",
    metadata,
    sa.Column("account_id", _Account, primary_key=True),
    sa.Column("name", Key, primary_key=True),
    sa.Column("key_id", _Id, nullable=False),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("updated_at", Timestamp, nullable=False),
    sa.Index("ix_encryption_key_aliases_account_id_key_id", "account_id", "key_id"),
)
