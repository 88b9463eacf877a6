import sys
from awsglue.context import GlueContext
from awsglue.transforms import Filter, Map
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output", "lake"])
glueContext = GlueContext(SparkContext.getOrCreate())


def enrich(rec):
    rec["initial"] = rec["customer"][0]
    rec["parts"] = rec["when"].split("-")
    del rec["when"]
    return rec


orders = glueContext.create_dynamic_frame.from_options(
    "s3", {"paths": [args["lake"] + "/orders/"], "recurse": True}, format="csv", format_options={"withHeader": True}
)
orders = Filter.apply(frame=orders, f=lambda x: float(x["amount"]) > 5, transformation_ctx="big")
mapped = Map.apply(frame=orders, f=enrich)
print(mapped.errorsCount(), [row.error.msg for row in mapped.errorsAsDynamicFrame().toDF().collect()])
glueContext.write_dynamic_frame.from_options(mapped, "s3", {"path": args["output"]}, "json")
