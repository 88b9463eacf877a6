"""Tables whose first metadata the catalog wrote: PyIceberg loads, appends to, changes and reads them."""

import json
import os
import sys
from typing import Any

import boto3
import pyarrow as pa
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.types import LongType

FIELDS = [
    {"Id": 1, "Name": "id", "Type": "long", "Required": False},
    {"Id": 2, "Name": "day", "Type": "date", "Required": False},
    {
        "Id": 3,
        "Name": "tags",
        "Required": False,
        "Type": {"type": "list", "element-id": 4, "element-required": False, "element": "string"},
    },
]
BY_DAY = {"Fields": [{"SourceId": 2, "Transform": "identity", "Name": "day"}]}
BY_ID = {
    "OrderId": 1,
    "Fields": [{"SourceId": 1, "Transform": "identity", "Direction": "asc", "NullOrder": "nulls-last"}],
}


def open_catalog() -> Catalog:
    """Open the catalog as a user's configuration would."""
    return load_catalog(
        "glue",
        **{
            "type": "glue",
            "glue.endpoint": os.environ["AWS_ENDPOINT_URL_GLUE"],
            "s3.endpoint": os.environ["AWS_ENDPOINT_URL_S3"],
            "client.region": "us-east-1",
            "client.access-key-id": os.environ["AWS_ACCESS_KEY_ID"],
            "client.secret-access-key": os.environ["AWS_SECRET_ACCESS_KEY"],
        },
    )


def rows(first: int) -> Any:
    """Make two rows."""
    from datetime import date

    return pa.table(
        {
            "id": pa.array([first, first + 1], pa.int64()),
            "day": pa.array([date(2024, 1, 31), date(2024, 2, 1)], pa.date32()),
            "tags": pa.array([["a"], None], pa.list_(pa.string())),
        }
    )


def main(bucket: str) -> None:
    """Create by the catalog, use by PyIceberg, change by the catalog, use again."""
    glue = boto3.client("glue")
    glue.create_database(DatabaseInput={"Name": "made"})
    answers: dict[str, Any] = {}
    for version in ("1", "2"):
        name, location = f"v{version}", f"s3://{bucket}/made/v{version}/"
        given = {
            "Location": location,
            "Schema": {"Fields": FIELDS},
            "PartitionSpec": BY_DAY,
            "WriteOrder": BY_ID,
            "Properties": {"owner": "me"},
        }
        iceberg = {"MetadataOperation": "CREATE", "Version": version, "CreateIcebergTableInput": given}
        glue.create_table(DatabaseName="made", Name=name, OpenTableFormatInput={"IcebergInput": iceberg})
        table = open_catalog().load_table(f"made.{name}")
        table.append(rows(1))
        wider = {"Fields": [*FIELDS, {"Id": 5, "Name": "note", "Type": "string", "Required": False}]}
        update = {"Updates": [{"Schema": wider, "Location": location}]}
        glue.update_table(
            DatabaseName="made",
            Name=name,
            UpdateOpenTableFormatInput={"UpdateIcebergInput": {"UpdateIcebergTableInput": update}},
        )
        table.refresh()
        with table.update_schema() as change:
            change.add_column("more", LongType())
        table.append(
            rows(3).append_column("note", pa.array(["x", "y"])).append_column("more", pa.array([7, 8]))
        )
        read = open_catalog().load_table(f"made.{name}").scan().to_arrow().sort_by("id").to_pylist()
        answers[name] = {
            "version": table.metadata.format_version,
            "spec": str(table.spec().fields[0].transform),
            "order": len(table.sort_order().fields),
            "properties": table.properties.get("owner"),
            "rows": [[row["id"], row["tags"], row["note"], row["more"]] for row in read],
            "columns": [
                column["Name"]
                for column in glue.get_table(DatabaseName="made", Name=name)["Table"]["StorageDescriptor"][
                    "Columns"
                ]
            ],
            "snapshots": len(table.metadata.snapshots),
        }
    print(json.dumps(answers))


main(sys.argv[1])
