import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from awsglue.context import GlueContext
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output", "TempDir"])
glueContext = GlueContext(SparkContext.getOrCreate())
orders = glueContext.create_dynamic_frame.from_catalog(name_space="sales", table_name="orders")
customers = glueContext.create_dynamic_frame.from_catalog(name_space="sales", table_name="customers")
events = glueContext.create_dynamic_frame.from_catalog(name_space="sales", table_name="events")
orders = orders.rename_field("id", "order_id").resolveChoice(choice="cast:string")
history = Join.apply(orders, customers, "customer", "name").drop_fields(["name", "nothing"])
history = Join.apply(history, events, "order_id", "id").drop_fields(["id", "when"])
print(sorted(history.toDF().columns))
dfc = history.relationalize("hist_root", args["TempDir"])
print(sorted(dfc.keys()))
glueContext.write_dynamic_frame.from_options(frame=dfc, connection_type="s3", connection_options={"path": args["output"]}, format="json")
