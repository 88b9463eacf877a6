"""Connections as a transfer reads and puts them: never with a secret in the clear."""

from collections.abc import Iterator, Mapping
from typing import Any

from isinglass.domain import arns
from isinglass.domain.connection_secrets import put_together, take_apart
from isinglass.domain.secret_urls import without_secrets
from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Source, putting
from isinglass.transfer.putting import Target, put_compared, put_tags, tagged, tags_there
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry
from isinglass.transfer.secrets import WrongPassphrase

#: How properties begin that hold a secret under the key of the catalog's settings.
_ENCRYPTED = "ENCRYPTED_"


def _read(source: Source) -> Iterator[Record]:
    """Yield the connections; their secrets are sealed, or left out where there is no seal."""
    seal = source.seal
    request = {"HidePassword": seal is None, "MaxResults": 100}
    for connection in source.listed("GetConnections", "ConnectionList", request):
        name = str(connection["Name"])
        document, secrets = _parted(connection)
        if seal and _is_encrypted(connection):
            source.note(f"secrets of connection {name} stay behind: the catalog's settings encrypt them")
        tags = source.tags(arns.build(source.region, source.account_id, "connection", name))
        sealed = seal.seal(name, secrets) if seal and secrets else ""
        yield Record(records.CONNECTION, {"Name": name}, document, {"Tags": tags, "SealedSecrets": sealed})


def _is_encrypted(connection: Mapping[str, Any]) -> bool:
    return any(key.upper().startswith(_ENCRYPTED) for key in connection.get("ConnectionProperties", {}))


def _parted(connection: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Part what an operation showed of a connection from its secrets."""
    document, secrets = take_apart(inputs.of(connection, inputs.CONNECTION_INPUT))
    # How the source encrypted a password is of no use anywhere else.
    properties = document.get("ConnectionProperties", {})
    document["ConnectionProperties"] = {
        key: value for key, value in properties.items() if not key.upper().startswith(_ENCRYPTED)
    }
    return document, secrets


def _joined(name: str, document: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """Build the input that makes a connection with its secrets."""
    maps: dict[str, Any] = {
        path.partition(".")[0]: {} for path in ("ConnectionProperties.", *secrets) if "." in path
    }
    return {"Name": name, **put_together({**maps, **document}, secrets, encrypted=False)}


def _put(target: Target, entry: Entry) -> None:
    """Make a connection, or bring it to what the record says; secrets the record lacks stay as they are."""
    name = str(entry.record.names["Name"])
    tags = entry.record.more.get("Tags", {})
    given = inputs.of(entry.record.input, inputs.CONNECTION_INPUT)
    # A file made by hand may have them in the clear; what differs is told of, and they must not be.
    document, secrets = _parted(given)
    try:
        secrets |= _opened(target, entry)
    except WrongPassphrase as error:
        target.report.failed(entry, str(error))
        return
    present: dict[str, str] = {}
    wanted = {**document, **tagged(tags)}

    def there() -> dict[str, Any] | None:
        found = target.find("GetConnection", {"Name": name}, "Connection")
        if found is None:
            return None
        shown, kept = _parted(found)
        present.update(kept)
        if secrets:
            wanted.update(_secret_marks(kept, secrets))
        return {**inputs.plain(shown), **tags_there(target, "connection", name, tags=tags)}

    def replace() -> None:
        made = _joined(name, given, secrets or _kept(present, document))
        target.glue.call("UpdateConnection", {"Name": name, "ConnectionInput": made})
        put_tags(target, "connection", name, tags=tags)

    def create() -> None:
        made = _joined(name, given, secrets)
        target.glue.call("CreateConnection", {"ConnectionInput": made, **tagged(tags)})

    put_compared(target, entry, wanted, there, create, replace)


def _opened(target: Target, entry: Entry) -> dict[str, str]:
    sealed = entry.record.more.get("SealedSecrets")
    if sealed is None or target.seal is None:
        return {}
    return target.seal.open(str(entry.record.names["Name"]), sealed)


def _kept(present: Mapping[str, str], document: Mapping[str, Any]) -> dict[str, str]:
    """Choose the secrets that stay: a URL with a password in it does not where another URL is wanted."""
    kept: dict[str, str] = {}
    for path, secret in present.items():
        properties, _, key = path.partition(".")
        url = document.get(properties, {}).get(key)
        if url is None or url == without_secrets(secret):
            kept[path] = secret
    return kept


def _secret_marks(there: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Name the secrets that differ, and never show them."""
    differing = {path for path in {*there, *wanted} if there.get(path) != wanted.get(path)}
    return dict.fromkeys(sorted(differing), "another secret")


CONNECTIONS = AccountKind(records.CONNECTION, _read, putting(_put))
