"""Catalogs moved between accounts of a live server, as the command line moves them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api_fixtures import REGION, Api

from isinglass.transfer.calling import Glue
from isinglass.transfer.files import Line
from isinglass.transfer.importing import entries_of, import_records
from isinglass.transfer.putting import Target
from isinglass.transfer.reading import CatalogReader, Origin
from isinglass.transfer.report import Choices, Report
from isinglass.transfer.secrets import PassphraseSeal
from isinglass.transfer.server_glue import ServerGlue
from isinglass.transfer.wanted import ON_DEMAND, USUAL, Wanted

EVERYTHING = Wanted(parts=frozenset((*USUAL, *ON_DEMAND)))


@dataclass(frozen=True)
class Mover:
    """Exports from and imports into accounts of one server."""

    api: Api

    def glue(self, account_id: str) -> ServerGlue:
        return ServerGlue(self.api.url, REGION, self.api.credentials_of(account_id))

    def export(
        self, account_id: str, wanted: Wanted = EVERYTHING, glue: Glue | None = None, **options: Any
    ) -> bytes:
        origin = Origin(account_id, REGION, account_id)
        reader = CatalogReader(glue or self.glue(account_id), origin, wanted, **options)
        return b"".join(line for section in reader.sections() for line in section.lines)

    def put(
        self, account_id: str, text: bytes, *, glue: Glue | None = None, seal: PassphraseSeal | None = None,
        **choices: Any,
    ) -> Report:  # fmt: skip
        """Import the text of a catalog file."""
        report = Report(Choices(wanted=EVERYTHING, **choices))
        target = Target(glue or self.glue(account_id), account_id, REGION, report, seal)
        import_records(target, entries_of(lines(text), report))
        return report


def lines(text: bytes) -> Iterable[Line]:
    """Cut a file's text into its lines."""
    return [Line("f", number, line) for number, line in enumerate(text.splitlines(keepends=True), 1)]


def without_header(text: bytes) -> bytes:
    """Leave out the line that says whose catalog it is."""
    return text.partition(b"\n")[2]
