"""Which encryption keys a request's objects are under, and whether its caller may use them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from isinglass.domain.access.decide import Decision
from isinglass.domain.key_permission import KeyAsked, KeyAsker, may_use_key
from isinglass.domain.keys.policies import default_policy
from isinglass.domain.keys.references import SERVICE_ALIASES, InvalidReference, KeyReference, read_reference
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

    def check(self, account_id: str, name: str) -> None:
        """Refuse the name of a key that the account does not have, or that cannot be used now.

        Another account's key is looked at when it is used: nobody learns before which there are.
        """
        reference = _read(name, account_id)
        if reference.account_id == account_id:
            _usable(self._find(reference, account_id), reference.arn(self.region))

    def require(
        self, caller: Caller, request: S3Request, name: str, actions: Sequence[str], needs: list[Need]
    ) -> Key:
        """Find a key, by any of its names, that can be used now; an account's own is made then.

        Raises MissingPermission unless the caller may use it so, before anything else: who may not does not
        learn whether it is there. `needs` grows by what is asked.
        """
        reference = _read(name, caller.account_id)
        key = self._find(reference, caller.account_id)
        named = reference.arn(self.region)
        absent = KeyAsked(named, reference.account_id, default_policy(reference.account_id))
        asked = absent if key is None else self._asked(key)
        for action in actions:
            decision = self._decide(caller, request, asked, action)
            if not decision.allowed and reference.alias and reference.account_id != caller.account_id:
                # The denial would tell that another account's alias is there, and to which key it leads.
                asked = absent
                decision = self._decide(caller, request, asked, action)
            need = Need(action, asked.arn)
            needs.append(need)
            if not decision.allowed:
                raise MissingPermission("AccessDenied", decision.reason, 403, need=need)
        return _usable(key, named)

    def _find(self, reference: KeyReference, account_id: str) -> Key | None:
        """Find a key for an account, which gets its own service keys made."""
        name, of_service = reference.arn(self.region), reference.alias in SERVICE_ALIASES
        try:
            with self.store.read() as tx:
                if not of_service or tx.keys.resolve(reference) is not None:
                    return self._use(tx).resolve(account_id, name)
            with self.store.begin() as tx:
                return self._use(tx).resolve(account_id, name)
        except KeyUnavailable:
            return None

    def _decide(self, caller: Caller, request: S3Request, asked: KeyAsked, action: str) -> Decision:
        arn, account_id = caller.key.principal_arn, caller.account_id
        asker = KeyAsker(self.standings.of(caller.key).standing, arn, account_id, "s3", self.region)
        context = {"aws:s3:arn": f"arn:aws:s3:::{request.bucket}/{stored_key(request.key)}"}
        return may_use_key(asker, asked, action, context, self.permissions.facts(request))

    def _asked(self, key: Key) -> KeyAsked:
        return KeyAsked(key.arn, key.account_id, key.policy, partial(read_facts_of_key, self.store, key))

    def _use(self, tx: Transaction) -> KeyUse:
        return KeyUse(tx, self.sealer, self.region)


def _read(name: str, account_id: str) -> KeyReference:
    try:
        return read_reference(name, account_id)
    except InvalidReference as error:
        raise unavailable(error) from error


def _usable(key: Key | None, named: str) -> Key:
    try:
        if key is None:
            raise KeyUnavailable(named, "not found")
        require_enabled(key)
    except KeyUnavailable as error:
        raise unavailable(error) from error
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
