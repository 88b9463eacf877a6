"""The stand-ins for SparkContext, RDDs and py4j."""

import pytest


def run_text(text):
    scope = {"__name__": "__main__"}
    exec(compile(text, "script.py", "exec"), scope)
    return scope


@pytest.mark.parametrize(
    "header",
    [
        "from pyspark.context import SparkContext\nsc = SparkContext()",
        "from pyspark import SparkContext, SparkConf, RDD\nsc = SparkContext.getOrCreate(SparkConf().setAppName('x'))",
        "from pyspark.context import SparkContext, SparkConf\nconf = SparkConf()\n"
        "conf.set('spark.sql.shuffle.partitions', '4').setMaster('local')\nsc = SparkContext(conf=conf)",
        "import pyspark\nsc = pyspark.SparkContext.getOrCreate()\nsc.setLogLevel('ERROR')",
        "from pyspark.sql import SparkSession\nfrom pyspark.context import SparkContext\n"
        "sc = SparkContext._active_spark_context or SparkContext.getOrCreate()\nspark = SparkSession(sc)",
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.appName('x').master('local[*]')"
        ".config('spark.sql.shuffle.partitions', '4').enableHiveSupport().getOrCreate()\nsc = spark.sparkContext",
        "from pyspark.sql import SQLContext\nfrom pyspark.context import SparkContext\n"
        "sc = SparkContext.getOrCreate()\nspark = SQLContext(sc)",
        "from py4j.protocol import Py4JJavaError\nfrom py4j.java_gateway import java_import\n"
        "from pyspark.rdd import RDD\nfrom pyspark.broadcast import Broadcast\n"
        "from pyspark.sql import SparkSession\nsc = SparkSession.builder.getOrCreate().sparkContext",
    ],
)
def test_header_lines_of_scripts_lead_to_the_one_session(glue_context, header):
    from awsglue.context import GlueContext

    scope = run_text(header)

    context = GlueContext(scope["sc"])
    assert context.spark_session is glue_context.spark_session
    assert scope.get("spark", context).sql("select 1 as one").collect()[0].one == 1


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda df, sc: df.rdd.isEmpty(), False),
        (lambda df, sc: [row.id for row in df.rdd.collect()], [1, 2]),
        (lambda df, sc: df.rdd.map(lambda row: row.id * 2).collect(), [2, 4]),
        (lambda df, sc: df.rdd.flatMap(lambda row: [row.v] * row.id).collect(), ["a", "b", "b"]),
        (lambda df, sc: df.rdd.getNumPartitions() >= 1, True),
        (lambda df, sc: df.filter("id > 9").rdd.isEmpty(), True),
        (lambda df, sc: df.select("v").rdd.map(lambda row: row[0]).take(1), ["a"]),
        (lambda df, sc: df.rdd.map(lambda row: (row.v, row.id)).collectAsMap(), {"a": 1, "b": 2}),
        (lambda df, sc: df.toJSON().collect(), ['{"id":1,"v":"a"}', '{"id":2,"v":"b"}']),
        (lambda df, sc: sc.parallelize([3, 1, 2], 2).sortBy(lambda x: x).collect(), [1, 2, 3]),
        (lambda df, sc: sc.parallelize(range(5)).filter(lambda x: x % 2).sum(), 4),
        (lambda df, sc: sc.parallelize([("a", 1), ("b", 2), ("a", 3)]).reduceByKey(lambda x, y: x + y).collect(), [("a", 4), ("b", 2)]),
        (lambda df, sc: sc.emptyRDD().isEmpty(), True),
        (lambda df, sc: sc.parallelize([]).isEmpty(), True),
        (lambda df, sc: sc.broadcast({"k": 1}).value["k"], 1),
        (lambda df, sc: [tuple(r) for r in sc.parallelize([(1, "x")]).toDF(["n", "s"]).collect()], [(1, "x")]),
    ],
)  # fmt: skip
def test_rdds_of_scripts_give_what_spark_gives(spark, use, expected):
    df = spark.createDataFrame([(1, "a"), (2, "b")], "id int, v string")

    assert use(df, spark.sparkContext) == expected


def test_create_data_frame_from_an_empty_rdd_with_a_schema(spark):
    df = spark.createDataFrame(spark.sparkContext.emptyRDD(), "id int, v string")

    assert (df.count(), df.columns) == (0, ["id", "v"])


@pytest.mark.parametrize(
    ("texts", "schema", "rows"),
    [
        (['{"a":1,"b":"x"}', '{"a":2.5}'], "struct<a:double,b:string>", [(1.0, "x"), (2.5, None)]),
        (['[{"a":1},{"a":2}]'], "struct<a:bigint>", [(1,), (2,)]),
        (['{"z":{"k":[1]},"a":true}'], "struct<a:boolean,z:struct<k:array<bigint>>>", [(True, ([1],))]),
        (['{"a":1}', "broken"], "struct<_corrupt_record:string,a:bigint>", [(None, 1), ("broken", None)]),
        (['{"a":1}', '{"a":"x"}'], "struct<a:string>", [("1",), ("x",)]),
    ],
)
def test_read_json_of_an_rdd_infers_as_spark_does(spark, texts, schema, rows):
    df = spark.read.json(spark.sparkContext.parallelize(texts))

    assert df.schema.simpleString() == schema
    assert [tuple(tuple(v) if hasattr(v, "asDict") else v for v in row) for row in df.collect()] == rows


def test_text_file_reads_lines_of_files_and_folders(spark, tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "b.txt").write_text("three\n")

    assert spark.sparkContext.textFile(str(tmp_path / "a.txt")).collect() == ["one", "two"]
    assert spark.sparkContext.textFile(str(tmp_path)).count() == 3
    with pytest.raises(FileNotFoundError, match="Input path does not exist"):
        spark.sparkContext.textFile(str(tmp_path / "none")).collect()


def test_dynamic_frame_from_rdd_has_the_rows(glue_context, spark, records):
    df = spark.createDataFrame([(1, "a")], "id int, v string")

    assert records(glue_context.create_dynamic_frame_from_rdd(df.rdd, "x")) == [{"id": 1, "v": "a"}]
    assert records(
        glue_context.create_dynamic_frame.from_rdd(df.rdd.map(lambda r: (r.id, r.v)), "x", "n int, s string")
    ) == [{"n": 1, "s": "a"}]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda sc: sc.newAPIHadoopFile("x"), "needs a JVM, and there is none here; use spark.read"),
        (lambda sc: sc._gateway, "call a Python library instead of a Java class"),
        (lambda sc: sc.parallelize([1]).saveAsTextFile("x"), "RDD.saveAsTextFile is not available here"),
        (lambda sc: sc.somethingElse, "use the DataFrame API of spark_session"),
    ],
)
def test_members_without_a_stand_in_name_an_alternative(spark, use, message):
    with pytest.raises(AttributeError, match=message):
        use(spark.sparkContext)


def test_hadoop_configuration_is_accepted_with_a_warning(spark, caplog):
    spark.sparkContext._jsc.hadoopConfiguration().set("fs.s3a.access.key", "secret-value")

    assert "fs.s3a.access.key" in caplog.text
    assert "secret-value" not in caplog.text


def test_accumulators_refuse_to_follow_a_function_into_the_engine(spark):
    import pickle

    counter = spark.sparkContext.accumulator(0)
    counter += 2
    assert counter.value == 2
    with pytest.raises(TypeError, match="count with DataFrame aggregates"):
        pickle.dumps(counter)
