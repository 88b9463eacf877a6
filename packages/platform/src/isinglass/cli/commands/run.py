"""`isinglass run`: a script or a job, with a server or without."""

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from isinglass.cli import following
from isinglass.cli.errors import NOT_FOUND, UNREACHABLE, CliError, usage
from isinglass.cli.session import Session

_MOST_CONCURRENT = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run and how."""

    target: str
    arguments: dict[str, str]
    worker_type: str | None
    workers: int | None
    engine: str | None
    timeout: int | None
    shell: bool


@click.command("run")
@click.argument("target", metavar="SCRIPT.py|JOB")
@click.option(
    "--arg", "arguments", multiple=True, metavar="K=V", help="An argument of the script; repeat it."
)
@click.option("-f", "--follow", is_flag=True, help="Print the log and wait; a script is always followed.")
@click.option("--worker-type", help="G.1X, G.2X, …")
@click.option("--workers", type=click.IntRange(1), help="How many workers.")
@click.option("--engine", help="sail, or sc://host:port of a Spark cluster.")
@click.option("--timeout", type=click.IntRange(1), help="Minutes after which the run is ended.")
@click.option("--shell", is_flag=True, help="Run the script as a Python shell job.")
@click.option("--no-wait", is_flag=True, help="Do not wait for the end.")
@click.pass_obj
def command(
    session: Session, /, target: str, arguments: tuple[str, ...], follow: bool, no_wait: bool, **options: Any
) -> int:
    r"""Run a Glue script as it is, or a job; exits with 7 when it fails.

    Without a server one is started for the duration, on a data folder that is thrown away.

    \b
    Examples:
      isinglass run clean.py --arg day=2026-01-31
      isinglass run customer-data-cleansing -f
      isinglass run etl.py --engine sc://spark:15002
    """
    wanted = Wanted(target, _arguments(arguments), **options)
    is_script = target.endswith(".py")
    if is_script and not Path(target).is_file():
        raise CliError(f"there is no file {target}", exit_code=NOT_FOUND)
    with _server(session, needed=is_script) as (active, temporary):
        name = _job_of_script(active, wanted) if is_script else target
        run = _start(active, name, wanted)
        active.say(f"Run {run['Id']}  {target}")
        if no_wait and not temporary:
            print(run["Id"])
            return 0
        try:
            ended = following.follow(active, run, show=follow or is_script)
        except KeyboardInterrupt:
            if not is_script:
                active.say(f"Detached; the run goes on: isinglass logs {run['Id']} -f")
                return 130
            active.client.call("BatchStopJobRun", {"JobName": name, "JobRunIds": [run["Id"]]})
            ended = following.follow(active, run, show=True, deadline=time.monotonic() + 30)
        if active.output != "table":
            active.thing(ended, [], ended["Id"])
        return following.report(active, ended, temporary=temporary)


def _arguments(given: tuple[str, ...]) -> dict[str, str]:
    arguments = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip("-"):
            raise usage(f"--arg {text} is not K=V", "--arg day=2026-01-31")
        arguments["--" + name.lstrip("-")] = value
    return arguments


@contextmanager
def _server(session: Session, *, needed: bool) -> Iterator[tuple[Session, bool]]:
    """Use the server there is; for a script, start one for the duration when there is none."""
    try:
        session.client.call("isinglass:GetServerStatus")
    except CliError as error:
        no_server = error.exit_code == UNREACHABLE or error.code == "E401"
        if not (needed and no_server and "endpoint" not in session.flags):
            raise
    else:
        yield session, False
        return
    from isinglass.cli.commands.up import profile_members, serving

    session.say("No server runs: starting one for this script")
    with serving({"ephemeral": True, "port": 0}) as (_, server):
        yield Session({**session.flags, **profile_members(server)}), True


def _job_of_script(session: Session, wanted: Wanted) -> str:
    """Upload a script and make, or bring up to date, the job that runs it."""
    path = Path(wanted.target)
    script = path.read_bytes()
    account = session.client.call("isinglass:GetServerStatus")["AccountId"]
    stem = re.sub(r"[^A-Za-z0-9_-]", "-", path.stem)[:100]
    where = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    digest = hashlib.sha256(script).hexdigest()[:16]
    # The file keeps its name, for that is how the run's errors call it.
    key = f"scripts/{digest}/{stem}.py"
    location = session.client.put_object(f"isinglass-{account}", key, script)
    name = f"{stem}-{where}"
    definition: dict[str, Any] = {
        "Description": f"Made by isinglass run {path.name}",
        "Role": f"arn:aws:iam::{account}:role/isinglass",
        "Command": {
            "Name": "pythonshell" if wanted.shell else "glueetl",
            "ScriptLocation": location,
            "PythonVersion": "3.9" if wanted.shell else "3",
        },
        "ExecutionProperty": {"MaxConcurrentRuns": _MOST_CONCURRENT},
    }
    if not wanted.shell:
        definition |= {"GlueVersion": "5.0"}
    try:
        session.client.call("CreateJob", {"Name": name, **definition})
    except CliError as error:
        if error.code not in {"AlreadyExistsException", "IdempotentParameterMismatchException"}:
            raise
        session.client.call("UpdateJob", {"JobName": name, "JobUpdate": definition})
    return name


def _start(session: Session, name: str, wanted: Wanted) -> dict[str, Any]:
    arguments = dict(wanted.arguments)
    if wanted.engine:
        arguments["--isinglass-engine"] = wanted.engine
    request: dict[str, Any] = {"JobName": name, "Arguments": arguments}
    if wanted.worker_type or wanted.workers:
        request |= {"WorkerType": wanted.worker_type or "G.1X", "NumberOfWorkers": wanted.workers or 2}
    if wanted.timeout:
        request["Timeout"] = wanted.timeout
    answer = session.client.call("StartJobRun", request)
    return following.get_run(session, {"JobName": name, "Id": answer["JobRunId"]})
