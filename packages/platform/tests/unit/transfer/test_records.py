"""Lines of catalog files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.transfer.records import SHAPES, Malformed, Record, decode, encode, header

TEXT = st.text(min_size=1, max_size=8)
NAMES = {
    "Values": st.lists(st.text(max_size=4), max_size=3),
    "Resource": st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT, max_size=2), min_size=1, max_size=2),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def recorded(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from([kind for kind in SHAPES if kind != "Catalog"]))
    names = {name: draw(NAMES.get(name, TEXT)) for name in SHAPES[kind].named_by}
    keys = st.text(max_size=4).filter(lambda key: key not in {"Name", "FunctionName"})
    return Record(kind, names, draw(st.dictionaries(keys, JSON, max_size=3)))


@given(recorded())
def test_record_written_and_read_is_the_same(record):
    line = encode(record)
    assert decode(line) == record
    assert line.count(b"\n") == 1


def test_line_has_names_first_and_sorted_members():
    record = Record(
        "Partition", {"DatabaseName": "d", "TableName": "t", "Values": ["1"]}, {"b": 1, "a": {"d": 1, "c": 2}}
    )
    expected = '{"Kind":"Partition","DatabaseName":"d","TableName":"t","Values":["1"],"Input":{"a":{"c":2,"d":1},"b":1}}\n'
    assert encode(record).decode() == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "it is not JSON: "),
        ("[]", "it is not a JSON object"),
        ('{"a":' + "[" * 500 + "]" * 500 + "}", "its lists and objects are more than 100 deep"),
        ('{"Kind":"Tabel"}', "its Kind is 'Tabel', not one of Catalog, EncryptionSettings, "),
        ('{"Kind":["Table"]}', "its Kind is ['Table'], not one of"),
        ('{"Kind":"Table","DatabaseName":"d"}', "this Table has no TableName"),
        ('{"Kind":"Table","DatabaseName":"d","TableName":7}', "this Table has no TableName"),
        ('{"Kind":"Table","DatabaseName":"d","TableName":"t","Input":[]}', "the Input of this Table is not an object"),
        ('{"Kind":"Database","DatabaseName":"d","Name":"d"}', "a Database has no member Name"),
        ('{"Kind":"Database","DatabaseName":"d","Input":{"Name":"d"}}', "the Input of this Database must not repeat its Name"),
        ('{"Kind":"Database","DatabaseName":"d","Tags":[]}', "Tags must be an object in this Database"),
        ('{"Kind":"Database","DatabaseName":"d","Tags":{"a":1}}', "Tags.a must be a string in this Database"),
        ('{"Kind":"Table","DatabaseName":"d","TableName":"t","PartitionIndexes":["x"]}', "PartitionIndexes[0] must be an object in"),
        ('{"Kind":"Table","DatabaseName":"d","TableName":"t","Input":{"StorageDescriptor":[]}}', "StorageDescriptor must be an object in"),
        ('{"Kind":"Connection","Name":"c","Input":{"ConnectionProperties":{"a":null}}}', "ConnectionProperties.a must be a string in"),
        ('{"Kind":"Asset","Identifier":"x","Terms":[["g","t","u"]]}', "Terms[0] must be a list of 2 in this Asset"),
        ('{"Kind":"Asset","Identifier":"x","Items":{"columns":{"id":7}}}', "Items.columns.id must be an object in this Asset"),
        ('{"Kind":"Permission","Principal":"p","Resource":{"Table":"t"}}', "Resource.Table must be an object in this Permission"),
        ('{"Kind":"Permission","Principal":"p"}', "this Permission has no Resource"),
        (
            '{"Kind":"Partition","DatabaseName":"d","TableName":"t","Values":[1]}',
            "Values[0] must be a string in this Partition",
        ),
        ('{"Kind":"Catalog","Format":"csv"}', "its Format is 'csv', not 'isinglass-catalog'"),
        (
            '{"Kind":"Catalog","Format":"isinglass-catalog","FormatVersion":2}',
            "its FormatVersion is 2; this program reads 1",
        ),
    ],
)  # fmt: skip
def test_bad_line_says_what_is_wrong(line, reason):
    with pytest.raises(Malformed) as refused:
        decode(line)
    assert str(refused.value).startswith(reason)


def test_header_tells_whose_catalog_it_is():
    assert json.loads(encode(header("123456789012", "eu-west-1"))) == {
        "Kind": "Catalog",
        "Format": "isinglass-catalog",
        "FormatVersion": 1,
        "CatalogId": "123456789012",
        "Region": "eu-west-1",
    }
