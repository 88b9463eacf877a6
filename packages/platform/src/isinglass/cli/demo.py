"""`isinglass demo`: the retail scenario from raw files to a checked table, timed step by step."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isinglass.cli.errors import CONFLICT, FAILED_RUN, NOT_FOUND, UNREACHABLE, CliError
from isinglass.cli.session import Session

if TYPE_CHECKING:  # the scenario brings numpy and pyarrow, which `isinglass demo --help` can do without
    from isinglass.cli.retail.scenario import Scenario

EPILOG = """\b
Examples:
  isinglass demo                  about 15 MB, in a few seconds
  isinglass demo --size medium    about 1.3 GB
  isinglass demo --clean          remove what the demo made
"""

SEGMENTS = "SELECT segment, count(*) customers, round(avg(total_spent), 2) avg_spent FROM retail.customer_360"


class _Steps:
    """Prints a line for each step with its result and its time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._began = time.monotonic()

    @contextmanager
    def step(self, kind: str, what: str) -> Iterator[list[str]]:
        """Time a step; the caller puts what it made into the list."""
        began = time.monotonic()
        made: list[str] = []
        yield made
        spent = time.monotonic() - began
        self._session.say(f" ✓ {kind:<9} {what:<51} {'; '.join(made):<32} {spent:5.1f} s")

    def total(self) -> float:
        """Seconds since the first step began."""
        return time.monotonic() - self._began


@click.command("demo", epilog=EPILOG)
@click.option(
    "--size", type=click.Choice(["small", "medium"]), default="small", help="How much data to make."
)
@click.option("--clean", is_flag=True, help="Remove what the demo made, and stop.")
@click.option("--port", type=int, help="Where to start the server if none runs (0: any free port).")
@click.pass_obj
def command(session: Session, size: str, clean: bool, port: int | None) -> None:
    """Take the retail scenario from raw files to a trusted table.

    Starts the server if none runs, makes five sources with the dirt of real ones, crawls them, runs two Glue
    scripts, and holds the result against what the generator knows. Repeat it as you like.
    """
    from isinglass.cli.retail.scenario import StepFailedError

    steps = _Steps(session)
    session = _with_server(session, steps, port)
    scenario = _scenario(session)
    if clean:
        scenario.remove()
        session.say("The demo's tables, jobs, crawler and files are gone.")
        return
    try:
        result = _run(scenario, steps, size)
    except StepFailedError as error:
        raise CliError(str(error), hint=error.hint, exit_code=FAILED_RUN) from error
    if session.output == "json":
        session.thing({**result, "seconds": round(steps.total(), 2)}, [])
    else:
        session.say(_closing(session, steps.total()))


def _run(scenario: "Scenario", steps: _Steps, size: str) -> dict[str, Any]:
    from isinglass.cli.retail.generate import generate

    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "isinglass" / "demo" / size
    with steps.step("files", "five sources with the dirt of real ones") as made:
        facts = generate(size, folder)
        made.append(f"{facts['transactions']:,} transactions")
    with steps.step("upload", f"{scenario.root}raw/") as made:
        count, sent = scenario.upload(folder / "raw")
        made.append(f"{count} files, {sent} sent")
    with steps.step("crawl", "retail_raw") as made:
        tables = scenario.crawl()
        made.append(f"{len(tables)} tables")
    with steps.step("job", "customer-data-cleansing → retail.customers_clean") as made:
        run = scenario.run_job("customer-data-cleansing", "customer_data_cleansing.py", "customers_clean")
        made.append(f"run …{run['Id'][-4:]}")
    with steps.step("job", "customer-360 → retail.customer_360") as made:
        run = scenario.run_job("customer-360", "customer_360.py", "customer_360")
        made.append(f"run …{run['Id'][-4:]}")
    with (
        steps.step("check", "SQL and DuckDB against the generator") as made,
        tempfile.TemporaryDirectory() as scratch,
    ):
        figures = scenario.check(facts, Path(scratch))
        made.append(f"{figures['customers']:,} customers, {figures['orders']:,} orders")
    return {"tables": sorted(tables), **figures, "table": "retail.customer_360"}


def _closing(session: Session, seconds: float) -> str:
    program = _program()
    return f"""Done in {seconds:.1f} s. The server keeps running at {session.profile.endpoint}.

Look around
  Ask it         {program} sql '{SEGMENTS} GROUP BY segment'
  The tables     {program} tables retail_raw
  A run's log    {program} logs customer-360
  Other tools    eval "$({program} env)" && aws glue get-tables --database-name retail
  Remove it      {program} demo --clean
  Stop           {program} down"""


def _program() -> str:
    """Name this program as the reader can type it."""
    if shutil.which("isinglass"):
        return "isinglass"
    script = Path(sys.executable).parent / "isinglass"
    inside = Path.cwd() in script.parents
    return str(script.relative_to(Path.cwd()) if inside else script)


def _scenario(session: Session) -> "Scenario":
    from isinglass.cli.retail.scenario import Scenario
    from isinglass_connectors.storage.options import StorageOptions
    from isinglass_connectors.storage.storage import Storage

    profile = session.profile
    # Keys from variables do not say whose they are; the server does.
    account = session.client.call("isinglass:GetServerStatus")["AccountId"]
    options = StorageOptions(
        endpoint=session.client.s3_endpoint(),
        region=profile.region,
        access_key_id=profile.access_key_id,
        secret_access_key=profile.secret_access_key,
    )
    return Scenario(
        api=session.client,
        storage=Storage(options),
        root=f"s3://isinglass-{account}/demo/",
        exists_already=lambda error: isinstance(error, CliError) and error.exit_code == CONFLICT,
        is_missing=lambda error: isinstance(error, CliError) and error.exit_code == NOT_FOUND,
    )


def _with_server(session: Session, steps: _Steps, port: int | None) -> Session:
    """Return a session whose server answers; starts one in the background where none does."""
    try:
        session.client.call("isinglass:GetServerStatus")
    except CliError as error:
        if error.exit_code != UNREACHABLE and error.code != "E401":
            raise
    else:
        return session
    with steps.step("server", "SQLite catalog, SeaweedFS object store, Sail engine") as made:
        chosen = [] if port is None else ["--port", str(port)]
        started = subprocess.run(
            [sys.executable, "-P", "-m", "isinglass.cli.main", "up", "--detach", *chosen],
            check=False,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        if started.returncode:
            raise CliError("the server did not start; its message stands above", exit_code=started.returncode)
        session = Session(session.flags)
        made.append(session.profile.endpoint)
    return session
