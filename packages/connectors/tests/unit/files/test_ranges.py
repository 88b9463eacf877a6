"""However a file is cut into ranges, its records are the same, and so are the places of bad ones."""

import gzip

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.records import MalformedRecord
from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.storage.options import StorageOptions

SCHEMA = pa.schema([("id", pa.int32()), ("name", pa.string()), ("_bad", pa.string())])
CSV_LINES = ["1,a", "2,b", "x,c", '3,"q,q"', '"open,4', "5", "", "  ", "6,é", "#7,c", "8,a,b"]
JSON_LINES = ['{"id":1,"name":"a"}', '{"id":"x"}', '{"id":', "", "[]", '[{"id":3},{"id":4}]', '{"name":"é"}']


def scanned(source):
    rows, errors = [], []
    for split in source.splits():
        for chunk in source.scan(split):
            rows += chunk.rows.to_pylist()
            errors += chunk.errors.to_pylist()
    return rows, errors


def source_of(path, format, options, split_size):
    file = SourceFile(str(path), path.stat().st_size)
    return FileSource(StorageOptions(), format, (file,), SCHEMA, options, split_size=split_size)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(data=st.data(), format=st.sampled_from(["csv", "json"]))
def test_any_cut_gives_the_same_records_and_places(tmp_path, data, format):
    lines = data.draw(st.lists(st.sampled_from(CSV_LINES if format == "csv" else JSON_LINES), max_size=40))
    ending = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    mark = data.draw(st.sampled_from(["", "\ufeff"]))
    text = mark + ending.join(lines) + (ending if data.draw(st.booleans()) else "")
    options = ReadOptions(
        corrupt_column="_bad",
        header=data.draw(st.booleans()),
        skip_first=data.draw(st.booleans()),
        comment=data.draw(st.sampled_from([None, "#"])),
    )
    path = tmp_path / "file"
    path.write_bytes(text.encode())
    whole = source_of(path, format, options, 1 << 20)
    assert len(whole.splits()) <= 1
    assert scanned(source_of(path, format, options, data.draw(st.integers(1, 60)))) == scanned(whole)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b'id,name\n1,"a\nb"\n' * 20, ReadOptions(multi_line=True)),
        (gzip.compress(bytes(range(256)) * 20), ReadOptions()),
        ("1,a\n".encode("utf-16") * 20, ReadOptions()),
        ("1,é\n".encode("latin-1") * 20, ReadOptions(encoding="latin-1")),
    ],
)
def test_file_whose_lines_may_be_no_records_stays_whole(tmp_path, data, options):
    path = tmp_path / "file"
    path.write_bytes(data)
    assert len(source_of(path, "csv", options, 10).splits()) == 1


def test_failfast_names_the_line_counted_from_the_files_beginning(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"1,a\n" * 50 + b"x,a\n")
    source = source_of(path, "csv", ReadOptions(mode="FAILFAST", corrupt_column="_bad"), 20)
    assert len(source.splits()) > 5
    with pytest.raises(MalformedRecord, match="line 51: column id"):
        [batch for split in source.splits() for batch in source.read(split)]


def test_rows_of_ranges_come_without_counting_lines(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"1,a\nx,b\n" * 30)
    source = source_of(path, "csv", ReadOptions(), 40)
    assert sum(batch.num_rows for split in source.splits() for batch in source.read(split)) == 60
