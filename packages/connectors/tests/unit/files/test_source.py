import gzip
import pickle

import pyarrow as pa
import pytest

from isinglass_connectors.files.infer import find_choices, infer_schema
from isinglass_connectors.files.inspect import is_clean
from isinglass_connectors.files.options import OptionError, ReadOptions
from isinglass_connectors.files.records import MalformedRecord
from isinglass_connectors.files.source import FileSource, UnreadableFile
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.files.types import choice, hive_type
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage

S = pa.schema([("id", pa.int32()), ("name", pa.string()), ("v", pa.float64())])
CORRUPT = pa.schema([*S, pa.field("_c", pa.string())])


def read(path, format, options, schema=S, partition=(), partition_schema=None):
    source = FileSource(
        StorageOptions(),
        format,
        (SourceFile(path, 1, partition),),
        schema,
        options,
        partition_schema or pa.schema([]),
    )
    source = pickle.loads(pickle.dumps(source))
    chunks = [chunk for split in source.splits() for chunk in source.scan(split)]
    rows = [tuple(row.values()) for chunk in chunks for row in chunk.rows.to_pylist()]
    errors = [(e["line"], e["reason"], e["record"]) for chunk in chunks for e in chunk.errors.to_pylist()]
    return rows, errors


def spark(**options):
    return ReadOptions.from_spark({"header": "true", **options})


DIRTY = b'id,name,v\n1,a,1.5\n2,b\nx,"c,d",2\n\n4,d,3,9\n   \n5,,\n'
DIRTY_ERRORS = [
    (3, "2 fields where 3 were expected", "2,b"),
    (4, "column id: 'x' is no int", 'x,"c,d",2'),
    (6, "4 fields where 3 were expected", "4,d,3,9"),
]


def test_csv_permissive_keeps_every_row_and_its_raw_text(local_file):
    rows, errors = read(local_file("a.csv", DIRTY), "csv", spark(columnNameOfCorruptRecord="_c"), CORRUPT)
    assert rows == [
        (1, "a", 1.5, None), (2, "b", None, "2,b"), (None, "c,d", 2.0, 'x,"c,d",2'), (4, "d", 3.0, "4,d,3,9"),
        (5, None, None, None),
    ]  # fmt: skip
    assert errors == DIRTY_ERRORS


def test_csv_dropmalformed_drops_rows_and_keeps_errors(local_file):
    rows, errors = read(local_file("a.csv", DIRTY), "csv", spark(mode="dropMalformed"))
    assert (rows, errors) == ([(1, "a", 1.5), (5, None, None)], DIRTY_ERRORS)


def test_csv_failfast_names_file_line_and_reason(local_file):
    path = local_file("a.csv", DIRTY)
    with pytest.raises(MalformedRecord, match=f"^{path}, line 3: 2 fields where 3 were expected: 2,b$"):
        read(path, "csv", spark(mode="FAILFAST"))


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        (
            b'h\n1,"a,1.5\n2,"b\\"c",3\r\n3,"q""q",4\n',
            {},
            [(1, "a,1.5", None), (2, 'b"c', 3.0), (3, 'q"q', 4.0)],
        ),
        (b'h\n1,"a\nb",1.5\n', {"multiLine": "true"}, [(1, "a\nb", 1.5)]),
        (b"h\n1|a|2\n#3|x|1\n", {"sep": "|", "comment": "#"}, [(1, "a", 2.0)]),
        (b"h\n1,NA,NA\n", {"nullValue": "NA"}, [(1, None, None)]),
        (
            b"h\n 1 , a ,2\n",
            {"ignoreLeadingWhiteSpace": True, "ignoreTrailingWhiteSpace": "true"},
            [(1, "a", 2.0)],
        ),
        ("h\n1,é,2\n".encode("latin-1"), {"encoding": "ISO-8859-1"}, [(1, "é", 2.0)]),
        ("h\n1,é,2\n".encode("utf-16"), {"encoding": "UTF-16"}, [(1, "é", 2.0)]),
        (b"\xef\xbb\xbfh\n1,\xff,2", {}, [(1, "�", 2.0)]),
        (
            gzip.compress(b"h\n1,a,2\n", mtime=0) + gzip.compress(b"2,b,3\n", mtime=0),
            {},
            [(1, "a", 2.0), (2, "b", 3.0)],
        ),
        (b"h\n1,'a,b',2\n", {"quote": "'"}, [(1, "a,b", 2.0)]),
        (b"h\n+1,a\\,2\n", {}, [(1, "a\\", 2.0)]),
        (b"", {}, []),
        (b"h\n", {}, []),
    ],
)
def test_csv_options_read_as_spark_reads(local_file, data, options, expected):
    assert read(local_file("a", data), "csv", spark(**options))[0] == expected


def test_csv_glue_options_keep_empty_text_and_fill_short_rows(local_file):
    options = ReadOptions.from_glue(
        {"withHeader": True, "skipFirst": True, "separator": ";", "quoteChar": -1}
    )
    rows, errors = read(local_file("a", b'h\nskipped\n1;"";2\n2\n'), "csv", options)
    assert (rows, errors) == ([(1, '""', 2.0), (2, None, None)], [])


def test_json_permissive_coerces_and_keeps_bad_lines(local_file):
    data = b'{"id":1,"name":{"x":1},"v":1}\n{"id":"2","name":"n"}\n{"id":\n[{"id":4},{"id":5}]\n7\n'
    rows, errors = read(local_file("a", data), "json", spark(columnNameOfCorruptRecord="_c"), CORRUPT)
    nothing = (None, None, None)
    assert rows == [
        (1, '{"x":1}', 1.0, None), (None, "n", None, '{"id":"2","name":"n"}'), (*nothing, '{"id":'),
        (4, None, None, None), (5, None, None, None), (*nothing, "7"),
    ]  # fmt: skip
    assert [line for line, _, _ in errors] == [2, 3, 5]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b'[{"id":1},\n{"id":2,"v":3}]', ReadOptions(multi_line=True)),
        (b'{"id":1}\n\n{"id":2,\n"v":3}', ReadOptions(multi_line=True)),
        (b'{"r":{"i":[{"id":1},{"id":2,"v":3}]}}', ReadOptions.from_glue({"jsonPath": "$.r.i[*]"})),
    ],
)
def test_json_documents_become_rows(local_file, data, options):
    assert read(local_file("a", data), "json", options) == ([(1, None, None), (2, None, 3.0)], [])


def test_partition_values_are_typed(local_file):
    schema = pa.schema([("month", pa.int32()), ("day", pa.date32()), ("x", pa.string())])
    rows, _ = read(local_file("a", b"h\n1,a,2\n"), "csv", spark(), S, ("02", "2024-01-31", None), schema)
    assert rows == [(1, "a", 2.0, 2, __import__("datetime").date(2024, 1, 31), None)]


def test_damaged_file_is_named(local_file):
    path = local_file("a.parquet", b"PAR1 nothing")
    with pytest.raises(UnreadableFile, match=path):
        read(path, "parquet", ReadOptions())


def test_unusable_option_says_what_would_do():
    with pytest.raises(OptionError, match="sep='ab': expected one character"):
        ReadOptions.from_spark({"sep": "ab"})


@pytest.mark.parametrize(
    ("data", "clean"),
    [
        (b'{"id":1,"name":"a","v":1}\n{"other":[1]}\n', True),
        (b'{"id":"1"}\n', False),
        (b'{"id":1\n', False),
        (b'{"id":1,\n"v":2}\n', False),
        (b'{"name":"\xff"}\n', False),
    ],
)
def test_json_is_clean_only_when_the_engine_would_agree(local_file, data, clean):
    storage = Storage()
    assert is_clean(storage, storage.stat(local_file("a", data)), S, spark()) is clean


def infer(path, format, style, **options):
    files = [SourceFile(path, 1)]
    found = infer_schema(Storage(), files, format, spark(**options), style=style)
    return [(f.name, hive_type(f.type)) for f in found.schema], found.choices


def test_infer_csv_gives_sparks_types(local_file):
    data = b"a,b,c,d,e,f,a\n1,3000000000,1.5,2024-01-01,2024-01-01 10:00:00,true,\n2,1,2,2024-01-02,2024-01-02,false,x\n"
    types = ["int", "bigint", "double", "date", "timestamp", "boolean", "string"]
    names = ["a0", "b", "c", "d", "e", "f", "a6"]
    assert infer(local_file("a", data), "csv", "spark") == (list(zip(names, types, strict=True)), ())


def test_infer_json_dynamic_makes_choices_and_spark_widens(local_file):
    path = local_file("a", b'{"z":1,"a":1,"s":{"x":1}}\n{"z":"t","a":2.5,"s":{"y":null}}\n')
    assert infer(path, "json", "dynamic") == (
        [
            ("z", "struct<int:int,string:string>"),
            ("a", "struct<int:int,double:double>"),
            ("s", "struct<x:int,y:string>"),
        ],
        ("z", "a"),
    )
    assert infer(path, "json", "spark") == (
        [("a", "double"), ("s", "struct<x:bigint,y:string>"), ("z", "string")],
        (),
    )


def test_find_choices_of_a_catalog_table_keep_what_does_not_parse(local_file):
    path = local_file("a", b"h\n1,a,2\nx,b,3\n")
    source = FileSource(StorageOptions(), "csv", (SourceFile(path, 1),), S, spark())
    found = find_choices(source)
    assert (found.choices, found.schema.field("id").type) == (("id",), choice(pa.int32(), pa.string()))
    rows, errors = read(path, "csv", spark(), found.schema)
    assert rows == [({"int": 1, "string": None}, "a", 2.0), ({"int": None, "string": "x"}, "b", 3.0)]
    assert errors == []
