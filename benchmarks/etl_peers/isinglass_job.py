"""The job as a PySpark script on the embedded engine."""

import sys

from isinglass_runtime.engine.session import start_session

fact, dimension, target = sys.argv[1:]
spark = start_session()
sales = spark.read.csv(fact, header=True, inferSchema=True)
customers = spark.read.csv(dimension, header=True, inferSchema=True)
joined = (
    sales.filter("amount > 1")
    .join(customers, "customer_id")
    .selectExpr(
        "sale_id",
        "customer_id",
        "sold_at",
        "amount",
        "quantity",
        "amount * quantity AS total",
        "product",
        "channel",
        "city",
        "segment",
        "month(sold_on) AS month",
    )
)
joined.write.mode("overwrite").partitionBy("month").option("compression", "snappy").parquet(target)
