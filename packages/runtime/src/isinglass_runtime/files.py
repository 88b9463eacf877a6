"""Bring a run's files into its folder: the script, --extra-py-files, --extra-files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(eq=False)
class FileMissingError(Exception):
    """A file that the job names could not be brought."""

    argument: str
    url: str
    reason: str

    def __str__(self) -> str:
        return f"{self.argument}: cannot read {self.url}: {self.reason}"


class Files:
    """Copies objects and, where the account may use them, local files."""

    def __init__(self, *, may_use_local_files: bool) -> None:
        self._local = may_use_local_files
        self._opened: Any = None

    def fetch(self, argument: str, url: str, folder: Path) -> Path:
        """Copy one file into a folder; raises FileMissingError with the argument that named it."""
        name = Path(unquote(urlsplit(url).path) if "://" in url else url).name
        if not name:
            raise FileMissingError(argument, url, "it names a folder, a file is expected")
        target = folder / name
        folder.mkdir(parents=True, exist_ok=True)
        self._copy(argument, url, target)
        return target

    def fetch_into(self, argument: str, url: str, folder: Path) -> None:
        """Copy a file, or everything below a URL that ends with a slash, into a folder."""
        if not url.endswith("/"):
            self.fetch(argument, url, folder)
            return
        self._check(argument, url)
        for info in list(self._storage().list(url)):
            relative = info.url.removeprefix(url)
            if relative and not relative.endswith("/"):
                target = (folder / relative).resolve()
                if not target.is_relative_to(folder.resolve()):
                    raise FileMissingError(argument, info.url, "its name leads out of the run's folder")
                target.parent.mkdir(parents=True, exist_ok=True)
                self._copy(argument, info.url, target)

    def _copy(self, argument: str, url: str, target: Path) -> None:
        self._check(argument, url)
        try:
            target.write_bytes(self._storage().read(url))
        except Exception as error:
            raise FileMissingError(argument, url, str(error) or type(error).__name__) from error

    def _check(self, argument: str, url: str) -> None:
        remote = url.split("://", maxsplit=1)[0] in ("s3", "s3a", "s3n")
        if not remote and not self._local:
            raise FileMissingError(
                argument, url, "only the root account may use local files; use an s3:// location"
            )

    def _storage(self) -> Any:
        if self._opened is None:
            from isinglass_connectors.storage.options import StorageOptions
            from isinglass_connectors.storage.storage import Storage

            self._opened = Storage(StorageOptions.from_environment())
        return self._opened
