"""Take storage URLs apart and put them together; nothing here touches storage."""

import re
from dataclasses import dataclass

from isinglass_connectors.storage.errors import StorageError

_S3_SCHEMES = ("s3://", "s3a://", "s3n://")
#: What S3 clients let pass, the rules of old included; ARNs of access points are not for us.
_BUCKET = re.compile(r"[a-zA-Z0-9.\-_]{1,255}")


@dataclass(frozen=True, slots=True)
class Location:
    """A parsed URL: `bucket` is None on the local file system, where `path` is absolute."""

    bucket: str | None
    path: str


def parse(url: str) -> Location:
    """Split a URL; refuse relative paths, unknown schemes and anything that climbs with `..`."""
    for scheme in _S3_SCHEMES:
        if url.lower().startswith(scheme):
            bucket, _, key = url[len(scheme) :].partition("/")
            if not bucket:
                raise StorageError(url, "open", "the URL names no bucket")
            if not _BUCKET.fullmatch(bucket):
                raise StorageError(url, "open", f"{bucket!r} is not a bucket's name")
            _refuse_climbing(url, key)
            return Location(bucket, key)
    path = local_path(url)
    if not path.startswith("/"):
        reason = "unknown scheme" if "://" in path else "a local path must be absolute"
        raise StorageError(url, "open", f"{reason}; use s3://bucket/key, file:///path or /path")
    _refuse_climbing(url, path)
    return Location(None, path)


def _refuse_climbing(url: str, path: str) -> None:
    if "\0" in path:
        raise StorageError(url, "open", "the path holds a NUL character")
    if ".." in path.split("/"):
        raise StorageError(url, "open", "the path holds a `..` component")


def is_s3(url: str) -> bool:
    return url.lower().startswith(_S3_SCHEMES)


def local_path(url: str) -> str:
    """The file system path of a `file:` URL or plain path; never percent-decoded, as Hadoop does."""
    if url.startswith("file://"):
        return "/" + url[len("file://") :].lstrip("/")
    if url.startswith("file:/"):
        return url[len("file:") :]
    return url


def normalise(url: str) -> str:
    """One spelling per object: `s3a` and `s3n` become `s3`; local URLs keep the spelling they came with."""
    if is_s3(url):
        return "s3://" + url.split("://", 1)[1]
    if url.startswith("file:"):
        return "file://" + local_path(url)
    return url


def join(url: str, *parts: str) -> str:
    """Append components to a folder's URL."""
    return "/".join([url.rstrip("/"), *(part.strip("/") for part in parts if part)])


def folder(url: str) -> str:
    """The URL with exactly one slash at its end."""
    return normalise(url).rstrip("/") + "/"


def relative(root: str, url: str) -> str:
    """What `url` adds to the folder `root`; the last component when they are the same object."""
    base = folder(root)
    if url.startswith(base):
        return url[len(base) :]
    return url.rstrip("/").rsplit("/", 1)[-1]
