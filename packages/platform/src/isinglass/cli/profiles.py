"""Where the server is and who we are: flags, variables, profiles, AWS variables, a server on this machine."""

import os
import re
import socket
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from isinglass.cli.errors import INVALID, CliError

DEFAULT_ENDPOINT = "http://127.0.0.1:5500"
#: The profiles that `up` writes: of a server that lasts, which is the default, and of one that does not.
_LASTING, _PASSING = "local", "ephemeral"
_MEMBERS = (
    "endpoint",
    "s3_endpoint",
    "account",
    "region",
    "access_key_id",
    "secret_access_key",
    "session_token",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One server and one caller; `origin` says which source supplied the endpoint."""

    endpoint: str
    s3_endpoint: str
    account: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    name: str
    origin: str


def config_path(environment: Mapping[str, str]) -> Path:
    """Return the user's configuration file."""
    if environment.get("ISINGLASS_CONFIG"):
        return Path(environment["ISINGLASS_CONFIG"])
    home = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "isinglass" / "config.toml"


def resolve(flags: Mapping[str, str], environment: Mapping[str, str]) -> Profile:
    """Find the profile; the first source that has a value wins, member by member.

    A profile that the command line names comes before variables, which `isinglass env` may have set long ago.
    """
    path = config_path(environment)
    document = _read(path)
    profiles = document.get("profile", {})
    named = flags.get("profile") or environment.get("ISINGLASS_PROFILE")
    name = named or document.get("default_profile") or _LASTING
    if named and named not in profiles:
        known = ", ".join(sorted(profiles)) or "none"
        raise CliError(
            f'there is no profile "{named}"',
            facts=[f"{path} has: {known}"],
            hint="isinglass up",
            exit_code=INVALID,
        )
    sources: list[tuple[str, Mapping[str, Any]]] = [
        ("the command line", flags),
        (
            "ISINGLASS_* variables",
            {member: environment.get(f"ISINGLASS_{member.upper()}") for member in _MEMBERS},
        ),
        (f'profile "{name}" from {path}', profiles.get(name, {})),
    ]
    if flags.get("profile"):
        sources[1:] = reversed(sources[1:])
    if not named and name not in profiles:
        sources.append(("AWS_* variables", _aws(environment)))
    values, origin = _first_values(sources)
    endpoint = values.get("endpoint", DEFAULT_ENDPOINT).rstrip("/")
    _check(endpoint, origin, allowed=bool(flags.get("allow_aws") and profiles.get(name, {}).get("aws")))
    return Profile(
        endpoint=endpoint,
        s3_endpoint=values.get("s3_endpoint", ""),
        account=values.get("account", ""),
        region=values.get("region", "us-east-1"),
        access_key_id=values.get("access_key_id", ""),
        secret_access_key=values.get("secret_access_key", ""),
        session_token=values.get("session_token", ""),
        name=name,
        origin=origin,
    )


def _first_values(sources: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[dict[str, str], str]:
    """Take each member from the first source that has it; tells also which one had the endpoint."""
    values: dict[str, str] = {}
    origin = "the default"
    for source, given in sources:
        has_key = "access_key_id" in values
        for member in _MEMBERS:
            if not given.get(member) or member in values:
                continue
            if member == "session_token" and has_key:
                continue  # it belongs to another key
            values[member] = str(given[member])
            origin = source if member == "endpoint" else origin
    return values, origin


def _aws(environment: Mapping[str, str]) -> dict[str, str | None]:
    endpoint = environment.get("AWS_ENDPOINT_URL_GLUE") or environment.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return {}  # keys without an endpoint of ours are keys of AWS: not ours to use
    return {
        "endpoint": endpoint,
        "s3_endpoint": environment.get("AWS_ENDPOINT_URL_S3"),
        "region": environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"),
        "access_key_id": environment.get("AWS_ACCESS_KEY_ID"),
        "secret_access_key": environment.get("AWS_SECRET_ACCESS_KEY"),
        "session_token": environment.get("AWS_SESSION_TOKEN"),
    }


def _check(endpoint: str, origin: str, *, allowed: bool) -> None:
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in {"http", "https"}:
        raise CliError(
            f"{endpoint!r} is not an endpoint", facts=[f"it came from {origin}"], exit_code=INVALID
        )
    if re.search(r"(^|\.)amazonaws\.com(\.cn)?\.?$|(^|\.)api\.aws\.?$", host) and not allowed:
        raise CliError(
            f"refusing to talk to {host}",
            code="E400",
            facts=[f"endpoint came from {origin}"],
            hint="use another profile; to really use AWS: --allow-aws with a profile that has aws = true",
            exit_code=INVALID,
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CliError(
            "the configuration is not valid TOML", where=str(path), facts=[str(error)], exit_code=INVALID
        ) from error


def save(name: str, members: Mapping[str, str], environment: Mapping[str, str]) -> Path:
    """Write one profile, leaving the rest of the file as it is; nobody else may read the file.

    It becomes the default when the present one is missing, or is a server of this machine that is gone.
    """
    path = config_path(environment)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = path.read_text() if path.exists() else ""
    section = f"[profile.{name}]\n" + "".join(f"{key} = {_quote(value)}\n" for key, value in members.items())
    if _takes_over(name, _read(path)):
        text = _with_default(text, name)
    text = _section(name).sub("", text).rstrip("\n")
    _write(path, f"{text}\n\n{section}" if text else section)
    return path


def forget(name: str, endpoint: str, environment: Mapping[str, str]) -> None:
    """Remove a profile, unless another server has taken its name since."""
    path = config_path(environment)
    document = _read(path)
    if document.get("profile", {}).get(name, {}).get("endpoint") == endpoint:
        text = _section(name).sub("", path.read_text())
        _write(path, _with_default(text, _LASTING) if document.get("default_profile") == name else text)


def _takes_over(name: str, document: Mapping[str, Any]) -> bool:
    profiles = document.get("profile", {})
    default = document.get("default_profile") or _LASTING
    if default not in profiles:
        return True
    if default not in {_LASTING, _PASSING}:
        return False  # the user's own choice
    return name == _LASTING or not _answers(profiles[default].get("endpoint", ""))


def _answers(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=0.5):
            return True
    except (OSError, ValueError):
        return False


def _with_default(text: str, name: str) -> str:
    """Name the default at the head of the file; none is named where it is the one that needs no name."""
    head = re.match(r"(?:(?!\[).*\n?)*", text)
    end = head.end() if head else 0
    kept = re.sub(r"^default_profile\s*=.*\n+", "", text[:end], flags=re.MULTILINE) + text[end:]
    return kept if name == _LASTING else f'default_profile = "{name}"\n\n{kept}'


def _section(name: str) -> re.Pattern[str]:
    return re.compile(rf"^\[profile\.{re.escape(name)}\]\n(?:(?!\[).*\n?)*", re.MULTILINE)


def _write(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


def _quote(value: str) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if c in '"\\' or ord(c) < 32 else c for c in value)
    return f'"{escaped}"'
