import sys

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import functions as F
from pyspark.sql.functions import col

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output"])
sc = SparkContext.getOrCreate()
glue_context = GlueContext(sc)
job = Job(glue_context)
job.init(args["JOB_NAME"], args)
logger = glue_context.get_logger()

events = glue_context.create_dynamic_frame.from_catalog(
    database="sales",
    table_name="events",
    push_down_predicate="year == '2024' and month == '02'",
    transformation_ctx="events",
)
print(events.count(), events.errorsCount())
logger.info("counted")
by_kind = events.toDF().groupBy("year", "month", col("kind")).agg(F.count("*").alias("n"))
result = DynamicFrame.fromDF(by_kind, glue_context, "by_kind")
glue_context.write_dynamic_frame.from_options(
    frame=result,
    connection_type="s3",
    connection_options={"path": args["output"], "partitionKeys": ["year", "month"]},
    format="json",
)
job.commit()
