"""Processes of the server's own that answer once: what they are told, and one event of theirs waited for."""

import time
from pathlib import Path
from typing import Any

from isinglass.engines.launcher import Launcher
from isinglass.jobs.plan import ENGINE_SHARE
from isinglass.jobs.settings import JobSettings
from isinglass.jobs.supervisor import Ending, Supervisor, Watch
from isinglass.observe.logs import LogWriter


def answer_of(
    settings: JobSettings, launcher: Launcher, document: bytes, scratch: Path, *, event: str, timeout: float
) -> tuple[Ending, dict[str, Any] | None]:
    """Run a process to its end; gives how it ended and the last event of that name. Raises LaunchError."""
    heard: list[dict[str, Any]] = []

    def on_event(told: dict[str, Any]) -> None:
        if told.get("event") == event:
            heard.append(told)

    watch = Watch(
        clock=time.time,
        timeout_seconds=timeout,
        memory_limit=memory_of_one(settings),
        grace_seconds=settings.grace_seconds,
        interrupted=lambda: None,
        on_event=on_event,
    )
    writer = LogWriter(scratch / "process.log")
    try:
        process = launcher.launch(document)
        try:
            ending = Supervisor(process, writer, watch).run()
        finally:
            process.close()
    finally:
        writer.close()
    return ending, heard[-1] if heard else None


def memory_of_one(settings: JobSettings) -> int:
    """Bytes of memory that one process may hold beside the runs that there can be."""
    return int(settings.machine_bytes * 0.8) // max(1, settings.slots)


def engine_settings(
    settings: JobSettings, account_id: str, scratch: Path, engine: str = "sail"
) -> dict[str, Any]:
    """Tell a process its engine, its account and where the server is, as isinglass_runtime.run reads them."""
    return {
        "engine": engine,
        "memory_bytes": int(memory_of_one(settings) * ENGINE_SHARE),
        "scratch_dir": str(scratch),
        "account_id": account_id,
        "region": settings.region,
        "glue_endpoint": settings.endpoint_url,
        "s3_endpoint": settings.s3_endpoint_url,
    }
