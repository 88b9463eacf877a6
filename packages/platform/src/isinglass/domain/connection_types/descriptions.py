"""Connection types as ListConnectionTypes and DescribeConnectionType show them."""

from collections.abc import Iterable
from typing import Any

from isinglass.domain.connection_types.definitions import SECRET, ConnectionType, Property

#: The members of an AuthConfiguration, by the way of proving who one is.
_CREDENTIALS = {
    "BASIC": "BasicAuthenticationProperties",
    "OAUTH2": "OAuth2Properties",
    "CUSTOM": "CustomAuthenticationProperties",
}
_SECRET_ARN = Property("SecretArn", "A secret of AWS Secrets Manager that has the credentials.", kind=SECRET)


def brief(kind: ConnectionType) -> dict[str, Any]:
    """Show a type in a list."""
    return {
        "ConnectionType": kind.name,
        "DisplayName": kind.display_name,
        "Vendor": kind.vendor,
        "Description": kind.description,
        "Categories": list(kind.categories),
        "Capabilities": _capabilities(kind),
        "ConnectionTypeVariants": [],
    }


def described(kind: ConnectionType) -> dict[str, Any]:
    """Show all that a type's connections may and must say.

    Capabilities are what this server does with them; AuthenticationConfiguration is what it keeps.
    """
    shown: dict[str, Any] = {
        "ConnectionType": kind.name,
        "Description": kind.description,
        "Capabilities": _capabilities(kind),
        "ConnectionProperties": _properties(kind.properties),
        "ConnectionOptions": _properties(kind.options),
        "ComputeEnvironmentConfigurations": {},
        "PhysicalConnectionRequirements": _properties(_PHYSICAL),
    }
    if kind.authentication:
        shown["AuthenticationConfiguration"] = _authentication(kind)
    if kind.rest is not None:
        shown["RestConfiguration"] = kind.rest
    return shown


_PHYSICAL = (
    Property("SubnetId", "The subnet that jobs run in; kept, and of no effect here."),
    Property("SecurityGroupIdList", "The security groups of jobs; kept, and of no effect here."),
    Property("AvailabilityZone", "The zone that jobs run in; kept, and of no effect here."),
)


def _capabilities(kind: ConnectionType) -> dict[str, Any]:
    return {
        "SupportedAuthenticationTypes": list(kind.reached.authentication),
        "SupportedDataOperations": list(kind.reached.operations),
        "SupportedComputeEnvironments": list(kind.reached.environments),
    }


def _authentication(kind: ConnectionType) -> dict[str, Any]:
    way = Property(
        "AuthenticationType",
        "How the connection proves who it is.",
        required=True,
        allowed=kind.authentication,
    )
    members = {
        _CREDENTIALS[each]: _properties(kind.credentials[each])
        for each in kind.authentication
        if each in _CREDENTIALS and each in kind.credentials
    }
    return {"AuthenticationType": _property(way), "SecretArn": _property(_SECRET_ARN), **members}


def _properties(properties: Iterable[Property]) -> dict[str, Any]:
    return {each.name: _property(each) for each in properties}


def _property(given: Property) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "Name": given.name,
        "Description": given.description,
        "Required": given.required,
        "PropertyTypes": [given.kind],
    }
    if given.default is not None:
        shown["DefaultValue"] = given.default
    if given.allowed:
        shown["AllowedValues"] = [{"Value": value} for value in given.allowed]
    if given.key is not None:
        shown["KeyOverride"] = given.key
    if given.location is not None:
        shown["PropertyLocation"] = given.location
    return shown
