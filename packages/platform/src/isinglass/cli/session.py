"""What every command gets: the global flags, the server's client, and how to print."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from isinglass.cli.errors import USAGE, CliError
from isinglass.cli.terminal import in_lines, one_line

if TYPE_CHECKING:
    from isinglass.cli.catalogs import Catalog
    from isinglass.cli.client import Client
    from isinglass.cli.profiles import Profile

FORMATS = ("table", "json", "ndjson", "csv", "name")


@dataclass
class Session:
    """One invocation; `flags` are the global ones, wherever they stood on the line.

    `catalog_id` is that of commands on what catalogs hold; empty for the account's own catalog.
    """

    flags: dict[str, str] = field(default_factory=dict)
    catalog_id: str = ""

    @cached_property
    def profile(self) -> "Profile":
        """The server and the caller."""
        from isinglass.cli.profiles import resolve

        return resolve(self.flags, os.environ)

    @cached_property
    def client(self) -> "Client":
        """The API."""
        from isinglass.cli.client import Client

        return Client(self.profile)

    @cached_property
    def catalog(self) -> "Catalog":
        """The API, for what the chosen catalog holds."""
        from isinglass.cli.catalogs import Catalog

        return Catalog(self.client, self.catalog_id)

    @property
    def output(self) -> str:
        """The format of results."""
        value = self.flags.get("output") or os.environ.get("ISINGLASS_OUTPUT") or "table"
        if value not in FORMATS:
            raise CliError(
                f"{value!r} is not an output format", hint=f"one of {', '.join(FORMATS)}", exit_code=USAGE
            )
        return value

    @property
    def quiet(self) -> bool:
        """Whether only results are wanted."""
        return "quiet" in self.flags

    def say(self, text: str) -> None:
        """Tell a person something: on standard error, so that a pipe gets the result only."""
        if not self.quiet:
            print(in_lines(text), file=sys.stderr, flush=True)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask before what cannot be undone; without a person to ask, it must have been said with --yes."""
        if yes:
            return
        if not sys.stdin.isatty():
            raise CliError(
                "this has to be confirmed, and nobody is there to ask",
                facts=[question],
                hint="add --yes",
                exit_code=USAGE,
            )
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise CliError("nothing was done", exit_code=USAGE)

    def rows(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], documents: Sequence[Any]) -> None:
        """Print a list: `rows` for people, `documents` (the API's own) for programs."""
        if self.output == "json":
            print(json.dumps(list(documents), default=str, ensure_ascii=False, indent=2))
        elif self.output == "ndjson":
            for document in documents:
                print(json.dumps(document, default=str, ensure_ascii=False))
        elif self.output == "name":
            for row in rows:
                print(row[0])
        elif self.output == "csv":
            import csv

            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(["" if value is None else value for value in row] for row in rows)
        elif rows:
            print(table(columns, rows))

    def thing(self, document: Any, lines: Sequence[tuple[str, Any]], name: str = "") -> None:
        """Print one thing: labelled lines for people, its document for programs."""
        if self.output in {"json", "ndjson"}:
            print(
                json.dumps(
                    document, default=str, ensure_ascii=False, indent=2 if self.output == "json" else None
                )
            )
        elif self.output == "name":
            print(name)
        elif self.output == "csv":
            self.rows([label for label, _ in lines], [[value for _, value in lines]], [])
        else:
            width = max((len(label) for label, _ in lines), default=0)
            for label, value in lines:
                print(in_lines(f"{label.ljust(width)}  {value}").rstrip())


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Align rows under upper-case headings; numbers stand to the right."""
    heads = [_text(column).upper() for column in columns]
    texts = [["(null)" if value is None else _text(value) for value in row] for row in rows]
    widths = [max(len(head), *(len(row[i]) for row in texts)) for i, head in enumerate(heads)]
    right = [
        all(isinstance(row[i], int | float) or row[i] is None for row in rows) for i in range(len(columns))
    ]
    lines = [heads, *texts]
    return "\n".join(
        "  ".join(
            text.rjust(width) if is_right else text.ljust(width)
            for text, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _text(value: Any) -> str:
    return one_line(value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False))
