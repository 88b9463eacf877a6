"""What is wrong with a connection type that an account registers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain import json_paths
from isinglass.domain.connection_secrets import is_secret
from isinglass.domain.connection_types.definitions import EITHER, READ_ONLY, SECRET, UNUSED
from isinglass.domain.connection_types.registered import additional, connector_properties, source_of
from isinglass.domain.rest_services.requests import is_header

Document = Mapping[str, Any]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,127}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
#: The member of an OAuth2 configuration for each way of having tokens.
_GRANTS = {
    "CLIENT_CREDENTIALS": "ClientCredentialsProperties",
    "JWT_BEARER": "JWTBearerProperties",
    "AUTHORIZATION_CODE": "AuthorizationCodeProperties",
}


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


def _problems(document: Document) -> Iterator[str]:
    name = document["ConnectionType"]
    if not _NAME.fullmatch(name):
        yield f"The name {name!r} has other characters than letters, digits, spaces, and . _ - in it"
    if "Url" not in document["ConnectionProperties"]:
        yield "ConnectionProperties.Url is missing: connections say by it where the service answers"
    elif document["ConnectionProperties"]["Url"]["PropertyType"] == UNUSED:
        yield "ConnectionProperties.Url is UNUSED: nothing else says where the service answers"
    properties = [document["ConnectionProperties"].get("Url", {}), *additional(document)]
    for repeated, count in Counter(each.get("Name") for each in properties).items():
        if count > 1:
            yield f"ConnectionProperties has {repeated} {count} times"
    for each in connector_properties(document):
        yield from _problems_of_property(each)
    yield from _problems_of_secrets(document)
    yield from _problems_of_authentication(document["ConnectorAuthenticationConfiguration"])
    yield from _problems_of_rest(document)


def _problems_of_property(given: Document) -> Iterator[str]:
    name, default = given["Name"], given.get("DefaultValue")
    if default is not None and given["PropertyType"] in (SECRET, EITHER):
        yield f"{name} is a secret and has a DefaultValue: a type is no place for secrets, a connection is"
    if default is not None and default not in given.get("AllowedValues", [default]):
        yield f"The DefaultValue of {name} is none of its AllowedValues"
    if given["PropertyType"] == READ_ONLY and default is None:
        yield f"{name} is READ_ONLY and has no DefaultValue"
    key = given.get("KeyOverride", name)
    if given.get("PropertyLocation") == "HEADER" and not is_header(key):
        yield f"{name} goes into the header {key!r}, which is not sent on anybody's behalf"
    if "Format" in given:
        yield f"{name} has a Format, which this server does not apply; give the value as it is sent"


def _problems_of_secrets(document: Document) -> Iterator[str]:
    """Find secrets that nobody would know by their names, on which sealing, hiding and logging go."""
    said = (document["ConnectionProperties"], document["RestConfiguration"])
    for each in (*connector_properties(said[0]), *connector_properties(said[1])):
        if each["PropertyType"] in (SECRET, EITHER) and not is_secret(each["Name"]):
            yield (
                f"{each['Name']} is a secret and its name does not say so; call it ..._SECRET, ..._TOKEN, "
                "..._PASSWORD or ..._API_KEY, and give the name that is sent as its KeyOverride"
            )


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
    in_path = [each for each in carried if each.get("PropertyLocation") == "PATH"]
    filled = {each.get("KeyOverride", each["Name"]) for each in in_path}
    path, _, query = source.get("RequestPath", "").partition("?")
    for name in _PLACEHOLDER.findall(path):
        if name not in filled:
            yield f"{where} has {{{name}}} in its RequestPath; no parameter of PropertyLocation PATH fills it"
    for name in _PLACEHOLDER.findall(query):
        yield f"{where} has {{{name}}} behind the ? of its RequestPath; a QUERY_PARAM goes there by itself"
    for each in carried if source.get("RequestMethod", "GET") == "GET" else ():
        if each.get("PropertyLocation") == "BODY":
            yield f"{where} is asked for by GET, and {each['Name']} goes into the BODY"
    for path in _paths(source):
        try:
            json_paths.parse(path)
        except json_paths.InvalidJsonPath as error:
            yield f"{where}: {error}"
    yield from _problems_of_paging(where, source.get("PaginationConfiguration", {}))


def _problems_of_paging(where: str, paging: Document) -> Iterator[str]:
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
