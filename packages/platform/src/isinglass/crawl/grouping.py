"""From folders to tables, bottom-up: which folder levels are partitions, which are tables, and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from isinglass.crawl.found import Decision, Findings, Found, Grouping
from isinglass.crawl.partitions import key_of, looks_like_partition
from isinglass.crawl.settings import Grouping as Rules
from isinglass.crawl.shape import Kind, Shape
from isinglass.crawl.units import clusters, units_of

#: What a table of a folder's own files excludes: whatever lies in the folders below.
_BELOW = "*/**"


@dataclass(slots=True)
class _Node:
    path: tuple[str, ...]
    bunches: list[Findings] = field(default_factory=list)
    children: dict[str, "_Node"] = field(default_factory=dict)


def group(findings: Iterable[Findings], rules: Rules, *, root_level: int) -> Grouping:
    """Group what was found below one include path into tables; root_level is the path's own level."""
    top = _Node(())
    for bunch in findings:
        node = top
        for depth, component in enumerate(bunch.folder, start=1):
            node = node.children.setdefault(component, _Node(bunch.folder[:depth]))
        node.bunches.append(bunch)
    return _Grouper(rules, root_level).run(top)


class _Grouper:
    def __init__(self, rules: Rules, root_level: int) -> None:
        self._rules = rules
        self._root_level = root_level
        self._result = Grouping()

    def run(self, top: _Node) -> Grouping:
        tables = _settled(self._visit(top))
        self._result.tables = sorted(
            tables, key=lambda table: (table.root, table.file or "", table.kind.format)
        )
        self._result.decisions = self._telling(tables)
        return self._result

    def _telling(self, tables: list[Found]) -> list[Decision]:
        """Leave out what was decided inside a table: its root tells it all."""
        roots = {table.root for table in tables if table.depth}
        return [
            decision
            for decision in self._result.decisions
            if not any(decision.folder[:depth] in roots for depth in range(len(decision.folder)))
        ]

    def _visit(self, node: _Node) -> list[Found]:
        """Find the tables below a node; those rooted at it may still become partitions of its parent's."""
        own = units_of(node.path, node.bunches, self._rules, self._result)
        below = {name: self._visit(child) for name, child in sorted(node.children.items())}
        if below:
            own = [_apart(unit) for unit in own]
        return own + self._combine(node, below)

    def _combine(self, node: _Node, below: dict[str, list[Found]]) -> list[Found]:
        candidates: dict[tuple[Kind, int], dict[str, Found]] = defaultdict(dict)
        tables: list[Found] = []
        for name, found in below.items():
            for table in found:
                if (
                    table.root == node.children[name].path
                    and not table.file
                    and _BELOW not in table.exclusions
                ):
                    candidates[table.kind, table.depth][name] = table
                else:
                    tables.append(table)
        for alike in candidates.values():
            joined = self._joined(node, alike, len(below))
            if joined:
                parts = [alike[name] for name in sorted(joined)]
                tables.append(_merge(node.path, parts))
            tables += [table for name, table in alike.items() if name not in joined]
        return tables

    def _joined(self, node: _Node, alike: dict[str, Found], siblings: int) -> set[str]:
        """Decide which of the child tables are partitions of one table at this node."""
        names = set(alike)
        level = self._root_level + len(node.path)
        if self._rules.table_level is not None:
            below_level = level >= self._rules.table_level
            verdict = "one table" if below_level else "separate tables"
            self._note(
                node, verdict, f"tables start at level {self._rules.table_level}, this is level {level}"
            )
            return names if below_level else set()
        if self._rules.combine:
            self._note(node, "one table", "compatible schemas are combined")
            return names
        if not names:
            return names
        if siblings == 1:
            (name,) = names
            is_partition = looks_like_partition(name)
            because = "is named like a partition" if is_partition else "is the only folder"
            self._note(node, "one table" if is_partition else "separate tables", f"`{name}` {because}")
            return names if is_partition else set()
        return self._alike(node, alike, siblings)

    def _alike(self, node: _Node, alike: dict[str, Found], siblings: int) -> set[str]:
        keyed = {key_of(name) for name in alike}
        hive = len(keyed) == 1 and keyed != {None}
        shapes: dict[str, Shape] = {name: _representative(table) for name, table in alike.items()}
        groups = clusters(Counter(shapes.values()), self._rules.similarity)
        # Folders of other formats count against a common table, unless the names say `key=value`.
        share = groups[0].total() / (len(alike) if hive else siblings)
        count = f"{groups[0].total()} of {len(alike) if hive else siblings} folders"
        kind = next(iter(alike.values())).kind.described
        figure = f"{kind}: {count} have similar schemas ({share:.2f}), {len(groups)} different"
        lone = len(alike) == 1 and not (hive or looks_like_partition(next(iter(alike))))
        if lone or share <= self._rules.similarity or len(groups) > self._rules.maximum_schemas:
            self._note(node, "separate tables", figure)
            return set()
        self._note(node, "one table", figure)
        return {name for name, shape in shapes.items() if hive or shape in groups[0]}

    def _note(self, node: _Node, verdict: str, reason: str) -> None:
        self._result.decisions.append(Decision(node.path, verdict, reason))


def _representative(table: Found) -> Shape:
    """One shape for a whole table: all its columns, so that optional ones do not make folders differ."""
    tally = table.tally
    return replace(tally.dominant, columns=tally.merged(), details=(), spellings=())


def _merge(root: tuple[str, ...], parts: list[Found]) -> Found:
    leaves = tuple(leaf for part in parts for leaf in part.leaves)
    exclusions = tuple(sorted({pattern for part in parts for pattern in part.exclusions}))
    return Found(root, leaves, exclusions=exclusions)


def _apart(unit: Found) -> Found:
    """Keep a table of a folder's own files from reaching into the folders below."""
    return unit if unit.file else replace(unit, exclusions=(_BELOW, *unit.exclusions))


def _settled(tables: list[Found]) -> list[Found]:
    """Make a lone file a table by itself where its folder is not its own."""
    at_root = Counter(table.root for table in tables)
    return [
        replace(table, file=table.leaves[0].only, exclusions=())
        if not table.depth
        and not table.file
        and table.leaves[0].only
        and (at_root[table.root] > 1 or _BELOW in table.exclusions)
        else table
        for table in tables
    ]
