"""Copies of the part of a table that somebody may read: made with full rights, read by one access key.

A run executes its user's code, so that nothing in its process can keep columns and rows from it. What is
permitted only in part is therefore never read by the run: a process of the server's own writes the permitted
cells to a place that only the run's key reaches, and the place goes when the key is gone.
"""

import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isinglass.domain.permissions.copies import Errand, copies_of, copy_place
from isinglass.engines.launcher import Launcher, LaunchError
from isinglass.jobs.answering import answer_of, engine_settings
from isinglass.jobs.plan import environment, launch_document
from isinglass.jobs.settings import Credentials, JobSettings, KeyIssuer
from isinglass.jobs.supervisor import Cause, Ending
from isinglass.store.store import Store
from isinglass.store.work import WorkItem
from isinglass.store.work_context import WorkContext

if TYPE_CHECKING:
    from isinglass_connectors.storage.storage import Storage

#: The kind of work that removes an access key's copies once the key is gone.
KIND = "permitted_copies"
TIMEOUT_SECONDS = 600.0
#: Seconds between two looks whether the key is still there.
_LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class PermittedPart:
    """What of a table to copy, and for whom; columns and filters as isinglass_runtime.launch reads them."""

    account_id: str
    access_key_id: str
    database: str
    table: str
    columns: tuple[tuple[str, tuple[int, ...] | None], ...]
    filters: tuple[dict[str, Any], ...]
    #: Whether the one it is for may use the server's own disk: a definition may lead anywhere there.
    local_files: bool
    #: Where the table's files are in the object store, `bucket/path/`.
    source: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: where it is, its columns, and how many rows it has."""

    location: str
    columns: list[dict[str, str]]
    rows: int


@dataclass(eq=False)
class CopyFailedError(Exception):
    """The table could not be copied."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class PermittedCopier:
    """Copies in processes forked from the warm parent of job runs."""

    settings: JobSettings
    launcher: Launcher
    keys: KeyIssuer
    store: Store

    def copy(self, part: PermittedPart) -> Copied:
        """Copy the permitted part of a table; raises CopyFailedError."""
        now = time.time()
        name = secrets.token_hex(8)
        scratch = Path(self.settings.scratch_root) / f"{part.account_id}-permitted-{name}"
        place = copy_place(part.account_id, part.access_key_id, name)
        target, errand = f"s3://{place}", Errand(part.access_key_id, part.source, place)
        with self.store.begin() as tx:
            # Before there is anything to remove: whatever ends this process, its place will be looked at.
            tx.work.enqueue(
                KIND,
                part.account_id,
                {"access_key_id": part.access_key_id},
                now=now,
                run_at=now + _LOOK_SECONDS,
                dedupe_key=f"{KIND}:{part.access_key_id}",
            )
            end = now + TIMEOUT_SECONDS + 60.0
            keys = self.keys.copy(tx, account_id=part.account_id, errand=errand, now=now, expires_at=end)
        try:
            scratch.mkdir(parents=True, mode=0o700)
            return self._watch(self._document(part, keys, scratch, target), scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            with self.store.begin() as tx:
                tx.access_keys.delete(keys.access_key_id)

    def _watch(self, document: bytes, scratch: Path, target: str) -> Copied:
        try:
            ending, told = answer_of(
                self.settings, self.launcher, document, scratch, event="copied", timeout=TIMEOUT_SECONDS
            )
        except LaunchError as error:
            raise CopyFailedError(str(error)) from error
        if ending.code != 0 or told is None:
            raise CopyFailedError(_reason(ending))
        return Copied(target, told["columns"], told["rows"])

    def _document(self, part: PermittedPart, keys: Credentials, scratch: Path, target: str) -> bytes:
        return launch_document(
            command="permitted",
            environment=environment(self.settings, keys, scratch),
            scratch=scratch,
            settings=engine_settings(self.settings, part.account_id, scratch),
            may_use_local_files=part.local_files,
            timeout=TIMEOUT_SECONDS,
            permitted={
                "database": part.database,
                "table": part.table,
                "target": target,
                "columns": part.columns,
                "filters": part.filters,
                "expression": part.expression,
            },
        )


def _reason(ending: Ending) -> str:
    if ending.cause is Cause.LOST:
        return "The process that read the table was lost; read it again."
    return ending.error or "The process that read the table ended without an answer."


@dataclass(frozen=True, slots=True)
class CopyRemover:
    """Handles work of kind "permitted_copies": looks whether a key is gone, and removes its copies then."""

    open_storage: Callable[[str], "Storage"]

    def __call__(self, context: WorkContext, item: WorkItem) -> None:
        """Remove a key's copies, or look again later."""
        key_id = item.payload["access_key_id"]
        with context.store.begin() as tx:
            key = tx.access_keys.find(key_id)
            if key is not None and (key.expires_at is None or key.expires_at > context.now):
                tx.work.release(item, context.now + _LOOK_SECONDS)
                return
        storage = self.open_storage(item.account_id)
        storage.delete([info.url for info in storage.list("s3://" + copies_of(item.account_id, key_id))])
        with context.store.begin() as tx:
            tx.work.finish(item)
