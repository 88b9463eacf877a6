import sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrameCollection
from awsglue.transforms import SelectFromCollection, SplitFields, SplitRows
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output"])
glueContext = GlueContext(SparkContext.getOrCreate())


def MyTransform(glueContext, dfc) -> DynamicFrameCollection:
    frame = dfc.select(list(dfc.keys())[0])
    return DynamicFrameCollection({"CustomTransform0": frame.select_fields(["id", "customer"])}, glueContext)


orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")
parts = SplitRows.apply(orders, {"id": {">": 2}}, "late", "early")
late = SelectFromCollection.apply(dfc=parts, key=list(parts.keys())[0])
custom = MyTransform(glueContext, DynamicFrameCollection({"late": late}, glueContext))
result = SelectFromCollection.apply(custom, list(custom.keys())[0])
result.spigot(args["output"] + "/sample", {"topk": 1})
result.show()
glueContext.write_dynamic_frame.from_options(result, "s3", {"path": args["output"] + "/all"}, "csv", {"separator": "|", "quoteChar": -1})
