"""Which logs are sealed, and with what: the keys of accounts meet the files here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from isinglass.domain.key_permission import KeyAsked, KeyAsker, may_use_key
from isinglass.observe.log_sealing import LineCipher, LogHead, LogKey, bound_to, read_head
from isinglass.store.access_keys import AccessKey
from isinglass.store.key_facts import facts_of_key
from isinglass.store.key_use import KeyUnavailable, KeyUse, open_data_key
from isinglass.store.keys import Key
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

#: What the role of a run needs, as a writer of CloudWatch logs: to make the log's key, and to go on with it.
_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass(eq=False)
class LogKeyRefused(Exception):
    """A log is to be sealed, and cannot be; then it must not be written."""

    reason: str

    def __str__(self) -> str:
        return f"The log cannot be encrypted as the security configuration says. {self.reason}"


@dataclass(frozen=True, slots=True)
class LogKeys:
    """Makes and opens the keys of logs."""

    store: Store
    sealer: Sealer
    region: str

    def for_writing(self, account_id: str, path: Path, key: str, access_key_id: str) -> LogKey:
        """Give what to write a log with; the holder of the access key must be allowed to use the key.

        A log that was begun under the same key goes on with it. Raises LogKeyRefused.
        """
        try:
            with self.store.begin() as tx:
                use = KeyUse(tx, self.sealer, self.region)
                found = use.resolve(account_id, key)
                head, context = read_head(path), bound_to(account_id, path)
                self._require(tx, found, access_key_id, context)
                if head is not None and head.key_arn == found.arn:
                    return LogKey(head, use.decrypt(head.wrapped, context))
                plaintext, wrapped = use.data_key(account_id, found.arn, context)
                return LogKey(LogHead(found.arn, wrapped), plaintext)
        except KeyUnavailable as error:
            raise LogKeyRefused(str(error)) from error

    def _require(self, tx: Transaction, found: Key, access_key_id: str, context: Mapping[str, str]) -> None:
        holder = tx.access_keys.find(access_key_id)
        if holder is None:
            raise LogKeyRefused("The keys of the run were deleted.")
        asker = _asker(tx, holder, self.region)
        asked = KeyAsked(found.arn, found.account_id, found.policy, partial(facts_of_key, tx, found))
        for action in _ACTIONS:
            decision = may_use_key(asker, asked, action, context, {})
            if not decision.allowed:
                raise LogKeyRefused(decision.reason)

    def for_reading(self, account_id: str, path: Path) -> LineCipher | None:
        """Give what to read a log with, None when it is not sealed; raises KeyUnavailable.

        Whoever may read the account's logs may read this one: as on CloudWatch the service opens it.
        """
        head = read_head(path)
        if head is None:
            return None
        return LineCipher(open_data_key(self.store, self.sealer, head.wrapped, bound_to(account_id, path)))


def _asker(tx: Transaction, holder: AccessKey, region: str) -> KeyAsker:
    standing = tx.identities.standing(holder)
    return KeyAsker(standing, holder.principal_arn, holder.account_id, "logs", region)
