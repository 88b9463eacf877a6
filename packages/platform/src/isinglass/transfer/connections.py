"""Connections as a transfer reads and compares them: never with a secret in the clear."""

from collections.abc import Iterator, Mapping
from typing import Any

from isinglass.domain.connection_secrets import put_together, take_apart
from isinglass.transfer import inputs, records
from isinglass.transfer.calling import Glue, pages
from isinglass.transfer.records import Record
from isinglass.transfer.secrets import PassphraseSeal


def read_connections(glue: Glue, seal: PassphraseSeal | None) -> Iterator[Record]:
    """Yield the connections by name; their secrets are sealed, or left out where there is no seal."""
    request = {"HidePassword": seal is None, "MaxResults": 100}
    found = [each for page in pages(glue, "GetConnections", request, "ConnectionList") for each in page]
    for connection in sorted(found, key=lambda connection: str(connection["Name"])):
        document, secrets = parted(connection)
        more = {"SealedSecrets": seal.seal(connection["Name"], secrets)} if seal and secrets else {}
        yield Record(records.CONNECTION, {"Name": connection["Name"]}, document, more)


def parted(connection: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Part what an operation showed of a connection from its secrets."""
    document, secrets = take_apart(inputs.of(connection, inputs.CONNECTION_INPUT))
    # How the source encrypted a password is of no use anywhere else.
    properties = document.get("ConnectionProperties", {})
    document["ConnectionProperties"] = {
        key: value for key, value in properties.items() if not key.upper().startswith("ENCRYPTED_")
    }
    return document, secrets


def joined(name: str, document: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """Build the input that makes a connection with its secrets."""
    return {"Name": name, **put_together({"ConnectionProperties": {}, **document}, secrets, encrypted=False)}
