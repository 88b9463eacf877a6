"""What a connection type is: what its connections say, what they must say, and what works with it here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from isinglass.domain.connection_types.property_keys import PROPERTY_KEYS

USER_INPUT, SECRET, EITHER = "USER_INPUT", "SECRET", "SECRET_OR_USER_INPUT"
READ_ONLY, UNUSED = "READ_ONLY", "UNUSED"


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that a connection says, or that somebody says who uses it."""

    name: str
    description: str
    required: bool = False
    default: str | None = None
    allowed: tuple[str, ...] = ()
    kind: str = USER_INPUT
    #: The name it has on the wire, and where a request carries it (HEADER, BODY, QUERY_PARAM, PATH).
    key: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """What this server does with a type's connections beyond keeping them."""

    authentication: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionType:
    """A type of connections."""

    name: str
    display_name: str
    vendor: str
    description: str
    categories: tuple[str, ...]
    properties: tuple[Property, ...] = ()
    #: Sets of properties of which a connection must have one whole.
    one_of: tuple[tuple[str, ...], ...] = ()
    #: How Glue's connections of this type may prove who they are.
    authentication: tuple[str, ...] = ()
    #: Credentials by their names, per way of proving it: BASIC, CUSTOM, OAUTH2.
    credentials: Mapping[str, tuple[Property, ...]] = field(default_factory=dict)
    #: Whether connections may have properties that are not listed.
    is_open: bool = False
    #: What a reader of its entities may say besides.
    options: tuple[Property, ...] = ()
    reached: Reached = Reached()
    #: The REST service that an account registered, as RegisterConnectionType took it.
    rest: Mapping[str, Any] | None = None


def problems(kind: ConnectionType, given: Mapping[str, Any]) -> Iterator[str]:
    """Tell what a ConnectionInput lacks or has too much for its type, each in a sentence."""
    properties: Mapping[str, str] = given.get("ConnectionProperties", {})
    declared = {each.name: each for each in kind.properties}
    for name in sorted(properties):
        if name not in declared and name not in PROPERTY_KEYS and not kind.is_open:
            yield f"connections of type {kind.name} have no property {name}"
    for each in kind.properties:
        value = properties.get(each.name)
        if value is None and each.required and each.default is None:
            yield f"connections of type {kind.name} need {each.name}"
        if value is not None and each.allowed and value not in each.allowed:
            yield f"{each.name} must be one of {', '.join(each.allowed)}"
    if kind.one_of and not any(all(name in properties for name in names) for names in kind.one_of):
        sets = " or ".join(" with ".join(names) for names in kind.one_of)
        yield f"connections of type {kind.name} need {sets}"
    yield from _problems_of_authentication(kind, given.get("AuthenticationConfiguration", {}))


def _problems_of_authentication(kind: ConnectionType, given: Mapping[str, Any]) -> Iterator[str]:
    way = given.get("AuthenticationType")
    if way is not None and kind.rest is not None and way not in kind.authentication:
        ways = " or ".join(kind.authentication)
        yield f"connections of type {kind.name} have the AuthenticationType {ways}"
