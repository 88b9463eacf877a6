import json
import sys
from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql.types import StringType, StructField, StructType

args = getResolvedOptions(sys.argv, ["JOB_NAME", "lake", "output"])
sc = SparkContext._active_spark_context or SparkContext.getOrCreate()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
header = sc.textFile(args["lake"] + "/orders/part.csv").first().split(",")
config = spark.read.json(sc.parallelize([json.dumps({"columns": header, "limit": 2})]))
limit = config.collect()[0]["limit"]
empty = spark.createDataFrame(sc.emptyRDD(), StructType([StructField("a", StringType(), True)]))
rows = glueContext.create_dynamic_frame_from_rdd(sc.parallelize([(1, "x"), (2, "y"), (3, "z")]), "rows", ["n", "s"])
print(header, limit, empty.rdd.isEmpty(), rows.toDF().limit(limit).count(), rows.glue_ctx is glueContext)
