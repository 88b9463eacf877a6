"""What Lake Formation's permissions need beside them: settings, registered places of data, cells filters."""

from collections.abc import Iterator, Mapping
from typing import Any

from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Source, putting
from isinglass.transfer.calling import CallFailed, pages_if_there
from isinglass.transfer.putting import TAKEN, Target, put_compared
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_IAM_ALLOWED = "IAM_ALLOWED_PRINCIPALS"
_FILTER_INPUT = ("RowFilter", "ColumnNames", "ColumnWildcard")
_LOCATION_INPUT = ("RoleArn", "WithFederation", "HybridAccessEnabled", "WithPrivilegedAccess")
#: What a role of the service itself has in its ARN; every account has its own.
_SERVICE_ROLE = ":role/aws-service-role/lakeformation.amazonaws.com/"


def _read_locations(source: Source) -> Iterator[Record]:
    for found in source.listed("lakeformation:ListResources", "ResourceInfoList"):
        yield Record(records.LOCATION, {"ResourceArn": found["ResourceArn"]}, _location(found))


def _location(found: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: found[name] for name in _LOCATION_INPUT if found.get(name)}
    if _SERVICE_ROLE in given.get("RoleArn", ""):
        del given["RoleArn"]
        given["UseServiceLinkedRole"] = True
    return given


def _put_location(target: Target, entry: Entry) -> None:
    names, given = entry.record.names, dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        found = target.find("lakeformation:DescribeResource", names, "ResourceInfo")
        return None if found is None else _location(found)

    def create() -> None:
        target.glue.call("lakeformation:RegisterResource", {**names, **given})

    def replace() -> None:
        why = "a registered location cannot be changed: deregister the one that is there first"
        raise CallFailed("lakeformation:RegisterResource", TAKEN, why)

    put_compared(target, entry, given, there, create, replace)


def _read_filters(source: Source) -> Iterator[Record]:
    for request in [{}] if source.catalog_id == source.account_id else _tables(source):
        for found in source.listed("lakeformation:ListDataCellsFilter", "DataCellsFilters", request):
            if found["TableCatalogId"] == source.catalog_id:
                names = {key: found[key] for key in ("DatabaseName", "TableName", "Name")}
                yield Record(records.CELLS_FILTER, names, inputs.of(found, _FILTER_INPUT))


def _tables(source: Source) -> Iterator[dict[str, Any]]:
    """Name each table of a nested catalog: its filters are listed by table only."""
    for database in source.listed("GetDatabases", "DatabaseList"):
        names = {"DatabaseName": database["Name"], "AttributesToGet": ["NAME"]}
        for page in pages_if_there(source.glue, "GetTables", names, "TableList"):
            for table in page:
                named = {"DatabaseName": database["Name"], "Name": table["Name"]}
                yield {"Table": {"CatalogId": source.catalog_id, **named}}


def _put_filter(target: Target, entry: Entry) -> None:
    named = {"TableCatalogId": target.catalog_id, **entry.record.names}
    given = dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        found = target.find("lakeformation:GetDataCellsFilter", named, "DataCellsFilter")
        return None if found is None else inputs.of(found, _FILTER_INPUT)

    def create() -> None:
        target.glue.call("lakeformation:CreateDataCellsFilter", {"TableData": {**named, **given}})

    def replace() -> None:
        target.glue.call("lakeformation:UpdateDataCellsFilter", {"TableData": {**named, **given}})

    put_compared(target, entry, given, there, create, replace)


def _read_settings(source: Source) -> Iterator[Record]:
    answer = source.glue.call("lakeformation:GetDataLakeSettings", {})
    settings = answer["DataLakeSettings"]
    if not _is_untouched(settings):
        # Parameters tell how AWS shares with other accounts, which is its own affair.
        given = {name: value for name, value in settings.items() if value and name != "Parameters"}
        yield Record(records.DATA_LAKE_SETTINGS, {}, given)


def _is_untouched(settings: Mapping[str, Any]) -> bool:
    """Tell whether settings are those that every account begins with."""
    new = [settings.get(f"Create{what}DefaultPermissions") for what in ("Database", "Table")]
    principals = [
        each.get("Principal", {}).get("DataLakePrincipalIdentifier") for given in new for each in given or ()
    ]
    changed = {"DataLakeAdmins", "ReadOnlyAdmins"} & {name for name, value in settings.items() if value}
    return not changed and principals == [_IAM_ALLOWED] * 2


def _put_settings(target: Target, entry: Entry) -> None:
    given = dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        settings = target.glue.call("lakeformation:GetDataLakeSettings", {})["DataLakeSettings"]
        if _is_untouched(settings):
            return None
        return {name: value for name, value in settings.items() if value and name != "Parameters"}

    def put() -> None:
        target.glue.call("lakeformation:PutDataLakeSettings", {"DataLakeSettings": given})

    put_compared(target, entry, given, there, put, put)


LOCATIONS = AccountKind(records.LOCATION, _read_locations, putting(_put_location))
FILTERS = AccountKind(records.CELLS_FILTER, _read_filters, putting(_put_filter), of_catalog=True)
SETTINGS = AccountKind(records.DATA_LAKE_SETTINGS, _read_settings, putting(_put_settings))
