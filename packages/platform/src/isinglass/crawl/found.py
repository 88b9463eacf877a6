"""What a crawl found, between looking at files and writing tables."""

from dataclasses import dataclass, field

from isinglass.crawl.shape import Kind, Shape, Tally


@dataclass(frozen=True, slots=True)
class Looked:
    """One file that was opened: its shape, or why it has none."""

    name: str
    size: int
    shape: Shape | None = None
    reason: str = ""
    #: How many records it has, as far as the part that was read tells.
    records: float = 0.0
    #: Storage failed: the next crawl tries again.
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of one bunch: its totals, and the files of it that were opened."""

    folder: tuple[str, ...]
    suffix: str
    count: int
    size: int
    modified: float
    fingerprint: str
    looked: tuple[Looked, ...]
    #: All files were opened, or the caller wants no more of them opened.
    exhausted: bool = True


@dataclass(frozen=True, slots=True)
class Skipped:
    """Files that belong to no table, and why."""

    path: str
    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """Files of one folder that belong to one table: one partition of it, when it has partitions."""

    folder: tuple[str, ...]
    tally: Tally
    count: int
    size: int
    records: float
    modified: float = 0.0
    #: The name of the file when there is just one.
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One table: where it is rooted, the folders it has its files in, what a reader must leave out."""

    root: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    #: The name of the one file that is the table, when its folder holds other tables too.
    file: str | None = None
    exclusions: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of all its files."""
        return self.leaves[0].tally.kind

    @property
    def depth(self) -> int:
        """How many folder levels below the root are partition keys."""
        return len(self.leaves[0].folder) - len(self.root)

    @property
    def tally(self) -> Tally:
        """The shapes of all its files."""
        total = Tally()
        for leaf in self.leaves:
            total.add(leaf.tally)
        return total

    @property
    def count(self) -> int:
        """How many files it has."""
        return sum(leaf.count for leaf in self.leaves)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(leaf.size for leaf in self.leaves)


@dataclass(frozen=True, slots=True)
class Decision:
    """Why the folders below one became one table or several."""

    folder: tuple[str, ...]
    verdict: str
    reason: str


@dataclass(slots=True)
class Grouping:
    """The tables of one target, the reasons, and the files that belong to none."""

    tables: list[Found] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
