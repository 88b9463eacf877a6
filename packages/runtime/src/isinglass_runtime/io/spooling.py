"""Where copies of small remote files stay during a run, so that its next pass need not fetch them."""

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from isinglass_connectors.files.fetching import is_small_remote
from isinglass_connectors.files.source_files import SourceFile
from isinglass_runtime.run import current

#: What the copies of one run may take on disk.
_MOST = 2 << 30


class _Budget:
    """What one process has promised to keep, each content once."""

    def __init__(self) -> None:
        self._promised: dict[str, int] = {}

    def takes(self, files: Iterable[SourceFile]) -> bool:
        """Promise to keep files, all of them or none."""
        wanted = self._promised | {f"{file.etag} {file.url}": file.size for file in files}
        if sum(wanted.values()) > _MOST:
            return False
        self._promised = wanted
        return True


_BUDGET = _Budget()


def spool_for(files: Iterable[SourceFile]) -> str | None:
    """Name the folder for copies of a read's files; None when none is small and remote, or they are too
    many.
    """
    small = [file for file in files if is_small_remote(file)]
    if not small or not _BUDGET.takes(small):
        return None
    return _folder(current().scratch_dir, os.getpid())


@functools.cache
def _folder(scratch: str, _process: int) -> str:
    if scratch:
        folder = Path(scratch) / "spool"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(folder)
    # A script run by hand has no scratch folder that somebody else removes.
    made = tempfile.mkdtemp(prefix="isinglass-spool-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made
