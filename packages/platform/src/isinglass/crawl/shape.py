"""What one file looks like to a crawl, and how alike two files are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from isinglass.crawl import types


@dataclass(frozen=True, slots=True)
class Kind:
    """What must be equal for two files to share a table, whatever their columns."""

    format: str
    compression: str = "none"
    #: Of delimited text only; one reader setting cannot serve two delimiters.
    delimiter: str = ""

    @property
    def described(self) -> str:
        """Name the kind for a person."""
        words = [self.format]
        if self.delimiter:
            words.append(f"delimited by {self.delimiter!r}")
        if self.compression != "none":
            words.append(self.compression)
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Shape:
    """A file's kind and columns; details are what its reader must know (header, quote, key spelling)."""

    kind: Kind
    #: (lower-case name, Hive type) in file order.
    columns: tuple[tuple[str, str], ...]
    #: False when the names were made up because the file has no header.
    named: bool = True
    #: Sorted pairs, so that equal shapes are equal values.
    details: tuple[tuple[str, str], ...] = ()
    #: The names as the file spells them.
    spellings: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Render for storage."""
        return {
            "Format": self.kind.format,
            "Compression": self.kind.compression,
            "Delimiter": self.kind.delimiter,
            "Columns": [list(column) for column in self.columns],
            "Named": self.named,
            "Details": [list(detail) for detail in self.details],
            "Spellings": list(self.spellings),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Shape":
        """Read what document() rendered."""
        return cls(
            Kind(document["Format"], document["Compression"], document["Delimiter"]),
            tuple((name, hive) for name, hive in document["Columns"]),
            document["Named"],
            tuple((key, value) for key, value in document["Details"]),
            tuple(document["Spellings"]),
        )


def similarity(left: Shape, right: Shape) -> float:
    """Measure how alike two shapes of one kind are, from 0 to 1.

    Columns in common over the columns of the smaller, so that files from before and after a column was
    added are alike; but at least over half of the larger, so that a lone `id` is not alike everything.
    """
    if left.kind != right.kind:
        return 0.0
    if left.columns == right.columns:
        return 1.0
    if not (left.named and right.named):
        return _positional(left, right)
    sizes = sorted((len(left.columns), len(right.columns)))
    if sizes[0] == 0:
        return 0.0
    types_of = dict(right.columns)
    common = sum(1 for name, hive in left.columns if name in types_of and _comparable(hive, types_of[name]))
    return common / max(sizes[0], sizes[1] / 2)


def _comparable(left: str, right: str) -> bool:
    return types.VOID in (left, right) or types.is_nested(left) == types.is_nested(right)


def _positional(left: Shape, right: Shape) -> float:
    """Compare files without names by the types at each place; names made up say nothing."""
    if len(left.columns) != len(right.columns):
        return 0.0
    pairs = [(a, b) for (_, a), (_, b) in zip(left.columns, right.columns, strict=True)]
    one_header = left.named != right.named
    return sum(1 for a, b in pairs if _fits_by_place(a, b, one_header=one_header)) / len(pairs)


def _fits_by_place(left: str, right: str, *, one_header: bool) -> bool:
    if types.VOID in (left, right):
        return True
    # A header that was taken for data makes its whole column text.
    texts = (left == "string") + (right == "string")
    return texts == 2 or one_header if texts else types.merge(left, right) in (left, right)


@dataclass(slots=True)
class Tally:
    """Shapes of one kind with how many files (or folders) showed each."""

    counts: Counter[Shape] = field(default_factory=Counter)

    @classmethod
    def of(cls, shapes: Iterable[Shape]) -> "Tally":
        """Count shapes."""
        return cls(Counter(shapes))

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.counts.update(other.counts)

    @property
    def dominant(self) -> Shape:
        """The shape shown most, of those with names if any has; the widest decides a draw."""
        return max(
            self.counts,
            key=lambda shape: (shape.named, self.counts[shape], len(shape.columns), shape.columns),
        )

    @property
    def kind(self) -> Kind:
        """The kind all of them share."""
        return next(iter(self.counts)).kind

    def merged(self) -> tuple[tuple[str, str], ...]:
        """Merge all columns, in the order of the dominant shape, newcomers last.

        A file whose header was taken for data has its columns by place: their names are known from others.
        """
        dominant = self.dominant
        merged = dict(dominant.columns)
        for shape in sorted(self.counts, key=lambda shape: shape.columns):
            by_place = dominant.named and not shape.named
            names = [name for name, _ in (dominant if by_place else shape).columns]
            for name, (_, hive) in zip(names, shape.columns, strict=False):
                merged[name] = types.merge(merged[name], hive) if name in merged else hive
        return tuple(merged.items())

    def union(self) -> tuple[tuple[str, str], ...]:
        """Merge all columns into those of a table."""
        return tuple((name, types.catalog_type(hive)) for name, hive in self.merged())
