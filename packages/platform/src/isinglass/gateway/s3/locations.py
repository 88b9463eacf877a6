"""Registered locations: places whose objects only administrators and permissions on tables reach."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from isinglass.domain.permissions.access import Access
from isinglass.domain.permissions.copies import copy_owner, export_place
from isinglass.domain.permissions.denials import missing
from isinglass.domain.permissions.principals import Asker
from isinglass.domain.permissions.resources import above
from isinglass.gateway.s3.errors import S3Error
from isinglass.model.glue.errors import GlueEncryptionException
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.store import Store, Transaction

_REMEMBERED_SECONDS = 2.0
_MOST_REMEMBERED = 10_000
_SLASHES = re.compile("/{2,}")
_ARN = "arn:aws:s3:::"
#: What each kind of request takes of a table whose files are there; the first is named when it is missing.
_READ, _LIST, _WRITE = ("SELECT",), ("SELECT", "INSERT", "DELETE"), ("INSERT",)
#: Whoever may write may overwrite, so that keeping it from deleting would keep nothing.
_DELETE = ("DELETE", "INSERT")
#: What a write leaves beside its files until all of them are in place; whoever writes also takes it away.
_SINKS_OWN = "_isinglass-"
_LISTINGS = frozenset({"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"})
_ABORT = frozenset({"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"})


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that a request does: an action, on an object or within a prefix of a bucket."""

    action: str
    arn: str
    prefix: str = ""
    delimiter: str = ""

    @property
    def is_object(self) -> bool:
        """Whether it is about one object."""
        return "/" in self.arn

    @property
    def path(self) -> str:
        """The object's or the prefix's path, the bucket first."""
        path = self.arn.removeprefix(_ARN)
        # The object store takes several slashes for one.
        return _SLASHES.sub("/", path if self.is_object else f"{path}/{self.prefix}")

    @property
    def needs(self) -> tuple[str, ...]:
        """The permissions of which one is needed on each table whose files are there."""
        verb = self.action.removeprefix("s3:")
        is_sinks = self.is_object and self.arn.rpartition("/")[2].startswith(_SINKS_OWN)
        if self.action in _LISTINGS or (is_sinks and verb.startswith("Get")):
            return _LIST
        if self.action in _ABORT or verb.startswith(("Put", "Restore")):
            return _WRITE
        return _DELETE if verb.startswith("Delete") else _READ


class Locations:
    """Guards places for everyone but accounts themselves, remembering decisions for a moment."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._places: dict[str, tuple[list[str], float]] = {}
        self._decided: dict[tuple[str, str, tuple[str, ...]], tuple[str, float]] = {}

    def require(self, asker: Asker, access_key_id: str, touches: Iterable[Touch]) -> None:
        """Raise unless the caller may touch all of these."""
        places = self._registered(asker.account_id)
        for touch in touches:
            owner = copy_owner(touch.path, asker.account_id)
            if owner is not None and (owner != access_key_id or touch.needs not in (_READ, _LIST)):
                raise _denied("This place is another run's own.")
            if touch.needs == _READ and touch.path.startswith(export_place(asker.account_id)):
                self._guard_export(asker)
            if places and touch.arn.startswith(_ARN):
                self._guard(asker, touch, places)

    def _guard_export(self, asker: Asker) -> None:
        """Refuse what tells of every table to those for whom some do not show."""
        owner = asker.account_id
        with self._store.read() as tx:
            if tx.restrictions.any_of(owner) and not tx.table_access.sees_all(owner, asker):
                raise _denied(missing(["DESCRIBE"], "all tables"))

    def guards(self, account_id: str, path: str) -> bool:
        """Tell whether a path is in a registered location."""
        return any(path.startswith(place) for place in self._registered(account_id))

    def _guard(self, asker: Asker, touch: Touch, places: list[str]) -> None:
        path = touch.path
        if any(path.startswith(place) for place in places):
            reason = self._reason(asker, path.rpartition("/")[0] + "/", touch.needs)
        elif not touch.is_object and self._reveals(touch, places):
            reason = self._reason(asker, path, _LIST)
        else:
            return
        if reason:
            raise _denied(reason)

    @staticmethod
    def _reveals(touch: Touch, places: list[str]) -> bool:
        """Tell whether a listing of a prefix, or what is done to a whole bucket, reaches into a place."""
        beneath = [place for place in places if place.startswith(touch.path)]
        if touch.action not in _LISTINGS:
            return bool(beneath) and touch.action in {"s3:DeleteBucket", "s3:PutLifecycleConfiguration"}
        if touch.delimiter == "/":
            # It shows names up to the next slash, which is no further than where the place begins.
            return False
        return bool(beneath)

    def _registered(self, account_id: str) -> list[str]:
        known = self._places.get(account_id)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        with self._store.read() as tx:
            places = [location.path for location in tx.data_lake.locations(account_id)]
        self._places[account_id] = (places, time.monotonic() + _REMEMBERED_SECONDS)
        return places

    def _reason(self, asker: Asker, folder: str, needs: tuple[str, ...]) -> str:
        """Say why a caller may not touch a folder in a place; empty when it may."""
        key = (asker.principal_arn, folder, needs)
        known = self._decided.get(key)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        with self._store.read() as tx:
            reason = _decide(tx, asker, folder, needs)
        if len(self._decided) >= _MOST_REMEMBERED:
            self._decided.clear()
        self._decided[key] = (reason, time.monotonic() + _REMEMBERED_SECONDS)
        return reason


def _decide(tx: Transaction, asker: Asker, folder: str, needs: tuple[str, ...]) -> str:
    """Ask every table whose files a folder may hold: else a new one over it would open the others."""
    owner = asker.account_id
    if tx.table_access.is_administrator(owner, asker):
        return ""
    covering = tx.data_lake.covering(owner, folder)
    first = covering[0] if covering else folder
    found = tx.data_lake.tables_at(owner, [place for place in above(folder) if place.startswith(first)])
    for catalog_id, database, name in found:
        try:
            table = tx.tables.require(catalog_id, database, name)
        except GlueEncryptionException as error:
            return error.message  # what it allows cannot be read now
        if not _allows(tx.table_access.of(table, asker), needs):
            return f"{missing(needs[:1], _shown(table))}, whose files are in s3://{folder}"
    if not found and not tx.table_access.has_location(owner, folder, asker):
        return missing(["DATA_LOCATION_ACCESS"], f"s3://{folder}")
    return ""


def _allows(access: Access, needs: tuple[str, ...]) -> bool:
    return any(access.reads_all if need == "SELECT" else access.allows(need) for need in needs)


def _shown(table: CatalogTable) -> str:
    return f"all of {table.database_name}.{table.name}"


def _denied(reason: str) -> S3Error:
    return S3Error("AccessDenied", reason, 403)
