import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql.functions import udf
from pyspark.sql.types import StringType

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output"])
glueContext = GlueContext(SparkContext.getOrCreate())
orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
orders.printSchema()
resolved = orders.resolveChoice(specs=[("amount", "cast:double")])
resolved.printSchema()
bad = orders.toDF().where("amount.string is not null").select("id", "amount.string").collect()
print([tuple(row) for row in bad])
shout = udf(lambda x: x.upper() + "!", StringType())
df = resolved.toDF().where("`amount` is not null and customer <> ''").withColumn("loud", shout("customer"))
nested = DynamicFrame.fromDF(df, glueContext, "nested").apply_mapping(
    [("loud", "string", "who", "string"), ("amount", "double", "paid.amount", "double"), ("when", "string", "paid.on", "date")]
)
glueContext.write_dynamic_frame.from_options(frame=nested, connection_type="s3", connection_options={"path": args["output"]}, format="parquet")
