"""Who made a change to the catalog, through what, and why: kept with each version, deletion and restore."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: A client's name and a note are kept up to here.
LONGEST_CLIENT, LONGEST_NOTE = 256, 1024


class Through(StrEnum):
    """What a change came through."""

    API = "API"
    CRAWLER = "CRAWLER"
    JOB = "JOB"
    RESTORE = "RESTORE"
    IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a change came through.

    `name` is that of the crawler, the job, the restored version or the import's source; `id` that of the
    crawl or the job run.
    """

    through: Through = Through.API
    name: str = ""
    id: str = ""


#: What a caller does by itself.
DIRECTLY = Origin()


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, by which principal, and what is known besides."""

    at: float
    by: str
    operation: str
    request_id: str = ""
    #: The client's user agent.
    client: str = ""
    origin: Origin = DIRECTLY
    note: str = ""

    def document(self) -> dict[str, Any]:
        """Write what has no column of its own; what is empty is left out."""
        told: dict[str, Any] = {"operation": self.operation}
        if self.request_id:
            told["request"] = self.request_id
        if self.client:
            told["client"] = self.client[:LONGEST_CLIENT]
        if self.origin.through is not Through.API:
            told["origin"] = [self.origin.through.value, self.origin.name, self.origin.id]
        if self.note:
            told["note"] = self.note[:LONGEST_NOTE]
        return told


def change_of(at: float, by: str, document: Mapping[str, Any]) -> Change:
    """Read a change; what was made before changes were recorded has an empty document."""
    through, name, id_ = document.get("origin", (Through.API, "", ""))
    return Change(
        at,
        by,
        document.get("operation", ""),
        document.get("request", ""),
        document.get("client", ""),
        Origin(Through(through), name, id_),
        document.get("note", ""),
    )
