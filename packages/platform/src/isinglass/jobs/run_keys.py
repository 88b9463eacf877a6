"""The keys of runs: temporary, sealed in the store, deleted when the run ends."""

from dataclasses import dataclass
from typing import Any

from isinglass.domain.access.principals import session_arn
from isinglass.domain.access.resources import role_arn
from isinglass.domain.permissions.copies import Errand
from isinglass.jobs.settings import Credentials
from isinglass.store.key_making import Holder, MadeKey, holder_of, is_limited, make_session_key
from isinglass.store.sealing import Sealer
from isinglass.store.store import Transaction


@dataclass(frozen=True, slots=True)
class StoredRunKeys:
    """Issues keys as the gateway verifies them: the secret sealed, the session token as its digest."""

    sealer: Sealer

    def issue(
        self,
        tx: Transaction,
        *,
        account_id: str,
        role: str,
        session: str,
        now: float,
        expires_at: float,
        context: dict[str, Any] | None = None,
        session_policy: str | None = None,
    ) -> Credentials:
        """Insert a temporary key that acts as a session of a role, and return it in the clear, this once."""
        arn = role_arn(role, account_id)
        # The whole ARN must fit: permission to pass it on was given for exactly this role.
        found = tx.identities.by_arn(account_id, arn)
        holder = Holder(
            account_id,
            session_arn(account_id, arn, session),
            None if found is None else found.id,
            None if session_policy is None else [session_policy],
            context,
        )
        return _credentials(make_session_key(tx, self.sealer, holder, now, expires_at), holder)

    def copy(
        self, tx: Transaction, *, account_id: str, errand: Errand, now: float, expires_at: float
    ) -> Credentials:
        """Insert a temporary key that acts as the account itself, but for objects beyond its errand."""
        holder = Holder(account_id, f"arn:aws:iam::{account_id}:root", context=errand.context())
        return _credentials(make_session_key(tx, self.sealer, holder, now, expires_at), holder)

    def lend(
        self, tx: Transaction, *, access_key_id: str, now: float, expires_at: float
    ) -> Credentials | None:
        """Insert a temporary key that acts as the holder of another, None when that is gone."""
        key = tx.access_keys.find(access_key_id)
        if key is None:
            return None
        end = min(expires_at, key.expires_at or expires_at)
        holder = holder_of(key)
        return _credentials(make_session_key(tx, self.sealer, holder, now, end), holder)


def _credentials(made: MadeKey, holder: Holder) -> Credentials:
    return Credentials(made.access_key_id, made.secret_access_key, made.session_token, is_limited(holder))
