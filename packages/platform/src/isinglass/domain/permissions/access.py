"""What one caller may do with one table: the union of its grants; there is no deny."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isinglass.domain.permissions.grants import ALL, Grant
from isinglass.domain.permissions.resources import PERMISSIONS


@dataclass(frozen=True, slots=True)
class Cells:
    """Some columns of some rows that may be read; `rows` is a filter's expression, None for every row."""

    columns: frozenset[str] | None
    excluded: frozenset[str] = frozenset()
    rows: str | None = None

    def has(self, column: str) -> bool:
        """Tell whether a column, in lower case, is among them."""
        return (self.columns is None or column in self.columns) and column not in self.excluded

    @property
    def is_all(self) -> bool:
        """Whether this is the whole table."""
        return self.columns is None and not self.excluded and self.rows is None


@dataclass(frozen=True, slots=True)
class Access:
    """What may be done with a table, SELECT apart, and the cells that may be read."""

    permissions: frozenset[str]
    cells: tuple[Cells, ...]

    @property
    def is_none(self) -> bool:
        """Whether the table must look as if it were not there."""
        return not self.permissions and not self.cells

    @property
    def reads_all(self) -> bool:
        """Whether every cell may be read."""
        return any(cells.is_all for cells in self.cells)

    def and_also(self, other: "Access") -> "Access":
        """Join two accesses."""
        return Access(self.permissions | other.permissions, self.cells + other.cells)

    def allows(self, permission: str) -> bool:
        """Tell whether something may be done; SELECT means with any cell, DESCRIBE comes with all else."""
        if permission == "SELECT":
            return bool(self.cells)
        return permission in self.permissions or (permission == "DESCRIBE" and not self.is_none)

    def sees(self, column: str) -> bool:
        """Tell whether a column shows in the table's definition.

        Who may read some columns sees those; who may alter, or only describe or write, sees all.
        """
        if not self.cells or "ALTER" in self.permissions:
            return True
        return any(cells.has(column.lower()) for cells in self.cells)

    def columns(self, names: Iterable[str]) -> list[str]:
        """List those columns that may be read, of any row."""
        return [name for name in names if any(cells.has(name.lower()) for cells in self.cells)]

    def rows_of(self, column: str) -> tuple[str, ...] | None:
        """Give the filters of which one must hold for a column's cell to be read; None for every row."""
        filters = [cells.rows for cells in self.cells if cells.has(column.lower())]
        if None in filters:
            return None
        return tuple(sorted({rows for rows in filters if rows is not None}))

    def rows(self, names: Iterable[str]) -> tuple[str, ...] | None:
        """Give the filters of which one must hold for a row to be read at all; None for every row."""
        found: set[str] = set()
        for name in self.columns(names):
            filters = self.rows_of(name)
            if filters is None:
                return None
            found.update(filters)
        return tuple(sorted(found))


#: Everything: of the account itself, its data-lake administrators, and where IAM alone decides.
WHOLE = Access(PERMISSIONS["table"], (Cells(None),))
#: Every definition and no data: of administrators who only look.
READ_ONLY = Access(frozenset({"DESCRIBE"}), ())


def decide(grants: Iterable[Grant], filters: Mapping[str, Any]) -> Access:
    """Join the grants a caller has on a table; `filters` are the table's cells filters by name."""
    permissions: set[str] = set()
    cells: list[Cells] = []
    for grant in grants:
        if grant.resource.kind in ("table", "tables"):
            held = PERMISSIONS["table"] if ALL in grant.permissions else grant.permissions
            permissions |= held
            if "SELECT" in held:
                cells.append(Cells(None))
        elif grant.resource.kind == "columns":
            names = grant.resource.columns
            cells.append(
                Cells(None if names is None else frozenset(names), frozenset(grant.resource.excluded))
            )
        elif grant.resource.kind == "cells" and grant.resource.item in filters:
            cells.append(cells_of(filters[grant.resource.item]))
    permissions.discard("SELECT")
    return Access(frozenset(permissions), tuple(cells))


def cells_of(document: Mapping[str, Any]) -> Cells:
    """Read the cells that a stored cells filter lets through."""
    names: Sequence[str] = document.get("ColumnNames") or ()
    excluded: Sequence[str] = (document.get("ColumnWildcard") or {}).get("ExcludedColumnNames") or ()
    expression = (document.get("RowFilter") or {}).get("FilterExpression", "")
    return Cells(
        frozenset(name.lower() for name in names) if names else None,
        frozenset(name.lower() for name in excluded),
        expression or None,
    )
