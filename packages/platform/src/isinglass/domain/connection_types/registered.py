"""Connection types that accounts registered, read when they are used: REST services."""

from collections.abc import Iterator, Mapping
from typing import Any

from isinglass.domain.connection_types.definitions import (
    READ_ONLY,
    SECRET,
    UNUSED,
    ConnectionType,
    Property,
    Reached,
)

Document = Mapping[str, Any]


def read(name: str, document: Document) -> ConnectionType:
    """Read a definition that was checked into a type of connections."""
    configured = document["ConnectorAuthenticationConfiguration"]
    ways = tuple(configured["AuthenticationTypes"])
    url = document["ConnectionProperties"]["Url"]
    return ConnectionType(
        name=name,
        display_name=name,
        vendor="Custom",
        description=document.get("Description", ""),
        categories=("REST",),
        properties=(_property(url), *map(_property, additional(document))),
        authentication=ways,
        credentials=_credentials(configured, ways),
        options=tuple(map(_property, _request_parameters(document["RestConfiguration"]))),
        reached=Reached(authentication=ways, operations=("READ",)),
        rest=document["RestConfiguration"],
    )


def additional(document: Document) -> list[Document]:
    """List what each request carries of the connection's properties."""
    return list(document["ConnectionProperties"].get("AdditionalRequestParameters", ()))


def custom_parameters(document: Document) -> list[Document]:
    """List what each request carries of the connection's custom credentials."""
    custom = document["ConnectorAuthenticationConfiguration"].get("CustomAuthenticationProperties", {})
    return list(custom.get("AuthenticationParameters", ()))


def source_of(rest: Document, entity: str) -> dict[str, Any]:
    """Merge what is said of one entity over what is said of all."""
    general = rest.get("GlobalSourceConfiguration", {})
    own = rest.get("EntityConfigurations", {})[entity].get("SourceConfiguration", {})
    return {**general, **own}


def _property(given: Document) -> Property:
    kind = given["PropertyType"]
    words = {SECRET: "It is sealed.", READ_ONLY: "It is as it is.", UNUSED: "It is not used."}
    return Property(
        given["Name"],
        words.get(kind, ""),
        required=given["Required"] and kind not in (READ_ONLY, UNUSED),
        default=given.get("DefaultValue"),
        allowed=tuple(given.get("AllowedValues", ())),
        kind=kind,
        key=given.get("KeyOverride"),
        location=given.get("PropertyLocation"),
    )


def _credentials(configured: Document, ways: tuple[str, ...]) -> dict[str, tuple[Property, ...]]:
    found: dict[str, tuple[Property, ...]] = {}
    if "BASIC" in ways:
        basic = configured.get("BasicAuthenticationProperties", {})
        found["BASIC"] = tuple(_property(basic[key]) for key in ("Username", "Password") if key in basic)
    if "CUSTOM" in ways:
        custom = configured["CustomAuthenticationProperties"]
        found["CUSTOM"] = tuple(map(_property, custom["AuthenticationParameters"]))
    if "OAUTH2" in ways:
        oauth2 = configured["OAuth2Properties"]
        found["OAUTH2"] = tuple(_property(each) for each in connector_properties(oauth2))
    return found


def connector_properties(document: Any) -> Iterator[Document]:
    """Find every ConnectorProperty of a document, however deep."""
    if isinstance(document, Mapping):
        if "PropertyType" in document:
            yield document
        else:
            for inner in document.values():
                yield from connector_properties(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from connector_properties(inner)


def _request_parameters(rest: Document) -> list[Document]:
    """List what readers of the entities may say, once by name."""
    sources = [source_of(rest, name) for name in rest.get("EntityConfigurations", {})]
    return list(
        {each["Name"]: each for source in sources for each in source.get("RequestParameters", ())}.values()
    )
