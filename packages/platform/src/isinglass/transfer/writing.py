"""Writes the sections of a catalog to a file, or to a folder with a file for each table."""

import glob
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from isinglass.transfer.files import (
    STANDARD,
    SUFFIX,
    UnreadableFile,
    copy_lines,
    file_in,
    make_private,
    open_writing,
)
from isinglass.transfer.reading import FIRST, CatalogReader, Origin, Place, place_of
from isinglass.transfer.records import CATALOG, Malformed, decode, header

_KIND = len(b'{"Kind":"')
_TELL_EVERY = 1000


@dataclass(slots=True)
class Written:
    """How many records of each kind an export wrote; `tell` is called now and then."""

    counts: Counter[str] = field(default_factory=Counter)
    tell: Callable[["Written"], None] = lambda _: None
    _lines: int = 0

    def counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Pass lines on and count them by their kind."""
        for line in lines:
            self.counts[line[_KIND : line.index(b'"', _KIND)].decode()] += 1
            self._lines += 1
            if self._lines % _TELL_EVERY == 0:
                self.tell(self)
            yield line


def write_file(reader: CatalogReader, path: str, written: Written, *, resume: bool = False) -> None:
    """Write a catalog to one file, which appears when it is whole.

    Until then its lines are in a file beside it that ends in `.partial`, from which `resume` goes on.
    """
    if path == STANDARD:
        for section in reader.sections():
            sys.stdout.buffer.writelines(written.counted(section.lines))
        sys.stdout.buffer.flush()
        return
    partial = Path(f"{path}.partial")
    start = _cut_to_last_section(partial, reader.origin, written) if resume else FIRST
    if not partial.exists() or not resume:
        make_private(str(partial))
    with partial.open("ab", buffering=1024 * 1024) as file:
        for section in reader.sections(start):
            file.writelines(written.counted(section.lines))
    with _replacing(Path(path)) as file:
        copy_lines(partial, file)
    partial.unlink()
    _remove_leavings(Path(path))


def _remove_leavings(path: Path) -> None:
    """Remove what exports to the same file left that were killed while they ended."""
    for left in path.parent.glob(f".*.{glob.escape(path.name)}"):
        pid = left.name[1:].partition(".")[0]
        if left.name == f".{pid}.{path.name}" and pid.isdigit() and not _is_running(int(pid)):
            left.unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def _cut_to_last_section(partial: Path, origin: Origin, written: Written) -> Place:
    """Drop the last section of an interrupted export, which may lack its end; returns its place.

    Raises UnreadableFile for that of another catalog.
    """
    if not partial.exists():
        return FIRST
    start, at, offset = FIRST, 0, 0
    before: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    with partial.open("rb") as file:
        for line in file:
            try:
                record = decode(line)
            except Malformed:
                break  # the end of the file came before the end of the line
            if record.kind == CATALOG and record != header(origin.catalog_id, origin.region):
                other = f"{record.more.get('CatalogId')} in {record.more.get('Region')}"
                reason = f"it is of catalog {other}, not of {origin.catalog_id} in {origin.region}"
                raise UnreadableFile(str(partial), f"{reason}; export without --resume")
            here = place_of(record)
            if here != start:
                start, at, before = here, offset, counts.copy()
            counts[record.kind] += 1
            offset += len(line)
    with partial.open("r+b") as file:
        file.truncate(at)
    written.counts.update(before)
    return start


def write_folder(reader: CatalogReader, folder: Path, written: Written) -> None:
    """Write a catalog to a folder; files of what is no longer there are removed."""
    kept: set[Path] = set()
    for section in reader.sections():
        path = file_in(folder, section.database, section.table, is_last=section.is_last)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _replacing(path) as file:
            file.writelines(written.counted(section.lines))
        kept.add(path)
    if reader.wanted.everything and reader.left_out is None:
        _remove_others(folder, kept)


def _remove_others(folder: Path, kept: set[Path]) -> None:
    last = file_in(folder, "", "", is_last=True)
    for path in [*folder.glob(f"*/database{SUFFIX}"), *folder.glob(f"*/tables/*{SUFFIX}"), last]:
        if path not in kept:
            path.unlink(missing_ok=True)


class _replacing:  # noqa: N801 - reads as a verb where it is used
    """A file that takes the place of another when it was written whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # The ending stays: it says how the file is compressed.
        self._temporary = path.with_name(f".{os.getpid()}.{path.name}")

    def __enter__(self) -> BinaryIO:
        self._file = open_writing(str(self._temporary))
        return self._file

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if failed is None:
            self._temporary.replace(self._path)
        else:
            self._temporary.unlink()
