"""The tables that the files of one folder are, before the folders are compared with each other."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from isinglass.crawl.found import Findings, Found, Grouping, Leaf, Looked, Skipped
from isinglass.crawl.settings import Grouping as Rules
from isinglass.crawl.shape import Kind, Shape, Tally, similarity


def clusters(shapes: Counter[Shape], threshold: float) -> list[Counter[Shape]]:
    """Put alike shapes together, each with the most frequent shape it is like; largest cluster first."""
    groups: list[tuple[Shape, Counter[Shape]]] = []
    ordered = sorted(shapes.items(), key=lambda item: (-item[1], -len(item[0].columns), item[0].columns))
    for shape, count in ordered:
        for representative, group in groups:
            if similarity(representative, shape) > threshold:
                group[shape] += count
                break
        else:
            groups.append((shape, Counter({shape: count})))
    return sorted((group for _, group in groups), key=lambda group: -group.total())


def needs_more(findings: Findings, rules: Rules) -> bool:
    """Tell whether the opened files leave open which table the others of the bunch belong to."""
    if findings.exhausted:
        return False
    shapes = Counter(looked.shape for looked in findings.looked if looked.shape)
    if not shapes or len({shape.kind for shape in shapes}) > 1:
        return True
    return not rules.combine and len(clusters(shapes, rules.similarity)) > 1


@dataclass(slots=True)
class _Pile:
    """The files of one kind in one folder; `more` counts those of like name that were not opened."""

    files: list[tuple[Findings, Looked, Shape]] = field(default_factory=list)
    more: int = 0
    more_bytes: int = 0


def units_of(
    folder: tuple[str, ...], bunches: Sequence[Findings], rules: Rules, into: Grouping
) -> list[Found]:
    """Decide the tables of one folder's files; what belongs to none is noted as skipped."""
    piles: dict[Kind, _Pile] = {}
    for bunch in bunches:
        _sort(folder, bunch, piles, into)
    shared: list[tuple[Leaf, set[tuple[str, str]]]] = []
    alone: list[Found] = []
    for pile in piles.values():
        together, others = _split(folder, pile, rules, into)
        alone += [_file_table(folder, looked, shape, bunch) for bunch, looked, shape in others]
        if together:
            leaf = _leaf(folder, together, pile.more, pile.more_bytes)
            shared.append((leaf, {(bunch.suffix, looked.name) for bunch, looked, _ in together}))
    everyone = {(bunch.suffix, looked.name) for pile in piles.values() for bunch, looked, _ in pile.files}
    return [
        Found(folder, (leaf,), exclusions=_patterns(members, everyone - members)) for leaf, members in shared
    ] + alone


def _sort(folder: tuple[str, ...], bunch: Findings, piles: dict[Kind, _Pile], into: Grouping) -> None:
    readable = Counter(looked.shape.kind for looked in bunch.looked if looked.shape)
    for looked in bunch.looked:
        if looked.shape:
            piles.setdefault(looked.shape.kind, _Pile()).files.append((bunch, looked, looked.shape))
        else:
            into.skipped.append(Skipped("/".join([*folder, looked.name]), looked.reason))
    more = bunch.count - len(bunch.looked)
    if more and readable:
        pile = piles[max(readable, key=lambda kind: readable[kind])]
        pile.more += more
        pile.more_bytes += max(0, bunch.size - sum(looked.size for looked in bunch.looked))
    elif more:
        reasons = sorted({looked.reason for looked in bunch.looked}) or ["no file like them was opened"]
        into.skipped.append(Skipped("/".join([*folder, f"*{bunch.suffix}"]), reasons[0], more))


def _split(
    folder: tuple[str, ...], pile: _Pile, rules: Rules, into: Grouping
) -> tuple[list[tuple[Findings, Looked, Shape]], list[tuple[Findings, Looked, Shape]]]:
    """Divide a pile into the files that make one table and those that each are their own."""
    shapes = Counter(shape for _, _, shape in pile.files)
    groups = clusters(shapes, rules.similarity)
    if rules.combine or len(groups) == 1:
        return pile.files, []
    share = groups[0].total() / shapes.total()
    if share > rules.similarity and len(groups) <= rules.maximum_schemas:
        return (
            [file for file in pile.files if file[2] in groups[0]],
            [file for file in pile.files if file[2] not in groups[0]],
        )
    if pile.more:
        reason = "not opened, in a folder whose files are tables of their own"
        into.skipped.append(Skipped("/".join([*folder, "*"]), reason, pile.more))
    return [], pile.files


def _leaf(
    folder: tuple[str, ...], files: Sequence[tuple[Findings, Looked, Shape]], more: int, more_bytes: int
) -> Leaf:
    size = sum(looked.size for _, looked, _ in files)
    records = sum(looked.records for _, looked, _ in files)
    return Leaf(
        folder,
        Tally(Counter(shape for _, _, shape in files)),
        len(files) + more,
        size + more_bytes,
        records * (1 + more_bytes / size) if size else records,
        max(bunch.modified for bunch, _, _ in files),
        files[0][1].name if len(files) == 1 and not more else None,
    )


def _file_table(folder: tuple[str, ...], looked: Looked, shape: Shape, bunch: Findings) -> Found:
    return Found(folder, (_leaf(folder, [(bunch, looked, shape)], 0, 0),), file=looked.name)


def _patterns(members: set[tuple[str, str]], others: set[tuple[str, str]]) -> tuple[str, ...]:
    """Name the files of the folder that a reader of the members must leave out, by extension if it can."""
    own_suffixes = {suffix for suffix, _ in members}
    patterns = {
        f"**{suffix}" if suffix and suffix not in own_suffixes else f"**{escape(name)}"
        for suffix, name in others
    }
    return tuple(sorted(patterns))


def escape(name: str) -> str:
    """Write a name as a glob that matches just it."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", name)
