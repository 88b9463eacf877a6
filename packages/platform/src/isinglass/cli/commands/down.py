"""`isinglass down`: stop a server."""

import contextlib
import os
import signal
import time
from pathlib import Path

import click

from isinglass.cli.errors import GAVE_UP, UNREACHABLE, CliError
from isinglass.cli.session import Session

_WAIT_SECONDS = 60.0


@click.command("down")
@click.option("--data-dir", help="The data folder of the server. Default ~/.local/share/isinglass.")
@click.pass_obj
def command(session: Session, data_dir: str | None) -> None:
    r"""Stop a server that runs in the background; work under way goes on at its next start.

    \b
    Examples:
      isinglass down
      isinglass down --data-dir ./lake
    """
    from isinglass.app.data_dir import holder
    from isinglass.app.settings import default_data_dir

    given = data_dir or os.environ.get("ISINGLASS_DATA_DIR")
    path = Path(given).expanduser().absolute() if given else default_data_dir()
    pid = holder(path)
    if pid is None:
        raise CliError(
            f"no server works on {path}", hint="isinglass down --data-dir …", exit_code=UNREACHABLE
        )
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _WAIT_SECONDS
    while holder(path) == pid:
        if time.monotonic() > deadline:
            raise CliError(f"the server with pid {pid} is still stopping", exit_code=GAVE_UP)
        time.sleep(0.05)
    session.say(f"Stopped the server of {path}")
