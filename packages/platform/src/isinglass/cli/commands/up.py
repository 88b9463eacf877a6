"""`isinglass up`: the server in the foreground, or detached."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isinglass.cli import profiles
from isinglass.cli.errors import CONFLICT, INVALID, CliError
from isinglass.cli.session import Session
from isinglass.cli.version import VERSION

if TYPE_CHECKING:
    from isinglass.app.settings import Settings
    from isinglass.app.standalone import Running


@click.command("up")
@click.option("--port", help="Port of the API; 0 takes a free one. Default 5500.")
@click.option("--s3-port", help="Port of the object store. Default 5501.")
@click.option("--host", help="Address to listen on. Default 127.0.0.1.")
@click.option("--data-dir", help="Where everything is kept. Default ~/.local/share/isinglass.")
@click.option("--ephemeral", is_flag=True, help="Keep everything in a temporary folder, removed at the end.")
@click.option("--detach", is_flag=True, help="Go to the background once the server is ready.")
@click.option("--workers", help="How many job runs at once.")
@click.option("--database-url", help="postgresql://… instead of the embedded database.")
@click.option("--s3-endpoint", help="Use this object store (keys from AWS_*) instead of the embedded one.")
@click.option("--deleted-retention-days", help="How long deleted tables can be restored. Default 30.")
@click.option("--allow-remote", is_flag=True, help="Allow a host that other machines can reach.")
@click.option("--in-background", is_flag=True, hidden=True)
@click.pass_obj
def command(session: Session, /, detach: bool, in_background: bool, **flags: Any) -> None:
    r"""Start the server and its object store.

    Every option is also a variable: ISINGLASS_PORT, ISINGLASS_DATA_DIR, … The first account is set by
    ISINGLASS_ROOT_ACCOUNT_ID, ISINGLASS_ROOT_ACCESS_KEY_ID and ISINGLASS_ROOT_SECRET_ACCESS_KEY; without them
    it is 000000000000 with a key that is generated once.

    \b
    Examples:
      isinglass up
      isinglass up --ephemeral --port 0      for tests: prints ISINGLASS READY endpoint=…
      isinglass up --detach                  stop it with: isinglass down
    """
    if session.flags.get("region"):
        flags["region"] = session.flags["region"]
    if detach:
        _detach()
        return
    with serving(flags) as (settings, server):
        name = session.flags.get("profile") or ("ephemeral" if settings.ephemeral else "local")
        path = profiles.save(name, profile_members(server), os.environ)
        if sys.stdout.isatty():
            print(_header(settings, server, f'profile "{name}" in {path}'))
        if in_background:
            _write_errors_to(server.data_dir / "logs" / "server.log")
        with _stop_signals() as stop_told:
            # Whoever reads this line may tell the server to stop at once.
            print(server.ready_line(), flush=True)
            stop_told.recv(1)
        session.say("Stopping")
        if settings.ephemeral:
            profiles.forget(name, server.endpoint, os.environ)


@contextlib.contextmanager
def serving(flags: dict[str, Any]) -> "Iterator[tuple[Settings, Running]]":
    """Run a server in this process; its errors become errors of the command line."""
    from isinglass.app.settings import SettingsInvalid, load

    try:
        settings = load(flags)
    except SettingsInvalid as error:
        first, *others = error.problems
        raise CliError(first, facts=others, hint="isinglass up --help", exit_code=INVALID) from error
    from isinglass.app import standalone
    from isinglass.app.accounts import KeyTaken
    from isinglass.app.data_dir import DataDirInUse
    from isinglass.app.weed import WeedMissing
    from isinglass.store.schema import DatabaseUnreachableError, SchemaMismatchError, SchemaUnknownError
    from isinglass.store.sealing import SealBroken

    try:
        with standalone.running(settings) as server:
            yield settings, server
    except standalone.PortTaken as error:
        raise CliError(
            str(error),
            code="E501",
            hint=f"isinglass up {error.flag} 0      or stop it first",
            exit_code=CONFLICT,
        ) from error
    except DataDirInUse as error:
        raise CliError(
            str(error).rstrip("."), code="E502", hint="isinglass status      or use another --data-dir",
            exit_code=CONFLICT,
        ) from error  # fmt: skip
    except (DatabaseUnreachableError, SchemaUnknownError, SealBroken, KeyTaken, WeedMissing) as error:
        raise CliError(str(error), code="E500") from error
    except SchemaMismatchError as error:
        raise CliError(str(error), code="E503", hint="isinglass db upgrade", exit_code=CONFLICT) from error
    except PermissionError as error:
        raise CliError(
            f"{error.filename} cannot be used: {error.strerror}", hint="use another --data-dir"
        ) from error


def profile_members(server: "Running") -> dict[str, str]:
    """Write down how a server is reached."""
    return {
        "endpoint": server.endpoint,
        "s3_endpoint": server.s3_endpoint,
        "account": server.account_id,
        "region": server.region,
        "access_key_id": server.access_key_id,
        "secret_access_key": server.secret_access_key,
    }


def _header(settings: "Settings", server: "Running", profile: str) -> str:
    kept = "removed at the end" if settings.ephemeral else "kept"
    return f"""Isinglass {VERSION}                                  ready in {server.ready_seconds:.1f} s
  API        {server.endpoint}   (AWS Glue, STS, CloudWatch Logs subset)
  Objects    {server.s3_endpoint}   (S3)
  Account    {server.account_id} · region {server.region} · {profile}
  Data       {server.data_dir}   ({kept})
  Engine     local, {server.workers} runs at once

  Use it with any AWS client:  eval "$(isinglass env)"      Try it:  isinglass demo      Stop: Ctrl-C"""


@contextlib.contextmanager
def _stop_signals() -> Iterator[socket.socket]:
    """Hear signals that tell the server to stop: each is a byte in a socket.

    A signal to a process that is suspended goes to any of its threads when it goes on; a main thread that
    waits for a lock would never hear of it.
    """
    hearing, telling = socket.socketpair()
    telling.setblocking(False)
    with hearing, telling:
        signal.set_wakeup_fd(telling.fileno())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        yield hearing
        signal.set_wakeup_fd(-1)


def _detach() -> None:
    """Start the same command in a session of its own and wait for its ready line."""
    arguments = ["--in-background" if argument == "--detach" else argument for argument in sys.argv[1:]]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "isinglass.cli.main", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline().decode()
    if not line:
        sys.stderr.write(process.stderr.read().decode())
        raise click.exceptions.Exit(process.wait() or 1)
    print(line, end="")


def _write_errors_to(path: Path) -> None:
    """Let what goes to standard error go to a file: nobody reads the other end once the server is ready."""
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
