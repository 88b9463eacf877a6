"""A table with deleted rows, a renamed and an added column; prints how many rows it has."""

import datetime as dt
import json
import os
import sys

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.types import StringType


def main(bucket: str) -> None:
    """Create the table, append, delete, evolve, append."""
    catalog = load_catalog(
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
    catalog.create_namespace("measured", {"location": f"s3://{bucket}/measured"})
    schema = pa.schema([("id", pa.int64()), ("amount", pa.float64()), ("day", pa.date32())])
    table = catalog.create_table("measured.orders", schema)
    days = [dt.date(2026, 1, 1 + number % 3) for number in range(100)]
    amounts = [None if number % 10 == 0 else number / 2 for number in range(100)]
    table.append(pa.table({"id": range(100), "amount": amounts, "day": days}, schema))
    table.delete("id >= 90")
    with table.update_schema() as update:
        update.rename_column("amount", "price")
        update.add_column("note", StringType())
    later = {"id": [1000], "price": [1.5], "day": [dt.date(2026, 2, 1)], "note": ["late"]}
    table.append(pa.Table.from_pydict(later, table.schema().as_arrow()))
    print(json.dumps(table.scan().to_arrow().num_rows))


main(sys.argv[1])
