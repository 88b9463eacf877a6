"""Keeps the export of an account's catalog up to date: a file in its bucket, written after changes."""

import gzip
import logging
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from typing import IO, Protocol

from isinglass.domain.catalog_encryption import IN_THE_CLEAR, at_rest
from isinglass.domain.catalog_events import DATABASE_CHANGE, TABLE_CHANGE
from isinglass.domain.permissions.copies import EXPORT_KEY
from isinglass.domain.signature import Credentials
from isinglass.store.catalog_exports import CatalogExport
from isinglass.store.work import WorkItem
from isinglass.store.work_context import WorkContext
from isinglass.transfer.calling import Patient
from isinglass.transfer.reading import CatalogReader, Origin
from isinglass.transfer.server_glue import ServerGlue
from isinglass.transfer.wanted import OF_DATA, Wanted

log = logging.getLogger(__name__)

#: The kind of work that keeps one account's export; it stays in the queue while the export is wanted.
KIND = "catalog_export"
#: Seconds between two looks for changes, which gathers those of one go into one export.
LOOK_SECONDS = 5.0
#: An export is written anew so often whatever happens: functions, connections and tags tell of no change.
REFRESH_SECONDS = 3_600.0
#: Seconds until an export that failed is tried again.
_RETRY_SECONDS = 60.0
#: Exporting may take a tenth of the time, however large the catalog and however busy its writers.
_REST = 10.0
_KINDS = (DATABASE_CHANGE, TABLE_CHANGE)
#: Whoever may read the bucket reads the file: it tells of data, not of who may use them.
_KEPT = Wanted(parts=frozenset(OF_DATA))


class StorageAccess(Protocol):
    """Where an account's objects are, and a key of the account."""

    @property
    def endpoint(self) -> str | None: ...
    @property
    def region(self) -> str: ...
    @property
    def access_key_id(self) -> str: ...
    @property
    def secret_access_key(self) -> str: ...


class Services(Protocol):
    """What an export needs beyond the store."""

    def storage_access(self, account_id: str) -> StorageAccess:
        """Credentials that reach exactly the things of one account."""
        ...


def work_key(account_id: str) -> str:
    """Name the one piece of work that keeps an account's export."""
    return f"{KIND}:{account_id}"


def bucket_of(account_id: str) -> str:
    """Name the bucket of an account's export: the one that every account has and nobody else can take."""
    return f"isinglass-{account_id}"


class _Interrupted(Exception):
    """The server is stopping, or the work has another holder."""


@dataclass(frozen=True, slots=True)
class KeptExport:
    """Looks whether an export is due and writes it; reads the catalog as any client does, at `endpoint`."""

    endpoint: str
    services: Services

    def __call__(self, ctx: WorkContext, item: WorkItem) -> None:
        """Do the next step of one account's export, and look again later."""
        with ctx.store.begin() as tx:
            if not tx.work.holds(item):
                return
            export = tx.catalog_exports.find(item.account_id, lock=True)
            if export is None or export.setting != "ENABLED":
                if export is not None:
                    tx.catalog_exports.set_status(item.account_id, "DISABLED")
                tx.work.finish(item)
                return
            if not self._is_due(export, ctx.now, changed=tx.catalog_exports.changed_since(export, _KINDS)):
                tx.work.release(item, ctx.now + LOOK_SECONDS)
                return
            event = tx.catalog_exports.newest_event()
            settings = tx.security_configurations.catalog_encryption(item.account_id)
            encryption = _encryption(export, encrypted=at_rest(settings) != IN_THE_CLEAR)
        began_at, began = ctx.now, time.monotonic()
        try:
            counts = self._export(ctx, export, encryption)
        except _Interrupted:
            with ctx.store.begin() as tx:
                tx.work.release(item, ctx.now)
            return
        except Exception as error:
            log.warning("Exporting the catalog of account %s failed: %s", item.account_id, error)
            self._end(ctx, item, export, ctx.now + _RETRY_SECONDS, None)
            return
        log.info("Exported the catalog of account %s: %s", item.account_id, dict(counts))
        rest = max(LOOK_SECONDS, _REST * (time.monotonic() - began))
        self._end(ctx, item, export, ctx.now + rest, (began_at, event))

    @staticmethod
    def _is_due(export: CatalogExport, now: float, *, changed: bool) -> bool:
        if export.status != "ENABLED" or export.exported_at is None:
            return True
        return changed or now - export.exported_at >= REFRESH_SECONDS

    def _end(
        self,
        ctx: WorkContext,
        item: WorkItem,
        begun: CatalogExport,
        next_at: float,
        exported: tuple[float, int] | None,
    ) -> None:
        """Note how an export ended, unless another was asked for, or the holder changed, meanwhile."""
        with ctx.store.begin() as tx:
            if not tx.work.holds(item):
                return
            export = tx.catalog_exports.find(item.account_id, lock=True)
            if export is None or _asked(export) != _asked(begun):
                tx.work.release(item, ctx.now)
                return
            if exported is None:
                tx.catalog_exports.set_status(item.account_id, "FAILED")
            else:
                tx.catalog_exports.exported(item.account_id, began_at=exported[0], event=exported[1])
            tx.work.release(item, next_at)

    def _export(self, ctx: WorkContext, export: CatalogExport, encryption: dict[str, str]) -> Counter[str]:
        access = self.services.storage_access(export.account_id)
        keys = Credentials(access.access_key_id, access.secret_access_key)
        glue = Patient(ServerGlue(self.endpoint, export.region, keys))
        origin = Origin(export.account_id, export.region, export.account_id)
        counts: Counter[str] = Counter()
        # Anonymous: what is encrypted in the catalog must not stay behind in the clear, however this ends.
        with tempfile.TemporaryFile() as file:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as lines:
                for section in CatalogReader(glue, origin, _KEPT, threads=1).sections():
                    if ctx.stopping.is_set() or ctx.lost.is_set():
                        raise _Interrupted
                    lines.writelines(section.lines)
                    counts["sections"] += 1
            file.seek(0)
            _upload(access, bucket_of(export.account_id), file, encryption)
        return counts


def _asked(export: CatalogExport) -> tuple[str, dict[str, str] | None]:
    return export.setting, export.encryption


def _encryption(export: CatalogExport, *, encrypted: bool) -> dict[str, str]:
    """Say in the words of S3 how the file is encrypted; that of an encrypted catalog always is."""
    given = export.encryption or ({"SseAlgorithm": "AES256"} if encrypted else {})
    words = {"SseAlgorithm": "ServerSideEncryption", "KmsKeyArn": "SSEKMSKeyId"}
    return {words[member]: value for member, value in given.items()}


def _upload(access: StorageAccess, bucket: str, file: IO[bytes], encryption: dict[str, str]) -> None:
    """Put a file into a bucket, where it takes the place of the one before when it is there as a whole."""
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url=access.endpoint,
        region_name=access.region,
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
        config=Config(s3={"addressing_style": "path"}),
    )
    client.upload_fileobj(file, bucket, EXPORT_KEY, ExtraArgs=encryption)
