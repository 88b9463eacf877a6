"""Makes access keys: the secret is kept sealed, and of a session's token only a digest."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from isinglass.domain.signature import hash_session_token
from isinglass.store.access_keys import AccessKey
from isinglass.store.sealing import Sealer
from isinglass.store.store import Transaction

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key in the clear, which it is this once; a lasting key has no token."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a key acts as; `identity_id` is None for an account itself and for a role that nobody defined."""

    account_id: str
    principal_arn: str
    identity_id: str | None = None
    session_policies: list[str] | None = None
    context: dict[str, Any] | None = None


def make_lasting_key(tx: Transaction, sealer: Sealer, holder: Holder, now: float) -> MadeKey:
    """Make a key that lasts until it is deleted."""
    made = MadeKey(_id("AKIA"), secrets.token_urlsafe(30))
    _insert(tx, sealer, holder, made, now, None)
    return made


def make_session_key(
    tx: Transaction, sealer: Sealer, holder: Holder, now: float, expires_at: float
) -> MadeKey:
    """Make a key with a token, which ends by itself."""
    made = MadeKey(_id("ASIA"), secrets.token_urlsafe(30), secrets.token_urlsafe(48))
    _insert(tx, sealer, holder, made, now, expires_at)
    return made


def holder_of(key: AccessKey) -> Holder:
    """Tell whom a key acts as, for another to act as the same."""
    return Holder(key.account_id, key.principal_arn, key.identity_id, key.session_policies, key.context)


def is_limited(key: AccessKey | Holder) -> bool:
    """Whether policies limit what a key may do: its identity's, or those of its session."""
    return key.identity_id is not None or key.session_policies is not None


def _insert(
    tx: Transaction, sealer: Sealer, holder: Holder, made: MadeKey, now: float, expires_at: float | None
) -> None:
    tx.access_keys.insert(
        AccessKey(
            access_key_id=made.access_key_id,
            account_id=holder.account_id,
            secret_sealed=sealer.seal(made.secret_access_key.encode(), made.access_key_id),
            principal_arn=holder.principal_arn,
            created_at=now,
            session_token_hash=hash_session_token(made.session_token) if made.session_token else None,
            expires_at=expires_at,
            context=holder.context,
            identity_id=holder.identity_id,
            session_policies=holder.session_policies,
        )
    )


def _id(kind: str) -> str:
    return kind + "".join(secrets.choice(_ALPHABET) for _ in range(16))
