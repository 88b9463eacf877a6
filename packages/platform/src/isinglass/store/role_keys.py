"""Lets work that the server does as a role use the keys of encrypted catalogs as far as the role may."""

import time
from functools import partial

from isinglass.domain.access.principals import session_arn
from isinglass.domain.access.resources import role_arn
from isinglass.domain.catalog_encryption import AtRest, key_context
from isinglass.domain.key_permission import KeyAsked, KeyAsker, may_use_key
from isinglass.model.glue.errors import AccessDeniedException
from isinglass.store.access_keys import AccessKey
from isinglass.store.documents import Allow
from isinglass.store.key_facts import read_facts_of_key
from isinglass.store.keys import Key
from isinglass.store.store import Store


def allowed_to_role(store: Store, account_id: str, role: str, session: str, region: str) -> Allow:
    """Decide by the policies of a role, given by its name or ARN, or of the role that the settings name."""

    def allow(action: str, key: Key, owner: str, settings: AtRest) -> None:
        asker = _asker(store, account_id, settings.role or role, session, region)
        asked = KeyAsked(key.arn, key.account_id, key.policy, partial(read_facts_of_key, store, key))
        decision = may_use_key(asker, asked, action, key_context(owner), {})
        if not decision.allowed:
            raise AccessDeniedException(decision.reason)

    return allow


def _asker(store: Store, account_id: str, role: str, session: str, region: str) -> KeyAsker:
    arn = role_arn(role, account_id)
    acting = session_arn(account_id, arn, session)
    with store.read() as tx:
        found = tx.identities.by_arn(account_id, arn)
        identity_id = None if found is None else found.id
        holder = AccessKey("", account_id, b"", acting, time.time(), identity_id=identity_id)
        return KeyAsker(tx.identities.standing(holder), acting, account_id, "glue", region)
