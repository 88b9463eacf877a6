import sys
from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME", "output"])
conf = SparkConf().setAppName("sql").set("spark.sql.shuffle.partitions", "2")
sc = SparkContext.getOrCreate(conf)
sc.setLogLevel("WARN")
sc._jsc.hadoopConfiguration().set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)


def sparkSqlQuery(glueContext, query, mapping, transformation_ctx):
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql(query)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)


from awsglue.dynamicframe import DynamicFrame

customers = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="customers")
joined = sparkSqlQuery(
    glueContext,
    "select c.city, count(*) as n from c join sales.orders o on o.customer = c.name group by c.city",
    {"c": customers},
    "joined",
)
df = joined.toDF()
if not df.rdd.isEmpty():
    df.repartition(1).write.mode("overwrite").option("header", "true").csv(args["output"])
print(sorted(df.rdd.map(lambda row: (row.city, row.n)).collect()))
print(spark.table("sales.customers").count())
job.commit()
