"""Which files a crawl opens: all of a few, and of many the oldest, the newest and some between."""

from collections.abc import Collection

from isinglass.crawl.folders import Bunch
from isinglass_connectors.storage.objects import ObjectInfo

#: A crawl of at most this many files opens every one.
BUDGET = 1000
#: Above the budget every bunch still shows its oldest and newest file, until there are too many bunches.
_BUNCHES_SEEN_TWICE = 4 * BUDGET


def files_per_bunch(bunches: Collection[Bunch], sample_size: int | None, *, open_all: bool) -> int | None:
    """Decide how many files to open in each bunch; None means every one."""
    if sample_size is not None:
        return sample_size
    if open_all or sum(bunch.count for bunch in bunches) <= BUDGET:
        return None
    if len(bunches) > _BUNCHES_SEEN_TWICE:
        return 1
    return max(2, BUDGET // len(bunches))


def choose(bunch: Bunch, limit: int | None) -> list[ObjectInfo]:
    """Choose files of one bunch: the newest always, the others evenly spread over its listing."""
    if limit is None or limit >= len(bunch.kept):
        return list(bunch.kept)
    newest = bunch.newest
    others = [info for info in bunch.kept if newest is None or info.url != newest.url]
    wanted = limit - (newest is not None)
    chosen = [others[position * len(others) // wanted] for position in range(wanted)] if wanted else []
    return [*chosen, newest] if newest is not None else chosen
