"""What a listing tells of each folder, kept small: counts, a fingerprint, and files worth opening."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from isinglass_connectors.storage.objects import ObjectInfo

#: Extensions that say how a file is packed; the one before says what it is.
_PACKED = frozenset({"gz", "gzip", "bz2", "bzip2", "zst", "zstd", "xz", "lz4", "snappy", "zip", "deflate"})
_LONGEST_EXTENSION = 12
#: A bunch keeps at most twice this many files in mind, evenly spread over its listing.
_KEPT = 512


@dataclass(slots=True)
class Bunch:
    """Files of one folder that look the same from outside: equal extensions."""

    folder: tuple[str, ...]
    suffix: str
    count: int = 0
    size: int = 0
    #: When the newest of them was written, epoch seconds.
    modified: float = 0.0
    newest: ObjectInfo | None = None
    kept: list[ObjectInfo] = field(default_factory=list)
    _digest: "hashlib.blake2b" = field(default_factory=lambda: hashlib.blake2b(digest_size=16))
    _stride: int = 1

    def add(self, info: ObjectInfo, *, keep_all: bool) -> None:
        """Count one file in."""
        if keep_all or self.count % self._stride == 0:
            self.kept.append(info)
        if not keep_all and len(self.kept) > 2 * _KEPT:
            self.kept = self.kept[::2]
            self._stride *= 2
        self.count += 1
        self.size += info.size
        if self.newest is None or info.modified > self.modified:
            self.modified, self.newest = info.modified, info
        self._digest.update(f"{info.url}\0{info.size}\0{info.etag or info.modified}\n".encode())

    @property
    def fingerprint(self) -> str:
        """Say whether the files are still the ones that were looked at."""
        return self._digest.hexdigest()


def suffix_of(name: str) -> str:
    """Take a file name's extension, with the one before when it only says how the file is packed."""
    parts = name.rsplit(".", 2)[1:]
    if not parts or not _is_extension(parts[-1]):
        return ""
    if len(parts) == 2 and parts[1].lower() in _PACKED and _is_extension(parts[0]):
        return f".{parts[0]}.{parts[1]}".lower()
    return f".{parts[-1]}".lower()


def _is_extension(part: str) -> bool:
    return 0 < len(part) <= _LONGEST_EXTENSION and part.isalnum() and not part.isdigit()


def relative_parts(url: str, root: str) -> tuple[tuple[str, ...], str]:
    """Split a URL below a root into its folders and its name."""
    *folders, name = url[len(root) :].split("/")
    return tuple(folders), name


class Bunches:
    """Collects a listing into bunches."""

    def __init__(self, root: str, *, keep_all: bool = False) -> None:
        self._root = root
        self._keep_all = keep_all
        self._bunches: dict[tuple[tuple[str, ...], str], Bunch] = {}
        self.files = 0
        self.size = 0

    def add(self, info: ObjectInfo) -> None:
        """Count one file into the bunch it belongs to."""
        folder, name = relative_parts(info.url, self._root)
        key = (folder, suffix_of(name))
        bunch = self._bunches.get(key)
        if bunch is None:
            bunch = self._bunches[key] = Bunch(*key)
        bunch.add(info, keep_all=self._keep_all)
        self.files += 1
        self.size += info.size

    def __iter__(self) -> Iterator[Bunch]:
        return iter(self._bunches.values())

    def __len__(self) -> int:
        return len(self._bunches)
