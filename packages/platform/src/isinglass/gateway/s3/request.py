"""An S3 request as received, and what it addresses."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, unquote

from isinglass.gateway.s3.errors import S3Error, malformed

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SLASHES = re.compile("/{2,}")
#: Query parameters whose value the object store turns into a folder of its own.
_PATH_PARAMETERS = frozenset(
    {"prefix", "marker", "start-after", "key-marker", "continuation-token", "upload-id-marker"}
)
_PLAIN_PARAMETERS = frozenset({"uploadId", "versionId", "version-id-marker", "partNumber"})
_PART = frozenset({"uploadId", "partNumber"})
_ATTACHED = frozenset({"acl", "legal-hold", "retention", "tagging"})
#: What requests name of an object besides its content, by their methods.
_SUBRESOURCES = {
    "GET": _ATTACHED | {"attributes", "partNumber", "uploadId"},
    "HEAD": frozenset({"partNumber"}),
    "PUT": _ATTACHED | _PART,
    "DELETE": frozenset({"tagging", "uploadId"}),
    "POST": frozenset({"uploads", "uploadId"}),
}
_ALL_SUBRESOURCES = frozenset({"restore", "torrent"}).union(*_SUBRESOURCES.values())
#: What of a bucket is deleted alone; with another word the object store would delete the bucket.
_DELETED_OF_BUCKETS = frozenset(
    {"cors", "encryption", "lifecycle", "ownershipControls", "policy", "publicAccessBlock", "tagging"}
)
#: What makes up a presigned URL's signature, and must not travel on.
PRESIGNED_PARAMETERS = frozenset(
    {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"}
    | {"X-Amz-Signature", "X-Amz-Security-Token", "AWSAccessKeyId", "Signature", "Expires"}
    | {"x-amz-security-token"}
)


@dataclass(frozen=True)
class S3Request:
    """The head of a request; header names are lower-case, path and query as received.

    `client` is the address it came from.
    """

    method: str
    raw_path: str
    raw_query: str
    headers: tuple[tuple[str, str], ...]
    client: str = ""
    request_id: str = ""

    @cached_property
    def _first(self) -> dict[str, str]:
        return dict(reversed(self.headers))

    def header(self, name: str) -> str | None:
        """Return a header's first value."""
        return self._first.get(name)

    def said(self, name: str) -> str:
        """Return what a request says by a header, which a presigned URL may carry in its query."""
        return self.header(name) or next(
            (value for given, value in self.query.items() if given.lower() == name), ""
        )

    @cached_property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.raw_path)

    @cached_property
    def query(self) -> dict[str, str]:
        """The decoded query; the first of parameters with one name."""
        pairs = parse_qsl(self.raw_query, keep_blank_values=True)
        return dict(reversed(pairs))

    @cached_property
    def bucket(self) -> str:
        """The bucket's name; empty for the service itself."""
        return self.path.removeprefix("/").partition("/")[0]

    @cached_property
    def key(self) -> str:
        """The object's key; empty for the bucket itself."""
        return self.path.removeprefix("/").partition("/")[2]


def check_address(request: S3Request) -> None:
    """Refuse what could make the object store look outside of the bucket that was checked.

    It keeps objects in folders, so that `..` in a key, a prefix or an upload id might climb out.
    """
    if request.bucket and not BUCKET_NAME.fullmatch(request.bucket):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.", 400)
    if not request.bucket and request.path != "/":
        raise S3Error("InvalidURI", "Couldn't parse the specified URI.", 400)
    check_key(request.key)
    if request.key and not stored_key(request.key):
        raise S3Error("InvalidArgument", "Keys may not be nothing but slashes.", 400)
    names = [name for name, _ in parse_qsl(request.raw_query, keep_blank_values=True)]
    if len(set(names)) != len(names):
        raise malformed("A query parameter is given twice.")
    for name, value in request.query.items():
        if name in _PATH_PARAMETERS:
            check_key(value)
        elif name in _PLAIN_PARAMETERS:
            check_plain(name, value)


def subresources(request: S3Request) -> frozenset[str]:
    """List what a request names of an object besides its content."""
    return _ALL_SUBRESOURCES & request.query.keys()


def check_subresources(request: S3Request) -> None:
    """Refuse what the object store would take for a request about the object itself, or about something else.

    What is asked of the caller, and whether a write is encrypted, goes by what is named.
    """
    if not request.key:
        _check_of_bucket(request)
        return
    given = subresources(request)
    unknown = given - _SUBRESOURCES[request.method]
    if unknown:
        raise S3Error("NotImplemented", f"{request.method} of {min(unknown)} is not supported.", 501)
    if request.method == "PUT" and given & _PART:
        number = request.query.get("partNumber", "")
        if given != _PART or not (number.isascii() and number.isdigit()):
            raise S3Error("InvalidArgument", "A part has an uploadId and a partNumber, a number.", 400)
    elif len(given) > 1:
        raise S3Error("InvalidArgument", f"One at a time: {', '.join(sorted(given))}.", 400)


def of_bucket(request: S3Request) -> set[str]:
    """List what a request names of a bucket besides the bucket itself."""
    return {name for name in request.query if name not in PRESIGNED_PARAMETERS and name != "x-id"}


def _check_of_bucket(request: S3Request) -> None:
    unknown = of_bucket(request) - _DELETED_OF_BUCKETS
    if request.method == "DELETE" and unknown:
        raise S3Error("NotImplemented", f"DELETE of a bucket's {min(unknown)} is not supported.", 501)


def stored_key(key: str) -> str:
    """Write a key as the object store has it: it takes several slashes for one, and leaves out the first.

    What is decided about a key is decided about this: else it could be had by another name.
    """
    return _SLASHES.sub("/", key).removeprefix("/")


def whole_number(text: str, digits: int = 15) -> int | None:
    """Read a number of so many digits at most; None when the text is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def check_plain(name: str, value: str) -> None:
    """Refuse what could name another folder than the one it stands for."""
    if "/" in value or ".." in value:
        raise S3Error("InvalidArgument", f"The value of {name} is not valid.", 400)


def check_key(key: str) -> None:
    """Refuse keys with `.` or `..` as a component, or a NUL."""
    if "\0" in key or "\\" in key or any(part in {".", ".."} for part in key.split("/")):
        raise S3Error("InvalidArgument", "Keys may not have '.' or '..' as a path component.", 400)


def copy_source(request: S3Request) -> tuple[str, str] | None:
    """Return the bucket and key that a copy reads, None when the request copies nothing."""
    source = request.header("x-amz-copy-source")
    if source is None:
        return None
    path, _, version = source.partition("?")
    if version and not re.fullmatch(r"versionId=[A-Za-z0-9._-]+", version):
        raise S3Error("InvalidArgument", "Copy Source must mention the source bucket and key.", 400)
    # One decoding is what S3 does; a second look catches names that would decode once more downstream.
    for decoded in (unquote(path), unquote(unquote(path))):
        bucket, _, key = decoded.removeprefix("/").partition("/")
        check_key(key)
        if not BUCKET_NAME.fullmatch(bucket) or not stored_key(key):
            raise S3Error("InvalidArgument", "Copy Source must mention the source bucket and key.", 400)
    bucket, _, key = unquote(source.partition("?")[0]).removeprefix("/").partition("/")
    return bucket, key
