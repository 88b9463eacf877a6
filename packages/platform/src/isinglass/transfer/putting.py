"""Puts databases and functions into a catalog: made where missing, compared where present."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain import arns
from isinglass.transfer import inputs, records
from isinglass.transfer.calling import CallFailed, Glue, found
from isinglass.transfer.differences import differences
from isinglass.transfer.report import Entry, Report
from isinglass.transfer.secrets import PassphraseSeal
from isinglass.transfer.stored_forms import stored

TAKEN = "AlreadyExistsException"


@dataclass(frozen=True, slots=True)
class Target:
    """The catalog that an import writes to, and how."""

    glue: Glue
    account_id: str
    region: str
    report: Report
    seal: PassphraseSeal | None = None
    #: Another catalog than the account's own, for which `glue` calls.
    other_id: str = ""

    @property
    def catalog_id(self) -> str:
        """The id of the catalog."""
        return self.other_id or self.account_id

    @property
    def dry(self) -> bool:
        """Whether nothing is to be written."""
        return self.report.choices.dry_run

    def find(self, operation: str, request: Mapping[str, Any], member: str) -> Mapping[str, Any] | None:
        """Read one thing; None when it is not there."""
        answer = self.found(operation, request)
        return None if answer is None else answer[member]

    def found(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read an answer; None when what it is about is not there."""
        return found(self.glue, operation, request)


def put_database(target: Target, entry: Entry) -> None:
    """Make a database, or bring it to what the record says."""
    name, given = entry.record.database, dict(entry.record.input)
    tags = entry.record.more.get("Tags", {})
    wanted = {**stored(records.DATABASE, name, given), **tagged(tags)}
    request = {"DatabaseInput": {"Name": name, **given}}

    def there() -> dict[str, Any] | None:
        found = target.find("GetDatabase", {"Name": name}, "Database")
        if found is None:
            return None
        shown = stored(records.DATABASE, name, inputs.of(found, inputs.DATABASE_INPUT))
        return {**shown, **tags_there(target, "database", name, tags=tags)}

    def replace() -> None:
        target.glue.call("UpdateDatabase", {"Name": name, **request})
        put_tags(target, "database", name, tags=tags)

    def create() -> None:
        target.glue.call("CreateDatabase", {**request, **tagged(tags)})

    put_compared(target, entry, wanted, there, create, replace)


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

    put_compared(
        target,
        entry,
        stored(records.FUNCTION, name, entry.record.input),
        there,
        lambda: _call(target, "CreateUserDefinedFunction", request),
        lambda: _call(target, "UpdateUserDefinedFunction", {**request, "FunctionName": name}),
    )


def put_compared(
    target: Target,
    entry: Entry,
    wanted: dict[str, Any],
    there: Callable[[], dict[str, Any] | None],
    create: Callable[[], None],
    replace: Callable[[], None],
) -> None:
    """Make what is missing; bring what differs to what is wanted, where that was chosen."""
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


def tagged(tags: Mapping[str, str]) -> dict[str, Any]:
    """Show tags where there are any."""
    return {"Tags": dict(tags)} if tags else {}


def tags_there(target: Target, kind: str, *names: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """Show those tags of something of the target that a record speaks of; others stay as they are."""
    if not tags:
        return {}
    arn = arns.build(target.region, target.account_id, kind, *names)
    present = target.glue.call("GetTags", {"ResourceArn": arn}).get("Tags", {})
    return tagged({name: present[name] for name in tags if name in present})


def put_tags(target: Target, kind: str, *names: str, tags: Mapping[str, str]) -> None:
    """Add tags to something of the target."""
    if tags:
        arn = arns.build(target.region, target.account_id, kind, *names)
        target.glue.call("TagResource", {"ResourceArn": arn, "TagsToAdd": dict(tags)})
