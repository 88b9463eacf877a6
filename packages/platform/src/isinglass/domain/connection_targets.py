"""What has to answer at the other end of a connection: read from its type and its properties."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

#: Databases that speak PostgreSQL's protocol, with their ports.
_POSTGRESQL = {"postgresql": 5432, "redshift": 5439}
#: What other databases' logins need.
_DRIVERS = {
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "oracle": "Oracle",
    "sqlserver": "SQL Server",
    "db2": "DB2",
    "snowflake": "Snowflake",
    "mongodb": "MongoDB",
    "vertica": "Vertica",
    "teradata": "Teradata",
    "saphana": "SAP HANA",
}
#: PostgreSQL's own ways of using TLS.
_SSL_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
_MOST_BROKERS = 10


@dataclass(eq=False)
class BadConnection(Exception):
    """A connection whose properties do not say what to reach."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class UntestableConnection(Exception):
    """A connection that this server cannot try; `reason` says what is missing."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Address:
    """A place of the network."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Login:
    """A PostgreSQL database to log in to."""

    address: Address
    database: str
    user: str
    password: str = field(repr=False)
    ssl_mode: str = "prefer"


@dataclass(frozen=True, slots=True)
class Reach:
    """Places that have to take a connection, with nothing said on it."""

    addresses: tuple[Address, ...]


def target_of(
    connection_type: str, properties: Mapping[str, str], authentication: Mapping[str, Any]
) -> Login | Reach:
    """Read what to try, with secrets in place; raises BadConnection or UntestableConnection.

    `authentication` is an AuthenticationConfiguration with its credentials.
    """
    _refuse_references(properties, authentication)
    kind = connection_type.upper()
    if kind == "KAFKA":
        return Reach(_brokers(properties))
    if kind == "NETWORK":
        return Reach((_address(properties, None),))
    if kind == "JDBC":
        return _jdbc(properties, authentication)
    if kind.lower() in _POSTGRESQL:
        return _database(kind.lower(), properties, authentication)
    raise _no_driver(kind)


def _refuse_references(properties: Mapping[str, str], authentication: Mapping[str, Any]) -> None:
    """Refuse credentials that are kept where this server does not reach."""
    for name in ("SECRET_ID", "KAFKA_SASL_SCRAM_SECRETS_ARN"):
        if properties.get(name):
            raise UntestableConnection(
                f"{name} names a secret of AWS Secrets Manager, which this server does not read; "
                "give USERNAME and PASSWORD."
            )
    for name in ("SecretArn", "KmsKeyArn"):
        if authentication.get(name):
            raise UntestableConnection(
                f"{name} is of AWS, which this server does not reach; give BasicAuthenticationCredentials."
            )
    kind = authentication.get("AuthenticationType", "BASIC")
    if kind != "BASIC":
        raise UntestableConnection(f"AuthenticationType {kind} is not tested by this server; it tests BASIC.")
    if properties.get("ENCRYPTED_PASSWORD"):
        raise UntestableConnection("ENCRYPTED_PASSWORD needs a key of AWS KMS; give PASSWORD.")


def _jdbc(properties: Mapping[str, str], authentication: Mapping[str, Any]) -> Login:
    url = properties.get("JDBC_CONNECTION_URL")
    if url:
        return _jdbc_url(url, properties, authentication)
    engine = properties.get("JDBC_ENGINE", "").lower()
    if not engine:
        raise BadConnection("The connection has neither JDBC_CONNECTION_URL nor JDBC_ENGINE, HOST and PORT.")
    if engine not in _POSTGRESQL:
        raise _no_driver(engine)
    return _database(engine, properties, authentication)


def _database(engine: str, properties: Mapping[str, str], authentication: Mapping[str, Any]) -> Login:
    return _login(
        _address(properties, _POSTGRESQL[engine]),
        properties.get("DATABASE", ""),
        _ssl_mode(properties, {}),
        properties,
        authentication,
    )


def _jdbc_url(url: str, properties: Mapping[str, str], authentication: Mapping[str, Any]) -> Login:
    scheme = re.match(r"jdbc:([a-z0-9]+):", url, re.IGNORECASE)
    if scheme is None:
        raise BadConnection(
            "JDBC_CONNECTION_URL must begin with jdbc: and a database, as jdbc:postgresql://…"
        )
    engine = scheme[1].lower()
    if engine not in _POSTGRESQL:
        raise _no_driver(engine)
    try:
        parts = urlsplit(url[len("jdbc:") :])
    except ValueError as error:
        raise BadConnection("JDBC_CONNECTION_URL is no URL: its host cannot be read.") from error
    try:
        port = parts.port
    except ValueError as error:
        raise BadConnection("The port in JDBC_CONNECTION_URL is not a number from 0 to 65535.") from error
    if not parts.hostname:
        raise BadConnection(
            f"JDBC_CONNECTION_URL names no host; it has the form jdbc:{engine}://host:port/database."
        )
    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    within = {
        "USERNAME": options.get("user", unquote(parts.username or "")),
        "PASSWORD": options.get("password", unquote(parts.password or "")),
    }
    return _login(
        Address(parts.hostname, port or _POSTGRESQL[engine]),
        unquote(parts.path.lstrip("/")),
        _ssl_mode(properties, options),
        {**within, **properties},
        authentication,
    )


def _login(
    address: Address,
    database: str,
    ssl_mode: str,
    properties: Mapping[str, str],
    authentication: Mapping[str, Any],
) -> Login:
    basic = authentication.get("BasicAuthenticationCredentials", {})
    user = basic.get("Username") or properties.get("USERNAME", "")
    if not user:
        raise BadConnection("The connection has no USERNAME.")
    password = basic.get("Password") or properties.get("PASSWORD", "")
    if "\0" in database + user + password:
        # The driver takes its parameters up to there, and the server's own defaults for all that follow.
        raise BadConnection("The database, user name or password has the character U+0000.")
    # As PostgreSQL's own clients: a database that is not named has the user's name.
    return Login(address, database or user, user, password, ssl_mode)


def _ssl_mode(properties: Mapping[str, str], options: Mapping[str, str]) -> str:
    for name in ("CUSTOM_JDBC_CERT", "CUSTOM_JDBC_CERT_STRING"):
        if properties.get(name):
            raise UntestableConnection(f"{name} is not used when this server tests a connection.")
    if properties.get("JDBC_ENFORCE_SSL", "").lower() == "true":
        return "verify-full"
    mode = options.get("sslmode", "").lower()
    if mode:
        if mode not in _SSL_MODES:
            raise BadConnection(f"sslmode={mode} is none of {', '.join(sorted(_SSL_MODES))}.")
        return mode
    return "require" if options.get("ssl", "").lower() in ("true", "") and "ssl" in options else "prefer"


def _address(properties: Mapping[str, str], default_port: int | None) -> Address:
    host, port = properties.get("HOST", ""), properties.get("PORT", "")
    if not host or not (port or default_port):
        raise BadConnection("The connection has no HOST and PORT to reach.")
    return Address(host, _port(port) if port else default_port or 0)


def _brokers(properties: Mapping[str, str]) -> tuple[Address, ...]:
    listed = [
        text.strip() for text in properties.get("KAFKA_BOOTSTRAP_SERVERS", "").split(",") if text.strip()
    ]
    if not 1 <= len(listed) <= _MOST_BROKERS:
        raise BadConnection(f"KAFKA_BOOTSTRAP_SERVERS must name 1 to {_MOST_BROKERS} brokers as host:port.")
    brokers = []
    for text in listed:
        host, colon, port = text.rpartition(":")
        if not colon or not host:
            raise BadConnection(f"The broker {text} has no port; write host:port.")
        brokers.append(Address(host.strip("[]"), _port(port)))
    return tuple(brokers)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65_535):
        raise BadConnection(f"The port {text!r} is not a number from 1 to 65535.")
    return int(text)


def _no_driver(kind: str) -> UntestableConnection:
    name = _DRIVERS.get(kind.lower())
    if name is None:
        return UntestableConnection(f"Connections of type {kind} are not tested by this server.")
    return UntestableConnection(
        f"This server has no {name} driver to log in with; it tests PostgreSQL and Redshift connections, and "
        "whether KAFKA and NETWORK ones can be reached."
    )
