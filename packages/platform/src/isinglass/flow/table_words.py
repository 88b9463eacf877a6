"""Bring the index of tables' words up to date, in short transactions between which others write."""

from dataclasses import dataclass

from isinglass.store.store import Store

#: Tables whose words are indexed in one transaction.
STEP = 100

#: A search waits for so many tables at most; what a mass of new tables leaves over, the worker does.
MOST_BEFORE_A_SEARCH = 2_000

#: Seconds between two looks at tables that were found damaged; how many are looked at again then.
RECHECK_SECONDS = 3_600.0
_MOST_RECHECKED = 500


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


@dataclass(slots=True)
class DamagedTables:
    """Has tables that were found damaged looked at again, at the start and then now and then."""

    store: Store
    _due: float = 0.0

    def run_once(self, now: float) -> int:
        """Look again if it is time to; returns at how many tables."""
        if now < self._due:
            return 0
        self._due = now + RECHECK_SECONDS
        with self.store.read() as tx:
            found = tx.table_words.damaged(_MOST_RECHECKED)
        if found:
            with self.store.begin() as tx:
                tx.table_words.look_again(found)
        return len(found)
