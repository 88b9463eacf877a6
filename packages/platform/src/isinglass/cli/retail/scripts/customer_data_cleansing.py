"""Cleanse the customer export: one row per customer, one date format, no stray separators."""

import sys

from pyspark.context import SparkContext
from pyspark.sql import functions as F

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import ApplyMapping, DropNullFields
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME", "source_database", "target_database", "target_path"])

glue_context = GlueContext(SparkContext.getOrCreate())
spark = glue_context.spark_session
logger = glue_context.get_logger()
job = Job(glue_context)
job.init(args["JOB_NAME"], args)

raw = glue_context.create_dynamic_frame.from_catalog(
    database=args["source_database"], table_name="customers", transformation_ctx="raw"
)

# A line with a stray separator shifts its values: the birth year is then no number and becomes null.
typed = ApplyMapping.apply(
    frame=raw,
    mappings=[
        ("customer_id", "long", "customer_id", "long"),
        ("first_name", "string", "first_name", "string"),
        ("last_name", "string", "last_name", "string"),
        ("email", "string", "email", "string"),
        ("birth_year", "long", "birth_year", "int"),
        ("city", "string", "city", "string"),
        ("country", "string", "country", "string"),
        ("signup_date", "string", "signup_date", "string"),
    ],
    transformation_ctx="typed",
)
typed = DropNullFields.apply(frame=typed, transformation_ctx="not_empty")

# The export wrote dates in three formats.
signup = F.coalesce(
    *(F.to_date(F.col("signup_date"), pattern) for pattern in ("yyyy-MM-dd", "dd/MM/yyyy", "MMM d, yyyy"))
)
clean = (
    typed.toDF()
    .where(F.col("birth_year").isNotNull() & F.col("customer_id").isNotNull())
    .withColumn("signup_date", signup)
    .dropDuplicates(["customer_id"])
)

sink = glue_context.getSink(
    connection_type="s3",
    path=args["target_path"],
    enableUpdateCatalog=True,
    updateBehavior="UPDATE_IN_DATABASE",
    mode="overwrite",
    transformation_ctx="sink",
)
sink.setFormat("parquet")
sink.setCatalogInfo(catalogDatabase=args["target_database"], catalogTableName="customers_clean")
sink.writeFrame(DynamicFrame.fromDF(clean, glue_context, "clean"))
logger.info("customers cleansed")
job.commit()
