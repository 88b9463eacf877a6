"""What the embedded engine still does otherwise than Spark: the parity case that shows it, and what is so.

The reference page of the engine is made of these sentences; a case that becomes equal fails the suite, so
that its sentence goes.
"""

#: The engine answers, and the answer differs.
DIFFERENT = {
    "sql_division_by_zero": "A division by the literal 0 is a column of type `void`, where Spark keeps the operand's type.",
    "sql_numbers_divide": "`x / 0`, `x % 0` and `x div 0` with a literal 0 are columns of type `void`; the value is null, as in Spark.",
    "sql_decimal_plus": "In SQL text `decimal + 1` counts the literal as ten digits: decimal(13,2) where Spark has decimal(11,2).",
    "sql_decimal_with_literals": "In SQL text `decimal * 2` counts the literal as ten digits: a wider type, the same value.",
    "sql_decimal_modulo": "In SQL text `%` of decimals has a wider type; the values are the same.",
    "sql_decimal_compare": "`if` of two decimals has the type of the first branch; `nvl(decimal, 0.5)` is a double. Use `coalesce`.",
    "sql_numbers_types": "`if(c, 1, 2.5)` and `CASE … 1 ELSE 'a'` have the type of the first branch: cast the branches.",
    "frame_decimal_with_column": "`round` of a decimal keeps all digits in front of the point: a wider type, the same value.",
    "sql_divisions_inside": "`round` of a quotient of decimals has a wider type; the values are the same.",
    "sql_date_arithmetic": "`datediff` is a bigint, where Spark's is an int.",
    "sql_time_diff": "`date_diff` is a bigint; `date - date` is a number of days, where Spark has an interval.",
    "sql_math": "`bround` of a decimal is a double.",
    "sql_numbers_ceil": "`rint` rounds halves away from zero, where Spark rounds them to the even number.",
    "sql_numbers_aggregates": "Statistics (`stddev`, `corr`, `covar_samp` …) may differ in their last digit.",
    "sql_numbers_percentiles": "`percentile_approx` interpolates and is a double, where Spark gives a value of the column.",
    "sql_text_case": "`initcap` begins a word after any character that is no letter (`O'Neil`), Spark after white space (`O'neil`).",
    "sql_text_replace": "In patterns `\\w`, `\\d` and `\\s` match all of Unicode, where Spark's match ASCII only.",
    "sql_text_regex_extract": "`regexp_count` is a bigint.",
    "sql_text_split_regex": "`split(text, '')` gives empty texts at both ends.",
    "sql_text_substring": "`substr(text, -100, 3)` of a shorter text begins at its first character; Spark gives an empty text.",
    "sql_text_of_numbers": "Large and small doubles become text without an exponent (`10000000000.0`) or with a small `e`; Spark writes `1.0E10`.",
    "sql_text_of_nested": "A null inside an array becomes the text `NULL`, Spark's `null`.",
    "sql_text_cast_booleans": "The texts `on` and `off` cast to booleans; in Spark they are null.",
    "sql_time_unix": "`timestamp_seconds(1.5)` drops the fraction.",
    "sql_aggregate_max_struct": "`min` of structs passes over structs whose first member is null, which Spark takes for the smallest.",
    "frame_collect_list_window": "`collect_set` over a window without values is null, Spark's an empty array.",
    "sql_json_paths": "`get_json_object` knows no `[*]`, and keeps trailing zeros of numbers.",
    "sql_json_write": "`to_json` writes timestamps with six digits of a second, and decimals without trailing zeros.",
    "frame_json_functions": "`to_json` writes timestamps with six digits of a second.",
    "frame_corr_and_crosstab": "`crosstab` has no column for null.",
    "frame_column_names": "A window expression without an alias is named without its OVER clause.",
    "frame_hash_columns": "`hash` of decimals has other values; `sha2` and `md5` are the same.",
}

#: The engine says that it cannot; with the engine `auto` such a run can be sent to Spark by hand.
UNSUPPORTED = {
    "sql_pivot": "PIVOT over a column called `name` does not parse.",
    "sql_pivot_many": "PIVOT with aliased values or several aggregates does not parse; use `groupBy().pivot()`.",
    "sql_unpivot": "UNPIVOT ends in an internal error; use `stack` or `df.unpivot`.",
    "sql_aggregate_all": "GROUP BY ALL.",
    "sql_lateral_alias": "An alias used beside its definition (`SELECT a + 1 AS x, x * 2`).",
    "sql_select_except": "`SELECT * EXCEPT (…)`.",
    "sql_case_null": "`decode` with more than two arguments.",
    "sql_boolean_compare": "Comparing a boolean with text.",
    "sql_text_compare_number": "Arithmetic of text and numbers: cast first.",
    "frame_join_types_of_keys": "Joining text with numbers when a text is no number: cast with `try_cast` first.",
    "sql_text_to_number": "Casting text such as `1.5e3` or `1.0` to an integer or a decimal is an error, not null: use `try_cast`.",
    "sql_text_cast_bad_numbers": "Casting text with a decimal point to an integer is an error, not null: use `try_cast`.",
    "frame_cast_chain": "Casting text with an exponent to a decimal is an error: cast to double first.",
    "sql_text_to_date_pattern": "`try_to_date`.",
    "sql_time_parts": "`extract(YEAROFWEEK …)`.",
    "sql_time_zones": "Offsets such as `+05:30` as time zones.",
    "sql_time_make": "`make_date` of a day that there is not is an error, not null.",
    "sql_numbers_special": "`log(x)` without its base: use `ln`.",
    "sql_numbers_cast_range": "Casting a number to an integer type that cannot hold it is an error, not wrapped around.",
    "sql_decimal_round": "`bround` of decimals.",
    "sql_decimal_negate": "`CASE` of a decimal and a literal integer ends in an error: write `0.00`, or cast.",
    "frame_decimal_overflow": "A decimal that overflows 38 digits is an error, not null.",
    "sql_json_parse": "`from_json` of a timestamp written with a `T`: take it as text, then `to_timestamp`.",
    "sql_nested_map_functions": "`transform_values`.",
    "sql_nested_zip_with": "`zip_with` and `transform_keys`.",
    "sql_nested_array_edges": "`size(NULL)` without a type.",
    "sql_nested_null_order": "A window ordered by a struct.",
    "frame_regexp_lookahead": "Look-around and back-references in patterns.",
    "frame_quantiles": "`approxQuantile`: use `percentile`.",
}

KNOWN = DIFFERENT | UNSUPPORTED
