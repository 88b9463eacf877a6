"""Encrypted catalogs: what is stored, who can read it, and what happens when a key cannot be used."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from botocore.exceptions import ClientError

from isinglass.store.tables.metadata import metadata
from tests.support.api_fixtures import Api

MARK = "zqmarker"
KEYED = "SSE-KMS"


@pytest.fixture
def kms(api: Api) -> Any:
    return api.client("kms")


@pytest.fixture
def key(kms: Any) -> str:
    """The id of a key of the root account."""
    made: str = kms.create_key()["KeyMetadata"]["KeyId"]
    return made


def _put(glue: Any, key: str | None, mode: str = KEYED, **more: Any) -> None:
    at_rest: dict[str, Any] = {"CatalogEncryptionMode": mode, **more}
    if key is not None:
        at_rest["SseAwsKmsKeyId"] = key
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={"EncryptionAtRest": at_rest})


def _code(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
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


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _table(name: str, marker: str = MARK) -> dict[str, Any]:
    columns = [{"Name": f"{marker}col", "Type": "int", "Comment": f"{marker} comment"}]
    return {
        "Name": name,
        "Description": f"{marker} description",
        "Parameters": {f"{marker}key": f"{marker}value"},
        "PartitionKeys": [{"Name": "day", "Type": "string", "Comment": f"{marker} key"}],
        "StorageDescriptor": {"Columns": columns, "Parameters": {"x": f"{marker}sd"}},
    }


def _fill(glue: Any) -> None:
    """Put something of every kind into the catalog, with the marker in what is no name."""
    glue.create_database(
        DatabaseInput={"Name": "d", "Description": f"{MARK} text", "Parameters": {"p": f"{MARK}1"}}
    )
    glue.update_database(Name="d", DatabaseInput={"Name": "d", "Description": f"{MARK} again"})
    glue.create_table(DatabaseName="d", TableInput=_table("t"))
    glue.update_table(DatabaseName="d", TableInput=_table("t") | {"Description": f"{MARK} second"})
    part = {"Values": ["1"], "Parameters": {"p": f"{MARK}part"}, "StorageDescriptor": _table("t")["StorageDescriptor"]}
    glue.create_partition(DatabaseName="d", TableName="t", PartitionInput=part)
    glue.batch_create_partition(DatabaseName="d", TableName="t", PartitionInputList=[part | {"Values": ["2"]}])
    glue.create_table(DatabaseName="d", TableInput=_table("gone"))
    glue.delete_table(DatabaseName="d", Name="gone")
    function = {"FunctionName": "f", "ClassName": f"{MARK}.Class", "OwnerName": f"{MARK}owner"}
    glue.create_user_defined_function(DatabaseName="d", FunctionInput=function)
    glue.create_database(DatabaseInput={"Name": "lost", "Description": f"{MARK} lost"})
    glue.create_user_defined_function(DatabaseName="lost", FunctionInput=function)
    glue.delete_database(Name="lost")
    glue.create_catalog(Name="nested", CatalogInput={"Description": f"{MARK} nested"})


def test_encrypted_catalog_stores_nothing_in_the_clear_but_names(api: Api, glue: Any, key: str) -> None:
    _put(glue, key)
    _fill(glue)
    glue.search_tables(SearchText="anything")
    assert _stored_with(api, MARK) == set()
    assert glue.get_table(DatabaseName="d", Name="t")["Table"]["Description"] == f"{MARK} second"
