"""The job as a Polars script, streaming."""

import sys

import polars as pl

fact, dimension, target = sys.argv[1:]
sales = pl.scan_csv(fact, try_parse_dates=True)
customers = pl.scan_csv(dimension)
joined = (
    sales.filter(pl.col("amount") > 1)
    .join(customers, on="customer_id")
    .select(
        "sale_id",
        "customer_id",
        "sold_at",
        "amount",
        "quantity",
        (pl.col("amount") * pl.col("quantity")).alias("total"),
        "product",
        "channel",
        "city",
        "segment",
        pl.col("sold_on").dt.month().alias("month"),
    )
)
joined.sink_parquet(
    pl.PartitionBy(target, key="month", include_key=False),
    compression="snappy",
    mkdir=True,
    engine="streaming",
)
