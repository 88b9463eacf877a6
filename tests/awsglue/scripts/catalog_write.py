import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
new = spark.createDataFrame([(9, "buy", ["z"], "2025", "03")], "id int, kind string, tags array<string>, year string, month string")
glueContext.write_dynamic_frame.from_catalog(
    frame=DynamicFrame.fromDF(new, glueContext, "new"),
    database="sales",
    table_name="events",
    additional_options={"enableUpdateCatalog": True, "updateBehavior": "UPDATE_IN_DATABASE", "partitionKeys": ["year", "month"]},
)
print(glueContext.get_catalog_schema_as_spark_schema("sales", "events").simpleString())
print([r.id for r in glueContext.create_data_frame.from_catalog(database="sales", table_name="events").where("year = '2025'").collect()])
