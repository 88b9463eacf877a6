"""The server's settings: flags, then ISINGLASS_* variables, then defaults; checked as a whole."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEFAULT_PORT = 5500
DEFAULT_S3_PORT = 5501
DEFAULT_ACCOUNT = "000000000000"


@dataclass(eq=False)
class SettingsInvalid(Exception):
    """Some settings cannot be used; every problem is told at once."""

    problems: list[str]

    def __str__(self) -> str:
        return "\n".join(self.problems)


@dataclass(frozen=True, slots=True)
class ExternalStore:
    """An object store that is there already, and the keys that it knows us by."""

    endpoint: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(repr=False)
    region: str


@dataclass(frozen=True, slots=True)
class RootAccount:
    """The first account; keys of None are generated once and kept."""

    account_id: str
    access_key_id: str | None
    secret_access_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """How one server runs."""

    host: str
    port: int
    s3_port: int
    data_dir: Path
    database_url: str
    region: str
    workers: int
    ephemeral: bool
    allow_remote: bool
    root: RootAccount
    external_store: ExternalStore | None
    #: Apache Spark for runs that ask for it, or that the embedded engine refuses; empty when there is none.
    spark_connect: str = ""
    #: How many days the audit log is kept.
    audit_days: int = 90
    #: How long deleted tables and databases can be restored.
    deleted_retention_days: int = 30

    @property
    def embedded_database(self) -> bool:
        """Whether the database is the file that belongs to this server alone."""
        return self.database_url.startswith("sqlite")


class _Reader:
    """Reads values by name from flags and the environment, collecting problems."""

    def __init__(self, flags: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._flags = flags
        self._environment = environment
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        value, _ = self._find(name)
        return default if value is None else value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value, origin = self._find(name)
        if value is None:
            return default
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            self.problems.append(f"{origin} is {value!r}; it must be a number from {low} to {high}.")
            return default
        return int(value)

    def flag(self, name: str) -> bool:
        value, origin = self._find(name)
        known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
        if value is not None and value.lower() not in known:
            self.problems.append(f"{origin} is {value!r}; it must be true or false.")
        return known.get((value or "").lower(), False)

    def checked(self, name: str, default: str, accept: Callable[[str], bool], rule: str) -> str:
        value, origin = self._find(name)
        if value is None:
            return default
        if not accept(value):
            self.problems.append(f"{origin} is {value!r}; it must be {rule}.")
        return value

    def secret(self, variable: str) -> str | None:
        return self._environment.get(variable) or None

    def _find(self, name: str) -> tuple[str | None, str]:
        given = self._flags.get(name)
        if given is not None and given is not False:
            return str(given), "--" + name.replace("_", "-")
        variable = "ISINGLASS_" + name.upper()
        return self._environment.get(variable), variable


def load(flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, or raise SettingsInvalid with all that is wrong."""
    reader = _Reader(flags, os.environ if environment is None else environment)
    ephemeral = reader.flag("ephemeral")
    data_dir = Path(reader.text("data_dir", str(default_data_dir(reader)))).expanduser().absolute()
    settings = Settings(
        host=reader.text("host", "127.0.0.1"),
        port=reader.number("port", DEFAULT_PORT, 0, 65535),
        s3_port=_s3_port(reader),
        data_dir=data_dir,
        database_url=_database_url(reader, data_dir),
        region=reader.checked("region", "us-east-1", _is_region, "a region's name such as us-east-1"),
        workers=reader.number("workers", min(8, max(2, os.cpu_count() or 1)), 1, 256),
        ephemeral=ephemeral,
        allow_remote=reader.flag("allow_remote"),
        root=_root(reader),
        external_store=_external(reader),
        spark_connect=reader.checked(
            "spark_connect", "", lambda url: not url or url.startswith("sc://"), "an address sc://host:port"
        ),
        audit_days=reader.number("audit_days", 90, 1, 3650),
        deleted_retention_days=reader.number("deleted_retention_days", 30, 0, 3650),
    )
    if not settings.allow_remote and not _is_loopback(settings.host):
        reader.problems.append(
            f"The host {settings.host} can be reached from other machines, and there is no TLS. "
            "Put a proxy with TLS in front and allow it with --allow-remote, or use 127.0.0.1."
        )
    if ephemeral and not settings.embedded_database:
        reader.problems.append("--ephemeral cannot be used with --database-url: the data would stay there.")
    if reader.problems:
        raise SettingsInvalid(reader.problems)
    return settings


def default_data_dir(reader: "_Reader | None" = None) -> Path:
    """Return where data is kept unless told otherwise."""
    found = reader.secret("XDG_DATA_HOME") if reader is not None else os.environ.get("XDG_DATA_HOME")
    return Path(found) / "isinglass" if found else Path.home() / ".local" / "share" / "isinglass"


def _s3_port(reader: _Reader) -> int:
    # Whoever asks for any free port means both.
    api_port = reader.text("port", str(DEFAULT_PORT))
    default = DEFAULT_S3_PORT if api_port == str(DEFAULT_PORT) else 0
    return reader.number("s3_port", default, 0, 65535)


def _database_url(reader: _Reader, data_dir: Path) -> str:
    return reader.checked(
        "database_url",
        f"sqlite:///{data_dir / 'isinglass.db'}",
        lambda url: url.startswith(("postgresql://", "sqlite:///")),
        "postgresql://… or sqlite:///…",
    )


def _root(reader: _Reader) -> RootAccount:
    account = reader.checked(
        "root_account_id", DEFAULT_ACCOUNT, lambda text: bool(re.fullmatch(r"\d{12}", text)), "twelve digits"
    )
    key, secret = (
        reader.secret("ISINGLASS_ROOT_ACCESS_KEY_ID"),
        reader.secret("ISINGLASS_ROOT_SECRET_ACCESS_KEY"),
    )
    if (key is None) != (secret is None):
        reader.problems.append(
            "ISINGLASS_ROOT_ACCESS_KEY_ID and ISINGLASS_ROOT_SECRET_ACCESS_KEY go together; "
            "one of them is missing."
        )
    if key is not None and not re.fullmatch(r"[A-Za-z0-9_]{16,128}", key):
        reader.problems.append(
            "ISINGLASS_ROOT_ACCESS_KEY_ID must be 16 to 128 letters, digits or underscores."
        )
    if secret is not None and not 16 <= len(secret) <= 128:
        reader.problems.append("ISINGLASS_ROOT_SECRET_ACCESS_KEY must be 16 to 128 characters.")
    return RootAccount(account, key, secret)


def _external(reader: _Reader) -> ExternalStore | None:
    endpoint = reader.checked("s3_endpoint", "", _is_endpoint, "a URL such as https://storage.example.org")
    if not endpoint:
        return None
    key, secret = reader.secret("AWS_ACCESS_KEY_ID"), reader.secret("AWS_SECRET_ACCESS_KEY")
    if key is None or secret is None:
        reader.problems.append(
            "--s3-endpoint needs the keys of that object store in "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    region = reader.secret("AWS_REGION") or reader.secret("AWS_DEFAULT_REGION") or "us-east-1"
    token = reader.secret("AWS_SESSION_TOKEN")
    return ExternalStore(endpoint.rstrip("/"), key or "", secret or "", token, region)


def _is_region(text: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d", text))


def _is_endpoint(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path in {"", "/"}


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
