"""Bring a frame to a wider schema: absent fields become null, fields of two types become choices."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as glue
from isinglass_runtime.frames.frame import Frame, column, member
from isinglass_runtime.frames.rows import merge_results
from isinglass_runtime.frames.schemas import choice_paths, to_spark


def union(left: Frame, right: Frame) -> Frame:
    """Put the records of both frames together, by field name; where types differ a choice arises."""
    left_schema, right_schema = left.schema(), right.schema()
    merged = merge_results(left_schema, right_schema)
    assert isinstance(merged, glue.StructType)
    df = conformed(left, left_schema, merged).unionAll(conformed(right, right_schema, merged))
    return Frame(df, choice_paths(merged), (*left.errors, *right.errors))


def merge_staged(source: Frame, staged: Frame, keys: list[str]) -> Frame:
    """Take every staged record, and the source's whose key is not staged; nothing is de-duplicated."""
    staged_keys = staged.df.select(*(column(key).alias(f"staged {key}") for key in keys)).distinct()
    same = [column(key) == column(f"staged {key}") for key in keys]
    condition = same[0]
    for each in same[1:]:
        condition = condition & each
    kept = source.with_df(source.df.join(staged_keys, condition, "left_anti"))
    return union(staged, kept)


def conformed(frame: Frame, have: glue.StructType, want: glue.StructType) -> DataFrame:
    """Select the columns of a wider schema from a frame."""
    known = have.field_map
    return frame.df.select(
        *(
            conform(column(each.name), known[each.name].dataType, each.dataType).alias(each.name)
            if each.name in known
            else F.lit(None).cast(to_spark(each.dataType)).alias(each.name)
            for each in want.fields
        )
    )


def conform(value: Column, have: glue.DataType, want: glue.DataType) -> Column:
    """Lay a value of one type out as a type that it merged into."""
    if have == want and have.jsonValue() == want.jsonValue():
        return value
    if isinstance(have, glue.NullType | glue.UnknownType):
        return F.lit(None).cast(to_spark(want))
    if isinstance(want, glue.ChoiceType):
        return _as_choice(value, have, want)
    if isinstance(have, glue.StructType) and isinstance(want, glue.StructType):
        known = have.field_map
        members = [
            (
                conform(member(value, each.name), known[each.name].dataType, each.dataType)
                if each.name in known
                else F.lit(None).cast(to_spark(each.dataType))
            ).alias(each.name)
            for each in want.fields
        ]
        return F.when(value.isNotNull(), F.struct(*members))
    if isinstance(have, glue.ArrayType) and isinstance(want, glue.ArrayType):
        return F.transform(value, lambda item: conform(item, have.elementType, want.elementType))
    if isinstance(have, glue.MapType) and isinstance(want, glue.MapType):
        return F.map_from_entries(
            F.transform(
                F.map_entries(value),
                lambda entry: F.struct(
                    entry["key"].alias("key"),
                    conform(entry["value"], have.valueType, want.valueType).alias("value"),
                ),
            )
        )
    return value.cast(to_spark(want))


def _as_choice(value: Column, have: glue.DataType, want: glue.ChoiceType) -> Column:
    members = []
    for name, alternative in want.choices.items():
        if isinstance(have, glue.ChoiceType) and name in have.choices:
            each = conform(member(value, name), have.choices[name], alternative)
        elif not isinstance(have, glue.ChoiceType) and have.typeName() == name:
            each = conform(value, have, alternative)
        else:
            each = F.lit(None).cast(to_spark(alternative))
        members.append(each.alias(name))
    return F.when(value.isNotNull(), F.struct(*members))
