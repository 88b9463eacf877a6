"""Execute a queued job run: begin, supervise, commit the outcome."""

import logging
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from isinglass.domain.job_definitions import SESSION_POLICY
from isinglass.domain.job_run_states import TERMINAL, Effect, Event
from isinglass.domain.object_encryption import objects_encryption
from isinglass.engines.launcher import Launcher, LaunchError
from isinglass.jobs.interruption import interruption
from isinglass.jobs.plan import NotRunnableError, Plan, check, engine_of, plan, timeout_seconds
from isinglass.jobs.report import RunReport
from isinglass.jobs.run_logs import open_log
from isinglass.jobs.settings import Credentials, JobSettings, KeyIssuer
from isinglass.jobs.supervisor import Cause, Ending, Supervisor, Watch
from isinglass.jobs.transitions import apply
from isinglass.observe.logs import LogWriter
from isinglass.observe.sealed_logs import LogKeyRefused
from isinglass.store.job_runs import JobRun
from isinglass.store.work import WorkItem
from isinglass.store.work_context import WorkContext

log = logging.getLogger(__name__)

#: How the sessions of roles are called that runs act as, as in Glue.
SESSION_NAME = "GlueJobRunnerSession"
#: How often an outcome is tried to be committed while the database is busy or away.
FINISH_ATTEMPTS = 8
#: The most launches of one execution: as asked for, with sort-merge joins, on Spark, and there with them.
LAUNCHES = 4
#: How long the keys of a run without timeout live.
WEEK = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class JobRunHandler:
    """Handles work of kind "job_run"."""

    settings: JobSettings
    launcher: Launcher
    keys: KeyIssuer

    def __call__(self, context: WorkContext, item: WorkItem) -> None:
        """Execute the run and commit how it ended, unless the work has passed to another holder."""
        begun = self._begin(context, item)
        if begun is None:
            return
        run, keys = begun
        self._sweep(run)
        report = RunReport(context, run)
        ending = self._supervise(context, item, run, keys, report)
        if ending.cause is Cause.LOST and context.lost.is_set():
            return  # its keys end with their time
        for attempt in range(FINISH_ATTEMPTS):
            try:
                self._finish(context, item, run, keys, ending, report)
                return
            except Exception:
                # Giving up at once would execute a script again that has done its work.
                if attempt == FINISH_ATTEMPTS - 1 or context.lost.wait(0.1 * 2**attempt):
                    raise
                log.exception("Committing the outcome of run %s failed; trying again", run.run_id)

    def _begin(self, context: WorkContext, item: WorkItem) -> tuple[JobRun, Credentials] | None:
        """Note that the run executes now and make its keys; None when there is nothing to execute."""
        now = context.now
        with context.store.begin() as tx:
            run = tx.job_runs.lock(item.account_id, item.payload["run_id"])
            if run is None or run.state in TERMINAL:
                tx.work.finish(item)
                return None
            # Fenced before anything is written: an earlier holder must not move a run it lost.
            if not tx.work.extend(item, now + 30.0):
                return None
            recovered = run.executions > 0
            changed, effects = apply(tx, run, Event.BEGIN, now)
            if Effect.EXECUTE not in effects:
                tx.work.finish(item)
                return None
            detail = f"Executing again after an interruption (execution {changed.executions})"
            changed = replace(changed, running_since=now, state_detail=detail if recovered else None)
            tx.job_runs.update(changed)
            end = now + (timeout_seconds(run) or WEEK) + 3600.0
            keys = self.keys.issue(
                tx,
                account_id=run.account_id,
                role=run.definition["Role"],
                session=SESSION_NAME,
                now=now,
                expires_at=end,
                context={"JobName": run.job_name, "JobRunId": run.run_id, **_objects(run)},
                session_policy=run.definition.get(SESSION_POLICY),
            )
        return changed, keys

    def _supervise(
        self, context: WorkContext, item: WorkItem, run: JobRun, keys: Credentials, report: RunReport
    ) -> Ending:
        """Execute the run with its log; without one that is as it must be, nothing is executed."""
        try:
            writer = self._log(context, run, keys)
        except LogKeyRefused as error:
            return Ending(1, error=str(error))
        try:
            ending = self._execute(context, item, run, keys, writer, report)
            ending = replace(ending, error=_message(ending.error, writer))
            report.end(ending, writer)
        finally:
            writer.close()
            self._sweep(run)
        return ending

    def _log(self, context: WorkContext, run: JobRun, keys: Credentials) -> LogWriter:
        return open_log(
            context.store,
            self.keys.sealer,
            self.settings,
            account_id=run.account_id,
            family="python-jobs" if run.definition["Command"].get("Name") == "pythonshell" else "jobs",
            name=run.run_id,
            encryption=run.encryption,
            keys=keys,
        )

    def _execute(
        self,
        context: WorkContext,
        item: WorkItem,
        run: JobRun,
        keys: Credentials,
        writer: LogWriter,
        report: RunReport,
    ) -> Ending:
        if run.state_detail:
            writer.write(run.state_detail, context.now, "E")
        number = LAUNCHES * (item.attempt - 1)
        changes: dict[str, Any] = {"engine": ""}
        try:
            check(run)
            while True:
                engine = changes["engine"] or engine_of(run, self.settings)
                planned = plan(run, self.settings, keys, launch_number=number, **changes)
                report.launched(engine)
                ending = self._launch(context, run, writer, planned, report)
                again = _again(ending, changes, self.settings)
                if again is None:
                    break
                reason, changes = again
                writer.write(reason, context.now, "E")
                number += 1
            ending = replace(ending, seconds=context.now - (run.running_since or context.now))
        except (NotRunnableError, LaunchError) as error:
            if context.stopping.is_set():
                return Ending(None, Cause.GIVEN_BACK)
            writer.write(str(error), context.now, "E")
            return Ending(1, error=str(error))
        return ending

    def _launch(
        self, context: WorkContext, run: JobRun, writer: LogWriter, planned: Plan, report: RunReport
    ) -> Ending:
        planned.scratch_dir.mkdir(parents=True, mode=0o700)
        process = self.launcher.launch(planned.document)
        watch = Watch(
            clock=context.clock,
            timeout_seconds=planned.timeout_seconds,
            memory_limit=planned.memory_limit,
            grace_seconds=self.settings.grace_seconds,
            interrupted=interruption(
                context,
                run.run_id,
                lambda tx: tx.job_runs.state(run.account_id, run.run_id) == "STOPPING",
            ),
            on_event=report.on_event,
        )
        try:
            return Supervisor(process, writer, watch).run()
        finally:
            process.close()

    def _finish(
        self,
        context: WorkContext,
        item: WorkItem,
        run: JobRun,
        keys: Credentials,
        ending: Ending,
        report: RunReport,
    ) -> None:
        """Commit the outcome with all it causes; nothing is written when the work was lost."""
        now = context.now
        event = _event(ending)
        with context.store.begin() as tx:
            current = tx.job_runs.lock(run.account_id, run.run_id)
            tx.access_keys.delete(keys.access_key_id)
            if current is None or current.state in TERMINAL:
                tx.work.finish(item)
                return
            again = event is Event.GIVE_BACK and current.state == "RUNNING"
            if not (tx.work.release(item, now) if again else tx.work.finish(item)):
                return
            current = replace(
                current,
                execution_seconds=run.execution_seconds + ending.seconds,
                progress=report.progress(),
            )
            if ending.cause is Cause.LOST and again:
                # The warm parent died, perhaps because of this run: that counts as a recovery.
                tx.job_runs.update(replace(current, modified_at=now))
                return
            apply(tx, current, event, now, error=ending.error)

    def _sweep(self, run: JobRun) -> None:
        """Remove the run's folders: spill and downloads of this execution, or of one that was killed."""
        for folder in Path(self.settings.scratch_root).glob(f"{run.account_id}-{run.run_id}-*"):
            shutil.rmtree(folder, ignore_errors=True)


def _again(
    ending: Ending, changes: dict[str, Any], settings: JobSettings
) -> tuple[str, dict[str, Any]] | None:
    """Say why a run is executed once more at once, and with which changes; None when it has ended.

    What the launch before has committed is replaced: its writes have the same names.
    """
    if ending.cause is not None:
        return None
    if ending.needs_spark and settings.spark_connect and changes["engine"] != settings.spark_connect:
        reason = f"{ending.needs_spark} Executing once more on Apache Spark, as the engine is `auto`."
        return reason, {"engine": settings.spark_connect}
    if ending.allocation_failed and not changes.get("sort_merge"):
        reason = (
            "The engine could not allocate memory for a hash join; "
            "executing once more with sort-merge joins, which spill to disk."
        )
        return reason, {**changes, "sort_merge": True}
    return None


def _objects(run: JobRun) -> dict[str, Any]:
    """Say in the run's keys how the object store is to encrypt what they write, whatever writes it."""
    wanted = objects_encryption(run.encryption)
    return {} if wanted is None else wanted.context()


def _event(ending: Ending) -> Event:
    if ending.cause in (Cause.GIVEN_BACK, Cause.LOST):
        return Event.GIVE_BACK
    if ending.cause is Cause.TIMED_OUT:
        return Event.TIME_OUT
    if ending.cause is None and ending.code == 0:
        return Event.SUCCEED
    return Event.FAIL


def _message(error: str | None, writer: LogWriter) -> str | None:
    """Keep an error message free of secrets and within what clients show."""
    return None if error is None else writer.redact(error)[:4000]
