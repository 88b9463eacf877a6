"""What a connection's entities are read through, whatever lies at its other end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from isinglass.store.paging import PageRequest

Document = dict[str, Any]
After = tuple[Any, ...] | None

#: Characters of one page of records: pages are cut short rather than that they fill the memory.
LARGEST_PAGE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of an entity somebody wants to see."""

    entity: str
    limit: int
    selected: Sequence[str] = ()
    predicate: str | None = None
    order: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    after: After = None


class EntitySource(Protocol):
    """Lists, describes and samples entities."""

    def entities(self, parent: str | None, page: PageRequest) -> tuple[list[Document], After]:
        """List entities, those that lie in no other or in one."""
        ...

    def fields(self, entity: str, page: PageRequest) -> tuple[list[Document], After]:
        """List an entity's fields."""
        ...

    def records(self, wanted: Wanted) -> tuple[list[Document], After]:
        """Read records."""
        ...


@dataclass(eq=False)
class EntityMissing(Exception):
    """There is no entity of this name at the other end."""

    name: str

    def __str__(self) -> str:
        return f"Entity {self.name} not found."


@dataclass(eq=False)
class BadQuery(Exception):
    """What was asked for cannot be asked of this entity."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class NotAsked(Exception):
    """What was asked for is something this server does not ask of such a source."""

    reason: str

    def __str__(self) -> str:
        return self.reason
