"""More parity cases: the functions that Glue scripts use most, over awkward values."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from cases import case, orders, people
from cases import sql_case as _sql
from pyspark.sql import DataFrame, Row, Window
from pyspark.sql import functions as F


def decimals(spark: Any) -> DataFrame:
    """Decimals of several shapes, and the view `decimals`."""
    rows = [
        (Decimal("10.00"), Decimal("3.000"), Decimal(7), 4, 0.5),
        (Decimal("-1.05"), Decimal("0.333"), Decimal(3), 7, 1.25),
        (Decimal("12345678.91"), Decimal("99999.999"), Decimal(123456789012345678), 3, 2.0),
        (None, Decimal("1.000"), Decimal(1), 1, None),
        (Decimal("5.00"), Decimal("0.000"), Decimal(2), 0, 0.0),
    ]
    frame = spark.createDataFrame(rows, "a decimal(10,2), b decimal(8,3), c decimal(20,0), n int, x double")
    frame.createOrReplaceTempView("decimals")
    return frame


def texts(spark: Any) -> DataFrame:
    """Text as it comes: blank, spaced, accented, numeric, dates; also the view `texts`."""
    rows = [
        (1, "  Ann  ", "2024-01-31", "12", "a,b,c"),
        (2, "", "31/01/2024", "1.5e3", ""),
        (3, None, "2024-1-5", " 7 ", None),
        (4, "Zoë-Löwe", "2024-02-30", "abc", ",,x"),
        (5, "o'neil", "20240131", "-0", "one"),
        (6, "TAB\there", "2024-01-31 10:11:12.345", "9999999999", "a|b"),
        (7, "NULL", "", "", "x,"),
        (8, "ﬁx ß", "2024-01-31T10:11:12Z", "1,000", " a , b "),
    ]
    frame = spark.createDataFrame(rows, "id int, name string, day string, num string, list string")
    frame.createOrReplaceTempView("texts")
    return frame


def nested(spark: Any) -> DataFrame:
    """Structs, arrays of structs and maps, with nulls at each level; also the view `nested`."""
    rows = [
        (1, Row(city="Rome", zip=100), [Row(sku="a", n=1), Row(sku="b", n=2)], {"k": 1, "j": 2}),
        (2, None, [], {}),
        (3, Row(city=None, zip=None), None, None),
        (4, Row(city="", zip=0), [None, Row(sku=None, n=5)], {"k": None}),
    ]
    frame = spark.createDataFrame(
        rows,
        "id int, addr struct<city:string,zip:int>, items array<struct<sku:string,n:int>>, m map<string,int>",
    )
    frame.createOrReplaceTempView("nested")
    return frame


def _over(frame: Any, name: str, text: str) -> None:
    _sql(name, text, frame)


for _name, _text in {
    "decimal_divide": "SELECT a / b AS q, a / c AS r, a / n AS s FROM decimals",
    "decimal_multiply": "SELECT a * b AS q, a * c AS r, a * n AS s, c * c AS t FROM decimals",
    "decimal_add": "SELECT a + b AS q, a - c AS r, a + n AS s, c + c AS t FROM decimals",
    "decimal_modulo": "SELECT a % b AS q, a % n AS r, mod(c, a) AS s FROM decimals",
    "decimal_with_literals": "SELECT a * 2 AS q, a * 1.1 AS r, a / 100 AS s, a / 3.0 AS t, 1 / a AS u FROM decimals",
    "decimal_with_double": "SELECT a * x AS q, a / x AS r, a + x AS s, a > x AS t FROM decimals",
    "decimal_round": "SELECT round(a, 1) q, round(a) r, round(b, -1) s, ceil(a) t, floor(a) u, bround(a, 1) v FROM decimals",
    "decimal_sums": "SELECT sum(a) q, avg(a) r, sum(c) s, avg(b) t, sum(a * b) u, sum(a) / count(*) v FROM decimals",
    "decimal_cast": "SELECT CAST(a AS decimal(5,1)) q, CAST(b AS int) r, CAST(a AS string) s, CAST(c AS bigint) t, CAST(x AS decimal(10,2)) u FROM decimals",
    "decimal_compare": "SELECT a = b q, a < c r, greatest(a, b) s, coalesce(a, b) t, coalesce(a, 0) u, if(n > 1, a, b) v, nvl(a, 0.5) w FROM decimals",
    "decimal_negate": "SELECT -a q, abs(a) r, sign(a) s, CASE WHEN n > 3 THEN a ELSE 0 END t FROM decimals",
}.items():
    _over(decimals, _name, _text)

for _name, _text in {
    "text_trim": "SELECT id, trim(name) a, ltrim(name) b, rtrim(name) c, btrim(name) d, trim(BOTH 'x' FROM 'xxaxx') e FROM texts",
    "text_case": "SELECT id, upper(name) a, lower(name) b, initcap(name) c, length(name) d, octet_length(name) e FROM texts",
    "text_to_number": "SELECT id, CAST(num AS int) a, CAST(num AS bigint) b, CAST(num AS double) c, CAST(num AS decimal(10,2)) d, CAST(num AS boolean) e FROM texts",
    "text_to_date": "SELECT id, CAST(day AS date) a, to_date(day) b FROM texts",
    "text_to_timestamp": "SELECT id, CAST(day AS timestamp) a, to_timestamp(day) b FROM texts",
    "text_to_date_pattern": "SELECT id, try_to_date(day, 'yyyy-MM-dd') a, try_to_date(day, 'dd/MM/yyyy') b, try_to_date(day, 'yyyyMMdd') c FROM texts",
    "text_to_timestamp_pattern": "SELECT try_to_timestamp('2024-01-31 10:11:12', 'yyyy-MM-dd HH:mm:ss') a, try_to_timestamp('31.01.2024 10:11', 'dd.MM.yyyy HH:mm') b, try_to_timestamp('Jan 5, 2024', 'MMM d, yyyy') c, try_to_timestamp('2024-01-31T10:11:12.123Z', \"yyyy-MM-dd'T'HH:mm:ss.SSSX\") d",
    "text_split": "SELECT id, split(list, ',') a, split(list, ',')[0] b, split(list, ',', 2) c, size(split(list, ',')) d, split_part(list, ',', 2) e, element_at(split(list, ','), -1) f FROM texts",
    "text_split_regex": "SELECT split('a1b22c', '[0-9]+') a, split('a|b', '\\\\|') b, split('', ',') c, split('abc', '') d",
    "text_substring": "SELECT id, substring(name, 0, 2) a, substring(name, -3) b, left(name, 3) c, right(name, 2) d, substring(name, 2, 100) e, substr(name, -100, 3) f, overlay(name PLACING '_' FROM 2) g FROM texts",
    "text_replace": "SELECT id, replace(name, 'n', '') a, translate(name, 'AZ', '12') b, regexp_replace(name, '[^A-Za-z]', '') c, regexp_replace(name, '(\\\\w)(\\\\w)', '$2$1') d FROM texts",
    "text_regex_extract": "SELECT id, regexp_extract(day, '(\\\\d{4})-(\\\\d+)', 1) a, regexp_extract(name, 'x', 0) b, regexp_extract_all(day, '(\\\\d+)', 1) c, regexp_count(day, '\\\\d') d FROM texts",
    "text_match": "SELECT id, name LIKE '%nn%' a, name ILIKE 'ANN%' b, name RLIKE '^\\\\s' c, contains(name, 'e') d, startswith(name, 'Z') e, endswith(name, 'l') f FROM texts",
    "text_pad": "SELECT id, lpad(num, 5, '0') a, rpad(num, 3, 'xy') b, lpad(num, 2) c, repeat(num, 2) d, space(2) e, lpad(id, 3, '0') f FROM texts",
    "text_concat": "SELECT id, concat(name, num) a, concat_ws('-', name, num, day) b, name || '!' c, concat_ws(',', split(list, ','), 'z') d FROM texts",
    "text_positions": "SELECT id, instr(name, 'n') a, locate('e', name, 3) b, position('n' IN name) c, ascii(name) d, levenshtein(name, 'Ann') e, soundex(name) f FROM texts",
    "text_numbers": "SELECT format_number(1234567.891, 2) a, format_string('%05d|%s|%.2f', 42, 'x', 3.14159D) b, hex(255) c, conv('ff', 16, 10) d, bin(5) e, unhex('4142') f",
    "text_of_numbers": "SELECT CAST(1.0 AS string) a, CAST(1e10D AS string) b, CAST(1.5e-7D AS string) c, CAST(CAST(0.1 AS float) AS string) d, CAST(100000000D AS string) e, CAST(true AS string) f, CAST(-0.0D AS string) g, CAST(123456789.123D AS string) h",
    "text_of_times": "SELECT CAST(TIMESTAMP'2024-01-31 10:11:12' AS string) a, CAST(TIMESTAMP'2024-01-31 10:11:12.120' AS string) b, CAST(DATE'2024-01-31' AS string) c, concat('x', DATE'2024-01-31') d, concat(TIMESTAMP'2024-01-31 00:00:00', '') e",
    "text_of_nested": "SELECT CAST(array(1, 2) AS string) a, CAST(map('k', 1) AS string) b, CAST(struct(1, 'x') AS string) c, CAST(array('a', NULL) AS string) d",
    "text_hashes": "SELECT id, md5(name) a, sha1(name) b, sha2(name, 512) c, hash(id, name) d, xxhash64(name) e, crc32(name) f FROM texts",
    "text_url": "SELECT parse_url('http://h.example/p/q?x=1&y=2#f', 'HOST') a, parse_url('http://h.example/p?x=1', 'QUERY', 'x') b, url_encode('a b&c') c, url_decode('a%20b') d",
    "text_cast_bad_numbers": "SELECT CAST('1.9' AS int) a, CAST('99999999999' AS int) b, CAST('NaN' AS double) c, CAST('Infinity' AS double) d, CAST('1e2' AS int) e, CAST('' AS int) f, CAST('+5' AS int) g, CAST('0x1A' AS int) h, CAST('1_000' AS int) i, CAST('5L' AS int) j, CAST('5.0' AS bigint) k, CAST('1d' AS double) l",
    "text_cast_booleans": "SELECT CAST('yes' AS boolean) a, CAST('T' AS boolean) b, CAST('0' AS boolean) c, CAST('off' AS boolean) d, CAST('TRUE ' AS boolean) e",
    "text_cast_dates": "SELECT CAST('2024' AS date) a, CAST('2024-02' AS date) b, CAST('2024-01-31 ' AS date) c, CAST('2024-01-31T' AS date) d, CAST('2024/01/31' AS date) e, CAST('0001-01-01' AS date) f",
    "text_cast_timestamps": "SELECT CAST('2024' AS timestamp) a, CAST('2024-01-31' AS timestamp) b, CAST('2024-01-31 1:2:3' AS timestamp) c, CAST('2024-01-31T10:11:12+02:00' AS timestamp) d, CAST('2024-01-31 10:11' AS timestamp) e, CAST('2024-01-31 25:00:00' AS timestamp) f, CAST('2024-01-31 10:11:12.1234567' AS timestamp) g, CAST('1706695872' AS timestamp) h",
    "text_compare_number": "SELECT id, num = 12 a, num > 5 b, id = '3' c, num + 1 d, '2' * 3 e FROM texts",
    "text_in_order": "SELECT name, row_number() OVER (ORDER BY name) a, row_number() OVER (ORDER BY name DESC) b, min(name) OVER () c, max(name) OVER () d FROM texts",
    "text_names_null": "SELECT id, nullif(trim(name), '') a, coalesce(nullif(name, ''), 'none') b, isnull(name) c, isnotnull(name) d, name IS DISTINCT FROM 'x' e FROM texts",
    "text_encoding": "SELECT encode('é', 'UTF-8') a, decode(encode('é', 'UTF-8'), 'UTF-8') b, base64(encode('é', 'UTF-8')) c, CAST(unbase64('aGk=') AS string) d, char(65) e, chr(97) f",
}.items():
    _over(texts, _name, _text)

for _name, _text in {
    "time_formats": "SELECT date_format(at, 'yyyyMMdd') a, date_format(at, 'EEEE') b, date_format(at, 'MMM d') c, date_format(at, 'hh:mm a') d, date_format(at, \"yyyy-MM-dd'T'HH:mm:ss.SSS\") e, date_format(at, 'D') f, date_format(at, 'E, yy') g, date_format(at, 'QQQ') h FROM orders",
    "time_diff": "SELECT timestampdiff(HOUR, TIMESTAMP'2024-01-01 00:30:00', TIMESTAMP'2024-01-02 00:00:00') a, date_diff(DATE'2024-03-01', DATE'2024-02-01') b, TIMESTAMP'2024-01-02 00:00:00' - TIMESTAMP'2024-01-01 00:00:00' c, DATE'2024-01-03' - DATE'2024-01-01' d",
    "time_add": "SELECT at + INTERVAL 1 MONTH a, at + INTERVAL '1' YEAR b, DATE'2024-01-31' + INTERVAL 1 MONTH c, DATE'2024-01-31' + 1 d, dateadd(DAY, 3, at) e, timestampadd(MINUTE, 90, at) f FROM orders",
    "time_months": "SELECT add_months(DATE'2024-01-31', 1) a, add_months(DATE'2024-02-29', 12) b, months_between('2024-03-15', '2024-01-31') c, last_day(DATE'2024-02-10') d, next_day(DATE'2024-02-10', 'Mon') e",
    "time_trunc": "SELECT date_trunc('week', at) a, date_trunc('quarter', at) b, date_trunc('hour', at) c, trunc(at, 'MM') d, trunc(at, 'week') e, date_trunc('year', at) f FROM orders",
    "time_parts": "SELECT dayofyear(at) a, weekday(at) b, dayofweek(at) c, extract(DOW FROM at) d, extract(WEEK FROM at) e, extract(YEAROFWEEK FROM at) f, date_part('SECOND', at) g, weekofyear(DATE'2021-01-03') h, dayname(at) i, monthname(at) j FROM orders",
    "time_unix": "SELECT unix_timestamp('2024-01-31 10:11:12') a, unix_timestamp('31/01/2024', 'dd/MM/yyyy') b, from_unixtime(1706695872, 'yyyy/MM/dd HH') c, timestamp_seconds(1.5) d, timestamp_millis(1706695872123) e, unix_millis(TIMESTAMP'2024-01-31 10:11:12.123') f, unix_date(DATE'1970-01-10') g, CAST(1706695872 AS timestamp) h, CAST(TIMESTAMP'2024-01-31 10:11:12' AS bigint) i, CAST(TIMESTAMP'2024-01-31 10:11:12.5' AS double) j",
    "time_zones": "SELECT from_utc_timestamp('2024-07-01 12:00:00', 'America/New_York') a, to_utc_timestamp('2024-07-01 12:00:00', 'Asia/Tokyo') b, from_utc_timestamp(TIMESTAMP'2024-01-01 00:00:00', '+05:30') c",
    "time_make": "SELECT make_date(2024, 2, 29) a, make_date(2023, 2, 29) b, make_timestamp(2024, 1, 31, 10, 11, 12.5) c, date_from_unix_date(100) d",
    "time_compare": "SELECT order_id, at > '2024-01-02' a, CAST(at AS date) = '2024-01-02' b, at BETWEEN '2024-01-01' AND '2024-01-02' c, CAST(at AS date) IN (DATE'2024-01-01') d FROM orders",
    "time_sequence": "SELECT sequence(DATE'2024-01-31', DATE'2024-04-30', INTERVAL 1 MONTH) a, sequence(3, 1) b, sequence(TIMESTAMP'2024-01-01 00:00:00', TIMESTAMP'2024-01-01 03:00:00', INTERVAL 1 HOUR) c",
    "time_bounds": "SELECT min(at) a, max(at) b, count(DISTINCT CAST(at AS date)) c, avg(unix_timestamp(at)) d FROM orders",
    "time_groups": "SELECT window(at, '1 day').start AS s, count(*) AS n FROM orders WHERE at IS NOT NULL GROUP BY window(at, '1 day')",
    "numbers_round": "SELECT round(2.675D, 2) a, round(-0.5D) b, round(1234.5678D, -2) c, bround(2.5D) d, bround(3.5D) e, round(5) f, round(15, -1) g, bround(25, -1) h, round(1.005, 2) i, round(CAST(2.5 AS float)) j, round(NULL) k",
    "numbers_divide": "SELECT 7 / 2 a, -7 div 2 b, -7 % 3 c, pmod(-7, 3) d, 7.5D % 2 e, 1 / 0 f, 1D / 0 g, 0D / 0 h, mod(7, 0) i, 5 div 0 j",
    "numbers_special": "SELECT isnan(CAST('NaN' AS double)) a, nanvl(CAST('NaN' AS double), 1D) b, CAST('NaN' AS double) = CAST('NaN' AS double) c, CAST('NaN' AS double) > 1 d, greatest(1D, CAST('NaN' AS double)) e, log(0D) f, ln(-1D) g, sqrt(-1D) h, log10(1000) i, log(2, 8) j, exp(1) k, pow(2, 0.5) l",
    "numbers_float_order": "SELECT x FROM VALUES (CAST('NaN' AS double)), (1D), (NULL), (CAST('-Infinity' AS double)), (-0.0D), (0.0D) AS t(x) GROUP BY x",
    "numbers_ceil": "SELECT ceil(-1.5D) a, floor(-1.5D) b, ceil(2.1) c, floor(2.9) d, ceil(3) e, ceil(3.14159, 2) f, signum(-2) g, factorial(5) h, cbrt(27D) i, rint(2.5D) j, degrees(3.141592653589793D) k",
    "numbers_cast_range": "SELECT CAST(300 AS tinyint) a, CAST(3000000000 AS int) b, CAST(1e20D AS bigint) c, CAST(CAST('NaN' AS double) AS int) d, CAST(-1.5D AS int) e, CAST(128 AS smallint) f, CAST(1e20D AS int) g",
    "numbers_types": "SELECT 1 + 1L a, 1 + 1.0 b, 1.0 + 1D c, CAST(1 AS tinyint) + CAST(1 AS smallint) d, 1 / 2L e, 2.0 * 3 f, if(true, 1, 2.5) g, coalesce(NULL, 1, 2L) h, CASE WHEN true THEN 1 ELSE 'a' END i",
    "numbers_bits": "SELECT 5 & 3 a, 5 | 3 b, 5 ^ 3 c, ~5 d, shiftleft(1, 4) e, shiftright(-8, 1) f, shiftrightunsigned(-8, 28) g, bit_count(7) h",
    "numbers_aggregates": "SELECT sum(amount) a, avg(amount) b, min(amount) c, stddev(amount) d, corr(amount, order_id) e, skewness(amount) f, kurtosis(amount) g, covar_samp(amount, order_id) h, count_if(amount > 2) i, mode(person) j FROM orders",
    "numbers_percentiles": "SELECT percentile(order_id, 0.25) a, percentile(amount, array(0.1, 0.9)) b, percentile_approx(order_id, 0.5) c, approx_percentile(amount, 0.5, 100) d, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) e, percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) f FROM orders",
    "numbers_distinct": "SELECT approx_count_distinct(person) a, count(DISTINCT person, amount) b, sum(DISTINCT person) c, count(*) d, count(1) e, count(amount, person) f FROM orders",
    "aggregate_empty": "SELECT count(*) a, sum(id) b, max(name) c, collect_list(id) d, avg(id) e, first(id) f FROM people WHERE false",
    "aggregate_all_null": "SELECT sum(CAST(NULL AS int)) a, avg(CAST(NULL AS int)) b, collect_list(CAST(NULL AS int)) c, collect_set(CAST(NULL AS int)) d, max(CAST(NULL AS string)) e, count(CAST(NULL AS int)) f, bool_and(CAST(NULL AS boolean)) g",
    "aggregate_first_last": "SELECT first(name) a, last(name) b, first(age, true) c, last(age, true) d, any_value(id) e FROM (SELECT * FROM people WHERE id < 4 ORDER BY id)",
    "aggregate_text": "SELECT listagg(name, ',') WITHIN GROUP (ORDER BY name) a, array_join(sort_array(collect_list(name)), '|') b, string_agg(DISTINCT name, ',') WITHIN GROUP (ORDER BY name) c FROM people",
    "aggregate_max_struct": "SELECT max(struct(age, id)) a, min(struct(name, id)) b, max_by(id, age) c, min_by(name, age) d, max(array(id, age)) e FROM people",
    "aggregate_having_alias": "SELECT age AS a, count(*) n FROM people GROUP BY a HAVING n > 1 ORDER BY a",
    "aggregate_positions": "SELECT age, name, count(*) n FROM people GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
    "aggregate_all": "SELECT age, count(*) AS n FROM people GROUP BY ALL",
    "aggregate_grouping_id": "SELECT name, age, grouping(name) g, grouping_id() i, count(*) n FROM people GROUP BY ROLLUP(name, age)",
    "window_first_last": "SELECT id, first_value(age) IGNORE NULLS OVER (ORDER BY id) a, last_value(age, true) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) b, last_value(age) OVER (ORDER BY id) c, nth_value(id, 2) OVER (ORDER BY id) d FROM people WHERE id < 4",
    "window_lag_ignore": "SELECT id, lag(age) IGNORE NULLS OVER (ORDER BY id) a, lead(name, 1, '?') OVER (ORDER BY id) b, lag(id, -1) OVER (ORDER BY id) c FROM people WHERE id < 4",
    "window_ranks": "SELECT id, percent_rank() OVER (ORDER BY id) a, cume_dist() OVER (ORDER BY id) b, rank() OVER (PARTITION BY age ORDER BY id DESC) c, dense_rank() OVER (ORDER BY age NULLS LAST) d FROM people",
    "window_default_frame": "SELECT id, sum(id) OVER (ORDER BY age) a, sum(id) OVER (PARTITION BY age) b, count(*) OVER () c, avg(id) OVER (ORDER BY age DESC) d FROM people",
    "window_named": "SELECT id, sum(id) OVER w a, max(id) OVER w b FROM people WINDOW w AS (PARTITION BY age ORDER BY id)",
    "window_range_date_numbers": "SELECT joined, sum(id) OVER (ORDER BY joined RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM people WHERE joined IS NOT NULL",
    "window_range_desc": "SELECT id, sum(id) OVER (ORDER BY id DESC RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM people",
    "window_range_decimal": "SELECT id, sum(id) OVER (ORDER BY pay RANGE BETWEEN 300 PRECEDING AND CURRENT ROW) AS s FROM people",
    "window_collect": "SELECT id, collect_list(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM people WHERE id < 4",
    "set_union_types": "SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT CAST(3 AS bigint)",
    "set_union_text": "SELECT 1 AS a UNION ALL SELECT 'x'",
    "set_union_decimals": "SELECT pay AS a FROM people UNION SELECT id FROM people",
    "set_union_dates": "SELECT DATE'2024-01-01' AS a UNION ALL SELECT TIMESTAMP'2024-01-01 01:00:00'",
    "set_union_null": "SELECT NULL AS a, 1 AS b UNION ALL SELECT 2, NULL",
    "set_intersect_types": "SELECT 1 AS a INTERSECT SELECT 1.0",
    "set_except_types": "SELECT 1 AS a EXCEPT SELECT 1.0",
    "set_in_types": "SELECT id FROM people WHERE id IN (SELECT CAST(person AS bigint) FROM orders)",
    "set_distinct_null": "SELECT DISTINCT age FROM people UNION SELECT NULL",
    "join_types": "SELECT p.id, o.order_id FROM people p JOIN orders o ON CAST(p.id AS string) = o.person",
    "join_full_using": "SELECT * FROM (SELECT id, name FROM people) FULL JOIN (SELECT person AS id, amount FROM orders) USING (id)",
    "join_condition": "SELECT p.id, o.order_id FROM people p LEFT JOIN orders o ON p.id = o.person AND o.amount > 6",
    "join_inequality": "SELECT p.id, o.order_id FROM people p JOIN orders o ON p.id < o.person AND p.age > 40",
    "join_natural": "SELECT * FROM (SELECT id, name FROM people) NATURAL JOIN (SELECT person AS id, amount FROM orders)",
    "join_anti_null": "SELECT a.id FROM people a LEFT ANTI JOIN people b ON a.age = b.age",
    "not_in_subquery_null": "SELECT id FROM people WHERE id NOT IN (SELECT age FROM people)",
    "correlated_scalar": "SELECT id, (SELECT sum(amount) FROM orders o WHERE o.person = p.id) AS s FROM people p",
    "correlated_count": "SELECT id, (SELECT count(*) FROM orders o WHERE o.person = p.id) AS s FROM people p",
    "unpivot": "SELECT * FROM (SELECT id, age, id * 2 AS twice FROM people) UNPIVOT (v FOR k IN (age, twice))",
    "stack": "SELECT id, stack(2, 'age', age, 'id', id) AS (k, v) FROM people",
    "pivot_many": "SELECT * FROM (SELECT age, id, order_id FROM people JOIN orders ON id = person) PIVOT (sum(order_id) AS s, count(*) AS c FOR id IN (1 AS one, 2 AS two))",
    "tablesample_limit": "SELECT count(*) AS n FROM (SELECT * FROM people LIMIT 3)",
    "order_offset": "SELECT id FROM people ORDER BY id LIMIT 2 OFFSET 1",
    "order_default_nulls": "SELECT age, row_number() OVER (ORDER BY age, id) r, row_number() OVER (ORDER BY age DESC, id) s FROM people",
    "case_null": "SELECT CASE age WHEN NULL THEN 'n' WHEN 34 THEN 'x' END a, decode(age, 34, 'y', NULL, 'z', 'w') b, nvl2(age, 1, 2) c, if(age > 40, 1, 0) d FROM people",
    "boolean_compare": "SELECT true > false a, CAST(1 AS boolean) = true b, true = 'true' c, NULL AND true d, xpath_string('<a><b>x</b></a>', 'a/b') e",
    "lateral_alias": "SELECT id + 1 AS x, x * 2 AS y FROM people",
    "select_except": "SELECT * EXCEPT (tags, pay) FROM people",
    "backtick_names": "SELECT id AS `order id`, name AS `a.b`, `people`.`age` FROM people",
    "values_types": "SELECT * FROM VALUES (1, 2.5, 'a'), (2L, 3, NULL) AS t(a, b, c)",
    "date_literals": "SELECT DATE'2024-1-5' a, TIMESTAMP'2024-01-05' b, current_date() = to_date(now()) c, DATE'2024-01-05' = '2024-01-05' d",
    "json_paths": "SELECT get_json_object('{\"a\":{\"b\":[1,{\"c\":2}]},\"d.e\":3,\"n\":null}', '$.a.b[1].c') a, get_json_object('{\"a\":{\"b\":[1,2]}}', '$.a') b, get_json_object('{\"n\":null}', '$.n') c, get_json_object('bad', '$.a') d, get_json_object('{\"a\":[{\"b\":1},{\"b\":2}]}', '$.a[*].b') e, get_json_object('{\"a\":1.50}', '$.a') f",
    "json_parse": "SELECT from_json('{\"a\":\"1\",\"b\":2}', 'a int, b string') a, from_json('[1,2]', 'array<int>') b, from_json('{\"x\":1}', 'map<string,int>') c, from_json('bad', 'a int') d, from_json('{\"A\":1}', 'a int') e, from_json(NULL, 'a int') f, from_json('{\"d\":\"2024-01-31\",\"t\":\"2024-01-31T10:11:12Z\"}', 'd date, t timestamp') g",
    "json_write": "SELECT to_json(named_struct('a', 1, 'b', NULL, 'c', array(1, 2), 'd', DATE'2024-01-31', 't', TIMESTAMP'2024-01-31 10:11:12', 'x', 1.50, 'm', map('k', 1))) a, to_json(array(named_struct('a', 1))) b, to_json(map('a', named_struct('b', 1))) c",
    "json_tuple": "SELECT json_tuple('{\"a\":1,\"b\":\"x\"}', 'a', 'b', 'c') AS (a, b, c)",
    "json_lengths": 'SELECT json_array_length(\'[1,2,3]\') a, json_object_keys(\'{"a":1,"b":2}\') b, schema_of_json(\'{"a":1,"b":["x"]}\') c, json_array_length(\'bad\') d',
}.items():
    _over(people, _name, _text)

for _name, _text in {
    "nested_fields": "SELECT id, addr.city a, addr.zip b, addr IS NULL c, addr.city IS NULL d, items[0].sku e, items.n f, size(items) g, m['k'] h, addr.* FROM nested",
    "nested_explode": "SELECT id, explode(items) AS item FROM nested",
    "nested_explode_fields": "SELECT id, item.sku, item.n FROM nested LATERAL VIEW OUTER explode(items) t AS item",
    "nested_inline": "SELECT id, inline(items) FROM nested WHERE id = 1",
    "nested_inline_outer": "SELECT id, inline_outer(items) FROM nested",
    "nested_map": "SELECT id, map_keys(m) a, map_values(m) b, size(m) c, element_at(m, 'zz') d, map_contains_key(m, 'k') e, map_entries(m) f FROM nested",
    "nested_explode_map": "SELECT id, explode(m) AS (k, v) FROM nested",
    "nested_higher_order": "SELECT id, transform(items, x -> x.n * 2) a, filter(items, x -> x.n > 1) b, aggregate(items, 0, (s, x) -> s + coalesce(x.n, 0)) c, exists(items, x -> x.sku = 'b') d, forall(items, x -> x.n > 0) e FROM nested",
    "nested_map_functions": "SELECT map_from_arrays(array('a', 'b'), array(1, 2)) a, map_concat(map('a', 1), map('b', 2)) b, map_from_entries(array(struct('k', 1))) c, map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1) d, str_to_map('a:1,b:2') e, transform_values(map('a', 1), (k, v) -> v + 1) f",
    "nested_zip_with": "SELECT zip_with(array(1, 2), array(3, 4), (x, y) -> x + y) a, transform_keys(map('a', 1), (k, v) -> upper(k)) b",
    "nested_arrays_zip": "SELECT arrays_zip(array(1, 2), array('a')) a, array_zip_sizes FROM (SELECT size(arrays_zip(array(1), array(2, 3))) AS array_zip_sizes)",
    "nested_array_more": "SELECT array_position(array('a', 'b'), 'b') a, array_remove(array(1, 2, 1), 1) b, array_sort(array(3, NULL, 1)) c, sort_array(array(3, NULL, 1)) d, sort_array(array(3, NULL, 1), false) e, array_max(array(1, NULL, 3)) f, array_min(array(2, 1)) g, arrays_overlap(array(1, NULL), array(2)) h, array_repeat('x', 2) i, array_compact(array(1, NULL)) j, array_append(array(1), 2) k, array_intersect(array(1, 2, 2), array(2)) l, reverse(array(1, 2)) m, concat(array(1), array(2)) n",
    "nested_array_edges": "SELECT array(1, 2)[5] a, try_element_at(array(1, 2), 5) b, element_at(array(1, 2), -1) c, size(NULL) d, array_contains(array(1, NULL), 2) e, array_contains(CAST(NULL AS array<int>), 1) f, slice(array(1, 2, 3), -2, 2) g, array_join(array('a', NULL, 'b'), ',') h, array_join(array('a', NULL), ',', '-') i, cardinality(array()) j, get(array(1, 2), 1) k, array_distinct(array(1, NULL, NULL)) l",
    "nested_group": "SELECT addr, count(*) AS n FROM nested GROUP BY addr",
    "nested_distinct": "SELECT DISTINCT items FROM nested",
    "nested_null_order": "SELECT id, row_number() OVER (ORDER BY addr, id) AS r FROM nested",
    "nested_struct_equal": "SELECT id, addr = named_struct('city', 'Rome', 'zip', 100) a, addr <=> NULL b, struct(id, addr.city) c FROM nested",
    "nested_flatten": "SELECT flatten(array(array(1), NULL)) a, flatten(array(array(1), array())) b, flatten(collect_list(array(id))) c FROM nested WHERE id < 3",
    "nested_to_json": "SELECT id, to_json(addr) a, to_json(items) b, to_json(m) c, to_json(struct(*)) d FROM nested",
}.items():
    _over(nested, _name, _text)


@case
def frame_null_struct_fields(spark: Any, folder: Path) -> Any:
    return nested(spark).select(
        "id", "addr", "addr.city", (F.col("addr.zip") + 1).alias("z"), F.col("addr").isNull()
    )


@case
def frame_null_struct_coalesce(spark: Any, folder: Path) -> Any:
    return nested(spark).select(
        F.coalesce("addr.city", F.lit("?")).alias("a"), F.col("addr.zip").isNull().alias("b")
    )


@case
def frame_null_struct_filter(spark: Any, folder: Path) -> Any:
    return nested(spark).filter("addr.zip = 0 OR addr.city = ''").select("id")


@case
def frame_null_struct_group(spark: Any, folder: Path) -> Any:
    return (
        nested(spark)
        .groupBy("addr.city")
        .agg(F.sum("addr.zip").alias("a"), F.count("addr.zip").alias("b"), F.count("addr").alias("c"))
    )


@case
def frame_null_struct_deep(spark: Any, folder: Path) -> Any:
    frame = spark.createDataFrame(
        [(1, Row(b=Row(c="x", d=[1]), e=1)), (2, Row(b=None, e=2)), (3, None)],
        "id int, a struct<b:struct<c:string,d:array<int>>,e:int>",
    )
    return frame.select("id", "a", "a.b", "a.b.c", F.size("a.b.d").alias("n"), "a.e")


@case
def frame_null_struct_pandas(spark: Any, folder: Path) -> Any:
    import pandas as pd

    frame = spark.createDataFrame(
        pd.DataFrame({"id": [1, 2], "s": [{"x": 1, "y": "a"}, None]}), "id int, s struct<x:int,y:string>"
    )
    return frame.select("id", "s.x", "s.y", F.col("s").isNull())


@case
def frame_null_struct_in_array(spark: Any, folder: Path) -> Any:
    return (
        nested(spark).select("id", F.explode("items").alias("i")).select("id", "i.sku", "i.n", F.isnull("i"))
    )


@case
def frame_decimal_arithmetic(spark: Any, folder: Path) -> Any:
    frame = decimals(spark)
    a, b, c, n = (F.col(name) for name in "abcn")
    return frame.select(
        a / b, a * b, a / n, a * n, a / 3, a * 2, a + 1, a - b, a % b, 1 / a, a / F.lit(100), c / a
    )


@case
def frame_decimal_with_column(spark: Any, folder: Path) -> Any:
    return (
        decimals(spark)
        .withColumn("rate", F.col("a") / F.col("b"))
        .withColumn("total", F.round(F.col("rate") * F.col("n"), 2))
        .select("rate", "total", (F.col("a") / F.col("c")).alias("q"))
    )


@case
def frame_decimal_expressions(spark: Any, folder: Path) -> Any:
    return (
        decimals(spark)
        .filter("a / 3 < 5 OR n / 2 > 1")
        .selectExpr("a / c AS q", "a / 3", "sum(a / b) OVER () AS s")
    )


@case
def frame_decimal_share(spark: Any, folder: Path) -> Any:
    whole = Window.partitionBy()
    return decimals(spark).select("a", (F.col("a") * 100 / F.sum("a").over(whole)).alias("share"))


@case
def frame_decimal_sum_of_products(spark: Any, folder: Path) -> Any:
    return decimals(spark).groupBy("n").agg(F.sum(F.col("a") * F.col("b")), F.avg(F.col("a") / F.col("b")))


@case
def frame_fillna_types(spark: Any, folder: Path) -> Any:
    frame = people(spark).select("id", "name", "age", "pay", "joined")
    return [frame.fillna(0), frame.fillna("?"), frame.fillna(1.9), frame.fillna({"pay": 5, "age": 2.7})] and (
        frame.fillna(1.9).unionAll(frame.fillna("?")).unionAll(frame.fillna({"age": 2, "pay": 5}))
    )


@case
def frame_dropna_ways(spark: Any, folder: Path) -> Any:
    frame = people(spark).select("id", "name", "age", "joined")
    return [frame.dropna(how=h, thresh=t, subset=s).count() for h, t, s in (
        ("any", None, None), ("all", None, ["name", "age"]), ("any", 3, None), ("any", None, ["age"]),
    )]  # fmt: skip


@case
def frame_replace_values(spark: Any, folder: Path) -> Any:
    return people(spark).select("id", "name", "age").replace({"ann": "anna"}).replace(34, 35, ["age"])


@case
def frame_drop_duplicates_nulls(spark: Any, folder: Path) -> Any:
    return people(spark).select("age", "name").dropDuplicates()


@case
def frame_pivot_without_values(spark: Any, folder: Path) -> Any:
    return people(spark).groupBy("age").pivot("name").agg(F.sum("id").alias("s"), F.count("id").alias("c"))  # noqa: PD010 - Spark's


@case
def frame_pivot_first(spark: Any, folder: Path) -> Any:
    return orders(spark).groupBy("person").pivot("order_id", [10, 11]).agg(F.first("amount"))  # noqa: PD010 - Spark's


@case
def frame_rollup_cube(spark: Any, folder: Path) -> Any:
    frame = people(spark)
    return (
        frame.rollup("age")
        .agg(F.count("*").alias("n"), F.grouping("age"))
        .unionAll(frame.cube("age").agg(F.count("*").alias("n"), F.grouping("age")))
    )


@case
def frame_first_last_ignore_nulls(spark: Any, folder: Path) -> Any:
    window = Window.orderBy("id").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    return (
        people(spark)
        .filter("id < 4")
        .select(
            "id",
            F.last("age", ignorenulls=True).over(window).alias("a"),
            F.first("joined", ignorenulls=True).over(window).alias("b"),
        )
    )


@case
def frame_window_range_days(spark: Any, folder: Path) -> Any:
    days = F.col("joined").cast("timestamp").cast("long")
    window = Window.orderBy(days).rangeBetween(-2 * 86400, 0)
    return people(spark).filter("joined IS NOT NULL").select("joined", F.sum("id").over(window).alias("s"))


@case
def frame_window_range_date(spark: Any, folder: Path) -> Any:
    window = Window.orderBy("joined").rangeBetween(Window.unboundedPreceding, Window.currentRow)
    return people(spark).select("joined", F.count("*").over(window).alias("s"))


@case
def frame_collect_list_sorted(spark: Any, folder: Path) -> Any:
    frame = spark.range(0, 1000, 1, 1).withColumn("k", (F.col("id") * 7) % 1000)
    return frame.coalesce(1).orderBy("k").agg(F.slice(F.collect_list("k"), 1, 5))


@case
def frame_collect_list_window(spark: Any, folder: Path) -> Any:
    window = (
        Window.partitionBy("age")
        .orderBy("id")
        .rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    )
    return people(spark).select(
        "id", F.collect_list("id").over(window).alias("a"), F.collect_set("age").over(window).alias("b")
    )


@case
def frame_group_after_sort_first(spark: Any, folder: Path) -> Any:
    return people(spark).orderBy(F.desc("id")).coalesce(1).groupBy("age").agg(F.first("id"), F.last("id"))


@case
def frame_drop_duplicates_after_sort(spark: Any, folder: Path) -> Any:
    return people(spark).orderBy(F.desc("id")).coalesce(1).dropDuplicates(["age"]).select("age", "id")


@case
def sql_sets_inside(spark: Any, folder: Path) -> Any:
    people(spark)
    return spark.sql(
        "WITH a AS (SELECT 1 AS n, 'x' AS s UNION ALL SELECT 2.5, 'y' ORDER BY n), b AS (SELECT n FROM a UNION SELECT id FROM people)"
        " SELECT * FROM (SELECT n FROM b UNION ALL (SELECT CAST(7 AS double) UNION ALL SELECT 8)) ORDER BY n LIMIT 9"
    )


@case
def sql_divisions_inside(spark: Any, folder: Path) -> Any:
    decimals(spark)
    return spark.sql(
        "WITH x AS (SELECT n, sum(a) / count(*) AS q, CASE WHEN n > 1 THEN sum(b) ELSE 1.5 END / 3 r FROM decimals GROUP BY n)"
        " SELECT n, q, r, q / (n / 7) AS d, round(q / 3, 2), q * 100 / sum(q) OVER () AS share FROM x WHERE q / 2 > -100"
    )


@case
def frame_dedupe_after_sort(spark: Any, folder: Path) -> Any:
    return (
        people(spark)
        .withColumn(
            "r", F.row_number().over(Window.partitionBy("age").orderBy(F.desc_nulls_last("joined"), "id"))
        )
        .filter("r = 1")
        .select("age", "id")
    )


@case
def frame_when_chain(spark: Any, folder: Path) -> Any:
    age = F.col("age")
    return people(spark).select(
        F.when(age > 50, "old").when(age.isNull(), F.lit(None)).otherwise("young"),
        F.when(age > 50, 1),
        age.between(30, 40),
        age.isin(34, 51),
        age.eqNullSafe(None),
    )


@case
def frame_cast_chain(spark: Any, folder: Path) -> Any:
    return texts(spark).select(
        F.col("num").cast("int"),
        F.col("num").cast("decimal(12,3)"),
        F.to_date("day"),
        F.col("id").cast("boolean"),
    )


@case
def frame_to_date_patterns(spark: Any, folder: Path) -> Any:
    return spark.createDataFrame(
        [("31/01/2024", "Jan 31 2024", "240131", "31-JAN-24")], "a string, b string, c string, d string"
    ).select(
        F.to_date("a", "dd/MM/yyyy"),
        F.to_date("b", "MMM dd yyyy"),
        F.to_date("c", "yyMMdd"),
        F.to_timestamp("a", "dd/MM/yyyy"),
    )


@case
def frame_to_date_bad(spark: Any, folder: Path) -> Any:
    return texts(spark).filter("id IN (2, 3, 4)").select(F.to_date("day", "dd/MM/yyyy"))


@case
def frame_dates_of_json_times(spark: Any, folder: Path) -> Any:
    frame = texts(spark).select(
        "id", F.to_date("day"), F.col("day").cast("date").alias("d"), F.expr("id / 2 AS h")
    )
    return frame.filter(F.to_date(F.concat("d", F.lit("T10:00:00Z"))) >= "2024-01-31")


@case
def sql_dates_and_divisions(spark: Any, folder: Path) -> Any:
    decimals(spark)
    return spark.sql(
        "SELECT CAST(concat('2024-01-31T', n) AS date), a / 3, to_date(concat('2024-02-01', 'T1')) AS e FROM decimals"
        " WHERE date('2024-03-01T00:00:00Z') > DATE'2024-01-01'"
    )


@case
def frame_split_and_explode(spark: Any, folder: Path) -> Any:
    return texts(spark).select("id", F.posexplode_outer(F.split("list", ",")))


@case
def frame_regexp(spark: Any, folder: Path) -> Any:
    return texts(spark).select(
        F.regexp_replace("name", r"\s+", " "),
        F.regexp_extract("day", r"^(\d{4})-(\d{2})", 2),
        F.col("name").rlike(r"^[A-Z]\w+"),
        F.regexp_replace("day", r"(\d+)-(\d+)", "$2/$1"),
    )


@case
def frame_regexp_lookahead(spark: Any, folder: Path) -> Any:
    return spark.range(1).select(F.regexp_replace(F.lit("a1b2"), r"\d(?=b)", "#"))


@case
def frame_json_functions(spark: Any, folder: Path) -> Any:
    return orders(spark).select(
        F.get_json_object("extra", "$.k"),
        F.from_json("extra", "k int, m string").alias("j"),
        F.to_json(F.struct("order_id", "amount", "at")),
        F.json_tuple("extra", "k", "m"),
    )


@case
def frame_union_by_name_order(spark: Any, folder: Path) -> Any:
    frame = people(spark)
    return frame.select("id", "age").unionByName(frame.select("age", "id"))


@case
def frame_union_of_three(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([(1, "a", None)], "a int, b string, c double")
    right = spark.createDataFrame([(2**40, "b", 5)], "a bigint, b string, c int")
    return left.union(right).union(
        spark.createDataFrame([(Decimal("1.50"), "c", 1.5)], "a decimal(10,2), b string, c double")
    )


@case
def frame_subtract_and_intersect(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([(1, None), (1, None), (2, "x")], "a int, b string")
    right = spark.createDataFrame([(1, None)], "a int, b string")
    return left.subtract(right).unionAll(left.intersect(right))


@case
def frame_subtract_types(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([(1,), (2,)], "a int")
    right = spark.createDataFrame([(Decimal("1.00"),)], "a decimal(10,2)")
    return left.subtract(right)


@case
def frame_join_null_keys(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([(1, "a"), (None, "n")], "k int, l string")
    right = spark.createDataFrame([(1, "x"), (None, "y"), (2, "z")], "k int, r string")
    found = [left.join(right, "k", how) for how in ("inner", "left", "right", "outer", "semi", "anti")]
    return [[f.columns, sorted(map(repr, f.collect()))] for f in found]


@case
def frame_join_types_of_keys(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([("1", "a"), ("01", "b"), ("x", "c")], "k string, l string")
    right = spark.createDataFrame([(1, "x"), (2, "z")], "k int, r string")
    return left.join(right, left.k == right.k, "left").select(left.k, "l", "r")


@case
def frame_join_decimal_keys(spark: Any, folder: Path) -> Any:
    left = spark.createDataFrame([(Decimal("1.00"),), (Decimal("2.50"),)], "k decimal(10,2)")
    right = spark.createDataFrame([(1,), (2,)], "k int")
    return left.join(right, "k", "full")


@case
def frame_sort_nulls(spark: Any, folder: Path) -> Any:
    return [
        [row.age for row in people(spark).select("age").orderBy(order).collect()]
        for order in (F.asc("age"), F.desc("age"), F.asc_nulls_last("age"), F.desc_nulls_first("age"))
    ]


@case
def frame_sort_floats(spark: Any, folder: Path) -> Any:
    frame = spark.createDataFrame([(float("nan"),), (1.0,), (None,), (float("-inf"),)], "x double")
    return [repr(row.x) for row in frame.orderBy("x").collect()]


@case
def frame_limit_of_sort(spark: Any, folder: Path) -> Any:
    return people(spark).orderBy(F.desc("id"), "name").limit(2).select("id")


@case
def frame_describe(spark: Any, folder: Path) -> Any:
    return people(spark).select("id", "age", "name").describe()


@case
def frame_summary(spark: Any, folder: Path) -> Any:
    return people(spark).select("id", "name").summary("count", "min", "max", "50%")


@case
def frame_quantiles(spark: Any, folder: Path) -> Any:
    return spark.range(101).approxQuantile("id", [0.25, 0.5], 0.0)


@case
def frame_corr_and_crosstab(spark: Any, folder: Path) -> Any:
    frame = people(spark)
    return [round(frame.stat.corr("id", "id"), 6), sorted(map(repr, frame.crosstab("id", "age").collect()))]


@case
def frame_sample_counts(spark: Any, folder: Path) -> Any:
    return [spark.range(100).sample(0.0).count(), spark.range(100).sample(1.0).count()]


@case
def frame_ids(spark: Any, folder: Path) -> Any:
    frame = spark.range(5).withColumn("m", F.monotonically_increasing_id())
    return [frame.select("m").distinct().count(), frame.filter(F.length(F.expr("uuid()")) == 36).count()]


@case
def frame_aggregate_dictionary(spark: Any, folder: Path) -> Any:
    return people(spark).groupBy("age").agg({"id": "sum", "name": "max", "*": "count"})


@case
def frame_column_names(spark: Any, folder: Path) -> Any:
    frame = people(spark)
    return frame.select(
        F.col("id") + 1, F.upper("name"), F.lit(1), F.lit("x"), F.col("age") > 3, F.sum("id").over(Window.partitionBy()),
        F.coalesce("age", F.lit(0)), F.col("name").cast("int"), F.size("tags"), F.concat("name", F.lit("-")),
    ).columns  # fmt: skip


@case
def frame_aggregate_names(spark: Any, folder: Path) -> Any:
    frame = people(spark)
    return [
        frame.agg(
            F.sum("id"),
            F.count("*"),
            F.countDistinct("age"),
            F.avg("age"),
            F.collect_list("id"),
            F.first("id"),
        ).columns,
        frame.groupBy("age").count().columns,
        frame.groupBy("age").max("id", "age").columns,
        frame.groupBy(F.col("age") + 1).sum("id").columns,
    ]


@case
def frame_column_case(spark: Any, folder: Path) -> Any:
    frame = people(spark)
    return [
        frame.select("ID", "Name").columns,
        frame.drop("NAME").columns,
        frame.withColumn("ID", F.lit(1)).columns,
    ]


@case
def frame_dotted_names(spark: Any, folder: Path) -> Any:
    frame = spark.createDataFrame([(1, 2)], "`a.b` int, `c d` int")
    return frame.select(F.col("`a.b`"), F.col("c d")).withColumnRenamed("a.b", "x")


@case
def frame_with_field(spark: Any, folder: Path) -> Any:
    return nested(spark).select(
        "id", F.col("addr").withField("zip", F.lit(5)).alias("z"), F.col("addr").dropFields("zip").alias("d")
    )


@case
def frame_get_item(spark: Any, folder: Path) -> Any:
    return nested(spark).select(
        F.col("m")["k"], F.col("items")[0]["sku"], F.col("items").getItem(9), F.col("addr").getField("city")
    )


@case
def frame_hash_columns(spark: Any, folder: Path) -> Any:
    return people(spark).select(
        F.sha2(F.concat_ws("||", "id", "name", "age", "pay", "joined"), 256),
        F.md5(F.col("name")),
        F.hash("id", "name", "pay"),
    )


@case
def frame_timestamps_roundtrip(spark: Any, folder: Path) -> Any:
    frame = spark.createDataFrame(
        [(dt.datetime(2024, 3, 31, 2, 30, 0, 123456),), (dt.datetime(1900, 1, 1),)], "t timestamp"
    )
    return frame.select("t", F.unix_micros("t"), F.col("t").cast("string"), F.col("t").cast("date"))


@case
def frame_udf_types(spark: Any, folder: Path) -> Any:
    kinds = {
        "int": lambda v: v,
        "string": str,
        "array<int>": lambda v: [v, v],
        "struct<a:int,b:string>": lambda v: (v, "x"),
        "double": float,
        "date": lambda v: dt.date(2024, 1, v),
        "map<string,int>": lambda v: {"k": v},
    }
    return people(spark).select(
        *(F.udf(function, kind)("id").alias(f"c{i}") for i, (kind, function) in enumerate(kinds.items()))
    )


@case
def frame_udf_wrong_type(spark: Any, folder: Path) -> Any:
    return people(spark).select(F.udf(lambda v: "text", "int")("id").alias("a"))


@case
def frame_literals(spark: Any, folder: Path) -> Any:
    return spark.range(1).select(
        F.lit(Decimal("1.50")),
        F.lit(dt.date(2024, 1, 1)),
        F.lit(dt.datetime(2024, 1, 1, 1)),
        F.lit([1, 2]),
        F.lit(2.0),
        F.lit(2**40),
        F.lit(None),
        F.lit(b"x"),
        F.lit(True),
    )


@case
def frame_unpivot(spark: Any, folder: Path) -> Any:
    return people(spark).select("id", "age").unpivot("id", ["age"], "k", "v")


@case
def frame_transform_and_explode(spark: Any, folder: Path) -> Any:
    return nested(spark).select(
        "id",
        F.transform("items", lambda x: x["n"] + 1).alias("a"),
        F.filter("items", lambda x: x["n"] > 1).alias("b"),
        F.aggregate("items", F.lit(0), lambda s, x: s + F.coalesce(x["n"], F.lit(0))).alias("c"),
    )


@case
def frame_write_decimals(spark: Any, folder: Path) -> Any:
    frame = decimals(spark)
    frame.select((F.col("a") / F.col("b")).alias("q"), (F.col("a") * F.col("n")).alias("r")).write.parquet(
        str(folder / "out")
    )
    return spark.read.parquet(str(folder / "out"))


@case
def frame_overflow_of_sums(spark: Any, folder: Path) -> Any:
    return spark.sql("SELECT sum(x) AS s FROM VALUES (9223372036854775807), (1) AS t(x)").unionAll(
        spark.sql("SELECT 2147483647 + 1")
    )


@case
def frame_decimal_overflow(spark: Any, folder: Path) -> Any:
    big = "CAST('99999999999999999999999999999999999999' AS decimal(38,0))"
    return spark.sql(f"SELECT {big} + 1 AS a, {big} * 10 AS b, CAST({big} AS decimal(10,0)) AS c")
