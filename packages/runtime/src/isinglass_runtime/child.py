"""One run's process, from the fork to its exit code."""

import atexit
import contextlib
import os
import random
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from isinglass_runtime import confinement, events, files, modules, run, script
from isinglass_runtime.events import EventPipe
from isinglass_runtime.launch import Launch
from isinglass_runtime.tally import TALLY

#: The run could not even begin; the result event says why.
EXIT_NOT_STARTED = 70


def main(launch: Launch, pipe: EventPipe) -> int:
    """Execute what the launch document says and report the outcome; returns the exit code."""
    events.connect(pipe)
    _enter(launch)
    if not launch.may_use_local_files:
        _confine(launch)
    pipe.send("ready", pid=os.getpid())
    try:
        if launch.query is not None:
            outcome = _query(launch, pipe)
        elif launch.statistics is not None:
            outcome = _statistics(launch, pipe)
        elif launch.permitted is not None:
            outcome = _permitted(launch, pipe)
        else:
            outcome = _script(launch)
    except (files.FileMissingError, modules.ModulesMissingError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the run's log is where its user looks
        outcome = script.Outcome(EXIT_NOT_STARTED, str(error))
    outcome = replace(outcome, needs_spark=_needs_spark())
    _end_quietly()
    pipe.send("progress", **TALLY.counts())
    pipe.send(
        "result",
        code=outcome.exit_code,
        error=outcome.error,
        allocation=outcome.allocation_failed,
        needs_spark=outcome.needs_spark,
    )
    return outcome.exit_code


def _needs_spark() -> str | None:
    """Say why the plan gate sends this run to Spark; a script that caught the refusal is not done either."""
    active = sys.modules.get("isinglass_runtime.engine.active")
    needed = None if active is None else active.ENGINE.gate.needs_spark
    return None if needed is None else f"{needed.rule}: {needed.reason}"


def _enter(launch: Launch) -> None:
    """Take on the run's folder, environment and settings."""
    os.environ.clear()
    os.environ.update(launch.environment)
    work = Path(launch.scratch_dir) / "work"
    work.mkdir(parents=True, exist_ok=True)
    Path(launch.environment["TMPDIR"]).mkdir(parents=True, exist_ok=True)
    os.chdir(work)
    run.use(run.RunSettings(**launch.settings))
    # Forked processes would otherwise all draw the same numbers.
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    # New ones: those of the warm parent remember what its own descriptors could do.
    sys.stdout, sys.stderr = _text_stream(1), _text_stream(2)


def _confine(launch: Launch) -> None:
    """Leave a run whose account may not use local files its own folders, and what its installer reads."""
    home = Path(launch.installer.environment.get("HOME", "/nonexistent"))
    configuration = [home / name for name in (".config/pip", ".config/uv", ".pip", ".local/bin")]
    own = [launch.scratch_dir]
    if launch.installer.cache_dir:
        Path(launch.installer.cache_dir).mkdir(parents=True, exist_ok=True)
        own.append(launch.installer.cache_dir)
    confinement.confine(own, readable=configuration)


def _text_stream(fd: int) -> TextIO:
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _script(launch: Launch) -> script.Outcome:
    scratch = Path(launch.scratch_dir)
    source = files.Files(may_use_local_files=launch.may_use_local_files)
    path = source.fetch("ScriptLocation", launch.script_location, scratch / "script")
    wanted = list(launch.modules)
    for url in launch.extra_py_files:
        copy = source.fetch("--extra-py-files", url, scratch / "python")
        if copy.suffix == ".whl":
            wanted.append(str(copy))
        else:
            sys.path.insert(0, str(copy.parent if copy.suffix == ".py" else copy))
    for url in launch.extra_files:
        source.fetch_into("--extra-files", url, Path.cwd())
    if wanted:
        local = [
            str(source.fetch("--additional-python-modules", name, scratch / "wheels"))
            if name.startswith(("s3://", "s3a://", "s3n://"))
            else name
            for name in wanted
        ]
        sys.path.insert(0, str(modules.overlay(local, launch.installer)))
    if launch.command != "pythonshell":
        install_spark()
    return script.execute(path, list(launch.argv))


def install_spark() -> None:
    """Put our stand-ins where scripts look for SparkContext and its relations."""
    from isinglass_runtime import spark_context

    spark_context.install()


def _query(launch: Launch, pipe: EventPipe) -> script.Outcome:
    from isinglass_runtime import query

    assert launch.query is not None
    try:
        result: dict[str, Any] = query.run(launch.query)
    except Exception as error:
        return script.Outcome(1, str(error) or type(error).__name__)
    pipe.send("rows", **result)
    return script.Outcome(0)


def _statistics(launch: Launch, pipe: EventPipe) -> script.Outcome:
    from isinglass_runtime import statistics

    assert launch.statistics is not None
    try:
        measured: dict[str, Any] = statistics.measure(launch.statistics)
    except Exception as error:
        return script.Outcome(1, str(error) or type(error).__name__)
    pipe.send("statistics", **measured)
    return script.Outcome(0)


def _permitted(launch: Launch, pipe: EventPipe) -> script.Outcome:
    from isinglass_runtime import permitted

    assert launch.permitted is not None
    try:
        copied: dict[str, Any] = permitted.copy(launch.permitted)
    except Exception as error:
        return script.Outcome(1, str(error) or type(error).__name__)
    pipe.send("copied", **copied)
    return script.Outcome(0)


def _end_quietly() -> None:
    """Do what an interpreter does at its end: wait for threads, run exit functions, flush."""
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - as the interpreter does
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()  # noqa: SLF001 - the interpreter's own end never comes: we leave by os._exit
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
