"""Try a connection's other end: once, in a short time, at an address that was looked at before."""

import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isinglass.domain.connection_targets import Address, Login
from isinglass.domain.network_limits import check_address

if TYPE_CHECKING:
    import psycopg

#: Seconds that the other end has for taking the connection, and for the login.
TIMEOUT_SECONDS = 5
#: Addresses of one name that are tried: each may take so long.
_MOST_ADDRESSES = 4
#: Words of PostgreSQL's client and server that tell why a login failed, the first that fits.
_WORDS = (
    ("timeout expired", "timeout"),
    ("password authentication failed", "credentials"),
    ("no password supplied", "credentials"),
    ("authentication failed", "credentials"),
    ("role ", "credentials"),
    ("pg_hba.conf", "credentials"),
    ("does not exist", "database"),
    ("SSL", "tls"),
    ("certificate", "tls"),
)
_SAID = {
    "timeout": "did not answer in time",
    "credentials": "did not accept the user name and password",
    "database": "does not have this database",
    "tls": "could not be reached over TLS as the connection asks for",
    "refused": "refused the login",
}


@dataclass(eq=False)
class ProbeFailed(Exception):
    """Nothing, or not the right thing, answered; `cause` is a word of `_SAID` or of the network."""

    address: Address
    cause: str
    detail: str

    def __str__(self) -> str:
        return f"{self.address} {self.detail}"


def resolve(address: Address, own_ports: Collection[int]) -> list[str]:
    """Look a host up and check all its addresses; raises ProbeFailed or domain's ForbiddenAddress.

    What is connected to afterwards are these addresses, not the name, which could lead elsewhere by then.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise ProbeFailed(address, "unknown host", "cannot be found: no such host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))[:_MOST_ADDRESSES]
    own = {each for each in addresses if address.port in own_ports and _is_own(each)}
    for each in addresses:
        check_address(each, address.port, own_addresses=own, own_ports=own_ports)
    return addresses


def _is_own(address: str) -> bool:
    """Tell whether an address is one of this machine: only such can be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def reach(address: Address, addresses: list[str]) -> str:
    """Open and close a connection; returns the address that took it."""
    line, found = dial(address, addresses)
    line.close()
    return found


def dial(address: Address, addresses: list[str]) -> tuple[socket.socket, str]:
    """Open a connection to the first address that takes it, which is returned as well."""
    failure: ProbeFailed | None = None
    for each in addresses:
        try:
            line = socket.create_connection((each, address.port), TIMEOUT_SECONDS)
        except TimeoutError:
            failure = ProbeFailed(address, "timeout", f"did not answer within {TIMEOUT_SECONDS} seconds")
        except ConnectionRefusedError:
            failure = ProbeFailed(address, "refused", "refused the connection: nothing listens on this port")
        except OSError as error:
            failure = ProbeFailed(address, "unreachable", f"cannot be reached: {error.strerror or error}")
        else:
            return line, each
    assert failure is not None
    raise failure


def log_in(login: Login, ip_address: str) -> None:
    """Log in to a PostgreSQL database and out again."""
    connect(login, ip_address, "isinglass connection test").close()


def connect(login: Login, ip_address: str, purpose: str) -> "psycopg.Connection":
    """Log in to a PostgreSQL database, under a name that its administrators can see."""
    try:
        import psycopg
    except ImportError as error:
        raise ProbeFailed(
            login.address,
            "driver",
            "was not tried: the server lacks the PostgreSQL driver (install isinglass[postgresql])",
        ) from error
    wanted: dict[str, str | int] = {
        "host": login.address.host,
        "hostaddr": ip_address,
        "port": login.address.port,
        "dbname": login.database,
        "user": login.user,
        "password": login.password,
        "connect_timeout": TIMEOUT_SECONDS,
        "application_name": purpose,
        "sslmode": login.ssl_mode,
        # Nothing of the server's own user: neither its passwords, its tickets nor its certificates.
        "passfile": os.devnull,
        "require_auth": "password,md5,scram-sha-256,none",
        "gssencmode": "disable",
        "sslcertmode": "disable",
    }
    if login.ssl_mode.startswith("verify-"):
        wanted["sslrootcert"] = "system"
    try:
        return psycopg.connect(psycopg.conninfo.make_conninfo("", **wanted))
    except psycopg.Error as error:
        raise _failure(login, str(error)) from None  # its text has been taken over, without the password


def _failure(login: Login, text: str) -> ProbeFailed:
    cause = next((cause for words, cause in _WORDS if words in text), "refused")
    last = (text.strip().splitlines() or ["no reason given"])[-1]
    last = last.rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
    if login.password:
        last = last.replace(login.password, "********")
    return ProbeFailed(login.address, cause, f"{_SAID[cause]}: {last}")
