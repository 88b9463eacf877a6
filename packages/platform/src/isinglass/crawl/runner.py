"""Run a claimed crawl from beginning to end, and commit its outcome with the end of its work."""

import logging
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from isinglass.crawl import memory
from isinglass.crawl.access import Services, open_storage
from isinglass.crawl.apply import Applier, Counts, LostWork, Scope
from isinglass.crawl.crawl import Crawled, CrawlFailure, crawl, targets_of
from isinglass.crawl.ending import end_crawl
from isinglass.crawl.opening import open_file
from isinglass.crawl.plan import TooManyTables
from isinglass.crawl.settings import InvalidConfiguration, settings_of
from isinglass.crawl.survey import Cancelled, Survey, Target
from isinglass.domain.object_encryption import logs_key
from isinglass.model.glue.errors import AccessDeniedException, GlueEncryptionException, InvalidInputException
from isinglass.observe.log_sealing import LogKey
from isinglass.observe.logs import LogWriter, log_path
from isinglass.observe.sealed_logs import LogKeyRefused, LogKeys
from isinglass.store import crawlers, crawls
from isinglass.store.crawlers import Crawler
from isinglass.store.role_keys import allowed_to_role
from isinglass.store.store import Transaction
from isinglass.store.work import WorkItem
from isinglass.store.work_context import WorkContext
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.globs import GlobError

log = logging.getLogger(__name__)

_DEFAULT_DATABASE = "default"
#: How the sessions of roles are called that crawls act as, as in Glue.
_SESSION_NAME = "AWS-Crawler"
#: Seconds between two looks at whether the crawl should stop, and two notes of its progress.
_TELL_SECONDS = 1.0
#: Memory is written in steps of so many bunches.
_MEMORY_BATCH = 2000
#: A crawl that takes the server down with it is not begun for ever.
_MOST_ATTEMPTS = 10
#: Unreadable files are named in the log up to here.
_MOST_NAMED = 20


#: What a crawl fails with in its own words; the last is a table that refuses the change.
_REASONS = (
    CrawlFailure,
    TooManyTables,
    InvalidConfiguration,
    StorageError,
    GlobError,
    InvalidInputException,
    AccessDeniedException,
    GlueEncryptionException,
)


class Released(Exception):
    """The server is stopping: the crawl is given back and begins again later."""


@dataclass(slots=True)
class _Progress:
    """Follows one crawl: tells how far it is, and raises when it must end."""

    context: WorkContext
    item: WorkItem
    crawler: Crawler
    numbers: dict[str, Any] = field(default_factory=dict)
    _told: float = 0.0

    def objects(self, count: int) -> None:
        self.numbers["Objects"] = count
        self.check()

    def sampled(self, count: int) -> None:
        self.numbers["Sampled"] = count
        self.check()

    def check(self, *, now: bool = False) -> None:
        """Raise when the work was lost, the server stops or somebody stopped the crawler."""
        if self.context.lost.is_set():
            raise LostWork
        if self.context.stopping.is_set():
            raise Released
        if not now and time.monotonic() - self._told < _TELL_SECONDS:
            return
        self._told = time.monotonic()
        with self.context.store.begin() as tx:
            crawler = tx.crawlers.find(self.item.account_id, self.crawler.name)
            if crawler is None or crawler.current_crawl_id != self.crawler.current_crawl_id:
                raise LostWork
            tx.crawls.tell(self.item.account_id, str(crawler.current_crawl_id), self.numbers)
        if crawler.state == crawlers.STOPPING:
            raise Cancelled


class CrawlRunner:
    """The handler of queued work of kind "crawl"."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self, context: WorkContext, item: WorkItem) -> None:
        """Crawl, and end the work with the crawl's outcome."""
        name, crawl_id = item.payload["CrawlerName"], item.payload["CrawlId"]
        with context.store.read() as tx:
            crawler = tx.crawlers.find(item.account_id, name)
        if crawler is None or crawler.current_crawl_id != crawl_id:
            with context.store.begin() as tx:
                tx.work.finish(item)
            return
        try:
            key, refused = self._log_key(context, item, crawler), ""
        except LogKeyRefused as error:
            key, refused = None, str(error)
        writer = LogWriter(self._log_path(item), key=key)
        try:
            _Run(self._services, _as_role(context, item, crawler), item, crawler, writer).run(refused)
        finally:
            writer.close()

    def _log_path(self, item: WorkItem) -> Path:
        folder = self._services.log_directory(item.account_id)
        return log_path(Path(folder), "crawlers", item.payload["CrawlerName"])

    def _log_key(self, context: WorkContext, item: WorkItem, crawler: Crawler) -> LogKey | None:
        """Give what the log is to be sealed with; raises LogKeyRefused."""
        configuration, encryption = item.payload.get("SecurityConfiguration"), item.payload.get("Encryption")
        if configuration and encryption is None:
            raise LogKeyRefused(f"The security configuration {configuration} is not there.")
        key = logs_key(encryption)
        if not key:
            return None
        keys = LogKeys(context.store, self._services.sealer, item.payload["Region"])
        role = crawler.definition.get("Role", "")
        with self._services.storage_of_role(item.account_id, role, _SESSION_NAME) as access:
            return keys.for_writing(item.account_id, self._log_path(item), key, access.access_key_id)


def _as_role(context: WorkContext, item: WorkItem, crawler: Crawler) -> WorkContext:
    """Let a crawl read and write an encrypted catalog as far as the crawler's role may use its key."""
    role, region = crawler.definition.get("Role", ""), item.payload["Region"]
    allow = allowed_to_role(context.store, item.account_id, role, _SESSION_NAME, region)
    return replace(context, store=context.store.on_behalf(allow))


class _Run:
    """One attempt at one crawl."""

    def __init__(
        self, services: Services, context: WorkContext, item: WorkItem, crawler: Crawler, writer: LogWriter
    ) -> None:
        self._services = services
        self._context = context
        self._item = item
        self._crawler = crawler
        self._writer = writer
        self._progress = _Progress(context, item, crawler)
        self._settings = settings_of(crawler.definition)
        self._applier = Applier(self._scope(), self._settings)

    def run(self, refused: str = "") -> None:
        """Crawl and commit how it ended, or why it may not; gives the work back when the server stops."""
        self._say("BENCHMARK : Running Start Crawl for Crawler " + self._crawler.name)
        if remark := self._item.payload.get("Remark"):
            self._say(f"INFO : {remark}")
        try:
            if self._item.attempt > _MOST_ATTEMPTS:
                raise CrawlFailure(f"The crawl was begun {_MOST_ATTEMPTS} times and never came to its end.")
            if refused:
                raise CrawlFailure(refused)
            self._crawl()
        except LostWork:
            return
        except Released:
            with self._context.store.begin() as tx:
                tx.work.release(self._item, self._context.clock())
        except Cancelled:
            self._say("INFO : The crawl was stopped.")
            self._end(crawls.STOPPED, "")
        except _REASONS as error:
            self._say(f"ERROR : {error}")
            self._end(crawls.FAILED, str(error))
        except Exception as error:
            # A fault of ours: the crawl fails once and visibly instead of being tried for ever.
            log.exception("Crawl %s of %s failed", self._crawler.current_crawl_id, self._crawler.name)
            self._say(f"ERROR : Internal error: {type(error).__name__}: {error}")
            self._end(crawls.FAILED, f"Internal error: {type(error).__name__}. The server's log has details.")

    def _crawl(self) -> None:
        account_id, name = self._item.account_id, self._crawler.name
        local = self._services.may_use_local_files(account_id)
        targets = targets_of(self._crawler.definition, local_allowed=local)
        with self._context.store.read() as tx:
            book = memory.ShapeBook(tx.crawl_memory.shapes(account_id, name))
            known = {one.root: tx.crawl_memory.bunches(account_id, name, one.root) for one in targets}
        self._progress.check(now=True)
        role = self._crawler.definition.get("Role", "")
        with self._services.storage_of_role(account_id, role, _SESSION_NAME) as access:
            crawled = crawl(
                targets,
                open_storage(access),
                open_file,
                self._settings,
                self._progress,
                crawler=name,
                book=book,
                known=known,
            )
        self._report(crawled)
        self._apply(crawled, targets)
        self._remember(crawled, book)
        self._end(crawls.COMPLETED, "")

    def _report(self, crawled: Crawled) -> None:
        for survey, grouping in crawled.surveyed:
            where = survey.target.path
            if not survey.findings:
                self._say(f"INFO : Nothing to crawl was found in {where}.")
            self._say(f"INFO : {where}: {survey.objects} objects, {survey.sampled} files opened.")
            for decision in grouping.decisions[:100]:
                folder = survey.target.root + "/".join(decision.folder)
                self._say(f"INFO : {folder}: {decision.verdict}, {decision.reason}.")
        unreadable = crawled.unreadable
        for path, reason in unreadable[:_MOST_NAMED]:
            self._say(f"WARN : {path} is in no table: {reason}.")
        if len(unreadable) > _MOST_NAMED:
            self._say(f"WARN : {len(unreadable) - _MOST_NAMED} more files are in no table.")
        if unreadable and not crawled.tables:
            path, reason = unreadable[0]
            raise CrawlFailure(f"None of the files could be read; the first is {path}: {reason}.")

    def _apply(self, crawled: Crawled, targets: list[Target]) -> None:
        tables, gone = self._applier.prepare(crawled.tables, [one.root for one in targets])
        for number, table in enumerate(tables, start=1):
            self._progress.numbers["Tables"] = number
            self._progress.check(now=number == 1)
            self._applier.apply(table)
        if not self._settings.new_folders_only:
            for name in gone:
                self._progress.check()
                self._applier.remove(name)
        for line in self._applier.counts.lines:
            self._say(f"INFO : {line}")

    def _remember(self, crawled: Crawled, book: memory.ShapeBook) -> None:
        account_id, name = self._item.account_id, self._crawler.name
        with self._context.store.begin() as tx:
            self._fence(tx)
            tx.crawl_memory.remember_shapes(account_id, name, book.added)
        for survey, _ in crawled.surveyed:
            self._remember_target(survey)

    def _remember_target(self, survey: Survey) -> None:
        account_id, name, root = self._item.account_id, self._crawler.name, survey.target.root
        keys = list(survey.remember)
        for start in range(0, len(keys), _MEMORY_BATCH):
            with self._context.store.begin() as tx:
                self._fence(tx)
                batch = {key: survey.remember[key] for key in keys[start : start + _MEMORY_BATCH]}
                tx.crawl_memory.remember_bunches(account_id, name, root, batch)
        for start in range(0, len(survey.forget), _MEMORY_BATCH):
            with self._context.store.begin() as tx:
                self._fence(tx)
                batch_gone = survey.forget[start : start + _MEMORY_BATCH]
                tx.crawl_memory.forget_bunches(account_id, name, root, batch_gone)

    def _scope(self) -> Scope:
        definition = self._crawler.definition
        return Scope(
            store=self._context.store,
            account_id=self._item.account_id,
            region=self._item.payload["Region"],
            # The crawler keeps the caller's spelling; the catalog folds names.
            database=(definition.get("DatabaseName") or _DEFAULT_DATABASE).lower(),
            crawler=self._crawler.name,
            crawl_id=self._item.payload["CrawlId"],
            actor=f"arn:aws:sts::{self._item.account_id}:assumed-role/{definition['Role']}/AWS-Crawler",
            clock=self._context.clock,
            fence=self._fence,
        )

    def _fence(self, tx: Transaction) -> None:
        if not tx.work.holds(self._item):
            raise LostWork

    def _end(self, state: str, message: str) -> None:
        counts = self._applier.counts
        with self._context.store.begin() as tx:
            if not tx.work.finish(self._item):
                return
            end_crawl(
                tx,
                self._item.account_id,
                self._crawler.name,
                state,
                region=self._item.payload["Region"],
                now=self._context.clock(),
                message=message,
                progress={**self._progress.numbers, **counts_document(counts)},
            )
        self._say(f"INFO : The crawl ended: {state}.")

    def _say(self, line: str) -> None:
        self._writer.write(f"[{self._crawler.current_crawl_id}] {line}", self._context.clock())


def counts_document(counts: Counts) -> dict[str, Any]:
    """Write what a crawl changed for its history."""
    return {
        "Tables": {
            "Added": counts.tables_added,
            "Updated": counts.tables_updated,
            "Deleted": counts.tables_deleted,
        },
        "Partitions": {
            "Added": counts.partitions_added,
            "Updated": counts.partitions_updated,
            "Deleted": counts.partitions_deleted,
        },
    }
