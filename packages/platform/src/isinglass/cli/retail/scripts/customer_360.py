"""Build customer_360: what each customer bought, where, and which segment that makes them."""

import sys

from pyspark.context import SparkContext
from pyspark.sql import functions as F

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import ResolveChoice, SelectFields
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME", "source_database", "target_database", "target_path"])

glue_context = GlueContext(SparkContext.getOrCreate())
spark = glue_context.spark_session
job = Job(glue_context)
job.init(args["JOB_NAME"], args)

transactions = glue_context.create_dynamic_frame.from_catalog(
    database=args["source_database"], table_name="transactions", transformation_ctx="transactions"
)
transactions.printSchema()
# Some amounts are text. Late files hold rows of earlier days, and one row in a hundred comes twice.
transactions = ResolveChoice.apply(
    frame=transactions, specs=[("amount", "cast:double")], transformation_ctx="amounts"
)
sales = (
    SelectFields.apply(
        frame=transactions,
        paths=["transaction_id", "customer_id", "product_id", "ts", "quantity", "amount", "status"],
    )
    .toDF()
    .dropDuplicates(["transaction_id"])
    .where(F.col("status") == "completed")
)

products = glue_context.create_dynamic_frame.from_catalog(
    database=args["source_database"], table_name="products", transformation_ctx="products"
).toDF()
customers = spark.table(f"{args['target_database']}.customers_clean")

by_customer = (
    sales.join(products.select("product_id", "category"), "product_id", "left")
    .groupBy("customer_id")
    .agg(
        F.count("*").alias("orders"),
        F.sum("quantity").alias("items"),
        F.round(F.sum("amount"), 2).alias("total_spent"),
        F.countDistinct("category").alias("categories"),
        F.max("ts").alias("last_order_at"),
    )
)
customer_360 = (
    customers.join(by_customer, "customer_id", "left")
    .fillna(0, ["orders", "items", "total_spent", "categories"])
    .withColumn(
        "segment",
        F.when(F.col("total_spent") >= 2000, "vip")
        .when(F.col("total_spent") >= 500, "regular")
        .when(F.col("orders") > 0, "occasional")
        .otherwise("dormant"),
    )
)

sink = glue_context.getSink(
    connection_type="s3",
    path=args["target_path"],
    enableUpdateCatalog=True,
    updateBehavior="UPDATE_IN_DATABASE",
    partitionKeys=["segment"],
    mode="overwrite",
    transformation_ctx="sink",
)
sink.setFormat("parquet")
sink.setCatalogInfo(catalogDatabase=args["target_database"], catalogTableName="customer_360")
sink.writeFrame(DynamicFrame.fromDF(customer_360, glue_context, "customer_360"))
job.commit()
