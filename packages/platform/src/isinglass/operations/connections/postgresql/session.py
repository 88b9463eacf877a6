"""One short session at a PostgreSQL that somebody connects to: read only, and over in time."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from isinglass.domain.connection_targets import Login
from isinglass.operations.connections import probing
from isinglass.operations.connections.cutting_off import cut_off
from isinglass.operations.connections.probing import ProbeFailed
from isinglass.operations.connections.sources import BadQuery

if TYPE_CHECKING:
    import psycopg

#: Seconds for one statement, as told to the other end; and for the session, whatever that one does.
STATEMENT_SECONDS = 20
SESSION_SECONDS = 30
_SETTINGS = (
    ("statement_timeout", str(STATEMENT_SECONDS * 1000)),
    ("datestyle", "ISO"),
    ("timezone", "UTC"),
    ("client_encoding", "UTF8"),
)


@contextmanager
def reading(login: Login, own_ports: Collection[int]) -> "Iterator[psycopg.Connection]":
    """Log in and give a read-only transaction; what fails within becomes ProbeFailed or BadQuery."""
    found = probing.resolve(login.address, own_ports)
    connection = probing.connect(login, probing.reach(login.address, found), "isinglass entities")
    import psycopg

    try:
        with cut_off(connection.fileno(), SESSION_SECONDS) as expired:
            try:
                connection.read_only = True
                for name, value in _SETTINGS:
                    connection.execute("SELECT set_config(%s, %s, false)", (name, value))
                yield connection
            except psycopg.Error as error:
                raise _told(login, error, timed_out=expired.is_set()) from error
            except UnicodeDecodeError as error:
                raise ProbeFailed(login.address, "answer", "has text that is not of its encoding") from error
    finally:
        connection.close()


def _told(login: Login, error: "psycopg.Error", *, timed_out: bool) -> Exception:
    """Say what failed, in words of the other end that have no password in them."""
    from psycopg import errors

    said = (str(error).strip().splitlines() or ["no reason given"])[0]
    if login.password:
        said = said.replace(login.password, "********")
    if timed_out or isinstance(error, errors.QueryCanceled):
        return ProbeFailed(login.address, "timeout", f"did not answer within {STATEMENT_SECONDS} seconds")
    if isinstance(error, errors.InsufficientPrivilege):
        return ProbeFailed(login.address, "denied", f"does not allow it: {said}")
    if isinstance(error, errors.DataError | errors.ProgrammingError):
        return BadQuery(f"{login.address} does not take this query: {said}")
    return ProbeFailed(login.address, "refused", f"failed: {said}")
