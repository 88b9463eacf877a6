"""Encryption settings, security configurations and usage profiles, as a transfer reads and puts them."""

from collections.abc import Iterator
from typing import Any

from isinglass.domain import arns
from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Source, putting, said_by
from isinglass.transfer.calling import CallFailed
from isinglass.transfer.putting import TAKEN, Target, put_compared, put_tags, tagged, tags_there
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_PROFILE = "usageProfile"
_PROFILE_INPUT = ("Description", "Configuration")


def _read_encryption(source: Source) -> Iterator[Record]:
    answer = source.glue.call("GetDataCatalogEncryptionSettings", {})
    settings = answer["DataCatalogEncryptionSettings"]
    if not _is_untouched(settings):
        yield Record(records.ENCRYPTION_SETTINGS, {}, settings)


def _is_untouched(settings: Any) -> bool:
    """Tell whether settings are those that every catalog begins with."""
    passwords = settings.get("ConnectionPasswordEncryption", {})
    mode = settings.get("EncryptionAtRest", {}).get("CatalogEncryptionMode", "DISABLED")
    return mode == "DISABLED" and not passwords.get("ReturnConnectionPasswordEncrypted")


def _put_encryption(target: Target, entry: Entry) -> None:
    given = dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        settings = target.glue.call("GetDataCatalogEncryptionSettings", {})["DataCatalogEncryptionSettings"]
        return None if _is_untouched(settings) else said_by(given, settings)

    def put() -> None:
        target.glue.call("PutDataCatalogEncryptionSettings", {"DataCatalogEncryptionSettings": given})

    put_compared(target, entry, given, there, put, put)


def _read_configurations(source: Source) -> Iterator[Record]:
    for found in source.listed("GetSecurityConfigurations", "SecurityConfigurations"):
        yield Record(
            records.SECURITY_CONFIGURATION, {"Name": found["Name"]}, found["EncryptionConfiguration"]
        )


def _put_configuration(target: Target, entry: Entry) -> None:
    names, given = entry.record.names, dict(entry.record.input)

    def there() -> dict[str, Any] | None:
        found = target.find("GetSecurityConfiguration", names, "SecurityConfiguration")
        return None if found is None else said_by(given, found["EncryptionConfiguration"])

    def create() -> None:
        target.glue.call("CreateSecurityConfiguration", {**names, "EncryptionConfiguration": given})

    def replace() -> None:
        why = "a security configuration cannot be changed: delete the one that is there first"
        raise CallFailed("CreateSecurityConfiguration", TAKEN, why)

    put_compared(target, entry, given, there, create, replace)


def _read_profiles(source: Source) -> Iterator[Record]:
    for listed in source.listed("ListUsageProfiles", "Profiles"):
        name = listed["Name"]
        found = source.found("GetUsageProfile", {"Name": name})
        if found is None:
            continue
        tags = source.tags(arns.build(source.region, source.account_id, _PROFILE, name))
        yield Record(records.USAGE_PROFILE, {"Name": name}, inputs.of(found, _PROFILE_INPUT), {"Tags": tags})


def _put_profile(target: Target, entry: Entry) -> None:
    names, given = entry.record.names, dict(entry.record.input)
    name, tags = str(names["Name"]), entry.record.more.get("Tags", {})
    request = {"Configuration": {}, **names, **given}

    def there() -> dict[str, Any] | None:
        found = target.found("GetUsageProfile", names)
        if found is None:
            return None
        return {**inputs.of(found, _PROFILE_INPUT), **tags_there(target, _PROFILE, name, tags=tags)}

    def replace() -> None:
        target.glue.call("UpdateUsageProfile", request)
        put_tags(target, _PROFILE, name, tags=tags)

    def create() -> None:
        target.glue.call("CreateUsageProfile", {**request, **tagged(tags)})

    put_compared(target, entry, {**given, **tagged(tags)}, there, create, replace)


ENCRYPTION = AccountKind(records.ENCRYPTION_SETTINGS, _read_encryption, putting(_put_encryption))
CONFIGURATIONS = AccountKind(
    records.SECURITY_CONFIGURATION, _read_configurations, putting(_put_configuration)
)
PROFILES = AccountKind(records.USAGE_PROFILE, _read_profiles, putting(_put_profile))
