"""Which parts of a connection are secrets, and how they come apart from and together with the rest."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from isinglass.domain.secret_names import names_secret
from isinglass.domain.secret_urls import has_secret, without_secrets

_MAPS = ("ConnectionProperties", "SparkProperties", "AthenaProperties", "PythonProperties")
_ENCRYPTED = "ENCRYPTED_"
_CREDENTIALS = "AuthenticationConfiguration"
#: What an authentication takes in and never gives out.
_TAKEN_IN = ("BasicAuthenticationCredentials", "CustomAuthenticationCredentials")
_TAKEN_IN_OAUTH2 = ("OAuth2Credentials", "AuthorizationCodeProperties")
_PARAMETERS = "TokenUrlParametersMap"
#: What asks for something when the connection is made, and is not part of it.
_WISHES = ("ValidateCredentials", "ValidateForComputeEnvironments")


def take_apart(connection_input: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Part a connection's definition from its secrets, which are by `<map>.<key>`.

    A URL with a password in it is a secret as a whole; the definition keeps it without the password.
    """
    document = {key: value for key, value in connection_input.items() if key not in _WISHES}
    secrets: dict[str, str] = {}
    for name in _MAPS:
        if name in document:
            given = document[name]
            hidden = {key for key in given if is_secret(key)}
            urls = {key for key in given if key not in hidden and has_secret(given[key])}
            secrets.update({f"{name}.{key}": given[key] for key in (*hidden, *urls)})
            document[name] = _shown(given, hidden)
    if _CREDENTIALS in document:
        document[_CREDENTIALS], credentials = _part_credentials(document[_CREDENTIALS])
        if credentials:
            secrets[_CREDENTIALS] = json.dumps(credentials)
    return document, secrets


def put_together(
    document: Mapping[str, Any], secrets: Mapping[str, str], *, encrypted: bool
) -> dict[str, Any]:
    """Show a definition with its properties' secrets; those that are encrypted go by another name."""
    shown = dict(document)
    for path, secret in sorted(secrets.items()):
        name, _, key = path.partition(".")
        if key:
            shown[name] = {**shown[name], f"{_ENCRYPTED}{key}" if encrypted else key: secret}
    return shown


def without_passwords(document: Mapping[str, Any]) -> dict[str, Any]:
    """Show a definition without any secret, also an encrypted one or one kept before it was sealed."""
    shown = dict(document)
    for name in _MAPS:
        if name in shown:
            hidden = {key for key in shown[name] if is_secret(key.upper().removeprefix(_ENCRYPTED))}
            shown[name] = _shown(shown[name], hidden)
    return shown


def _shown(properties: Mapping[str, str], hidden: Collection[str]) -> dict[str, str]:
    return {key: without_secrets(value) for key, value in properties.items() if key not in hidden}


def opened_credentials(secrets: Mapping[str, str]) -> dict[str, Any]:
    """Give the credentials of an authentication, from secrets that are open."""
    credentials: dict[str, Any] = json.loads(secrets.get(_CREDENTIALS, "{}"))
    return credentials


def is_secret(key: str) -> bool:
    """Tell whether a property of this name is a secret; names come as PASSWORD, sfPassword, access-key …"""
    return not key.upper().startswith(_ENCRYPTED) and names_secret(key)


def _part_credentials(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    credentials = {key: given[key] for key in _TAKEN_IN if key in given}
    shown = {key: value for key, value in given.items() if key not in _TAKEN_IN}
    oauth2 = given.get("OAuth2Properties")
    if oauth2 is not None:
        credentials |= {key: oauth2[key] for key in _TAKEN_IN_OAUTH2 if key in oauth2}
        shown["OAuth2Properties"] = {key: oauth2[key] for key in oauth2 if key not in _TAKEN_IN_OAUTH2}
        parameters = oauth2.get(_PARAMETERS, {})
        hidden = {key: parameters[key] for key in parameters if is_secret(key)}
        if hidden:
            credentials[_PARAMETERS] = hidden
            shown["OAuth2Properties"][_PARAMETERS] = {
                key: parameters[key] for key in parameters if key not in hidden
            }
    return shown, credentials
