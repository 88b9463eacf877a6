"""The job on local Apache Spark."""

import sys

from pyspark.sql import SparkSession

fact, dimension, target = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.driver.memory", "4g")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "4")
    .getOrCreate()
)
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
