"""Who may see and do what by Lake Formation's permissions, as a transfer reads and puts it.

What IAM alone decides about, as it does about all that is new, has a grant for everybody of IAM. A file does
not say so for each table: it names what is restricted instead, where that grant is missing.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from isinglass.transfer import records
from isinglass.transfer.account.kind import AccountKind, Source, putting
from isinglass.transfer.account.resources import neutral
from isinglass.transfer.calling import Glue, found, pages, pages_if_there
from isinglass.transfer.putting import Target, put_compared
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_LIST = "lakeformation:ListPermissions"
_LISTED = "PrincipalResourcePermissions"
#: Whoever IAM lets through.
_IAM_ALLOWED = "IAM_ALLOWED_PRINCIPALS"
_ALL = "ALL"
_OPTION = "PermissionsWithGrantOption"


def _require_all(source: Source) -> None:
    """Raise CallFailed for who is no data-lake administrator: a listing would silently show a part only."""
    source.glue.call("lakeformation:ListDataCellsFilter", {"MaxResults": 1})


def _read_permissions(source: Source) -> Iterator[Record]:
    _require_all(source)
    for grant in source.listed(_LIST, _LISTED):
        principal = grant["Principal"]["DataLakePrincipalIdentifier"]
        if principal == _IAM_ALLOWED and _ALL in grant["Permissions"]:
            continue
        names = {"Principal": principal, "Resource": neutral(grant["Resource"], source.catalog_id)}
        yield Record(records.PERMISSION, names, _given(grant))


def _given(grant: Mapping[str, Any]) -> dict[str, Any]:
    given = {"Permissions": sorted(grant["Permissions"])}
    option = sorted(grant.get(_OPTION, ()))
    return {**given, _OPTION: option} if option else given


def _put_permission(target: Target, entry: Entry) -> None:
    names, given = entry.record.names, _given({"Permissions": (), **entry.record.input})
    resource = neutral(names["Resource"], target.catalog_id)
    who = {"Principal": {"DataLakePrincipalIdentifier": names["Principal"]}, "Resource": resource}
    present: dict[str, Any] = {}

    def there() -> dict[str, Any] | None:
        for page in pages_if_there(target.glue, _LIST, who, _LISTED):
            for shown in page:
                if neutral(shown["Resource"], target.catalog_id) == resource:
                    present.update(_given(shown))
                    return dict(present)
        return None

    def grant() -> None:
        target.glue.call("lakeformation:GrantPermissions", {**who, **given})

    def replace() -> None:
        extra = {*present["Permissions"]} - {*given["Permissions"]}
        option = {*present.get(_OPTION, ())} - {*given.get(_OPTION, ())}
        if extra or option:
            # The right to pass a permission on goes only with the permission, which is then given again.
            taken = {"Permissions": sorted(extra | option), _OPTION: sorted(option)}
            target.glue.call("lakeformation:RevokePermissions", {**who, **taken})
        grant()

    put_compared(target, entry, given, there, grant, replace)


def _read_restrictions(source: Source) -> Iterator[Record]:
    _require_all(source)
    everybody = {"Principal": {"DataLakePrincipalIdentifier": _IAM_ALLOWED}}
    left_to_iam = {
        _names_of(grant["Resource"])
        for grant in source.listed(_LIST, _LISTED, everybody)
        if _ALL in grant["Permissions"]
    }
    for database in source.listed("GetDatabases", "DatabaseList"):
        name = database["Name"]
        yield from _restriction(source, left_to_iam, {"Database": {"Name": name}})
        if {"TargetDatabase", "FederatedDatabase"} & database.keys():
            continue
        request = {"DatabaseName": name, "AttributesToGet": ["NAME"]}
        for table in chain.from_iterable(pages_if_there(source.glue, "GetTables", request, "TableList")):
            yield from _restriction(
                source, left_to_iam, {"Table": {"DatabaseName": name, "Name": table["Name"]}}
            )


def _names_of(resource: Mapping[str, Any]) -> tuple[str, ...]:
    named = resource.get("Table") or resource.get("Database") or {}
    return tuple(str(named[key]) for key in ("DatabaseName", "Name") if key in named)


def _restriction(
    source: Source, left_to_iam: set[tuple[str, ...]], resource: dict[str, Any]
) -> Iterator[Record]:
    if _names_of(resource) in left_to_iam:
        return
    # It may have been made or deleted since the list was read.
    if _is_restricted(source.glue, resource):
        yield Record(records.RESTRICTION, {"Resource": resource})


def _is_restricted(glue: Glue, resource: Mapping[str, Any]) -> bool:
    asked = {"Principal": {"DataLakePrincipalIdentifier": _IAM_ALLOWED}, "Resource": resource}
    if any(_ALL in each["Permissions"] for page in pages(glue, _LIST, asked, _LISTED) for each in page):
        return False
    # On what is not there nobody has permissions either.
    if "Table" in resource:
        return found(glue, "GetTable", resource["Table"]) is not None
    return found(glue, "GetDatabase", resource["Database"]) is not None


def _put_restriction(target: Target, entry: Entry) -> None:
    resource = entry.record.names["Resource"]

    def there() -> dict[str, Any] | None:
        return {} if _is_restricted(target.glue, resource) else None

    def create() -> None:
        everybody = {"DataLakePrincipalIdentifier": _IAM_ALLOWED}
        request = {"Principal": everybody, "Resource": resource, "Permissions": [_ALL]}
        target.glue.call("lakeformation:RevokePermissions", request)

    put_compared(target, entry, {}, there, create, create)


PERMISSIONS = AccountKind(records.PERMISSION, _read_permissions, putting(_put_permission), of_catalog=True)
RESTRICTIONS = AccountKind(
    records.RESTRICTION, _read_restrictions, putting(_put_restriction), of_catalog=True
)
