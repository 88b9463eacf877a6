"""Puts databases, functions and connections into a catalog: made where missing, compared where present."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain import arns
from isinglass.transfer import inputs, records
from isinglass.transfer.calling import CallFailed, Glue
from isinglass.transfer.connections import joined, parted
from isinglass.transfer.differences import differences
from isinglass.transfer.report import Entry, Report
from isinglass.transfer.secrets import PassphraseSeal, WrongPassphrase
from isinglass.transfer.stored_forms import stored

GONE, TAKEN = "EntityNotFoundException", "AlreadyExistsException"


@dataclass(frozen=True, slots=True)
class Target:
    """The catalog that an import writes to, and how."""

    glue: Glue
    account_id: str
    region: str
    report: Report
    seal: PassphraseSeal | None = None

    @property
    def dry(self) -> bool:
        """Whether nothing is to be written."""
        return self.report.choices.dry_run

    def find(self, operation: str, request: Mapping[str, Any], member: str) -> Mapping[str, Any] | None:
        """Read one thing; None when it is not there."""
        try:
            found: Mapping[str, Any] = self.glue.call(operation, request)[member]
            return found
        except CallFailed as error:
            if error.code == GONE:
                return None
            raise


def put_database(target: Target, entry: Entry) -> None:
    """Make a database, or bring it to what the record says."""
    name, given = entry.record.database, dict(entry.record.input)
    tags = entry.record.more.get("Tags", {})
    wanted = {**stored(records.DATABASE, name, given), **_tagged(tags)}
    request = {"DatabaseInput": {"Name": name, **given}}

    def there() -> dict[str, Any] | None:
        found = target.find("GetDatabase", {"Name": name}, "Database")
        if found is None:
            return None
        shown = stored(records.DATABASE, name, inputs.of(found, inputs.DATABASE_INPUT))
        return {**shown, **_tagged(_tags(target, "database", name) if tags else {})}

    def replace() -> None:
        target.glue.call("UpdateDatabase", {"Name": name, **request})
        _tag(target, "database", name, tags)

    def create() -> None:
        target.glue.call("CreateDatabase", {**request, **_tagged(tags)})

    _put(target, entry, wanted, there, create, replace)


def put_function(target: Target, entry: Entry) -> None:
    """Make a function, or bring it to what the record says."""
    name = str(entry.record.names["FunctionName"])
    given = {"FunctionName": name, **entry.record.input}
    request = {"DatabaseName": entry.record.database, "FunctionInput": given}
    asked = {"DatabaseName": entry.record.database, "FunctionName": name}

    def there() -> dict[str, Any] | None:
        found = target.find("GetUserDefinedFunction", asked, "UserDefinedFunction")
        return (
            None if found is None else stored(records.FUNCTION, name, inputs.of(found, inputs.FUNCTION_INPUT))
        )

    _put(
        target,
        entry,
        stored(records.FUNCTION, name, entry.record.input),
        there,
        lambda: _call(target, "CreateUserDefinedFunction", request),
        lambda: _call(target, "UpdateUserDefinedFunction", {**request, "FunctionName": name}),
    )


def put_connection(target: Target, entry: Entry) -> None:
    """Make a connection, or bring it to what the record says; secrets the record lacks stay as they are."""
    name = str(entry.record.names["Name"])
    tags = entry.record.more.get("Tags", {})
    try:
        secrets = _opened(target, entry)
    except WrongPassphrase as error:
        target.report.failed(entry, str(error))
        return
    present: dict[str, str] = {}
    document = inputs.of(entry.record.input, inputs.CONNECTION_INPUT)

    wanted = {"ConnectionProperties": {}, **document, **_tagged(tags)}

    def there() -> dict[str, Any] | None:
        found = target.find("GetConnection", {"Name": name}, "Connection")
        if found is None:
            return None
        shown, kept = parted(found)
        present.update(kept)
        if secrets is not None:
            wanted.update(_secret_marks(kept, secrets))
        shown_tags = _tags(target, "connection", name) if tags else {}
        return {**inputs.plain(shown), **_tagged(shown_tags)}

    def replace() -> None:
        made = joined(name, document, present if secrets is None else secrets)
        target.glue.call("UpdateConnection", {"Name": name, "ConnectionInput": made})
        _tag(target, "connection", name, tags)

    def create() -> None:
        made = joined(name, document, secrets or {})
        target.glue.call("CreateConnection", {"ConnectionInput": made, **_tagged(tags)})

    _put(target, entry, wanted, there, create, replace)


def _opened(target: Target, entry: Entry) -> dict[str, str] | None:
    sealed = entry.record.more.get("SealedSecrets")
    if sealed is None or target.seal is None:
        return None
    return target.seal.open(str(entry.record.names["Name"]), sealed)


def _secret_marks(there: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Name the secrets that differ, and never show them."""
    differing = {path for path in {*there, *wanted} if there.get(path) != wanted.get(path)}
    return dict.fromkeys(sorted(differing), "another secret")


def _put(
    target: Target,
    entry: Entry,
    wanted: dict[str, Any],
    there: Callable[[], dict[str, Any] | None],
    create: Callable[[], None],
    replace: Callable[[], None],
) -> None:
    report, kind = target.report, entry.record.kind
    try:
        present = there()
        if present is None:
            if target.dry or _created(create):
                report.add(kind, "created")
                return
            present = there() or {}
        if not (found := differences(present, wanted)):
            report.add(kind, "unchanged")
        elif report.conflict(entry, found) and not target.dry:
            replace()
    except CallFailed as error:
        report.failed(entry, f"{error.code}: {error.message}")


def _created(create: Callable[[], None]) -> bool:
    """Create something; False when it is there: somebody, or a try whose answer was lost, was faster."""
    try:
        create()
    except CallFailed as error:
        if error.code != TAKEN:
            raise
        return False
    return True


def _call(target: Target, operation: str, request: Mapping[str, Any]) -> None:
    target.glue.call(operation, request)


def _tagged(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"Tags": dict(tags)} if tags else {}


def _tags(target: Target, kind: str, name: str) -> dict[str, str]:
    arn = arns.build(target.region, target.account_id, kind, name)
    return dict(target.glue.call("GetTags", {"ResourceArn": arn}).get("Tags", {}))


def _tag(target: Target, kind: str, name: str, tags: Mapping[str, str]) -> None:
    if tags:
        arn = arns.build(target.region, target.account_id, kind, name)
        target.glue.call("TagResource", {"ResourceArn": arn, "TagsToAdd": dict(tags)})
