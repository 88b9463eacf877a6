"""Make sure that the files a plan scans are still there when it has run.

The engine looks for the files of a scan itself, and takes those that are gone by then for no files at all,
without a word. A table that another job replaces between our listing and that moment would lose rows. A file
that is there afterwards was there all the while: writers never use a name again.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pyspark.errors import SparkRuntimeException

from isinglass_connectors.storage import manifests, urls
from isinglass_connectors.storage.storage import Storage
from isinglass_runtime.gate.plan import nodes, sql_text
from isinglass_runtime.gate.rules.native_files import LISTED
from isinglass_runtime.gate.tokens import Token

#: So few files are asked for one by one; listing finds a thousand with each request.
_FEW = 16


class FilesGoneError(SparkRuntimeException):  # type: ignore[misc] # pyspark is not followed
    """Files were removed between their listing and the end of the scan."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(sorted(missing))
        super().__init__(
            f"[FAILED_READ_FILE.FILE_NOT_EXIST] {len(self.missing)} of the files to read are gone, "
            f"{self.missing[0]} the first: something replaced or deleted them after they were listed. "
            "Read the path or table again; to overwrite what a frame reads, write the frame elsewhere first."
        )


class ScannedFiles:
    """Which listed files each plan scans, those behind the session's views included."""

    def __init__(self) -> None:
        self._views: dict[str, frozenset[str]] = {}

    def of(self, plan: Any) -> frozenset[str]:
        """Name the files that a plan scans, and remember those of a view that it makes."""
        files: set[str] = set()
        made: list[str] = []
        for kind, node, _ in nodes(plan):
            if kind == "relation.read":
                source = node.read.data_source
                if LISTED in source.options:
                    files.update(source.paths)
                files |= self._behind([node.read.named_table.unparsed_identifier.replace("`", "").lower()])
            elif kind == "command.create_dataframe_view":
                made.append(node.create_dataframe_view.name.lower())
            elif (sql := sql_text(kind, node)) is not None and kind != "expression.expression_string":
                files |= self._behind(token.name.lower() for token in sql.tokens)
                made += _views_made(sql.tokens)
        self._views.update(dict.fromkeys(made, frozenset(files)))
        return frozenset(files)

    def _behind(self, names: Iterable[str]) -> set[str]:
        return {file for name in names for file in self._views.get(name.rpartition(".")[2], ())}


def _views_made(tokens: list[Token]) -> Iterator[str]:
    """Name the view that CREATE … VIEW … AS makes: it is among the words between."""
    words = [token.upper for token in tokens]
    if words[:1] == ["CREATE"] and "VIEW" in words[:6] and "AS" in words:
        yield from (token.name.lower() for token in tokens[words.index("VIEW") + 1 : words.index("AS")])


def check_present(storage: Storage, files: frozenset[str]) -> None:
    """Raise FilesGoneError if any of the files is gone."""
    if missing := set(_missing(storage, files)):
        raise FilesGoneError(missing)


def _missing(storage: Storage, files: frozenset[str]) -> Iterator[str]:
    local = [file for file in files if not urls.is_s3(file)]
    yield from (file for file in local if storage.stat(file) is None)
    tables: dict[str, set[str]] = {}
    for file in files.difference(local):
        tables.setdefault(manifests.roots(file.rpartition("/")[0])[-1], set()).add(urls.normalise(file))
    for table, wanted in tables.items():
        if len(wanted) > _FEW:
            for info in storage.list(table + "/"):
                wanted.discard(info.url)
                if not wanted:
                    break
        # What the listing has not shown is asked for by name: its pages are not of one moment.
        asked = sorted(wanted)
        with ThreadPoolExecutor(_FEW) as threads:
            stats = threads.map(storage.stat, asked)
            yield from (file for file, info in zip(asked, stats, strict=True) if info is None)
