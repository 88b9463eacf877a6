"""Encrypted catalogs: what is stored, what can be read, and what happens when a key cannot be used."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from api_fixtures import Api, call
from botocore.exceptions import ClientError

from isinglass.flow import index_building
from isinglass.store.store import Transaction
from isinglass.store.tables.catalog import catalog_tables, partitions
from isinglass.store.tables.column_statistics import column_statistics
from isinglass.store.tables.keys import keys as encryption_keys
from isinglass.store.tables.metadata import metadata
from isinglass.store.work_context import WorkContext

MARK = "zqmarker"


@pytest.fixture
def kms(api: Api) -> Any:
    return api.client("kms")


@pytest.fixture
def key(kms: Any) -> str:
    """The ARN of a key of the root account."""
    made: str = kms.create_key()["KeyMetadata"]["Arn"]
    return made


def _put(glue: Any, key: str | None = None, mode: str = "SSE-KMS", **more: Any) -> None:
    at_rest: dict[str, Any] = {"CatalogEncryptionMode": mode, **more}
    if key is not None:
        at_rest["SseAwsKmsKeyId"] = key
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={"EncryptionAtRest": at_rest})


def _error(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def _stored_with(api: Api, marker: str) -> set[str]:
    """Name the tables of the database that have a text in them."""
    found = set()
    with api.store.read() as tx:
        for table in metadata.sorted_tables:
            for row in tx.connection.execute(sa.select(table)):
                if any(marker in _text(value) for value in row):
                    found.add(table.name)
    return found


def _files(api: Api) -> list[Path]:
    """List the files of the server: its logs, and its database where that is one of them."""
    return [path for path in api.access_log.parent.rglob("*") if path.is_file()]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _table(name: str) -> dict[str, Any]:
    columns = [{"Name": f"{MARK}col", "Type": "int", "Comment": f"{MARK} comment"}]
    return {
        "Name": name,
        "Description": f"{MARK} description",
        "Parameters": {f"{MARK}key": f"{MARK}value"},
        "PartitionKeys": [{"Name": "day", "Type": "string", "Comment": f"{MARK} key"}],
        "StorageDescriptor": {"Columns": columns, "Parameters": {"x": f"{MARK}sd"}},
    }


def _statistics(maximum: int) -> dict[str, Any]:
    numbers = {"MinimumValue": 7001, "MaximumValue": maximum, "NumberOfNulls": 0, "NumberOfDistinctValues": 3}
    return {
        "ColumnName": "day",
        "ColumnType": "string",
        "AnalyzedTime": 1.0,
        "StatisticsData": {"Type": "LONG", "LongColumnStatisticsData": numbers},
    }


def _fill(api: Api, glue: Any) -> None:
    """Put something of every kind into the catalog, with the marker in all that is no name."""
    described = {"Name": "d", "Description": f"{MARK} text", "Parameters": {"p": f"{MARK}1"}}
    glue.create_database(DatabaseInput=described)
    glue.update_database(Name="d", DatabaseInput=described | {"Description": f"{MARK} again"})
    glue.create_table(DatabaseName="d", TableInput=_table("t"))
    glue.update_table(DatabaseName="d", TableInput=_table("t") | {"Description": f"{MARK} second"})
    of_table = {"DatabaseName": "d", "TableName": "t"}
    part = {"Parameters": {"p": f"{MARK}part"}, "StorageDescriptor": _table("t")["StorageDescriptor"]}
    glue.create_partition(**of_table, PartitionInput=part | {"Values": ["1"]})
    glue.batch_create_partition(**of_table, PartitionInputList=[part | {"Values": ["2"]}])
    changed = part | {"Values": ["2"], "Parameters": {"p": f"{MARK}changed"}}
    glue.update_partition(**of_table, PartitionValueList=["2"], PartitionInput=changed)
    glue.update_column_statistics_for_table(**of_table, ColumnStatisticsList=[_statistics(918273645)])
    glue.update_column_statistics_for_partition(
        **of_table, PartitionValues=["1"], ColumnStatisticsList=[_statistics(918273645)]
    )
    function = {"FunctionName": "f", "ClassName": f"{MARK}.Class", "OwnerName": f"{MARK}owner"}
    glue.create_user_defined_function(DatabaseName="d", FunctionInput=function)
    glue.update_user_defined_function(DatabaseName="d", FunctionName="f", FunctionInput=function)
    glue.create_catalog(Name="nested", CatalogInput={"Description": f"{MARK} nested"})
    for name in ("gone", "back"):
        glue.create_table(DatabaseName="d", TableInput=_table(name))
        glue.delete_table(DatabaseName="d", Name=name)
    _ours(api, "RestoreTable", DatabaseName="d", TableName="back", Note=f"{MARK} note")
    for name in ("lost", "found"):
        glue.create_database(DatabaseInput={"Name": name, "Description": f"{MARK} {name}"})
        glue.create_table(DatabaseName=name, TableInput=_table("inside"))
        glue.create_user_defined_function(DatabaseName=name, FunctionInput=function)
        glue.delete_database(Name=name)
    _ours(api, "RestoreDatabase", Name="found")


def _ours(api: Api, operation: str, **request: Any) -> Any:
    """Call one of our own operations."""
    status, answer = call(api, operation, request)
    assert status == 200, answer
    return answer


def _read(api: Api, glue: Any) -> list[Any]:
    """Read all that `_fill` put there, in every way there is."""
    of_table = {"DatabaseName": "d", "TableName": "t"}
    readings = [
        glue.get_databases()["DatabaseList"],
        glue.get_tables(DatabaseName="d")["TableList"],
        glue.get_table(DatabaseName="found", Name="inside")["Table"],
        glue.get_table_versions(**of_table)["TableVersions"],
        glue.get_partitions(**of_table)["Partitions"],
        glue.get_partition(**of_table, PartitionValues=["2"])["Partition"],
        glue.batch_get_partition(**of_table, PartitionsToGet=[{"Values": ["1"]}])["Partitions"],
        glue.get_column_statistics_for_table(**of_table, ColumnNames=["day"])["ColumnStatisticsList"],
        glue.get_column_statistics_for_partition(**of_table, PartitionValues=["1"], ColumnNames=["day"]),
        glue.get_user_defined_functions(Pattern=".*")["UserDefinedFunctions"],
        glue.get_catalogs()["CatalogList"],
        glue.search_tables(SearchText=f"{MARK}")["TableList"],
        _ours(api, "ListTableHistory", DatabaseName="d", TableName="t"),
        _ours(api, "ListDatabaseHistory", Name="found"),
        _ours(api, "ListDeleted"),
    ]
    return [_plain(reading) for reading in readings]


def _plain(answer: Any) -> Any:
    """Leave out what tells one request from another."""
    if isinstance(answer, dict):
        return {key: _plain(value) for key, value in answer.items() if key != "ResponseMetadata"}
    return [_plain(each) for each in answer] if isinstance(answer, list | tuple) else answer


def test_encrypted_catalog_stores_nothing_but_names_in_the_clear(api: Api, glue: Any, key: str) -> None:
    _put(glue, key)
    _fill(api, glue)
    shown = _read(api, glue)
    assert _stored_with(api, MARK) | _stored_with(api, "918273645") == set()
    assert not [path.name for path in _files(api) if MARK.encode() in path.read_bytes()]
    assert all(MARK in str(reading) for reading in shown[:-8])
    found = glue.search_tables(Filters=[{"Key": f"{MARK}key", "Value": f"{MARK}value"}])["TableList"]
    assert {table["Name"] for table in found} == {"t", "back", "inside"}


def test_encryption_switched_off_or_to_another_key_leaves_all_readable(
    api: Api, glue: Any, kms: Any, key: str
) -> None:
    _put(glue, key)
    _fill(api, glue)
    before = _read(api, glue)
    _put(glue)
    assert _read(api, glue) == before
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={})
    assert _read(api, glue) == before
    glue.update_table(DatabaseName="d", TableInput=_table("t") | {"Description": f"{MARK} in the clear"})
    assert {"catalog_tables", "table_versions"} <= _stored_with(api, MARK)
    assert kms.describe_key(KeyId="alias/aws/glue")["KeyMetadata"]["KeyManager"] == "AWS"


def test_what_was_stored_before_encryption_is_encrypted_when_it_is_rewritten(
    api: Api, glue: Any, key: str
) -> None:
    glue.create_database(DatabaseInput={"Name": "d", "Description": f"{MARK} old"})
    glue.create_table(DatabaseName="d", TableInput=_table("t"))
    _put(glue, key)
    shown = glue.get_table(DatabaseName="d", Name="t")["Table"]
    assert shown["Description"] == f"{MARK} description"
    glue.update_table(DatabaseName="d", TableInput=_table("t"), SkipArchive=True)
    glue.update_database(Name="d", DatabaseInput={"Name": "d", "Description": f"{MARK} new"})
    assert _stored_with(api, MARK) == {"database_history"}


def _disable(kms: Any, key: str) -> str:
    kms.disable_key(KeyId=key)
    return "is disabled"


def _delete(kms: Any, key: str) -> str:
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    return "is pending deletion"


@pytest.mark.parametrize("end", [_disable, _delete])
def test_key_that_cannot_be_used_makes_reading_and_writing_fail_until_it_can(
    api: Api, glue: Any, kms: Any, key: str, end: Callable[[Any, str], str]
) -> None:
    _put(glue, key)
    _fill(api, glue)
    glue.search_tables(SearchText="inside")
    glue.create_table(DatabaseName="found", TableInput=_table("unindexed"))
    message = (
        f"The key {key} {end(kms, key)}. The data catalog is encrypted with it: enable the key again or cancel "
        "its deletion. What is written from now on can have another key (PutDataCatalogEncryptionSettings)."
    )
    expected = ("GlueEncryptionException", message)
    of_table = {"DatabaseName": "d", "TableName": "t"}
    assert _error(glue.get_table, DatabaseName="d", Name="t") == expected
    assert _error(glue.get_tables, DatabaseName="d") == expected
    assert _error(glue.get_databases) == expected
    assert _error(glue.get_partitions, **of_table) == expected
    assert _error(glue.get_user_defined_functions, Pattern=".*") == expected
    assert _error(glue.create_database, DatabaseInput={"Name": "more"}) == expected
    assert _error(glue.create_partition, **of_table, PartitionInput={"Values": ["9"]}) == expected
    assert glue.search_tables(SearchText=MARK)["TableList"] == []  # its words cannot be compared now
    kms.cancel_key_deletion(KeyId=key) if end is _delete else None
    kms.enable_key(KeyId=key)
    assert MARK in str(_read(api, glue))
    found = glue.search_tables(SearchText=MARK)["TableList"]
    assert {table["Name"] for table in found} == {"t", "back", "inside", "unindexed"}


def test_alias_of_another_account_is_refused_whether_it_is_there_or_not(api: Api, glue: Any) -> None:
    theirs = api.client("kms", "210987654321")
    theirs.create_alias(AliasName="alias/there", TargetKeyId=theirs.create_key()["KeyMetadata"]["KeyId"])
    for name in ("there", "nowhere"):
        alias = f"arn:aws:kms:eu-west-1:210987654321:alias/{name}"
        message = f"{alias} is another account's alias: name its key by the key's own ARN"
        assert _error(_put, glue=glue, key=alias) == ("InvalidInputException", message)
        passwords = {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": alias}
        assert _error(
            glue.put_data_catalog_encryption_settings,
            DataCatalogEncryptionSettings={"ConnectionPasswordEncryption": passwords},
        ) == ("InvalidInputException", message)


@pytest.mark.parametrize("state", ["Enabled", "Disabled", "PendingDeletion", "missing"])
def test_key_of_another_account_is_refused_alike_whatever_has_become_of_it(
    api: Api, glue: Any, state: str
) -> None:
    theirs = api.client("kms", "210987654321")
    named: str = theirs.create_key()["KeyMetadata"]["Arn"]
    if state == "Disabled":
        theirs.disable_key(KeyId=named)
    elif state == "PendingDeletion":
        theirs.schedule_key_deletion(KeyId=named)
    elif state == "missing":
        named = named[:-36] + "00000000-0000-4000-8000-000000000000"

    def denial(action: str) -> tuple[str, str]:
        user = "User: arn:aws:iam::123456789012:root is not authorized to perform"
        why = f"because no resource-based policy allows the {action} action"
        return "AccessDeniedException", f"{user}: {action} on resource: {named} {why}"

    put = glue.put_data_catalog_encryption_settings
    passwords = {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": named}
    settings = {"ConnectionPasswordEncryption": passwords}
    assert _error(_put, glue=glue, key=named) == denial("kms:GenerateDataKey")
    assert _error(put, DataCatalogEncryptionSettings=settings) == denial("kms:Encrypt")
    encryption = {"SseAlgorithm": "aws:kms", "KmsKeyArn": named}
    export = glue.put_data_catalog_export_configuration
    assert _error(export, ExportSetting="ENABLED", EncryptionConfiguration=encryption) == denial(
        "kms:GenerateDataKey"
    )


def test_settings_with_a_key_that_cannot_be_used_are_refused(glue: Any, kms: Any, key: str) -> None:
    kms.disable_key(KeyId=key)
    settings = glue.get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"]
    missing = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    for unusable, why in (
        (key, "is disabled"),
        (missing, "does not exist"),
        ("alias/none", "does not exist"),
    ):
        code, message = _error(lambda: _put(glue, unusable))  # noqa: B023 - called at once
        assert (code, why in message) == ("InvalidInputException", True)
    role = "arn:aws:iam::123456789012:role/glue"
    assert _error(lambda: _put(glue, mode="SSE-KMS-WITH-SERVICE-ROLE"))[0] == "InvalidInputException"
    assert _error(lambda: _put(glue, CatalogEncryptionServiceRole=role))[0] == "InvalidInputException"
    assert glue.get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"] == settings


def _set(tx: Transaction, name: str, column: str, value: Any) -> None:
    columns = catalog_tables.c
    tx.connection.execute(catalog_tables.update().where(columns.name == name).values({column: value}))


def _stored(tx: Transaction, name: str) -> Any:
    statement = sa.select(catalog_tables).where(catalog_tables.c.name == name)
    return tx.connection.execute(statement).one()


def test_documents_changed_or_moved_in_the_database_are_refused(api: Api, glue: Any, key: str) -> None:
    _put(glue, key)
    glue.create_database(DatabaseInput={"Name": "d"})
    for name in ("a", "b"):
        glue.create_table(DatabaseName="d", TableInput=_table(name))
        parts = [{"Values": ["1"]}, {"Values": ["2"]}]
        glue.batch_create_partition(DatabaseName="d", TableName=name, PartitionInputList=parts)
    with api.store.begin() as tx:
        one, other = _stored(tx, "a"), _stored(tx, "b")
        cut = other.document[:-8] + ("AAAAAAA=" if not other.document.endswith("AAAAAAA=") else "BAAAAAA=")
        _set(tx, "a", "document", other.document)
        _set(tx, "b", "document", cut)
        column = partitions.c
        texts = dict(
            tx.connection.execute(
                sa.select(column.partition_values, column.document).where(column.table_id == one.id)
            ).all()
        )
        for values, text in zip(texts, reversed(texts.values()), strict=True):
            where = (column.table_id == one.id, column.partition_values == values)
            tx.connection.execute(partitions.update().where(*where).values(document=text))
    refused = "was changed or moved outside the server"
    for name in ("a", "b"):
        code, message = _error(glue.get_table, DatabaseName="d", Name=name)
        assert (code, refused in message) == ("GlueEncryptionException", True)
    with api.store.begin() as tx:
        _set(tx, "a", "document", one.document)
    code, message = _error(glue.get_partitions, DatabaseName="d", TableName="a")
    assert (code, refused in message) == ("GlueEncryptionException", True)


def _build_indexes(api: Api) -> None:
    with api.store.begin() as tx:
        items = tx.work.claim([index_building.KIND], worker="w", now=9e9, lease_seconds=60, limit=100)
    for item in items:
        index_building.handle(WorkContext(api.store, lambda: 9e9), item)


def test_partition_index_over_encrypted_partitions_fails_as_in_glue(api: Api, glue: Any, key: str) -> None:
    _put(glue, key)
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput=_table("t"))
    of_table = {"DatabaseName": "d", "TableName": "t"}
    glue.batch_create_partition(**of_table, PartitionInputList=[{"Values": ["1"]}, {"Values": ["2"]}])
    glue.create_partition_index(**of_table, PartitionIndex={"Keys": ["day"], "IndexName": "by_day"})
    _build_indexes(api)
    index = glue.get_partition_indexes(**of_table)["PartitionIndexDescriptorList"][0]
    errored = [{"Code": "ENCRYPTED_PARTITION_ERROR", "Partitions": [{"Values": ["1"]}, {"Values": ["2"]}]}]
    assert (index["IndexStatus"], index["BackfillErrors"]) == ("FAILED", errored)


def _equals(attribute: str, value: str) -> dict[str, Any]:
    test = {"Attribute": attribute, "Operator": "equals", "Value": {"StringValue": value}}
    return {"FilterClause": {"AttributeFilter": test}}


def test_business_catalogue_finds_encrypted_tables_by_words_and_names_alone(
    api: Api, glue: Any, key: str
) -> None:
    _put(glue, key)
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput=_table("t") | {"Owner": f"{MARK}owner"})
    requests: list[dict[str, Any]] = [
        {"SearchText": f"{MARK}value"},
        _equals("table.databaseName", "d"),
        _equals("table.owner", f"{MARK}owner"),
    ]
    found = [[item["AssetName"] for item in glue.search_assets(**each)["Items"]] for each in requests]
    assert found == [["t"], ["t"], []]
    assert _stored_with(api, MARK) == set()


def test_what_a_deleted_key_encrypted_can_be_deleted_and_nothing_else(
    api: Api, glue: Any, kms: Any, key: str
) -> None:
    _put(glue, key)
    _fill(api, glue)
    of_table = {"DatabaseName": "d", "TableName": "t"}
    of_partition = {**of_table, "PartitionValues": ["1"]}
    measured = _statistics(9) | {"ColumnName": f"{MARK}col", "ColumnType": "int"}
    glue.update_column_statistics_for_partition(**of_partition, ColumnStatisticsList=[measured])
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert _error(glue.delete_table, DatabaseName="d", Name="t")[0] == "GlueEncryptionException"
    with api.store.begin() as tx:
        tx.connection.execute(encryption_keys.update().values(deletion_at=1.0))
    assert api.store.vault.sealer is not None
    api.store.vault.sealer.opened.forget()
    code, message = _error(glue.get_table, DatabaseName="d", Name="t")
    assert (code, f"The key {key.rpartition('/')[2]} does not exist." in message) == (
        "GlueEncryptionException",
        True,
    )
    assert "can only be deleted: GetDatabases and GetTables" in message
    unwritable = _error(glue.create_database, DatabaseInput={"Name": "new"})
    assert unwritable[0] == "GlueEncryptionException"
    assert "let them name another (PutDataCatalogEncryptionSettings)" in unwritable[1]
    again = _error(_put, glue=glue, key=key)
    assert again == (
        "InvalidInputException",
        f"The key cannot be used: The key {key} does not exist.",
    )
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={})
    assert _error(glue.get_tables, DatabaseName="d")[0] == "GlueEncryptionException"
    names = [each["Name"] for each in glue.get_databases(AttributesToGet=["NAME"])["DatabaseList"]]
    assert names == ["d", "found"]
    names = [
        each["Name"] for each in glue.get_tables(DatabaseName="d", AttributesToGet=["NAME"])["TableList"]
    ]
    assert names == ["back", "t"]
    glue.delete_column_statistics_for_table(**of_table, ColumnName="DAY")
    glue.delete_column_statistics_for_partition(**of_partition, ColumnName=f"{MARK}col")
    glue.delete_partition(**of_partition)
    deleting = [{"Values": ["2"]}]
    assert glue.batch_delete_partition(**of_table, PartitionsToDelete=deleting)["Errors"] == []
    with api.store.read() as tx:
        assert tx.connection.execute(sa.select(partitions)).all() == []
        assert tx.connection.execute(sa.select(column_statistics)).all() == []
    glue.delete_user_defined_function(DatabaseName="d", FunctionName="f")
    glue.delete_table_version(**of_table, VersionId="0")
    glue.delete_table(DatabaseName="d", Name="t")
    glue.batch_delete_table(DatabaseName="d", TablesToDelete=["back"])
    for name in ("d", "found"):
        glue.delete_database(Name=name)
    glue.delete_catalog(CatalogId="123456789012:nested")
    listed = _ours(api, "ListDeleted")["Deleted"]
    assert {each["DatabaseName"] for each in listed} == {"d", "found", "lost"}
    assert glue.get_databases()["DatabaseList"] == []
    _fill(api, glue)
