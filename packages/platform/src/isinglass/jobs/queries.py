"""Run one reading statement for a caller: in a process of its own, with keys that end with it."""

import secrets
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isinglass.engines.launcher import Launcher, LaunchError
from isinglass.jobs.answering import answer_of, engine_settings
from isinglass.jobs.plan import environment, launch_document
from isinglass.jobs.settings import Credentials, JobSettings, KeyIssuer
from isinglass.jobs.supervisor import Cause, Ending
from isinglass.store.store import Store

TIMEOUT_SECONDS = 300.0
#: Statements at once: each is a process with an engine of its own. Requests wait for them in a pool apart.
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """What to run, and for whom."""

    account_id: str
    #: The caller's: the statement may read what its holder may.
    access_key_id: str
    sql: str
    database: str = ""
    limit: int = 1000
    engine: str = "sail"


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows of a result."""

    columns: list[dict[str, str]]
    rows: list[list[Any]]
    truncated: bool
    elapsed: float
    bytes_scanned: int = 0


@dataclass(eq=False)
class StatementFailedError(Exception):
    """The engine refused the statement, or its process died."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class QueryRunner:
    """Runs statements in processes forked from the warm parent of job runs."""

    settings: JobSettings
    launcher: Launcher
    keys: KeyIssuer
    store: Store
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def run(self, statement: Statement) -> Rows:
        """Run a statement and give its first rows; raises StatementFailedError."""
        if not self._room.acquire(blocking=False):
            raise StatementFailedError(f"{AT_ONCE} statements are running already; run this one again soon.")
        try:
            return self._run(statement)
        finally:
            self._room.release()

    def _run(self, statement: Statement) -> Rows:
        now = time.time()
        name = f"{statement.account_id}-query-{secrets.token_hex(8)}"
        scratch = Path(self.settings.scratch_root) / name
        with self.store.begin() as tx:
            keys = self.keys.lend(
                tx,
                access_key_id=statement.access_key_id,
                now=now,
                expires_at=now + TIMEOUT_SECONDS + 60.0,
            )
        if keys is None:
            raise StatementFailedError("The access key that asked was deleted meanwhile.")
        try:
            scratch.mkdir(parents=True, mode=0o700)
            return self._watch(self._document(statement, keys, scratch), scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            with self.store.begin() as tx:
                tx.access_keys.delete(keys.access_key_id)

    def _watch(self, document: bytes, scratch: Path) -> Rows:
        try:
            ending, told = answer_of(
                self.settings, self.launcher, document, scratch, event="rows", timeout=TIMEOUT_SECONDS
            )
        except LaunchError as error:
            raise StatementFailedError(str(error)) from error
        if ending.code != 0 or told is None:
            raise StatementFailedError(_reason(ending))
        members = ("columns", "rows", "truncated", "elapsed", "bytes_scanned")
        return Rows(**{name: told[name] for name in members})

    def _document(self, statement: Statement, keys: Credentials, scratch: Path) -> bytes:
        return launch_document(
            command="query",
            environment=environment(self.settings, keys, scratch),
            scratch=scratch,
            settings=engine_settings(self.settings, statement.account_id, scratch, statement.engine),
            may_use_local_files=self.settings.may_use_local_files(statement.account_id) and not keys.limited,
            timeout=TIMEOUT_SECONDS,
            query={"sql": statement.sql, "database": statement.database, "limit": statement.limit},
        )


def _reason(ending: Ending) -> str:
    if ending.cause is Cause.LOST:
        return "The process that ran the statement was lost; run it again."
    return ending.error or "The statement's process ended without an answer."
