"""The job as a DuckDB script."""

import sys

import duckdb

fact, dimension, target = sys.argv[1:]
duckdb.execute("SET preserve_insertion_order = false")
duckdb.execute(
    f"""
    COPY (
        SELECT sale_id, s.customer_id, sold_at, amount, quantity, amount * quantity AS total, product,
               channel, city, segment, month(sold_on) AS month
        FROM read_csv('{fact}') s JOIN read_csv('{dimension}') c ON s.customer_id = c.customer_id
        WHERE amount > 1
    ) TO '{target}' (FORMAT parquet, PARTITION_BY (month), COMPRESSION snappy, OVERWRITE_OR_IGNORE)
    """
)
