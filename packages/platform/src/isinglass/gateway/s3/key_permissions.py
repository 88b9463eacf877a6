"""Which encryption keys a request's objects are under, and whether its caller may use them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from isinglass.domain.key_permission import KeyAsked, KeyAsker, may_use_key
from isinglass.domain.keys.references import InvalidReference, read_reference
from isinglass.gateway.s3.authentication import Caller
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.permissions import MissingPermission, Need, ObjectPermissions
from isinglass.gateway.s3.request import S3Request, stored_key
from isinglass.gateway.standings import Standings
from isinglass.store.key_facts import read_facts_of_key
from isinglass.store.key_use import KeyUnavailable, KeyUse, require_enabled
from isinglass.store.keys import Key
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

#: The key that objects are under when they are to be under one and none is named.
OWN_KEY = "alias/aws/s3"


@dataclass(frozen=True, slots=True)
class ObjectKeys:
    """Finds keys, and decides about their use by the same policies as the Key Management Service."""

    store: Store
    sealer: Sealer
    standings: Standings
    permissions: ObjectPermissions
    region: str

    def find(self, account_id: str, name: str) -> Key:
        """Find a key that may be used now, by any of its names; an account's own is made then."""
        try:
            with self.store.read() as tx:
                known = name != OWN_KEY or tx.keys.resolve(read_reference(name, account_id)) is not None
                if known:
                    return _enabled(self._use(tx).resolve(account_id, name))
            with self.store.begin() as tx:
                return _enabled(self._use(tx).resolve(account_id, name))
        except (KeyUnavailable, InvalidReference) as error:
            raise unavailable(error) from error

    def require(
        self, caller: Caller, request: S3Request, key: Key, actions: Sequence[str], needs: list[Need]
    ) -> None:
        """Raise MissingPermission unless the caller may use a key; `needs` grows by what is asked."""
        arn, account_id = caller.key.principal_arn, caller.account_id
        asker = KeyAsker(self.standings.of(caller.key).standing, arn, account_id, "s3", self.region)
        asked = KeyAsked(key.arn, key.account_id, key.policy, partial(read_facts_of_key, self.store, key))
        context = {"aws:s3:arn": f"arn:aws:s3:::{request.bucket}/{stored_key(request.key)}"}
        for action in actions:
            need = Need(action, key.arn)
            needs.append(need)
            decision = may_use_key(asker, asked, action, context, self.permissions.facts(request))
            if not decision.allowed:
                raise MissingPermission("AccessDenied", decision.reason, 403, need=need)

    def _use(self, tx: Transaction) -> KeyUse:
        return KeyUse(tx, self.sealer, self.region)


def _enabled(key: Key) -> Key:
    require_enabled(key)
    return key


def unavailable(error: KeyUnavailable | InvalidReference) -> S3Error:
    """Say why a key cannot be used, as S3 does."""
    if isinstance(error, InvalidReference):
        return S3Error("KMS.NotFoundException", str(error), 400)
    arn = error.key_arn
    if error.reason == "disabled":
        return S3Error("KMS.DisabledException", f"{arn} is disabled.", 400)
    if error.reason == "pending deletion":
        return S3Error("KMS.KMSInvalidStateException", f"{arn} is pending deletion.", 400)
    if error.reason == "not found":
        return S3Error("KMS.NotFoundException", f"Key '{arn}' does not exist", 400)
    return S3Error("KMS.KMSInternalException", str(error), 500)
