import bz2
import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isinglass_connectors.files.detect import Hints, Unreadable, detect
from isinglass_connectors.files.inference import merge_schemas
from isinglass_connectors.files.types import UnknownType, arrow_type, hive_type
from isinglass_connectors.storage.storage import Storage


def found(path, hints=None):
    storage = Storage()
    result = detect(storage, storage.stat(path), hints)
    if isinstance(result, Unreadable):
        return result
    columns = ",".join(f"{f.name}:{hive_type(f.type)}" for f in result.schema)
    return result.format, result.compression, columns, result.sampled_records


CSV = "id:bigint,name:string,v:double"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"id,name,v\n1,a,1.5\n2,b,2\n", ("csv", "none", CSV, 2)),
        (b"\xef\xbb\xbfid;name;v\r\n1;a;1.5\r\n2;b;2", ("csv", "none", CSV, 2)),
        (gzip.compress(b"id|name|v\n1|a|1.5\n2|b|2\n", mtime=0), ("csv", "gzip", CSV, 2)),
        (b"id\x01name\x01v\n1\x01a\x011.5\n2\x01b\x012\n", ("csv", "none", CSV, 2)),
        (b"id,name\na,b\nc,d\n", ("csv", "none", "col0:string,col1:string", 3)),
        (b"1,a\n2,b\n", ("csv", "none", "col0:bigint,col1:string", 2)),
        (
            bz2.compress(b'{"a":1,"b":{"c":[1,2.5]}}\n{"a":3000000000}\nbad\n'),
            ("json", "bzip2", "a:bigint,b:struct<c:array<double>>", 2),
        ),
        (b'[{"a":1},\n{"a":2}]', ("json", "none", "array:array<struct<a:int>>", 1)),
        (b'{\n"a":1\n}\n{\n"a":"x"}', ("json", "none", "a:string", 2)),
        (b"\0\1\2", Unreadable("binary data of no known format")),
        (b"hello\nworld\nfoo\n", Unreadable("no delimiter splits its lines into columns")),
        (b"", Unreadable("no delimiter splits its lines into columns")),
        (b'a,"b\n' + b"c,d\n" * 30000, Unreadable("fewer than two rows")),
    ],
)
def test_detect_goes_by_content(local_file, data, expected):
    assert found(local_file("misnamed.txt", data)) == expected


def test_detect_parquet_takes_the_footers_schema(local_file, tmp_path):
    path = str(tmp_path / "x.csv")
    pq.write_table(pa.table({"a": pa.array([1], pa.int16()), "t": pa.array([0], pa.timestamp("ms"))}), path)
    assert found(path) == ("parquet", "none", "a:smallint,t:timestamp", 1)


def test_detect_json_path_selects_records(local_file):
    path = local_file("a", b'{"items":[{"a":1},{"a":2}]}')
    assert found(path, Hints(json_path="$.items[*]")) == ("json", "none", "a:int", 2)


@pytest.mark.parametrize("first", [b"a,b\n", b"1,y\n"])
def test_detect_reads_at_most_a_thousand_records(local_file, first):
    assert found(local_file("a", first + b"1,x\n" * 5000))[3] == 1000


@pytest.mark.parametrize(
    ("left", "right", "merged"),
    [
        ("int", "bigint", "bigint"), ("int", "double", "double"), ("bigint", "string", "string"),
        ("struct<a:int>", "struct<a:string,b:int>", "struct<a:string,b:int>"), ("struct<a:int>", "int", "string"),
        ("array<int>", "array<double>", "array<double>"), ("void", "date", "date"), ("date", "timestamp", "timestamp"),
        ("decimal(10,2)", "int", "decimal(21,2)"), ("boolean", "int", "string"),
    ],
)  # fmt: skip
def test_merge_widens_as_crawlers_do(left, right, merged):
    for pair in ((left, right), (right, left)):
        schemas = [pa.schema([("c", arrow_type(t))]) for t in pair]
        assert sorted(hive_type(merge_schemas(schemas).field("c").type)) == sorted(merged)


@pytest.mark.parametrize(
    "hive",
    ["map<string,array<struct<x:decimal(38,10),y:timestamp>>>", "struct<a b:int>", "binary", "smallint"],
)
def test_hive_types_read_back(hive):
    assert hive_type(arrow_type(hive)) == hive


@pytest.mark.parametrize("hive", ["nope", "array<int", "struct<a>", "decimal(50,2)", "int int", ""])
def test_unknown_hive_type_is_refused(hive):
    with pytest.raises(UnknownType):
        arrow_type(hive)
