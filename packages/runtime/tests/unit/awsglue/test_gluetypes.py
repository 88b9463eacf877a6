"""Types: JSON and merging."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsglue.gluetypes import (
    ArrayType,
    ChoiceType,
    DecimalType,
    DoubleType,
    EnumType,
    Field,
    IntegerType,
    LongType,
    MapType,
    NullType,
    StringType,
    StructType,
    UnknownType,
    deserialize,
    merge_types,
    serialize,
)

INT, LONG, DOUBLE, STRING = IntegerType(), LongType(), DoubleType(), StringType()


def struct(**fields):
    return StructType([Field(name, data_type) for name, data_type in fields.items()])


@pytest.mark.parametrize(
    ("left", "right", "merged"),
    [
        (UnknownType(), INT, INT),
        (INT, NullType(), INT),
        (NullType(), UnknownType(), NullType()),
        (INT, IntegerType(), INT),
        (INT, LONG, ChoiceType([INT, LONG])),
        (INT, DOUBLE, ChoiceType([INT, DOUBLE])),
        (DecimalType(10, 2), DecimalType(20, 4), DecimalType(10, 2)),
        (struct(a=INT, b=STRING), struct(c=INT, a=INT), struct(a=INT, b=STRING, c=INT)),
        (struct(a=INT), struct(a=STRING), struct(a=ChoiceType([INT, STRING]))),
        (ArrayType(INT), ArrayType(STRING), ArrayType(ChoiceType([INT, STRING]))),
        (MapType(INT), MapType(INT), MapType(INT)),
        (EnumType(["a"]), EnumType(["b", "a"]), EnumType(["a", "b"])),
        (ChoiceType([INT, struct(a=INT)]), struct(b=INT), ChoiceType([INT, struct(a=INT, b=INT)])),
        (struct(a=INT), ArrayType(INT), ChoiceType([struct(a=INT), ArrayType(INT)])),
    ],
)
def test_merge_types_of_two_values_gives_the_type_of_both(left, right, merged):
    result = merge_types(left, right)

    assert (result, serialize(result)) == (merged, serialize(merged))


def test_schema_json_names_the_field_type_container():
    schema = StructType([Field("price", DecimalType(12, 3)), Field("tags", ArrayType(STRING))])

    assert schema.jsonValue() == {
        "dataType": "struct",
        "properties": {},
        "fields": [
            {
                "name": "price",
                "container": {"dataType": "decimal", "properties": {}, "precision": 12, "scale": 3},
                "properties": {},
            },
            {
                "name": "tags",
                "container": {
                    "dataType": "array",
                    "properties": {},
                    "elementType": {"dataType": "string", "properties": {}},
                },
                "properties": {},
            },
        ],
    }


def test_schema_json_of_an_unknown_type_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"unknown type 'integer' in schema JSON; known types: array, .*int,"
    ):
        deserialize({"dataType": "integer"})


TYPES = st.recursive(
    st.sampled_from([INT, LONG, DOUBLE, STRING, NullType(), DecimalType(10, 2), EnumType(["a"])]),
    lambda inner: st.one_of(
        inner.map(ArrayType),
        inner.map(MapType),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(lambda fields: struct(**fields)),
    ),
    max_leaves=6,
)


def canonical(data_type):
    """Order struct fields and choices by name: inference keeps the order of discovery."""
    if isinstance(data_type, StructType):
        fields = sorted(data_type.fields, key=lambda field: field.name)
        return ("struct", *((field.name, canonical(field.dataType)) for field in fields))
    if isinstance(data_type, ChoiceType):
        return ("choice", *sorted((canonical(each) for each in data_type.choices.values()), key=repr))
    if isinstance(data_type, ArrayType):
        return ("array", canonical(data_type.elementType))
    if isinstance(data_type, MapType):
        return ("map", canonical(data_type.valueType))
    return data_type.identity()


@settings(max_examples=150, deadline=None)
@given(TYPES, TYPES, TYPES)
def test_merge_types_in_any_grouping_and_order_gives_the_same_type(a, b, c):
    left_first = merge_types(merge_types(a, b), c)
    right_first = merge_types(a, merge_types(b, c))

    assert canonical(left_first) == canonical(right_first)
    assert canonical(merge_types(a, b)) == canonical(merge_types(b, a))


@settings(max_examples=100, deadline=None)
@given(TYPES, TYPES)
def test_schema_json_of_a_merged_type_reads_back_the_same(a, b):
    merged = merge_types(a, b)

    assert serialize(deserialize(serialize(merged))) == serialize(merged)
