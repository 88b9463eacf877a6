"""The keys of runs: temporary, sealed in the store, deleted when the run ends."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from isinglass.jobs.settings import Credentials
from isinglass.store.access_keys import AccessKey
from isinglass.store.sealing import Sealer
from isinglass.store.store import Transaction

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class StoredRunKeys:
    """Issues keys as the gateway verifies them: the secret sealed, the session token as its digest."""

    sealer: Sealer

    def issue(
        self,
        tx: Transaction,
        *,
        account_id: str,
        principal_arn: str,
        now: float,
        expires_at: float,
        context: dict[str, Any] | None = None,
    ) -> Credentials:
        """Insert a temporary key that acts as a principal, and return it in the clear, this once."""
        key_id = "ASIA" + "".join(secrets.choice(_ALPHABET) for _ in range(16))
        credentials = Credentials(key_id, secrets.token_urlsafe(30), secrets.token_urlsafe(48))
        tx.access_keys.insert(
            AccessKey(
                access_key_id=key_id,
                account_id=account_id,
                secret_sealed=self.sealer.seal(credentials.secret_access_key.encode(), key_id),
                principal_arn=principal_arn,
                created_at=now,
                session_token_hash=hashlib.sha256(credentials.session_token.encode()).digest(),
                expires_at=expires_at,
                context=context,
            )
        )
        return credentials
