"""Bring the index of tables' words up to date, in short transactions between which others write."""

from isinglass.store.store import Store

#: Tables whose words are indexed in one transaction.
STEP = 100

#: A search waits for so many tables at most; what a mass of new tables leaves over, the worker does.
MOST_BEFORE_A_SEARCH = 2_000


def catch_up(store: Store, catalog_id: str | None = None, most: int = MOST_BEFORE_A_SEARCH) -> bool:
    """Index the words of tables that changed, of one catalog or of all; tells whether some are left."""
    with store.read() as tx:
        if not tx.table_words.pending(catalog_id):
            return False
    upkeep = store.as_server()
    for _ in range(0, most, STEP):
        with upkeep.begin() as tx:
            if tx.table_words.catch_up(STEP, catalog_id) < STEP:
                return False
    return True
