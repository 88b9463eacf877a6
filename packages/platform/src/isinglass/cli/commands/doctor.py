"""`isinglass doctor`: check what is needed, piece by piece."""

import ctypes
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click

from isinglass.cli.errors import DENIED, CliError
from isinglass.cli.session import Session
from isinglass.cli.version import VERSION

#: The system call; asked for its version it makes nothing.
LANDLOCK_CREATE_RULESET = 444


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `state` is ok, warning or problem."""

    name: str
    state: str
    text: str


@click.command("doctor")
@click.pass_obj
def command(session: Session) -> int:
    r"""Check that everything needed is there; exits with 1 when something is missing.

    \b
    Examples:
      isinglass doctor
      isinglass doctor -o json
    """
    findings = [finding for check in CHECKS for finding in check(session)]
    mark = {"ok": "✓", "warning": "!", "problem": "✕"}
    if session.output == "table":
        for finding in findings:
            print(f" {mark[finding.state]} {finding.name:<12} {finding.text}")
    else:
        documents = [{"name": found.name, "state": found.state, "text": found.text} for found in findings]
        rows = [[found.name, found.state, found.text] for found in findings]
        session.rows(["check", "state", "text"], rows, documents)
    count = {state: sum(found.state == state for found in findings) for state in mark}
    session.say(f"ok {count['ok']} · warnings {count['warning']} · problems {count['problem']}")
    return 1 if count["problem"] else 0


def _machine(_session: Session) -> Iterator[Finding]:
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    yield Finding("isinglass", "ok", f"{VERSION}, Python {platform.python_version()}, {system}")


def _packages(_session: Session) -> Iterator[Finding]:
    from importlib.util import find_spec

    for name, purpose in (
        ("pysail", "the engine"),
        ("pyspark", "its client"),
        ("duckdb", "readers of files"),
    ):
        there = find_spec(name) is not None
        yield Finding(
            name, "ok" if there else "problem", "found" if there else f"missing: {purpose}; pip install it"
        )
    from isinglass.app.weed import WeedMissing, find_program

    try:
        yield Finding("weed", "ok", str(find_program()))
    except WeedMissing as error:
        yield Finding("weed", "problem", str(error))


def _confinement(_session: Session) -> Iterator[Finding]:
    if _has_landlock():
        yield Finding(
            "confinement", "ok", "the kernel keeps runs of other accounts to their own files (Landlock)"
        )
    else:
        yield Finding(
            "confinement",
            "warning",
            "this kernel has no Landlock: runs of other accounts can read the server's files; "
            "make accounts for people you trust only, or use a server for each",
        )


def _has_landlock() -> bool:
    """Ask the kernel for its version of Landlock, as runs do before they confine themselves."""
    if sys.platform != "linux":
        return False
    version: int = ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    return version > 0


def _server(session: Session) -> Iterator[Finding]:
    try:
        profile = session.profile
        yield Finding("config", "ok", f"{profile.endpoint} from {profile.origin}")
        status = session.client.call("isinglass:GetServerStatus")
    except CliError as error:
        # Who may not ask how the server is still got an answer from it.
        state = "warning" if error.exit_code == DENIED else "problem"
        yield Finding("server", state, f"{error} ({error.hint})" if error.hint else str(error))
        return
    yield Finding("server", "ok", f"{profile.endpoint} {status['Version']}, account {status['AccountId']}")
    for part in status["Components"]:
        state = {"RUNNING": "ok", "STARTING": "warning"}.get(part["State"], "problem")
        yield Finding(part["Name"], state, part["State"].lower())
    yield from _storage(session, status["AccountId"])
    yield from _roles(session, status["AccountId"])


def _storage(session: Session, account: str) -> Iterator[Finding]:
    bucket, key = f"isinglass-{account}", f"doctor/{os.getpid()}"
    try:
        session.client.put_object(bucket, key, b"well")
        data = session.client.object_request("GET", bucket, key)
        session.client.object_request("DELETE", bucket, key)
    except CliError as error:
        # Who may only read still got an answer from it.
        yield Finding("storage", "warning" if error.exit_code == DENIED else "problem", str(error))
        return
    state = "ok" if data == b"well" else "problem"
    yield Finding("storage", state, f"write, read and delete in s3://{bucket}")


def _roles(session: Session, account: str) -> Iterator[Finding]:
    from isinglass.cli.undefined_roles import advice_on, undefined_roles

    try:
        undefined = undefined_roles(session, account)
    except CliError as error:
        yield Finding("roles", "warning", f"not checked: {error}")
        return
    if not undefined:
        yield Finding("roles", "ok", "every role that a job or crawler names is defined")
    for advice in advice_on(undefined, account):
        yield Finding("roles", "warning", advice)


def _optional(_session: Session) -> Iterator[Finding]:
    java = shutil.which("java")
    yield Finding(
        "java", "ok" if java else "warning", java or "not found; needed only to run Spark on this machine"
    )
    proxies = [name for name in ("http_proxy", "HTTP_PROXY") if os.environ.get(name)]
    if proxies and "127.0.0.1" not in os.environ.get("no_proxy", os.environ.get("NO_PROXY", "")):
        yield Finding("proxies", "warning", f"{proxies[0]} is set: AWS clients need NO_PROXY=127.0.0.1")


CHECKS: tuple[Callable[[Session], Iterator[Finding]], ...] = (
    _machine,
    _packages,
    _confinement,
    _server,
    _optional,
)
