"""Connection types that accounts register: REST services, checked when they come, read when they are used."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain import json_paths
from isinglass.domain.connection_types.definitions import (
    EITHER,
    READ_ONLY,
    SECRET,
    UNUSED,
    ConnectionType,
    Property,
    Reached,
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,127}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
#: The member of an OAuth2 configuration for each way of having tokens.
_GRANTS = {
    "CLIENT_CREDENTIALS": "ClientCredentialsProperties",
    "JWT_BEARER": "JWTBearerProperties",
    "AUTHORIZATION_CODE": "AuthorizationCodeProperties",
}
Document = Mapping[str, Any]


@dataclass(eq=False)
class BadConnectionType(Exception):
    """A definition that could not be used; `reason` says where and why."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def check(document: Document) -> None:
    """Raise BadConnectionType for the first thing that is wrong with a definition."""
    reason = next(_problems(document), None)
    if reason is not None:
        raise BadConnectionType(reason)


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
        found["OAUTH2"] = tuple(_property(each) for each in _connector_properties(oauth2))
    return found


def _problems(document: Document) -> Iterator[str]:
    name = document["ConnectionType"]
    if not _NAME.fullmatch(name):
        yield f"The name {name!r} has other characters than letters, digits, spaces, and . _ - in it"
    if "Url" not in document["ConnectionProperties"]:
        yield "ConnectionProperties.Url is missing: connections say by it where the service answers"
    properties = [document["ConnectionProperties"].get("Url", {}), *additional(document)]
    for repeated, count in Counter(each.get("Name") for each in properties).items():
        if count > 1:
            yield f"ConnectionProperties has {repeated} {count} times"
    for each in _connector_properties(document):
        yield from _problems_of_property(each)
    yield from _problems_of_authentication(document["ConnectorAuthenticationConfiguration"])
    yield from _problems_of_rest(document)


def _connector_properties(document: Any) -> Iterator[Document]:
    """Find every ConnectorProperty of a document, however deep."""
    if isinstance(document, Mapping):
        if "PropertyType" in document:
            yield document
        else:
            for inner in document.values():
                yield from _connector_properties(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from _connector_properties(inner)


def _problems_of_property(given: Document) -> Iterator[str]:
    name, default = given["Name"], given.get("DefaultValue")
    if default is not None and given["PropertyType"] in (SECRET, EITHER):
        yield f"{name} is a secret and has a DefaultValue: a type is no place for secrets, a connection is"
    if default is not None and default not in given.get("AllowedValues", [default]):
        yield f"The DefaultValue of {name} is none of its AllowedValues"
    if given["PropertyType"] == READ_ONLY and default is None:
        yield f"{name} is READ_ONLY and has no DefaultValue"
    if "Format" in given:
        yield f"{name} has a Format, which this server does not apply; give the value as it is sent"


def _problems_of_authentication(configured: Document) -> Iterator[str]:
    ways = configured["AuthenticationTypes"]
    if not ways:
        yield "ConnectorAuthenticationConfiguration has no AuthenticationTypes"
    if "IAM" in ways:
        yield "AuthenticationTypes has IAM, which REST services are not reached by here"
    if "CUSTOM" in ways and "CustomAuthenticationProperties" not in configured:
        yield "AuthenticationTypes has CUSTOM, and CustomAuthenticationProperties is missing"
    if "OAUTH2" in ways:
        oauth2 = configured.get("OAuth2Properties", {})
        member = _GRANTS.get(oauth2.get("OAuth2GrantType", ""))
        if member is None or member not in oauth2:
            missing = member or "OAuth2GrantType"
            yield f"AuthenticationTypes has OAUTH2, and OAuth2Properties.{missing} is missing"
    for each in configured.get("CustomAuthenticationProperties", {}).get("AuthenticationParameters", ()):
        if each.get("PropertyLocation") == "PATH":
            yield f"{each['Name']} is a credential and goes into the PATH, where logs would keep it"


def _problems_of_rest(document: Document) -> Iterator[str]:
    rest = document["RestConfiguration"]
    entities = rest.get("EntityConfigurations", {})
    if not entities:
        yield "RestConfiguration.EntityConfigurations is empty: there would be nothing to read"
    sources = [(f"The entity {name}", source_of(rest, name)) for name in sorted(entities)]
    for where, source in sources:
        if "RequestPath" not in source:
            yield f"{where} has no RequestPath, nor has GlobalSourceConfiguration"
        if "ResponseConfiguration" not in source:
            yield f"{where} has no ResponseConfiguration, nor has GlobalSourceConfiguration"
    if "ValidationEndpointConfiguration" in rest:
        sources.append(("ValidationEndpointConfiguration", rest["ValidationEndpointConfiguration"]))
        if "RequestPath" not in rest["ValidationEndpointConfiguration"]:
            yield "ValidationEndpointConfiguration has no RequestPath"
    for where, source in sources:
        yield from _problems_of_source(where, source, additional(document))


def _problems_of_source(where: str, source: Document, common: list[Document]) -> Iterator[str]:
    carried = [*common, *source.get("RequestParameters", ())]
    filled = {
        each.get("KeyOverride", each["Name"]) for each in carried if each.get("PropertyLocation") == "PATH"
    }
    for name in _PLACEHOLDER.findall(source.get("RequestPath", "")):
        if name not in filled:
            yield f"{where} has {{{name}}} in its RequestPath; no parameter of PropertyLocation PATH fills it"
    for path in _paths(source):
        try:
            json_paths.parse(path)
        except json_paths.InvalidJsonPath as error:
            yield f"{where}: {error}"
    paging = source.get("PaginationConfiguration", {})
    if len(paging) > 1:
        yield f"{where} has both a CursorConfiguration and an OffsetConfiguration"
    for each in paging.values():
        for member, parameter in each.items():
            if "Key" not in parameter or parameter.get("PropertyLocation") == "PATH":
                yield f"{where} has a {member} without a Key, or one that goes into the PATH"
    cursor = paging.get("CursorConfiguration", {}).get("NextPage")
    if cursor is not None and not cursor.get("Value"):
        yield f"{where} has a NextPage without a Value: nothing says where an answer has the next cursor"


def _paths(source: Document) -> Iterator[str]:
    yield from source.get("ResponseConfiguration", {}).values()
    cursor = source.get("PaginationConfiguration", {}).get("CursorConfiguration", {})
    path = cursor.get("NextPage", {}).get("Value", {}).get("ContentPath")
    if path is not None:
        yield path


def _request_parameters(rest: Document) -> list[Document]:
    """List what readers of the entities may say, once by name."""
    sources = [source_of(rest, name) for name in rest.get("EntityConfigurations", {})]
    return list(
        {each["Name"]: each for source in sources for each in source.get("RequestParameters", ())}.values()
    )
