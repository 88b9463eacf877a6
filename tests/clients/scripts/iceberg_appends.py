"""Eight writers append to one Iceberg table at once; prints what the table has in the end."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import CommitFailedException

WRITERS = 8
APPENDS = 3


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


def append(writer: int) -> int:
    """Append rows one commit at a time, again whenever another writer was faster; returns how often that was."""
    lost = 0
    table = open_catalog().load_table("lake.events")
    for number in range(APPENDS):
        rows = pa.table({"writer": pa.array([writer], pa.int64()), "number": pa.array([number], pa.int64())})
        while True:
            try:
                table.append(rows)
                break
            except CommitFailedException:
                lost += 1
                table.refresh()
    return lost


def main(bucket: str) -> None:
    """Create the table, append, count."""
    catalog = open_catalog()
    catalog.create_namespace("lake", {"location": f"s3://{bucket}/lake"})
    schema = pa.schema([("writer", pa.int64()), ("number", pa.int64())])
    catalog.create_table("lake.events", schema)
    with ThreadPoolExecutor(WRITERS) as writers:
        lost = sum(writers.map(append, range(WRITERS)))
    table = catalog.load_table("lake.events")
    rows = sorted((row["writer"], row["number"]) for row in table.scan().to_arrow().to_pylist())
    catalog.rename_table("lake.events", "lake.history")
    names = catalog.list_tables("lake")
    catalog.drop_table("lake.history")
    catalog.drop_namespace("lake")
    left = catalog.list_namespaces()
    print(
        json.dumps(
            {
                "rows": rows,
                "snapshots": len(table.metadata.snapshots),
                "lost": lost,
                "names": names,
                "left": left,
            }
        )
    )


main(sys.argv[1])
