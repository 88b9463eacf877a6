"""The parity cases: small programs whose result must not depend on the engine. Expected results come from
real Spark.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

Program = Callable[[Any, Path], Any]
CASES: dict[str, Program] = {}


def case(program: Program) -> Program:
    CASES[program.__name__] = program
    return program


def _rows(frame: Any) -> list[str]:
    return sorted(repr(row) for row in frame.collect())


def sql_case(name: str, text: str, views: Callable[[Any], Any] | None = None) -> None:
    """Add a statement over the views that `views` makes: `people` and `orders` unless others are asked for."""

    def program(spark: Any, folder: Path) -> Any:
        (views or people)(spark)
        return spark.sql(text)

    CASES[f"sql_{name}"] = program


def people(spark: Any) -> DataFrame:
    """The frame that most cases ask: duplicates, nulls, several types; also the views `people` and
    `orders`.
    """
    rows = [
        (1, "ann", 34, Decimal("1200.50"), dt.date(2024, 1, 1), ["a", "b"]),
        (2, "bob", None, Decimal("900.00"), dt.date(2024, 1, 3), []),
        (3, None, 51, None, dt.date(2024, 1, 10), None),
        (4, "dee", 34, Decimal("1200.50"), None, ["c"]),
        (4, "dee", 34, Decimal("1200.50"), None, ["c"]),
    ]
    frame = spark.createDataFrame(
        rows, "id int, name string, age int, pay decimal(10,2), joined date, tags array<string>"
    )
    frame.createOrReplaceTempView("people")
    orders(spark)
    return frame


def orders(spark: Any) -> DataFrame:
    rows = [
        (10, 1, 5.5, dt.datetime(2024, 1, 1, 10), '{"k": 1}'),
        (11, 1, 7.25, dt.datetime(2024, 1, 2, 11, 30), '{"k": 2, "m": "x"}'),
        (12, 2, None, dt.datetime(2024, 1, 2, 23, 59, 59), "{}"),
        (13, 9, 1.0, None, None),
    ]
    frame = spark.createDataFrame(
        rows, "order_id bigint, person int, amount double, at timestamp, extra string"
    )
    frame.createOrReplaceTempView("orders")
    return frame


for _name, _text in {
    "select_all": "SELECT * FROM people",
    "arithmetic": "SELECT id + 1 a, id * 2.5 b, id / 2 c, id % 2 d, -id e FROM people",
    "integer_division": "SELECT id div 2 AS a, mod(id, 3) AS b FROM people",
    "division_by_zero": "SELECT id / 0 AS a, id % 0 AS b FROM people",
    "decimal_sum": "SELECT sum(pay) s, avg(pay) a, min(pay) lo, max(pay) hi FROM people",
    "decimal_plus": "SELECT pay + 1 AS a, pay - 0.25 AS b FROM people",
    "decimal_times": "SELECT pay * CAST(1.5 AS decimal(8,3)) AS a FROM people",
    "comparison_nulls": "SELECT id, age > 40 a, age = NULL b, age <=> NULL c FROM people",
    "in_list": "SELECT id FROM people WHERE name IN ('ann', 'bob') OR age IN (51)",
    "not_in_null": "SELECT id FROM people WHERE name NOT IN ('ann')",
    "between": "SELECT id FROM people WHERE age BETWEEN 30 AND 40",
    "like": "SELECT id FROM people WHERE name LIKE '%e%'",
    "rlike": "SELECT id FROM people WHERE name RLIKE '^[ab]'",
    "case_when": "SELECT id, CASE WHEN age > 40 THEN 'old' WHEN age IS NULL THEN '?' ELSE 'young' END AS c FROM people",
    "coalesce": "SELECT coalesce(name, 'nobody') a, nvl(age, 0) b, nullif(id, 4) c, ifnull(age, -1) d FROM people",
    "string_functions": "SELECT upper(name) a, length(name) b, concat(name, '-', id) c, substring(name, 2, 2) d, lpad(name, 5, '*') e, trim('  x ') f, reverse(name) g, instr(name, 'e') h FROM people",
    "concat_ws": "SELECT concat_ws(',', name, CAST(age AS string)) AS a FROM people",
    "split": "SELECT split('a,b,,c', ',') AS a, split('a1b2', '[0-9]') AS b",
    "regexp": "SELECT regexp_replace('a1b22', '[0-9]+', '#') a, regexp_extract('ab-12', '([a-z]+)-([0-9]+)', 2) b",
    "initcap": "SELECT initcap('hello wORLD') AS a, repeat('ab', 3) AS b, translate('abc', 'ac', 'xy') AS c",
    "cast_text": "SELECT CAST('12' AS int) a, CAST('x' AS int) b, CAST('1.5' AS double) c, CAST('true' AS boolean) d, CAST(' 7 ' AS int) e",
    "try_cast": "SELECT try_cast('x' AS int) a, try_cast('5' AS bigint) b",
    "cast_date": "SELECT CAST('2024-02-30' AS date) a, CAST('2024-02-29' AS date) b, CAST('2024-1-5' AS date) c",
    "cast_number": "SELECT CAST(1.9 AS int) a, CAST(-1.9 AS int) b, CAST(5 AS string) c, CAST(2.50 AS string) d, CAST(1 AS boolean) e",
    "date_parts": "SELECT year(joined) y, month(joined) m, day(joined) d, dayofweek(joined) w, weekofyear(joined) k, quarter(joined) q FROM people",
    "date_arithmetic": "SELECT date_add(joined, 30) a, date_sub(joined, 1) b, datediff(joined, DATE'2023-12-31') c, add_months(joined, 1) d, last_day(joined) e FROM people",
    "date_trunc": "SELECT date_trunc('MONTH', at) a, trunc(CAST(at AS date), 'YEAR') b FROM orders",
    "date_format": "SELECT date_format(at, 'yyyy/MM/dd HH:mm') AS a FROM orders",
    "to_date_format": "SELECT to_date('05/02/2024', 'dd/MM/yyyy') a, to_timestamp('2024-02-05 10:11:12') b",
    "timestamp_parts": "SELECT hour(at) h, minute(at) m, second(at) s, unix_timestamp(at) u FROM orders",
    "interval": "SELECT at + INTERVAL 1 DAY AS a, at - INTERVAL 2 HOURS AS b FROM orders",
    "months_between": "SELECT months_between(DATE'2024-03-31', DATE'2024-02-29') AS a",
    "from_unixtime": "SELECT from_unixtime(0) AS a, to_unix_timestamp('1970-01-02', 'yyyy-MM-dd') AS b",
    "utc": "SELECT from_utc_timestamp(TIMESTAMP'2024-07-01 00:00:00', 'Europe/Paris') AS a",
    "count_distinct": "SELECT count(*) a, count(age) b, count(DISTINCT name) c FROM people",
    "group_by": "SELECT age, count(*) AS n, sum(id) AS s FROM people GROUP BY age",
    "group_having": "SELECT age, count(*) AS n FROM people GROUP BY age HAVING count(*) > 1",
    "group_expression": "SELECT age > 40 AS old, max(name) AS m FROM people GROUP BY 1",
    "rollup": "SELECT name, age, count(*) AS n FROM people GROUP BY ROLLUP(name, age)",
    "cube": "SELECT name, age, count(*) AS n FROM people GROUP BY CUBE(name, age)",
    "grouping_sets": "SELECT name, age, count(*) AS n FROM people GROUP BY GROUPING SETS ((name), (age), ())",
    "filter_aggregate": "SELECT count(*) FILTER (WHERE age > 40) AS a, sum(id) FILTER (WHERE name IS NULL) AS b FROM people",
    "statistics": "SELECT round(stddev(amount), 6) a, round(variance(amount), 6) b, round(stddev_pop(amount), 6) c FROM orders",
    "median": "SELECT percentile(amount, 0.5) AS a, median(amount) AS b FROM orders",
    "any_every": "SELECT bool_and(id > 0) a, bool_or(id > 3) b, max_by(name, id) c, min_by(name, id) d FROM people",
    "collect_sorted": "SELECT sort_array(collect_list(id)) a, sort_array(collect_set(age)) b FROM people",
    "inner_join": "SELECT p.name, o.amount FROM people p JOIN orders o ON p.id = o.person",
    "left_join": "SELECT p.id, o.order_id FROM people p LEFT JOIN orders o ON p.id = o.person",
    "right_join": "SELECT p.id, o.order_id FROM people p RIGHT JOIN orders o ON p.id = o.person",
    "full_join": "SELECT p.id, o.order_id FROM people p FULL JOIN orders o ON p.id = o.person",
    "semi_join": "SELECT id FROM people p LEFT SEMI JOIN orders o ON p.id = o.person",
    "anti_join": "SELECT id FROM people p LEFT ANTI JOIN orders o ON p.id = o.person",
    "cross_join": "SELECT p.id, o.order_id FROM people p CROSS JOIN orders o WHERE p.id = 1",
    "join_using": "SELECT * FROM (SELECT id, name FROM people) JOIN (SELECT person AS id, amount FROM orders) USING (id)",
    "join_null_keys": "SELECT a.id, b.id AS other FROM people a JOIN people b ON a.age = b.age",
    "join_null_safe": "SELECT a.id, b.id AS other FROM people a JOIN people b ON a.age <=> b.age",
    "scalar_subquery": "SELECT id, (SELECT max(amount) FROM orders) AS m FROM people",
    "exists": "SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.person = p.id)",
    "in_subquery": "SELECT id FROM people WHERE id IN (SELECT person FROM orders)",
    "cte": "WITH x AS (SELECT id FROM people WHERE id > 1), y AS (SELECT id + 1 AS id FROM x) SELECT * FROM y",
    "union_all": "SELECT id FROM people UNION ALL SELECT person FROM orders",
    "union_distinct": "SELECT id FROM people UNION SELECT person FROM orders",
    "intersect": "SELECT id FROM people INTERSECT SELECT person FROM orders",
    "except": "SELECT id FROM people EXCEPT SELECT person FROM orders",
    "except_all": "SELECT id FROM people EXCEPT ALL SELECT person FROM orders",
    "order_limit": "SELECT id, name FROM people ORDER BY id DESC, name LIMIT 2",
    "order_nulls": "SELECT name FROM people ORDER BY name NULLS LAST LIMIT 2",
    "distinct": "SELECT DISTINCT age, name FROM people",
    "row_number": "SELECT id, row_number() OVER (PARTITION BY age ORDER BY id, name) AS r FROM people",
    "rank": "SELECT id, rank() OVER (ORDER BY age) a, dense_rank() OVER (ORDER BY age) b FROM people",
    "lag_lead": "SELECT order_id, lag(amount) OVER (ORDER BY order_id) a, lead(amount, 2, 0D) OVER (ORDER BY order_id) b FROM orders",
    "running_sum": "SELECT order_id, sum(amount) OVER (ORDER BY order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s FROM orders",
    "moving_average": "SELECT order_id, avg(amount) OVER (ORDER BY order_id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s FROM orders",
    "range_dates": "SELECT joined, sum(id) OVER (ORDER BY joined RANGE BETWEEN INTERVAL 2 DAYS PRECEDING AND CURRENT ROW) AS s FROM people WHERE joined IS NOT NULL",
    "range_timestamps": "SELECT at, count(*) OVER (ORDER BY at RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW) AS s FROM orders WHERE at IS NOT NULL",
    "range_numbers": "SELECT id, count(*) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s FROM people",
    "ntile": "SELECT order_id, ntile(2) OVER (ORDER BY order_id) a, first_value(amount) OVER (ORDER BY order_id) b FROM orders",
    "array_functions": "SELECT array(1, 2, 3) a, size(tags) b, array_contains(tags, 'a') c, element_at(array(5, 6), 2) d, array_join(tags, '+') e FROM people",
    "array_sets": "SELECT array_distinct(array(1, 1, 2)) a, array_union(array(1), array(2)) b, array_except(array(1, 2), array(2)) c, flatten(array(array(1), array(2, 3))) d, slice(array(1, 2, 3), 2, 2) e",
    "higher_order": "SELECT transform(array(1, 2), x -> x + 1) a, filter(array(1, 2, 3), x -> x > 1) b, exists(array(1, 2), x -> x = 2) c, aggregate(array(1, 2, 3), 0, (s, x) -> s + x) d",
    "explode": "SELECT id, explode(tags) AS t FROM people",
    "explode_outer": "SELECT id, explode_outer(tags) AS t FROM people",
    "lateral_view": "SELECT id, t FROM people LATERAL VIEW explode(tags) x AS t",
    "lateral_view_outer": "SELECT id, t FROM people LATERAL VIEW OUTER explode(tags) x AS t",
    "posexplode": "SELECT id, posexplode(tags) AS (p, t) FROM people",
    "struct": "SELECT named_struct('a', id, 'b', name) AS s, struct(id, age) AS t FROM people",
    "map": "SELECT map('a', 1, 'b', 2) AS m, map_keys(map('k', id)) AS k, map('k', id)['k'] AS v FROM people",
    "get_json": "SELECT get_json_object(extra, '$.k') a, get_json_object(extra, '$.m') b FROM orders",
    "from_json": "SELECT from_json(extra, 'k int, m string') AS j FROM orders",
    "to_json": "SELECT to_json(named_struct('a', id, 'b', name)) AS j FROM people",
    "math": "SELECT abs(-2) a, round(2.5) b, round(-2.5) c, bround(2.5) d, ceil(1.2) e, floor(-1.2) f, sqrt(4D) g, power(2, 3) h, greatest(1, 3, 2) i, least(1, NULL, 2) j",
    "hash": "SELECT md5('x') a, sha2('x', 256) b, crc32('x') c, base64(CAST('hi' AS binary)) d",
    "boolean_logic": "SELECT (NULL AND false) a, (NULL OR true) b, NOT NULL c",
    "pivot": "SELECT * FROM (SELECT age, name, id FROM people) PIVOT (sum(id) FOR name IN ('ann', 'dee'))",
    "values": "SELECT * FROM VALUES (1, 'a'), (2, NULL) AS t(n, s)",
    "sequence": "SELECT explode(sequence(1, 3)) AS n, size(sequence(DATE'2024-01-01', DATE'2024-03-01', INTERVAL 1 MONTH)) AS m",
    "string_escape": "SELECT 'it''s' AS a, \"dq\" AS b, 'tab\\tx' AS c",
}.items():
    sql_case(_name, _text)


@case
def frame_select_expressions(spark: Any, folder: Path) -> Any:
    return people(spark).select(F.col("id").alias("a"), (F.col("age") + 1).alias("b"), F.lit("x").alias("c"))


@case
def frame_with_columns(spark: Any, folder: Path) -> Any:
    return (
        people(spark)
        .withColumn("double", F.col("id") * 2)
        .withColumnRenamed("name", "who")
        .drop("tags", "pay")
    )


@case
def frame_group_aggregate(spark: Any, folder: Path) -> Any:
    return people(spark).groupBy("age").agg(F.count("*").alias("n"), F.max("pay").alias("m"))


@case
def frame_drop_duplicates(spark: Any, folder: Path) -> Any:
    return people(spark).dropDuplicates(["id"]).select("id")


@case
def frame_fill_and_drop_nulls(spark: Any, folder: Path) -> Any:
    return (
        people(spark)
        .select("id", "name", "age")
        .fillna({"name": "-", "age": 0})
        .union(people(spark).select("id", "name", "age").dropna())
    )


@case
def frame_join_on_name(spark: Any, folder: Path) -> Any:
    return (
        people(spark)
        .select("id", "name")
        .join(orders(spark).withColumnRenamed("person", "id"), "id", "left")
        .select("id", "name", "order_id")
    )


@case
def frame_pivot(spark: Any, folder: Path) -> Any:
    return people(spark).groupBy("age").pivot("name", ["ann", "bob"]).agg(F.sum("id"))


@case
def frame_intersect_all(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([(1,), (1,), (1,), (2,), (None,)], "a int")
    return left.intersectAll(spark.createDataFrame([(1,), (1,), (None,), (None,)], "a int"))


@case
def frame_except_all(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([(1,), (1,), (1,), (2,), (None,)], "a int")
    return left.exceptAll(spark.createDataFrame([(1,), (1,), (None,), (None,)], "a int"))


@case
def frame_union_int_and_decimal(spark: Any, folder: Path) -> Any:
    return spark.sql("SELECT 1 AS a").union(spark.sql("SELECT CAST(2.50 AS decimal(10,2)) AS a"))


@case
def frame_union_int_and_text(spark: Any, folder: Path) -> Any:
    return spark.sql("SELECT 1 AS a").union(spark.sql("SELECT 'x' AS a"))


@case
def frame_union_int_and_double(spark: Any, folder: Path) -> Any:
    return spark.sql("SELECT 1 AS a").union(spark.sql("SELECT 2.5D AS a"))


@case
def frame_union_date_and_timestamp(spark: Any, folder: Path) -> Any:
    return spark.sql("SELECT DATE'2024-01-01' AS a").union(
        spark.sql("SELECT TIMESTAMP'2024-01-01 01:00:00' AS a")
    )


@case
def frame_union_by_name_missing(spark: Any, folder: Path) -> Any:
    left, right = spark.sql("SELECT 1 AS a, 'x' AS b"), spark.sql("SELECT 2L AS c, 5 AS a")
    return left.unionByName(right, allowMissingColumns=True)


@case
def frame_sorted_map_in_arrow(spark: Any, folder: Path) -> Any:
    def is_sorted(batches: Any) -> Any:
        import pyarrow as pa

        last, good, rows = None, True, 0
        for batch in batches:
            for value in batch.column("k").to_pylist():
                good = good and (last is None or value >= last)
                last, rows = value, rows + 1
        if rows:
            yield pa.RecordBatch.from_pylist([{"good": good}])

    frame = spark.range(0, 20000).withColumn("k", (F.col("id") * 7919) % 20000)
    return frame.orderBy("k").withColumn("x", F.lit(1)).mapInArrow(is_sorted, "good boolean").distinct()


@case
def frame_python_udf(spark: Any, folder: Path) -> Any:
    shout = F.udf(lambda text: None if text is None else text.upper() + "!", "string")
    return people(spark).select(shout("name").alias("a"))


@case
def frame_pandas_group(spark: Any, folder: Path) -> Any:
    def top(group: Any) -> Any:
        return group.nlargest(1, "id")[["age", "id"]]

    return (
        people(spark)
        .select("age", "id")
        .filter("age IS NOT NULL")
        .groupBy("age")
        .applyInPandas(top, "age int, id int")
    )


@case
def frame_sample_of_actions(spark: Any, folder: Path) -> Any:
    frame = people(spark)
    return [
        frame.count(),
        frame.first()["id"],
        frame.isEmpty(),
        [row.id for row in frame.orderBy("id").take(2)],
        frame.columns,
    ]


@case
def frame_describe_schema(spark: Any, folder: Path) -> Any:
    return people(spark).schema.simpleString()


@case
def frame_explain_is_text(spark: Any, folder: Path) -> Any:
    return [Row(n=1) in spark.sql("SELECT 1 AS n").collect()]


@case
def read_csv_clean(spark: Any, folder: Path) -> Any:
    (folder / "a.csv").write_text("id,name,amount\n1,ann,1.5\n2,bob,\n3,,2\n")
    return spark.read.csv(str(folder / "a.csv"), header=True, inferSchema=True)


@case
def read_csv_untyped(spark: Any, folder: Path) -> Any:
    (folder / "a.csv").write_text("1;x\n2;y\n")
    return spark.read.option("sep", ";").csv(str(folder / "a.csv"))


@case
def read_csv_permissive(spark: Any, folder: Path) -> Any:
    (folder / "a.csv").write_text("1,2.5,x\n2,zz,y\n3\n4,5.5,z,extra\n")
    return spark.read.schema("a int, b double, c string, _corrupt_record string").csv(str(folder / "a.csv"))


@case
def read_csv_drop_malformed(spark: Any, folder: Path) -> Any:
    (folder / "a.csv").write_text("1,2.5\n2,zz\n3,4\n")
    return spark.read.schema("a int, b double").option("mode", "DROPMALFORMED").csv(str(folder / "a.csv"))


@case
def read_csv_quotes(spark: Any, folder: Path) -> Any:
    (folder / "a.csv").write_text('a,b\n"x,y","say \\"hi\\""\n"",z\n')
    return spark.read.option("header", True).csv(str(folder / "a.csv"))


@case
def read_csv_folder_of_files(spark: Any, folder: Path) -> Any:
    for index in range(3):
        (folder / f"p{index}.csv").write_text(f"n\n{index}\n")
    (folder / "_hidden.csv").write_text("n\n99\n")
    return spark.read.csv(str(folder), header=True, inferSchema=True)


@case
def read_json_lines(spark: Any, folder: Path) -> Any:
    (folder / "a.json").write_text('{"a": 1, "b": {"c": "x"}, "d": [1, 2]}\n{"a": 2.5, "e": true}\n')
    return spark.read.json(str(folder / "a.json"))


@case
def read_json_mixed_and_corrupt(spark: Any, folder: Path) -> Any:
    (folder / "a.json").write_text('{"a": 1}\n{bad\n{"a": "s"}\n')
    return spark.read.json(str(folder / "a.json"))


@case
def read_json_with_schema(spark: Any, folder: Path) -> Any:
    (folder / "a.json").write_text('{"a": "1", "b": "x"}\n{"b": 5}\n{"a": 7, "c": 1}\n')
    return spark.read.schema("a int, b string").json(str(folder / "a.json"))


@case
def read_missing_path(spark: Any, folder: Path) -> Any:
    try:
        spark.read.parquet(str(folder / "nothing")).collect()
    except Exception as error:
        return "PATH_NOT_FOUND" in str(error)
    return False


@case
def read_partitions_zero_padded(spark: Any, folder: Path) -> Any:
    for month in ("01", "02", "12"):
        inside = folder / "t" / "year=2024" / f"month={month}"
        inside.mkdir(parents=True)
        (inside / "f.csv").write_text(f"{month}-x\n")
    return spark.read.schema("v string").csv(str(folder / "t")).filter("month = 2 AND year = 2024")


@case
def read_partitions_null(spark: Any, folder: Path) -> Any:
    for value in ("a", "__HIVE_DEFAULT_PARTITION__", "b%20c"):
        inside = folder / "t" / f"k={value}"
        inside.mkdir(parents=True)
        (inside / "f.json").write_text('{"v": 1}\n')
    return spark.read.json(str(folder / "t"))


@case
def write_parquet_and_read(spark: Any, folder: Path) -> Any:
    people(spark).write.parquet(str(folder / "out"))
    return spark.read.parquet(str(folder / "out"))


@case
def write_partitioned_with_nulls(spark: Any, folder: Path) -> Any:
    people(spark).select("id", "name", "age").write.partitionBy("age").parquet(str(folder / "out"))
    names = sorted(path.name for path in (folder / "out").iterdir() if path.is_dir())
    return [names, _rows(spark.read.parquet(str(folder / "out")))]


@case
def write_dynamic_overwrite(spark: Any, folder: Path) -> Any:
    target = str(folder / "out")
    spark.createDataFrame([(1, "a"), (2, "b"), (3, "b")], "v int, k string").write.partitionBy("k").parquet(
        target
    )
    (
        spark.createDataFrame([(9, "b")], "v int, k string")
        .write.mode("overwrite")
        .option("partitionOverwriteMode", "dynamic")
        .partitionBy("k")
        .parquet(target)
    )
    return spark.read.parquet(target)


@case
def write_static_overwrite(spark: Any, folder: Path) -> Any:
    target = str(folder / "out")
    spark.range(5).write.parquet(target)
    spark.range(2).write.mode("overwrite").parquet(target)
    return spark.read.parquet(target)


@case
def write_append_twice(spark: Any, folder: Path) -> Any:
    target = str(folder / "out")
    for _ in range(2):
        spark.range(2).write.mode("append").json(target)
    return spark.read.json(target)


@case
def write_errors_when_present(spark: Any, folder: Path) -> Any:
    target = str(folder / "out")
    spark.range(2).write.parquet(target)
    try:
        spark.range(2).write.parquet(target)
    except Exception as error:
        return "ALREADY_EXISTS" in str(error)
    return False


@case
def write_ignore_when_present(spark: Any, folder: Path) -> Any:
    target = str(folder / "out")
    spark.range(2).write.parquet(target)
    spark.range(9).write.mode("ignore").parquet(target)
    return spark.read.parquet(target)


@case
def write_sorted_keeps_order(spark: Any, folder: Path) -> Any:
    import pyarrow.parquet as pq

    target = folder / "out"
    frame = spark.range(0, 5000).withColumn("k", (F.col("id") * 7919) % 5000)
    frame.orderBy("k").write.parquet(str(target))
    files = [pq.read_table(path).column("k").to_pylist() for path in sorted(target.glob("*.parquet"))]
    return [all(keys == sorted(keys) for keys in files), sum(map(len, files))]


@case
def write_csv_with_header(spark: Any, folder: Path) -> Any:
    target = folder / "out"
    frame = spark.createDataFrame([(1, "a,b", None), (2, 'q"q', 1.5)], "i int, s string, d double")
    frame.coalesce(1).write.option("header", True).csv(str(target))
    return "".join(
        sorted("".join(p.read_text() for p in sorted(target.glob("*.csv"))).splitlines(keepends=True))
    )


@case
def write_json_lines(spark: Any, folder: Path) -> Any:
    target = folder / "out"
    orders(spark).select("order_id", "amount", "at").write.json(str(target))
    return sorted("".join(path.read_text() for path in target.glob("*.json")).splitlines())


@case
def write_failed_leaves_nothing(spark: Any, folder: Path) -> Any:
    target = folder / "out"
    broken = F.udf(lambda value: 1 // (value - 3), "int")
    try:
        spark.range(6).select(broken("id").alias("x")).write.parquet(str(target))
    except Exception:
        return sorted(path.name for path in target.glob("*.parquet"))
    return "did not fail"


@case
def read_own_input_while_overwriting(spark: Any, folder: Path) -> Any:
    target = str(folder / "out")
    spark.range(3).write.parquet(target)
    spark.read.parquet(target).withColumn("twice", F.col("id") * 2).write.mode("overwrite").parquet(target)
    return spark.read.parquet(target)


@case
def join_of_files_with_the_large_one_left(spark: Any, folder: Path) -> Any:
    (folder / "big.csv").write_text("id,v\n" + "".join(f"{i % 7},{i}\n" for i in range(100)))
    (folder / "small.csv").write_text("id,w\n1,a\n2,b\n9,c\n")
    big = spark.read.csv(str(folder / "big.csv"), header=True, inferSchema=True)
    small = spark.read.csv(str(folder / "small.csv"), header=True, inferSchema=True)
    found = []
    for how in ("inner", "left", "right", "full", "semi", "anti"):
        using = big.join(small, "id", how)
        found += [using.columns, _rows(using)]
        if how not in {"semi", "anti"}:
            found += [_rows(using.select(big["v"], small["w"], big["id"]))]
            condition = big.join(small, big.id == small.id, how)
            found += [
                condition.columns,
                _rows(condition.select(small.id, big.v)),
                _rows(condition.drop(small.id)),
            ]
            aliased = big.alias("x").join(small.alias("y"), F.col("x.id") == F.col("y.id"), how)
            found += [_rows(aliased.select("x.v", "y.id")), _rows(aliased.groupBy("w").count())]
    return found


@case
def read_globs(spark: Any, folder: Path) -> Any:
    for day in ("2024-01-01", "2024-01-02", "2024-02-01"):
        (folder / day).mkdir()
        (folder / day / "f.csv").write_text(day + "\n")
    return spark.read.csv(str(folder / "2024-01-*"))


def outcome(result: Any) -> Any:
    """Bring a case's result into a form that JSON keeps: schema and sorted rows of frames, other values as
    they are.
    """
    if hasattr(result, "collect") and hasattr(result, "schema"):
        return {"schema": result.schema.simpleString(), "rows": _rows(result)}
    return result
