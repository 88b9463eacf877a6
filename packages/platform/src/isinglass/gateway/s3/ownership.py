"""Who may touch a bucket: every bucket belongs to one account, and only it may."""

import re
import threading
import time
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from isinglass.gateway.s3.errors import S3Error, access_denied
from isinglass.store.buckets import Bucket
from isinglass.store.store import Store

_REMEMBERED_SECONDS = 2.0
_MOST_REMEMBERED = 10_000
#: Paths of SeaweedFS's own pages and of its table API, which share the port with buckets.
_PAGES = frozenset({"buckets", "namespaces", "tables", "get-table", "tag", "status", "healthz", "metrics"})
#: Every account has a bucket of this name: its scripts and temporary files; nobody else may take it.
_RESERVED = re.compile(r"isinglass-(\d{12})")


class Ownership:
    """Asks the store, remembering owners for a moment."""

    def __init__(self, store: Store, clock: Callable[[], float], adopter: str | None) -> None:
        """`adopter` is the account that owns buckets nobody made through us, None where there are none."""
        self._store = store
        self._clock = clock
        self._adopter = adopter
        self._known: dict[str, tuple[Bucket, float]] = {}
        #: Counts changes: what was read before one is not remembered after it.
        self._changes = 0
        self._lock = threading.Lock()

    def owner(self, bucket: str) -> str | None:
        """Return a bucket's owner."""
        found = self._find(bucket)
        return self._adopter if found is None else found.account_id

    def encryption(self, bucket: str) -> dict[str, Any] | None:
        """Tell how objects of a bucket are encrypted that come without a word on it."""
        found = self._find(bucket)
        return None if found is None else found.encryption

    def encrypt(self, bucket: str, encryption: dict[str, Any] | None) -> None:
        """Say how objects of a bucket are encrypted that come without a word on it."""
        with self._store.begin() as tx:
            tx.buckets.encrypt(bucket, encryption)
        self._forget(bucket)

    def _find(self, bucket: str) -> Bucket | None:
        known = self._known.get(bucket)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        changes, until = self._changes, time.monotonic() + _REMEMBERED_SECONDS
        with self._store.read() as tx:
            found = tx.buckets.find(bucket)
        if found is not None:
            with self._lock:
                if changes == self._changes:
                    if len(self._known) >= _MOST_REMEMBERED:
                        self._known.clear()
                    self._known[bucket] = (found, until)
        return found

    def _forget(self, bucket: str) -> None:
        """Forget a bucket that has changed, and what others are reading of it now."""
        with self._lock:
            self._changes += 1
            self._known.pop(bucket, None)

    def check(self, bucket: str, account_id: str) -> None:
        """Raise unless the bucket is there and the account's."""
        owner = self.owner(bucket)
        if owner is None:
            raise S3Error("NoSuchBucket", "The specified bucket does not exist", 404)
        if owner != account_id:
            raise access_denied()

    def claim(self, bucket: str, account_id: str) -> None:
        """Take a name for an account, or raise when it is another's."""
        reserved = _RESERVED.fullmatch(bucket)
        if bucket in _PAGES or (reserved is not None and reserved[1] != account_id):
            raise taken()
        with self._store.begin() as tx:
            owner = tx.buckets.claim(bucket, account_id, self._clock())
        if owner != account_id:
            raise taken()

    def release(self, bucket: str, account_id: str) -> None:
        """Give a name up after the bucket is gone."""
        with self._store.begin() as tx:
            tx.buckets.release(bucket, account_id)
        self._forget(bucket)

    def list(self, account_id: str) -> list[Bucket]:
        """List one account's buckets."""
        with self._store.read() as tx:
            return tx.buckets.list(account_id)


def own_bucket(account_id: str) -> str:
    """Name the bucket that every account has."""
    return f"isinglass-{account_id}"


def list_document(account_id: str, buckets: list[Bucket]) -> bytes:
    """Write the answer of ListBuckets."""
    rows = "".join(
        f"<Bucket><Name>{escape(bucket.name)}</Name><CreationDate>{_iso(bucket.created_at)}</CreationDate></Bucket>"
        for bucket in buckets
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Owner><ID>{account_id}</ID><DisplayName>{account_id}</DisplayName></Owner>"
        f"<Buckets>{rows}</Buckets></ListAllMyBucketsResult>"
    ).encode()


def _iso(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(moment))


def taken() -> S3Error:
    """Refuse to make a bucket whose name is another's."""
    return S3Error(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the "
        "system. Please select a different name and try again.",
        409,
    )
