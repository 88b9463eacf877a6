"""Which columns of two lists are the same ones: kept, probably renamed, moved, added or removed."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from isinglass.domain.column_types import ColumnType

#: Names at least so alike may be one column under another name.
_ALIKE = 0.6
#: Beyond so many pairs of candidates, names are not compared, or nothing is: lists so different were not
#: renamed, and comparing costs the more.
_MOST_COMPARED, _MOST_MATCHED = 2_000, 100_000


@dataclass(frozen=True, slots=True)
class Member:
    """A column, a partition key or a field of a struct."""

    name: str
    type: ColumnType
    position: int

    @property
    def key(self) -> str:
        """The folded name: case does not count."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Pairing:
    """The members of two lists, matched; `moved` has the folded new names of those that changed places."""

    kept: list[tuple[Member, Member]]
    renamed: list[tuple[Member, Member]]
    removed: list[Member]
    added: list[Member]
    moved: frozenset[str]


def members(named: Iterable[tuple[str, ColumnType]]) -> list[Member]:
    """Number the members of a list."""
    return [Member(name, of, position) for position, (name, of) in enumerate(named)]


def pair(before: Sequence[Member], after: Sequence[Member]) -> Pairing:
    """Match two lists by name; what is left over of the same type and place, or a like name, was renamed."""
    new = {member.key: member for member in after}
    kept = [(member, new[member.key]) for member in before if member.key in new]
    taken = {member.key for member, _ in kept}
    removed = [member for member in before if member.key not in taken]
    added = [member for member in after if member.key not in taken]
    renamed = list(_renamed(removed, added, kept))
    gone = {id(old) for old, _ in renamed}
    come = {id(member) for _, member in renamed}
    same = sorted([*kept, *renamed], key=lambda each: each[0].position)
    return Pairing(
        kept,
        renamed,
        [member for member in removed if id(member) not in gone],
        [member for member in added if id(member) not in come],
        frozenset(_moved([member for _, member in same])),
    )


def _renamed(
    removed: list[Member], added: list[Member], kept: list[tuple[Member, Member]]
) -> Iterable[tuple[Member, Member]]:
    if not removed or not added or len(removed) * len(added) > _MOST_MATCHED:
        return
    free = list(added)
    compare = len(removed) * len(added) <= _MOST_COMPARED
    # Where columns came or went before it, a column stands elsewhere; its neighbours tell its place.
    follows = {new.position: old.position for old, new in kept}
    for old in removed:
        candidates = [new for new in free if new.type == old.type]
        chosen = next((new for new in candidates if _same_place(old, new, follows)), None)
        if chosen is None and compare:
            alike = max(candidates, key=lambda new: _likeness(old, new), default=None)
            chosen = alike if alike is not None and _likeness(old, alike) >= _ALIKE else None
        if chosen is not None:
            free.remove(chosen)
            yield old, chosen


def _same_place(old: Member, new: Member, follows: dict[int, int]) -> bool:
    if new.position == 0 or old.position == 0:
        return new.position == old.position
    return follows.get(new.position - 1) == old.position - 1


def _likeness(old: Member, new: Member) -> float:
    return SequenceMatcher(None, old.key, new.key, autojunk=False).ratio()


def _moved(in_old_order: Sequence[Member]) -> Iterable[str]:
    """Name those that changed places: all but a longest run that kept its order."""
    ends: list[int] = []
    ranks: list[int] = []
    for member in in_old_order:
        rank = bisect_left(ends, member.position)
        ends[rank : rank + 1] = [member.position]
        ranks.append(rank)
    wanted = len(ends) - 1
    for member, rank in zip(reversed(in_old_order), reversed(ranks), strict=True):
        if rank == wanted:
            wanted -= 1
        else:
            yield member.key
