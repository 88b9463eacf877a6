"""Bring what searches know of assets up to date, in short transactions between which others write."""

from isinglass.flow import table_words
from isinglass.store.store import Store

#: Assets that are indexed in one transaction.
STEP = 100

#: A search waits for so many assets at most; what a mass of new ones leaves over, the worker does.
MOST_BEFORE_A_SEARCH = 2_000


def catch_up(store: Store, account_id: str | None = None, most: int = MOST_BEFORE_A_SEARCH) -> bool:
    """Index the assets that changed, of one account or of all, tables first; tells whether some are left."""
    left = table_words.catch_up(store, account_id, most)
    with store.read() as tx:
        if not tx.asset_index.pending(account_id):
            return left
    for _ in range(0, most, STEP):
        with store.begin() as tx:
            if tx.asset_index.catch_up(STEP, account_id) < STEP:
                return left
    return True
