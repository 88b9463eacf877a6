"""AWS Signature Version 4 as pure functions: the gateway verifies with them, the command line signs."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote_plus

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

_UNRESERVED = "-_.~"
_SPACES = re.compile(" +")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key pair; temporary ones carry a session token."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature is good for: one day, one region, one service."""

    date: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{TERMINATOR}"


def payload_hash(body: bytes) -> str:
    """Hash a request body."""
    return hashlib.sha256(body).hexdigest()


def hash_session_token(token: str) -> bytes:
    """Hash a session token as keys keep it; tokens are random, so a plain digest suffices."""
    return hashlib.sha256(token.encode()).digest()


def canonical_path(path: str) -> str:
    """Encode a path as it stands in the request line once more, as every service but S3 signs it."""
    return quote(path or "/", safe="/" + _UNRESERVED)


def canonical_query(query: str, without: Sequence[str] = ()) -> str:
    """Sort and re-encode a raw query string, leaving out the named parameters."""
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if part and name not in without:
            pairs.append((_encode(name), _encode(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encode(text: str) -> str:
    # Clients disagree about "+": some send it for a space, but all sign the space as %20.
    return quote(unquote_plus(text), safe=_UNRESERVED)


def canonical_request(
    method: str,
    path: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    signed: Sequence[str],
    payload: str,
) -> str:
    """Write a request as it is signed; `path` and `query` are canonical, `headers` have lower-case names."""
    wanted = dict.fromkeys(signed, "")
    seen: set[str] = set()
    for name, value in headers:
        if name in wanted:
            clean = _SPACES.sub(" ", value.strip())
            wanted[name] = f"{wanted[name]},{clean}" if name in seen else clean
            seen.add(name)
    lines = "".join(f"{name}:{value}\n" for name, value in wanted.items())
    return f"{method}\n{path}\n{query}\n{lines}\n{';'.join(signed)}\n{payload}"


def string_to_sign(timestamp: str, scope: Scope, canonical: str) -> str:
    """Write what the signing key signs."""
    return f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def signing_key(secret_access_key: str, scope: Scope) -> bytes:
    """Derive the key of one day, region and service."""
    key = f"AWS4{secret_access_key}".encode()
    for part in (scope.date, scope.region, scope.service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def signature(key: bytes, text: str) -> str:
    """Sign a text."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def format_time(moment: float) -> str:
    """Write epoch seconds as signatures do: 20260102T030405Z."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")


@lru_cache(128)  # the requests of one second carry the same
def parse_time(text: str) -> float:
    """Read a signature's time; ValueError when it is none."""
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def sign_headers(
    credentials: Credentials,
    *,
    region: str,
    service: str,
    method: str,
    host: str,
    path: str,
    query: str = "",
    headers: dict[str, str],
    body: bytes,
    now: float,
) -> dict[str, str]:
    """Return a request's headers with those that sign it; `headers` is left as it is."""
    timestamp = format_time(now)
    scope = Scope(timestamp[:8], region, service)
    complete = {name.lower(): value for name, value in headers.items()}
    complete |= {"host": host, "x-amz-date": timestamp}
    if credentials.session_token:
        complete["x-amz-security-token"] = credentials.session_token
    signed = sorted(complete)
    canonical = canonical_request(
        method, canonical_path(path), canonical_query(query), complete.items(), signed, payload_hash(body)
    )
    signed_with = signature(
        signing_key(credentials.secret_access_key, scope), string_to_sign(timestamp, scope, canonical)
    )
    complete["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(signed)}, Signature={signed_with}"
    )
    return complete
