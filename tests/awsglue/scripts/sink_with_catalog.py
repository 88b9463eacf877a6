import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output"])
glueContext = GlueContext(SparkContext.getOrCreate())
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

frame = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="events")
sink = glueContext.getSink(
    path=args["output"],
    connection_type="s3",
    updateBehavior="UPDATE_IN_DATABASE",
    partitionKeys=["year", "kind"],
    enableUpdateCatalog=True,
    transformation_ctx="sink",
)
sink.setCatalogInfo(catalogDatabase="sales", catalogTableName="events_by_kind")
sink.setFormat("glueparquet", compression="snappy")
sink.writeFrame(frame)
print(sorted(tuple(r) for r in spark.sql("select id, year, kind from sales.events_by_kind").collect()))
print(glueContext.tableNames(dbName="sales"))
job.commit()
