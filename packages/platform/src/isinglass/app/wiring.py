"""Builds the parts of a server from its settings: the only place that constructs things."""

import socket
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from isinglass.app.accounts import NewKey, ensure_root
from isinglass.app.data_dir import DataDir, write_private
from isinglass.app.object_store_config import ObjectStoreConfig
from isinglass.app.services import AppServices
from isinglass.app.settings import Settings
from isinglass.app.supervision import Supervised, child_environment
from isinglass.crawl.runner import CrawlRunner
from isinglass.daemons.scheduler import Scheduler
from isinglass.daemons.worker import Worker, worker_name
from isinglass.domain import statistics_schedules
from isinglass.engines.launcher import Launcher
from isinglass.flow import index_building, key_upkeep
from isinglass.flow.table_words import DamagedTables
from isinglass.gateway.server import GatewaySettings, Server
from isinglass.jobs import permitted
from isinglass.jobs.handler import JobRunHandler
from isinglass.jobs.permitted import PermittedCopier
from isinglass.jobs.queries import QueryRunner
from isinglass.jobs.run_keys import StoredRunKeys
from isinglass.jobs.settings import JobSettings
from isinglass.jobs.statistics_runs import KIND as STATISTICS
from isinglass.jobs.statistics_runs import StatisticsHandler
from isinglass.operations.context import Component
from isinglass.operations.crawlers import scheduling as crawler_scheduling
from isinglass.operations.statistics import due as statistics_due
from isinglass.store.connection_sealing import seal_left_open
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store
from isinglass.transfer.kept_export import KIND as CATALOG_EXPORT
from isinglass.transfer.kept_export import KeptExport

#: Crawls read many small files; more at once only share the same disk and processor.
_CRAWLS_AT_ONCE = 2
#: Each is a process with an engine that takes the machine's share of one job run.
_STATISTICS_AT_ONCE = 2
_DAY = 86_400.0


#: What is begun at its due time.
_SCHEDULED = {
    crawler_scheduling.KIND: crawler_scheduling.start,
    statistics_schedules.KIND: statistics_due.start,
}


class _Runs(NamedTuple):
    """What starts the processes of runs, in the order that their handlers take it."""

    settings: JobSettings
    launcher: Launcher
    keys: StoredRunKeys


@dataclass(slots=True)
class Parts:
    """A server's parts, made and not yet started."""

    store: Store
    gateway: Server
    worker: Worker
    scheduler: Scheduler
    launcher: Launcher
    services: AppServices
    root_key: NewKey = field(repr=False)


def build_object_store(
    settings: Settings, data: DataDir, server_key: bytes, listening: socket.socket
) -> Supervised:
    """Build the process of the object store and its front."""
    external = settings.external_store
    config = ObjectStoreConfig(
        listen_fd=listening.fileno(),
        database_url=settings.database_url,
        server_key=server_key.hex(),
        folder="" if external else str(data.folder("objects")),
        children=str(data.folder("children")),
        region=external.region if external else settings.region,
        logs=str(data.folder("logs")),
        audit_days=settings.audit_days,
        endpoint=external.endpoint if external else "",
        access_key_id=external.access_key_id if external else "",
        secret_access_key=external.secret_access_key if external else "",
        session_token=external.session_token if external else None,
        adopter=settings.root.account_id if external else None,
    )
    log_path = data.folder("logs") / "object-store.log"
    return Supervised(
        module="isinglass.app.object_store",
        configuration=config.encode(),
        environment=child_environment(),
        pass_fds=(listening.fileno(),),
        started=lambda pid: data.remember_child("object-store", pid),
        log=log_path.open("ab"),
    )


def build(
    settings: Settings, data: DataDir, server_key: bytes, store: Store, endpoint: str, s3_endpoint: str,
    objects: Supervised,
) -> Parts:  # fmt: skip
    """Build everything that works on the database."""
    sealer = store.vault.sealer = Sealer(server_key)
    root_key = _root_key(settings, data, store, sealer)
    seal_left_open(store, sealer)
    services = AppServices(
        store=store,
        sealer=sealer,
        region=settings.region,
        root_account_id=settings.root.account_id,
        s3_endpoint=s3_endpoint,
        logs=data.folder("logs"),
        started_at=time.time(),
        components=partial(_components, settings, endpoint, s3_endpoint, objects),
        known_ports=frozenset(urlsplit(url).port or 0 for url in (endpoint, s3_endpoint)),
        deleted_retention=settings.deleted_retention_days * _DAY,
        has_own_objects=settings.external_store is None,
    )
    runs = _Runs(_job_settings(settings, data, services, endpoint), Launcher(), StoredRunKeys(sealer))
    services.queries = QueryRunner(*runs, store)
    services.copies = PermittedCopier(*runs, store)
    return Parts(
        store=store,
        gateway=Server(
            store,
            services,
            server_key,
            GatewaySettings(access_log=data.folder("logs") / "access.log", audit_days=settings.audit_days),
        ),
        worker=_worker(settings, services, runs, endpoint),
        scheduler=Scheduler(store, _SCHEDULED),
        launcher=runs.launcher,
        services=services,
        root_key=root_key,
    )


def _worker(settings: Settings, services: AppServices, runs: _Runs, endpoint: str) -> Worker:
    """Build what does the work that requests and schedules leave behind."""
    store = services.store
    return Worker(
        store,
        handlers={
            "job_run": JobRunHandler(*runs),
            "crawl": CrawlRunner(services),
            STATISTICS: StatisticsHandler(*runs),
            index_building.KIND: index_building.handle,
            permitted.KIND: permitted.CopyRemover(services.open_storage),
            CATALOG_EXPORT: KeptExport(endpoint, services),
        },
        limits={"job_run": settings.workers, "crawl": _CRAWLS_AT_ONCE, STATISTICS: _STATISTICS_AT_ONCE},
        name=f"{_worker_prefix(settings)}{worker_name()}",
        deleted_retention=services.deleted_retention,
        chores=(partial(key_upkeep.run_once, store, services.sealer), DamagedTables(store).run_once),
    )


def _components(settings: Settings, endpoint: str, s3_endpoint: str, objects: Supervised) -> list[Component]:
    """Tell how each part is now."""
    return [
        Component("api", "RUNNING", endpoint=endpoint),
        Component("object-store", "RUNNING" if objects.running else "STARTING", endpoint=s3_endpoint),
        Component("worker", "RUNNING", f"{settings.workers} runs at once"),
        Component("database", "RUNNING", "sqlite" if settings.embedded_database else "postgresql"),
    ]


def _job_settings(settings: Settings, data: DataDir, services: AppServices, endpoint: str) -> JobSettings:
    return JobSettings(
        endpoint_url=endpoint,
        s3_endpoint_url=services.s3_endpoint,
        region=settings.region,
        scratch_root=str(data.emptied_folder("scratch")),
        modules_dir=str(data.folder("modules")),
        log_directory=services.log_directory,
        may_use_local_files=services.may_use_local_files,
        slots=settings.workers,
        spark_connect=settings.spark_connect,
    )


def _worker_prefix(settings: Settings) -> str:
    return "standalone-" if settings.embedded_database else ""


def _root_key(settings: Settings, data: DataDir, store: Store, sealer: Sealer) -> NewKey:
    """Keep the generated key of the first account beside the database, sealed."""
    path = Path(data.path / "root.key")
    kept = None
    if path.exists():
        key_id, _, secret = sealer.open(path.read_bytes(), "root.key").decode().partition(" ")
        kept = NewKey(key_id, secret)
    key = ensure_root(store, sealer, settings.root, kept, time.time())
    if kept is None and settings.root.access_key_id is None:
        text = f"{key.access_key_id} {key.secret_access_key}"
        write_private(path, sealer.seal(text.encode(), "root.key"))
    return key
