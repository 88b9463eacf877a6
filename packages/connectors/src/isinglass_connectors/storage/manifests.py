"""The record of a write being committed: readers hide by it, recovery finishes by it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import orjson

from isinglass_connectors.storage import partitions, urls
from isinglass_connectors.storage.errors import ObjectNotFound, StorageError
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

PREFIX = "_isinglass-commit-"
_SUFFIX = ".json"
#: Where local writes are staged, below the table.
STAGING = "_temporary"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One finished, still invisible file: where it will be, and what makes it appear there.

    On S3 that is a multipart upload (`upload_id`, `etags`), on a file system a rename from `staged`.
    """

    path: str
    size: int
    rows: int
    staged: str = ""
    upload_id: str = ""
    etags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one commit adds and removes, as paths relative to the table.

    While `switched` is False readers see none of `adds` and all of `removes`; once it is True the reverse.
    Rewriting that one object is the instant at which the table changes.
    """

    write: str
    adds: tuple[StagedFile, ...]
    removes: tuple[str, ...] = ()
    switched: bool = False

    def hidden(self) -> frozenset[str]:
        """The relative paths that readers must not see now."""
        return frozenset(self.removes) if self.switched else frozenset(file.path for file in self.adds)


def url_of(root: str, write: str) -> str:
    return urls.join(root, f"{PREFIX}{write}{_SUFFIX}")


def is_manifest(name: str) -> bool:
    return name.startswith(PREFIX) and name.endswith(_SUFFIX)


def save(storage: Storage, root: str, manifest: Manifest) -> None:
    storage.write(url_of(root, manifest.write), orjson.dumps(asdict(manifest)))


def load(storage: Storage, url: str) -> Manifest | None:
    """Read a manifest; None when its commit has just ended."""
    try:
        document = orjson.loads(storage.read(url))
        adds = tuple(StagedFile(**{**file, "etags": tuple(file["etags"])}) for file in document["adds"])
        return Manifest(document["write"], adds, tuple(document["removes"]), document["switched"])
    except ObjectNotFound:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(url, "read the commit manifest", f"it is damaged: {error}") from error


def find(storage: Storage, root: str) -> list[str]:
    """The URLs of the manifests directly in a folder."""
    return [info.url for info in _objects(storage, root)]


def under_way(storage: Storage, root: str) -> frozenset[ObjectInfo]:
    """What is being written to a folder now: a reader who finds it changed has listed two states at once."""
    return frozenset(_objects(storage, root))


def _objects(storage: Storage, root: str) -> list[ObjectInfo]:
    base = urls.folder(root)
    if not urls.is_s3(base):
        found: Iterable[ObjectInfo] = storage.local.list_folder(base).objects
    else:
        try:
            found = list(storage.s3.list_prefix(base + PREFIX))
        except StorageError as error:  # the folder is what was asked for, not the key we looked for in it
            raise type(error)(base, error.operation, error.reason) from error
    return [info for info in found if is_manifest(urls.relative(base, info.url))]


def roots(url: str) -> list[str]:
    """The folders whose manifests concern what is below `url`: itself, and the table above a partition."""
    found = [urls.normalise(url).rstrip("/")]
    first_component = len("s3://") if urls.is_s3(url) else 1
    if partitions.parse_component(found[0].rsplit("/", 1)[-1]) is None and "." in found[0].rsplit("/", 1)[-1]:
        # Perhaps a single file: then its folder counts.
        found.append(found[0].rsplit("/", 1)[0])
    while partitions.parse_component(found[-1].rsplit("/", 1)[-1]) is not None:
        parent = found[-1].rsplit("/", 1)[0]
        if len(parent) <= first_component:
            break
        found.append(parent)
    return found
