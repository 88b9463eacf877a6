"""Reads what few policies look at of an encryption key: its tags and its aliases."""

from isinglass.domain.keys.facts import Facts
from isinglass.store.keys import Key
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store, Transaction

#: A key has no more aliases.
_ALL = PageRequest(size=50)


def facts_of_key(tx: Transaction, key: Key) -> Facts:
    """Read the facts of a key that conditions may ask for."""
    tags = tx.tags.get(key.account_id, key.tag_resource)
    aliases, _ = tx.keys.aliases(key.account_id, key.id, _ALL)
    facts: Facts = {f"aws:resourcetag/{name.lower()}": (value,) for name, value in tags.items()}
    return {**facts, "kms:resourcealiases": tuple(alias.name for alias in aliases)}


def read_facts_of_key(store: Store, key: Key) -> Facts:
    """Read the facts of a key where there is no transaction."""
    with store.read() as tx:
        return facts_of_key(tx, key)
