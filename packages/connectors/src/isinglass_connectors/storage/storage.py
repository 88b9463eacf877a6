"""One door to `s3://` and local files, shared by readers, writers, crawlers and the console."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from isinglass_connectors.storage import urls
from isinglass_connectors.storage.local import LocalStorage
from isinglass_connectors.storage.objects import Folder, ObjectInfo
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.s3 import S3Storage


class Storage:
    """Route each URL to its storage. Safe between threads; pickles as its options alone."""

    def __init__(self, options: StorageOptions | None = None) -> None:
        self.options = options or StorageOptions()
        self.local = LocalStorage()
        self.s3 = S3Storage(self.options)

    def __reduce__(self) -> tuple[type["Storage"], tuple[StorageOptions]]:
        return Storage, (self.options,)

    @property
    def requests(self) -> int:
        """How many HTTP requests object storage has received from here, retries included."""
        return self.s3.requests

    def _backend(self, url: str) -> S3Storage | LocalStorage:
        return self.s3 if urls.is_s3(url) else self.local

    def list(self, url: str, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """Stream everything below a folder (or the one object) in key order, page by page.

        `start_after` is a URL: only what sorts after it is listed. The order is the server's: SeaweedFS sorts
        folder by folder, so there `b/` comes before `b-c/`, whose key is the smaller one.
        """
        url = urls.normalise(url)
        return self._backend(url).list(url, None if start_after is None else urls.normalise(start_after))

    def list_folder(self, url: str) -> Folder:
        """List one level: the folders below and the objects directly in the folder."""
        url = urls.normalise(url)
        return self._backend(url).list_folder(url)

    def stat(self, url: str) -> ObjectInfo | None:
        """Describe one object, or None when there is none."""
        url = urls.normalise(url)
        return self._backend(url).stat(url)

    def read(self, url: str, start: int = 0, length: int | None = None) -> bytes:
        """Read a byte range; fewer bytes at the end of the object, none beyond it."""
        url = urls.normalise(url)
        return self._backend(url).read(url, start, length)

    def open(self, url: str, size: int | None = None) -> BinaryIO:
        """Open for reading and seeking; S3 objects are fetched in growing windows of at most 16 MB.

        `size` is a listing's: S3 need not be asked for it again.
        """
        url = urls.normalise(url)
        return self._backend(url).open(url, size)

    def write(self, url: str, data: bytes) -> None:
        """Create or replace one object whole."""
        url = urls.normalise(url)
        self._backend(url).write(url, data)

    def create(self, url: str, data: bytes) -> None:
        """Create one object whole where there is none; raises ObjectExists where there is one."""
        url = urls.normalise(url)
        self._backend(url).create(url, data)

    def delete(self, targets: Iterable[str]) -> None:
        """Delete objects; missing ones are no error."""
        remote: list[str] = []
        for url in targets:
            if urls.is_s3(url):
                remote.append(urls.normalise(url))
            else:
                self.local.delete([url])
        self.s3.delete(remote)
