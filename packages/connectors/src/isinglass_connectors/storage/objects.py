"""What listings are made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One stored object or local file. `modified` is epoch seconds."""

    url: str
    size: int
    modified: float
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """One level of a listing: the folders below (URLs ending in `/`) and the objects directly in it."""

    folders: tuple[str, ...]
    objects: tuple[ObjectInfo, ...]


@dataclass(frozen=True, slots=True)
class UploadPart:
    """One received part of a multipart upload."""

    number: int
    etag: str


@dataclass(frozen=True, slots=True)
class PendingUpload:
    """A multipart upload nobody has completed yet: invisible to every reader."""

    url: str
    upload_id: str
