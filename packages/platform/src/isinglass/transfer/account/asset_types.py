"""Form types and asset types, as a transfer reads and puts them; those that are built in are everywhere."""

from collections.abc import Iterator
from typing import Any

from isinglass.domain.business import built_in
from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Source, putting
from isinglass.transfer.putting import Target, put_compared
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry


def _read_form_types(source: Source) -> Iterator[Record]:
    for listed in source.listed("ListFormTypes", "Items"):
        if listed["Name"] not in built_in.FORM_TYPES:
            found = source.found("GetFormType", {"Identifier": listed["Id"]})
            if found is not None:
                yield Record(records.FORM_TYPE, {"Name": found["Name"]}, inputs.of(found, ("Schema",)))


def _put_form_type(target: Target, entry: Entry) -> None:
    name, given = str(entry.record.names["Name"]), dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        found = target.found("GetFormType", {"Identifier": name})
        return None if found is None else inputs.of(found, ("Schema",))

    def put() -> None:
        target.glue.call("PutFormType", {"Name": name, **given})

    put_compared(target, entry, given, there, put, put)


def _read_asset_types(source: Source) -> Iterator[Record]:
    for listed in source.listed("ListAssetTypes", "Items"):
        if listed["Name"] not in built_in.ASSET_TYPES:
            found = source.found("GetAssetType", {"Identifier": listed["Id"]})
            if found is not None:
                yield Record(records.ASSET_TYPE, {"Name": found["Name"]}, inputs.of(found, ("Forms",)))


def _put_asset_type(target: Target, entry: Entry) -> None:
    name, given = str(entry.record.names["Name"]), dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        found = target.found("GetAssetType", {"Identifier": name})
        return None if found is None else inputs.of(found, ("Forms",))

    def put() -> None:
        target.glue.call("PutAssetType", {"Name": name, "Forms": {}, **given})

    put_compared(target, entry, given, there, put, put)


FORM_TYPES = AccountKind(records.FORM_TYPE, _read_form_types, putting(_put_form_type))
ASSET_TYPES = AccountKind(records.ASSET_TYPE, _read_asset_types, putting(_put_asset_type))
