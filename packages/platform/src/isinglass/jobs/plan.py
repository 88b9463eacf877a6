"""Plan a run's process: turn the run and the settings into its launch document."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isinglass.domain.job_arguments import customer_environment, listed, resolve, script_argv
from isinglass.domain.job_sizing import default_timeout, memory_bytes
from isinglass.jobs.settings import Credentials, JobSettings
from isinglass.store.job_runs import JobRun

#: The version of isinglass_runtime.launch that this server writes.
LAUNCH_VERSION = 2
SUPPORTED = ("glueetl", "pythonshell")
OPEN_FILES = 65_536
#: Share of a run's memory that the engine's pool may take; the pool undercounts what it really holds.
ENGINE_SHARE = 0.35
#: What an installer needs of the server's environment to reach its package index.
INSTALLER_PREFIXES = ("PIP_", "UV_", "SSL_CERT")
#: Services of this server that a script may call; a script must not reach AWS itself by chance.
_SERVICES = (
    "GLUE", "STS", "LOGS", "CLOUDWATCH", "CLOUDWATCH_LOGS", "EVENTBRIDGE", "IAM", "KMS", "LAKEFORMATION",
)  # fmt: skip
INSTALLER_NAMES = (
    "PATH",
    "HOME",
    "LANG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One launch: its document, and what the supervisor holds the process to."""

    document: bytes
    scratch_dir: Path
    memory_limit: int
    timeout_seconds: float | None


@dataclass(eq=False)
class NotRunnableError(Exception):
    """A run that cannot be executed, whatever its script does."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def check(run: JobRun) -> None:
    """Raise NotRunnableError for what this server does not execute yet."""
    command = run.definition["Command"].get("Name", "glueetl")
    if command not in SUPPORTED:
        raise NotRunnableError(
            f"{command} is not supported yet: this server runs {' and '.join(SUPPORTED)} jobs. "
            "The job is kept; change Command.Name to run it here."
        )
    if resolve(run.definition, run.arguments).get("--job-language", "python").lower() == "scala":
        raise NotRunnableError(
            "--job-language scala needs a JVM, which this server does not have; use python."
        )


def timeout_seconds(run: JobRun) -> float | None:
    """Seconds a run may execute."""
    command = run.definition["Command"].get("Name", "glueetl")
    minutes = run.definition.get("Timeout", default_timeout(command, run.definition.get("GlueVersion", "")))
    return None if minutes is None else 60.0 * minutes


def plan(
    run: JobRun,
    settings: JobSettings,
    keys: Credentials,
    *,
    launch_number: int,
    engine: str = "",
    sort_merge: bool = False,
) -> Plan:
    """Build the launch document of one execution; `launch_number` counts all launches of the run.

    `engine` overrides the one that the run asks for.
    """
    arguments = resolve(run.definition, run.arguments)
    scratch = Path(settings.scratch_root) / f"{run.account_id}-{run.run_id}-{launch_number}"
    memory = memory_bytes(run.definition, machine_bytes=settings.machine_bytes, slots=settings.slots)
    timeout = timeout_seconds(run)
    extra = customer_environment(arguments.get("--customer-driver-env-vars", ""))
    if sort_merge:
        extra["SAIL_OPTIMIZER__PREFER_HASH_JOIN"] = "false"
    document = launch_document(
        command=run.definition["Command"].get("Name", "glueetl"),
        environment=environment(settings, keys, scratch) | extra,
        scratch=scratch,
        settings=run_settings(run, settings, arguments, scratch, memory)
        | {"attempt": launch_number, "engine": engine or engine_of(run, settings)},
        may_use_local_files=settings.may_use_local_files(run.account_id) and not keys.limited,
        timeout=timeout,
        **script_parts(run, settings, arguments),
    )
    return Plan(document, scratch, memory, timeout)


def script_parts(run: JobRun, settings: JobSettings, arguments: dict[str, str]) -> dict[str, Any]:
    """Say which script to run, with which arguments, files and modules."""
    return {
        "script_location": arguments.get("--scriptLocation")
        or run.definition["Command"].get("ScriptLocation", ""),
        "argv": script_argv(
            arguments,
            job_name=run.job_name,
            job_id=job_id(run.account_id, run.job_name),
            run_id=run.run_id,
            security_configuration=run.definition.get("SecurityConfiguration", ""),
        ),
        "extra_py_files": listed(arguments.get("--extra-py-files")),
        "extra_files": listed(arguments.get("--extra-files")),
        "modules": listed(arguments.get("--additional-python-modules")),
        "installer": installer(settings, run.account_id, arguments),
    }


def launch_document(
    *,
    command: str,
    environment: dict[str, str],
    scratch: Path,
    settings: dict[str, Any],
    may_use_local_files: bool,
    timeout: float | None,
    **parts: Any,
) -> bytes:
    """Write the document that isinglass_runtime.launch reads; `parts` say what it is to do."""
    nothing: dict[str, Any] = {
        "script_location": "",
        "argv": [],
        "extra_py_files": [],
        "extra_files": [],
        "modules": [],
        "installer": {"cache_dir": "", "environment": {}, "options": []},
        "query": None,
        "statistics": None,
        "permitted": None,
    }
    cpu_seconds = None if timeout is None else int(timeout * (os.cpu_count() or 1)) + 60
    document = {
        "version": LAUNCH_VERSION,
        "command": command,
        "environment": environment,
        "scratch_dir": str(scratch),
        "settings": settings,
        "may_use_local_files": may_use_local_files,
        "limits": {"cpu_seconds": cpu_seconds, "open_files": OPEN_FILES},
    }
    return json.dumps({**nothing, **document, **parts}).encode()


def environment(settings: JobSettings, keys: Credentials, scratch: Path) -> dict[str, str]:
    """Build a process's whole environment: nothing of the server's own but PATH and language."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    endpoints = {f"AWS_ENDPOINT_URL_{service}": settings.endpoint_url for service in _SERVICES}
    return {
        **inherited,
        **endpoints,
        "AWS_ENDPOINT_URL_S3": settings.s3_endpoint_url,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_SESSION_TOKEN": keys.session_token,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HOME": str(scratch),
        "TMPDIR": str(scratch / "tmp"),
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
    }


def run_settings(
    run: JobRun, settings: JobSettings, arguments: dict[str, str], scratch: Path, memory: int
) -> dict[str, Any]:
    """Build what isinglass_runtime.run tells the libraries."""
    return {
        "job_name": run.job_name,
        "run_id": run.run_id,
        "memory_bytes": int(memory * ENGINE_SHARE),
        "scratch_dir": str(scratch),
        "temp_dir": arguments.get("--TempDir", ""),
        "account_id": run.account_id,
        "region": settings.region,
        "glue_endpoint": settings.endpoint_url,
        "s3_endpoint": settings.s3_endpoint_url,
        "conf": spark_conf(arguments.get("--conf", "")),
    }


def engine_of(run: JobRun, settings: JobSettings) -> str:
    """Give the engine that a run asks for: `sail`, `auto` (Sail, and Spark where Sail refuses) or an address.

    `spark` names the server's own Spark. Without one `auto` has nowhere to go, and Sail says what it refuses.
    """
    arguments = resolve(run.definition, run.arguments)
    engine = arguments.get("--isinglass-engine") or arguments.get("--engine") or "sail"
    if engine == "auto":
        return "auto" if settings.spark_connect else "sail"
    if engine == "spark":
        if not settings.spark_connect:
            raise NotRunnableError(
                "The run asks for the engine spark, and this server has none: start it with "
                "ISINGLASS_SPARK_CONNECT=sc://host:port, or use --isinglass-engine sail."
            )
        return settings.spark_connect
    if engine != "sail" and not engine.startswith("sc://"):
        raise NotRunnableError(
            f"--isinglass-engine is {engine!r}; it must be sail, auto, spark or an address sc://host:port."
        )
    return engine


def spark_conf(value: str) -> dict[str, str]:
    """Read `k=v --conf k2=v2`, the way Glue lets one argument carry several settings."""
    pairs = (part.strip().partition("=") for part in value.split("--conf"))
    return {key.strip(): text.strip() for key, equals, text in pairs if equals}


def installer(settings: JobSettings, account_id: str, arguments: dict[str, str]) -> dict[str, Any]:
    """Say how modules are installed; each account has a folder of its own, for a module is code."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in INSTALLER_NAMES or name.startswith(INSTALLER_PREFIXES)
    }
    folder = Path(settings.modules_dir) / account_id
    if not settings.may_use_local_files(account_id):  # the server's user has caches that it may not write
        kept |= {name: str(folder / ".cache") for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR")}
    return {
        "cache_dir": str(folder),
        "environment": kept,
        "options": arguments.get("--python-modules-installer-option", "").split(),
    }


def job_id(account_id: str, job_name: str) -> str:
    """The id that Glue hands to scripts beside the job's name."""
    return f"j_{hashlib.sha256(f'{account_id}/{job_name}'.encode()).hexdigest()}"
