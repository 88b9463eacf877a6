"""What tests of permissions start from."""

from typing import Any

import pytest
from access_fixtures import allow, make_user
from api_fixtures import ROOT_ACCOUNT, Api
from permission_fixtures import COLUMNS, Lake


@pytest.fixture
def lake(api: Api, glue: Any) -> Lake:
    glue.create_database(DatabaseInput={"Name": "sales"})
    for name in ("orders", "open"):
        glue.create_table(
            DatabaseName="sales",
            TableInput={
                "Name": name,
                "Parameters": {"spark.sql.sources.schema": "id, Card", "kept": "yes"},
                "PartitionKeys": [{"Name": "day", "Type": "string"}],
                "StorageDescriptor": {"Columns": COLUMNS, "Location": f"s3://lake/{name}/"},
            },
        )
    everything = allow("glue:*", "lakeformation:*", "isinglass:*", "s3:*")
    return Lake(api, glue, api.client("lakeformation"), make_user(api, "ana", ROOT_ACCOUNT, everything))
