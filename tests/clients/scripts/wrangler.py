"""What awswrangler's catalog functions do; prints what they answer."""

import json
import os
import sys

import awswrangler as wr
import pandas as pd


def main(bucket: str) -> None:
    """Write a partitioned dataset, describe it, find it, read it back, take it away."""
    wr.config.glue_endpoint_url = os.environ["AWS_ENDPOINT_URL_GLUE"]
    wr.config.s3_endpoint_url = os.environ["AWS_ENDPOINT_URL_S3"]
    wr.config.sts_endpoint_url = os.environ["AWS_ENDPOINT_URL_STS"]
    wr.catalog.create_database("wrangled", description="made by awswrangler", exist_ok=True)
    frame = pd.DataFrame(
        {"id": [1, 2, 3], "name": ["a", "b", "ü"], "day": ["2024-01-01", "2024-01-01", "2024-01-02"]}
    )
    path = f"s3://{bucket}/wrangled/orders/"
    for mode in ("overwrite", "append"):
        wr.s3.to_parquet(
            frame,
            path=path,
            dataset=True,
            mode=mode,
            database="wrangled",
            table="orders",
            partition_cols=["day"],
            glue_table_settings=wr.typing.GlueTableSettings(
                description="orders",
                parameters={"team": "sales"},
                columns_comments={"name": "of the customer"},
            ),
        )
    wr.catalog.upsert_table_parameters({"owner": "me"}, "wrangled", "orders")
    answers = {
        "types": wr.catalog.get_table_types("wrangled", "orders"),
        "parameters": {
            name: value
            for name, value in wr.catalog.get_table_parameters("wrangled", "orders").items()
            if name in {"team", "owner"}
        },
        "comments": wr.catalog.get_columns_comments("wrangled", "orders"),
        "description": wr.catalog.get_table_description("wrangled", "orders"),
        "partitions": sorted(wr.catalog.get_parquet_partitions("wrangled", "orders").values()),
        "one_day": list(
            wr.catalog.get_partitions("wrangled", "orders", expression="day = '2024-01-02'").values()
        ),
        "databases": [database["Name"] for database in wr.catalog.get_databases()],
        "found": [table["Name"] for table in wr.catalog.search_tables(text="orders")],
        "location": wr.catalog.get_table_location("wrangled", "orders"),
        "rows": len(wr.s3.read_parquet_table("orders", "wrangled")),
        "versions": wr.catalog.get_table_number_of_versions("wrangled", "orders"),
        "exists": [
            wr.catalog.does_table_exist("wrangled", "orders"),
            wr.catalog.does_table_exist("wrangled", "none"),
        ],
    }
    wr.catalog.delete_all_partitions("orders", "wrangled")
    answers["left"] = len(wr.catalog.get_partitions("wrangled", "orders"))
    wr.catalog.delete_table_if_exists("wrangled", "orders")
    wr.catalog.delete_database("wrangled")
    print(json.dumps(answers))


main(sys.argv[1])
