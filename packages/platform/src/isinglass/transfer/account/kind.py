"""What a kind of thing that an account has beside its databases is to a transfer: how it is read and put."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from isinglass.transfer.calling import Glue, found, pages
from isinglass.transfer.putting import Target
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry
from isinglass.transfer.secrets import PassphraseSeal


@dataclass(frozen=True, slots=True)
class Source:
    """The account that things are read from, and which of its catalogs; `tags` reads those of an ARN."""

    glue: Glue
    account_id: str
    catalog_id: str
    region: str
    seal: PassphraseSeal | None
    tags: Callable[[str], dict[str, str]]
    note: Callable[[str], None]
    threads: int

    def listed(self, operation: str, member: str, request: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Yield what a listing has, page by page."""
        for page in pages(self.glue, operation, request or {}, member):
            yield from page

    def found(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read what a listing named; None when it was deleted meanwhile."""
        return found(self.glue, operation, request)


Putter = Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class AccountKind:
    """A kind of record: `read` yields its records, `putter` makes what puts them into one target.

    Those of a kind wait for those of the kinds before it; `in_order`, also for each other. `of_catalog` tells
    what each catalog of an account has of its own.
    """

    name: str
    read: Callable[[Source], Iterable[Record]]
    putter: Callable[[Target], Putter]
    in_order: bool = False
    of_catalog: bool = False


def putting(put: Callable[[Target, Entry], None]) -> Callable[[Target], Putter]:
    """Make the putter of a kind that has nothing to remember between its records."""
    return lambda target: partial(put, target)


def said_by(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """Take of what is there what a record speaks of: a file made by hand may leave defaults out."""
    return {name: there[name] for name in wanted if name in there}
