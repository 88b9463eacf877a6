"""Requests to REST services: planned from what a connection type says and what a connection has."""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from isinglass.domain.connection_targets import Address, BadConnection, UntestableConnection
from isinglass.domain.connection_types.definitions import READ_ONLY, UNUSED

Document = Mapping[str, Any]

_PORTS = {"https": 443, "http": 80}
#: What names a header, and the headers that belong to the connection itself.
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
_OWN_HEADERS = frozenset({
    "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "trailer", "expect",
    "accept-encoding",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carried:
    """A value that a request carries: in its HEADER, BODY, QUERY_PARAM or PATH."""

    key: str
    value: str = field(repr=False)
    location: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is sent."""

    method: str
    address: Address
    secure: bool
    #: Path and query.
    target: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """What the service is told to be called: without the port that everybody means."""
        usual = self.address.port == _PORTS["https" if self.secure else "http"]
        text = str(self.address)
        return text.rpartition(":")[0] if usual else text


def resolved(
    properties: Iterable[Document], given: Mapping[str, str], location: str = "QUERY_PARAM"
) -> list[Carried]:
    """Give the properties that a request carries their values; raises BadConnection for one without."""
    carried: list[Carried] = []
    for each in properties:
        kind, name = each["PropertyType"], each["Name"]
        if kind == UNUSED:
            continue
        value = each.get("DefaultValue") if kind == READ_ONLY else given.get(name, each.get("DefaultValue"))
        if value is None:
            if each["Required"]:
                raise BadConnection(f"{name} is missing.")
            continue
        if each.get("AllowedValues") and value not in each["AllowedValues"]:
            raise BadConnection(f"{name} must be one of {', '.join(each['AllowedValues'])}.")
        carried.append(Carried(each.get("KeyOverride", name), value, each.get("PropertyLocation", location)))
    return carried


def plan(base: str, method: str, path: str, carried: Sequence[Carried], *, form: bool = False) -> Request:
    """Plan a request to a path below an address; what goes into the body does so as JSON, or as a form."""
    parts = _parts(base)
    by_location: dict[str, list[Carried]] = {}
    for each in carried:
        by_location.setdefault(each.location, []).append(each)
    path, _, own_query = path.partition("?")
    template = path
    for each in by_location.get("PATH", ()):
        path = path.replace(f"{{{each.key}}}", _segment(each))
    if path != template and any(part in {".", ".."} for part in path.split("/")):
        raise BadConnection(f"The values of {template} make a part of the path '.' or '..'.")
    query = [*_pairs(parts.query), *_pairs(own_query)]
    query += [(each.key, each.value) for each in by_location.get("QUERY_PARAM", ())]
    target = quote(parts.path.rstrip("/") + path, safe="/%:@!$&'()*+,;=~-._") or "/"
    headers = {"Accept": "application/json", "User-Agent": "isinglass"}
    headers.update({each.key: _header(each) for each in by_location.get("HEADER", ())})
    body = None
    if method == "POST":
        values = {each.key: each.value for each in by_location.get("BODY", ())}
        body = (urlencode(values) if form else json.dumps(values)).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
    if query:
        target += f"?{urlencode(query)}"
    return Request(method, _address(parts), parts.scheme == "https", target, headers, body)


def address_of(url: str) -> Address:
    """Read where a service answers; raises BadConnection for what is no plain HTTP address."""
    return _address(_parts(url))


def _address(parts: SplitResult) -> Address:
    return Address(parts.hostname or "", parts.port or _PORTS[parts.scheme])


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadConnection("The address of the service is no URL.") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None or parts.fragment:
        raise BadConnection(
            "The address of the service must be a URL as https://host/path, without a user in it."
        )
    if not parts.hostname.isascii() or not parts.hostname.isprintable() or port == 0:
        raise BadConnection("The address of the service must have a host in ASCII, as xn--…, and a port.")
    return parts


def is_header(name: str) -> bool:
    """Tell whether a request may carry a header of this name."""
    return _TOKEN.fullmatch(name) is not None and name.lower() not in _OWN_HEADERS


def basic(user: str, password: str) -> Carried:
    """Carry a user name and a password."""
    text = base64.b64encode(f"{user}:{password}".encode()).decode()
    return Carried("Authorization", f"Basic {text}", "HEADER")


def bearer(token: str) -> Carried:
    """Carry a token."""
    return Carried("Authorization", f"Bearer {token}", "HEADER")


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _segment(carried: Carried) -> str:
    if carried.value in ("", ".", ".."):
        raise BadConnection(f"{carried.key} cannot be {carried.value!r}: it is a part of the path.")
    return quote(carried.value, safe="")


def _header(carried: Carried) -> str:
    if not is_header(carried.key):
        raise UntestableConnection(f"The header {carried.key!r} is not sent on anybody's behalf.")
    if not all(" " <= character <= "\u00ff" and character != "\x7f" for character in carried.value):
        raise BadConnection(f"{carried.key} has characters that a header cannot have.")
    return carried.value
