"""Compute a table's column statistics: a process measures, its results commit with the run's end."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from isinglass.domain.catalog_events import table_event
from isinglass.domain.column_statistics import columns_of
from isinglass.domain.measured_statistics import statistics_of
from isinglass.engines.launcher import Launcher, LaunchError
from isinglass.jobs.answering import engine_settings, memory_of_one
from isinglass.jobs.interruption import interruption
from isinglass.jobs.plan import environment, launch_document
from isinglass.jobs.run_logs import open_log
from isinglass.jobs.settings import Credentials, JobSettings, KeyIssuer
from isinglass.jobs.supervisor import Cause, Ending, Supervisor, Watch
from isinglass.model.glue.errors import (
    AccessDeniedException,
    EntityNotFoundException,
    GlueEncryptionException,
)
from isinglass.observe.logs import LogWriter
from isinglass.observe.sealed_logs import LogKeyRefused
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.column_statistics import WHOLE_TABLE
from isinglass.store.role_keys import allowed_to_role
from isinglass.store.statistics_runs import FAILED, RUNNING, STOPPED, STOPPING, SUCCEEDED, StatisticsRun
from isinglass.store.store import Transaction
from isinglass.store.work import WorkItem
from isinglass.store.work_context import WorkContext

#: The kind of work that operations enqueue; its payload names the run.
KIND = "column_statistics"
LOG_FAMILY = "column-statistics"
TIMEOUT_SECONDS = 12 * 3600.0
#: A run that takes the server down with it is not begun for ever.
MOST_ATTEMPTS = 5
#: Skipped columns that the log names.
_MOST_NAMED = 50


@dataclass(slots=True)
class _Outcome:
    """How a run ended, and what it measured."""

    state: str
    message: str = ""
    measured: dict[str, Any] | None = None


@dataclass(slots=True)
class _Heard:
    """What the process tells."""

    measured: dict[str, Any] | None = None
    counts: dict[str, Any] = field(default_factory=dict)

    def on_event(self, event: dict[str, Any]) -> None:
        if event.get("event") == "statistics":
            self.measured = event
        elif event.get("event") == "progress":
            self.counts = event


@dataclass(frozen=True, slots=True)
class StatisticsHandler:
    """Handles work of kind "column_statistics"."""

    settings: JobSettings
    launcher: Launcher
    keys: KeyIssuer

    def __call__(self, context: WorkContext, item: WorkItem) -> None:
        """Compute, and commit how it ended, unless the work has passed to another holder."""
        begun = self._begin(context, item)
        if begun is None:
            return
        run, keys = begun
        try:
            writer = self._log(context, run, keys, item.payload.get("encryption"))
        except LogKeyRefused as error:
            self._finish(context, item, run, keys, _Outcome(FAILED, str(error)))
            return
        scratch = self._scratch(run)
        self._say(context, writer, f"Computing statistics of {run.database_name}.{run.table_name}")
        try:
            outcome = self._execute(context, run, keys, scratch, writer)
            if outcome is not None:
                outcome.message = writer.redact(outcome.message)
                ended = self._finish(context, item, run, keys, outcome)
                if ended is not None:
                    said = f"The run ended: {ended.state} {ended.message}"
                    self._say(context, writer, said.rstrip())
        finally:
            writer.close()
            shutil.rmtree(scratch, ignore_errors=True)
        if outcome is None and not context.lost.is_set():
            with context.store.begin() as tx:
                tx.access_keys.delete(keys.access_key_id)
                tx.work.release(item, context.now)

    def _log(self, context: WorkContext, run: StatisticsRun, keys: Credentials, encryption: Any) -> LogWriter:
        return open_log(
            context.store,
            self.keys.sealer,
            self.settings,
            account_id=run.account_id,
            family=LOG_FAMILY,
            name=run.run_id,
            encryption=encryption,
            keys=keys,
        )

    def _begin(self, context: WorkContext, item: WorkItem) -> tuple[StatisticsRun, Credentials] | None:
        """Note that the run executes now and make its keys; None when there is nothing to execute."""
        now = context.now
        with context.store.begin() as tx:
            run = tx.statistics_runs.lock(item.account_id, item.payload["run_id"])
            if run is None or not run.under_way:
                tx.work.finish(item)
                return None
            # Fenced before anything is written: an earlier holder must not move a run it lost.
            if not tx.work.extend(item, now + 30.0):
                return None
            if run.state == STOPPING or item.attempt > MOST_ATTEMPTS:
                tx.work.finish(item)
                message = f"The run was begun {MOST_ATTEMPTS} times and never came to its end."
                stopped = run.state == STOPPING
                end_run(tx, run, STOPPED if stopped else FAILED, now, "" if stopped else message)
                return None
            started = run.started_at or now
            tx.statistics_runs.update(run, state=RUNNING, started_at=started, updated_at=now)
            keys = self.keys.issue(
                tx,
                account_id=run.account_id,
                role=run.definition["Role"],
                session=run.run_id,
                now=now,
                expires_at=now + TIMEOUT_SECONDS + 3600.0,
            )
        return run, keys

    def _execute(
        self,
        context: WorkContext,
        run: StatisticsRun,
        keys: Credentials,
        scratch: Path,
        writer: LogWriter,
    ) -> _Outcome | None:
        """Run the process; None when the run has to be executed again, by this server or another."""
        heard = _Heard()
        watch = Watch(
            clock=context.clock,
            timeout_seconds=TIMEOUT_SECONDS,
            memory_limit=memory_of_one(self.settings),
            grace_seconds=self.settings.grace_seconds,
            interrupted=interruption(
                context,
                run.run_id,
                lambda tx: tx.statistics_runs.state(run.account_id, run.run_id) == STOPPING,
            ),
            on_event=heard.on_event,
        )
        try:
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True, mode=0o700)
            process = self.launcher.launch(self._document(run, keys, scratch))
            try:
                ending = Supervisor(process, writer, watch).run()
            finally:
                process.close()
        except LaunchError as error:
            return None if context.stopping.is_set() else _Outcome(FAILED, str(error))
        self._tell(context, writer, heard)
        return _outcome(ending, heard)

    def _tell(self, context: WorkContext, writer: LogWriter, heard: _Heard) -> None:
        counts, measured = heard.counts, heard.measured
        if counts:
            self._say(
                context, writer, f"Read {counts['files_read']:,} files of {counts['bytes_read']:,} bytes"
            )
        if measured is not None:
            for each in measured["columns"][:1]:
                said = f"Measured {each['rows']:,} rows, {each['fraction']:.1%} of all"
                self._say(context, writer, said)
            for skipped in measured["skipped"][:_MOST_NAMED]:
                reason = f"there are no statistics of type {skipped['type']}"
                self._say(context, writer, f"Skipped column {skipped['name']}: {reason}")

    def _finish(
        self,
        context: WorkContext,
        item: WorkItem,
        run: StatisticsRun,
        keys: Credentials,
        outcome: _Outcome,
    ) -> _Outcome | None:
        """Commit how a run ended, with its statistics where its role may write them and there is a key."""
        region, role = self.settings.region, run.definition["Role"]
        allow = allowed_to_role(context.store, run.account_id, role, run.run_id, region)
        try:
            acting = replace(context, store=context.store.on_behalf(allow))
            return self._commit(acting, item, run, keys, outcome)
        except (AccessDeniedException, GlueEncryptionException) as error:
            return self._commit(context, item, run, keys, _Outcome(FAILED, error.message))

    def _commit(
        self,
        context: WorkContext,
        item: WorkItem,
        run: StatisticsRun,
        keys: Credentials,
        outcome: _Outcome,
    ) -> _Outcome | None:
        """Commit statistics, the run's end and the event; returns the end, None when the work was lost."""
        now = context.now
        with context.store.begin() as tx:
            # The table before the run, as everyone who holds both.
            table = None if outcome.measured is None else _held(tx, run)
            current = tx.statistics_runs.lock(run.account_id, run.run_id)
            tx.access_keys.delete(keys.access_key_id)
            if not tx.work.finish(item) or current is None or not current.under_way:
                return None
            if current.state == STOPPING:  # it was asked to stop after its process was last asked about it
                outcome = _Outcome(STOPPED)
            elif outcome.measured is not None and table is None:
                outcome = _Outcome(FAILED, "The table was deleted while its statistics were computed.")
            elif outcome.measured is not None and table is not None:
                self._store(tx, table, outcome.measured, now)
            end_run(tx, current, outcome.state, now, outcome.message)
        return outcome

    def _store(self, tx: Transaction, table: CatalogTable, measured: dict[str, Any], now: float) -> None:
        """Set the statistics of the columns that the table still has, in the types it declares."""
        present, types = columns_of(table.document), _types(table)
        found = {}
        for each in measured["columns"]:
            key = each["name"].lower()
            if key in present:
                made = statistics_of(each, now=now)
                found[key] = {**made, "ColumnType": types.get(key, made["ColumnType"])}
        tx.column_statistics.put(table, WHOLE_TABLE, found)
        event = table_event(
            self.settings.region,
            table.catalog_id,
            "UpdateColumnStatisticsForTable",
            table.database_name,
            table.name,
        )
        tx.outbox.add(table.account_id, event.kind, event.payload, now)

    def _document(self, run: StatisticsRun, keys: Credentials, scratch: Path) -> bytes:
        return launch_document(
            command="statistics",
            environment=environment(self.settings, keys, scratch),
            scratch=scratch,
            settings=engine_settings(self.settings, run.account_id, scratch) | {"run_id": run.run_id},
            may_use_local_files=self.settings.may_use_local_files(run.account_id) and not keys.limited,
            timeout=TIMEOUT_SECONDS,
            statistics={
                "database": run.database_name,
                "table": run.table_name,
                "columns": run.definition["ColumnNameList"],
                "sample_percent": run.definition.get("SampleSize", 100.0),
            },
        )

    def _scratch(self, run: StatisticsRun) -> Path:
        return Path(self.settings.scratch_root) / f"{run.account_id}-statistics-{run.run_id}"

    @staticmethod
    def _say(context: WorkContext, writer: LogWriter, line: str) -> None:
        writer.write(line, context.now)


def end_run(tx: Transaction, run: StatisticsRun, state: str, now: float, message: str = "") -> None:
    """End a locked run; what Glue would bill is one worker's time."""
    seconds = max(0.0, now - run.started_at) if run.started_at is not None else 0.0
    tx.statistics_runs.update(
        run, state=state, updated_at=now, ended_at=now, dpu_seconds=seconds, error_message=message[:2048]
    )


def _outcome(ending: Ending, heard: _Heard) -> _Outcome | None:
    if ending.cause in (Cause.GIVEN_BACK, Cause.LOST):
        return None
    if ending.cause is Cause.STOPPED:
        return _Outcome(STOPPED)
    if ending.code != 0 or ending.cause is not None or heard.measured is None:
        return _Outcome(
            FAILED, ending.error or "The process that measured the table ended without an answer."
        )
    if not heard.measured["columns"]:
        return _Outcome(FAILED, "None of the columns is of a type that has statistics.")
    return _Outcome(SUCCEEDED, measured=heard.measured)


def _held(tx: Transaction, run: StatisticsRun) -> CatalogTable | None:
    """Keep the table that the run started with from being deleted; None when it was."""
    try:
        table = tx.tables.hold(run.account_id, run.database_name, run.table_name)
    except EntityNotFoundException:
        return None
    return table if table.id == run.table_id else None


def _types(table: CatalogTable) -> dict[str, str]:
    columns = (*table.document.get("StorageDescriptor", {}).get("Columns", ()), *table.partition_keys)
    return {column["Name"].lower(): column["Type"] for column in columns if column.get("Type")}
