import datetime as dt
import pickle
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import list_source_files
from isinglass_connectors.sink import file_task
from isinglass_connectors.sink.file_sink import FileSink, WrittenPartition
from isinglass_connectors.sink.options import WriteOptions
from isinglass_connectors.sink.sorting import SortKey
from isinglass_connectors.storage.listing import data_files

T = pa.table({"id": [1, 2, 3, 4], "day": ["a", None, "a", ""]})


def write(storage, root, table, run="r1", tasks=1, **options):
    sink = pickle.loads(pickle.dumps(FileSink(storage.options, root, run, "w", table.schema, **options)))
    messages = []
    for number in range(tasks):
        task = sink.task(number)
        for batch in table.slice(number * len(table) // tasks, len(table) // tasks).to_batches(
            max_chunksize=2
        ):
            task.write(batch)
        messages.append(pickle.loads(pickle.dumps(task.close())))
    return sink.commit(messages)


def read(storage, root, schema, keys=(), format="parquet", options=None):
    data = pa.schema([f for f in schema if f.name not in keys])
    source = FileSource(
        storage.options,
        format,
        list_source_files(storage, root, keys),
        data,
        options or ReadOptions(),
        pa.schema([schema.field(k) for k in keys]),
    )
    batches = [batch for split in source.splits() for batch in source.read(split)]
    return pa.Table.from_batches(batches, source.schema())


def test_append_twice_adds_rows_in_order(storage, root):
    result = write(storage, root, T, "r1", tasks=2)
    write(storage, root, T, "r2")
    assert read(storage, root, T.schema)["id"].to_pylist() == [1, 2, 3, 4, 1, 2, 3, 4]
    assert (result.rows, len(result.files), result.partitions) == (4, 2, ())
    assert result.bytes == sum(storage.stat(url).size for url in result.files)


def test_append_again_under_the_same_run_replaces(storage, root):
    write(storage, root, T, "other")
    write(storage, root, T, "r1")
    write(storage, root, T.slice(0, 1), "r1")
    assert sorted(read(storage, root, T.schema)["id"].to_pylist()) == [1, 1, 2, 3, 4]


def test_write_leaves_only_data_and_success(storage, root):
    write(storage, root, T, "r1", partition_keys=("day",))
    write(storage, root, T, "r1", partition_keys=("day",), mode="overwrite")
    names = sorted(info.url.removeprefix(root + "/").rsplit("/", 1)[0] for info in storage.list(root))
    assert names == ["_SUCCESS", "day=__HIVE_DEFAULT_PARTITION__", "day=a"]


def test_overwrite_replaces_everything(storage, root):
    write(storage, root, T, "r1", partition_keys=("day",))
    write(storage, root, T.slice(0, 1), "r2", partition_keys=("day",), mode="overwrite")
    assert read(storage, root, T.schema, ("day",)).to_pylist() == [{"id": 1, "day": "a"}]


def test_overwrite_partitions_replaces_the_written_ones_only(storage, root):
    write(storage, root, T, "r1", partition_keys=("day",))
    new = pa.table({"id": [9], "day": ["a"]})
    result = write(storage, root, new, "r2", partition_keys=("day",), mode="overwrite_partitions")
    found = read(storage, root, T.schema, ("day",)).sort_by("id").to_pylist()
    assert found == [{"id": 2, "day": None}, {"id": 4, "day": None}, {"id": 9, "day": "a"}]
    assert result.partitions == (WrittenPartition(("a",), f"{root}/day=a/"),)


def test_more_partitions_than_open_files_keep_order_and_one_file_each(storage, root, monkeypatch):
    monkeypatch.setattr(file_task, "MAX_OPEN", 3)
    monkeypatch.setattr(file_task, "_GATHER", 4096)
    rows = 4000
    table = pa.table({"n": range(rows), "p": [f"p{i % 20:02d}" for i in range(rows)]})
    result = write(storage, root, table, partition_keys=("p",))
    assert (len(result.files), result.rows) == (20, rows)
    found = read(storage, root, table.schema, ("p",))
    expected = sorted(table.to_pylist(), key=lambda row: (row["p"], row["n"]))
    assert found.to_pylist() == expected


def test_sort_by_orders_each_file(storage, root):
    table = pa.table({"a": [2, None, 1, 2], "b": [1, 2, 3, 4], "p": ["x"] * 4})
    keys = (SortKey("a", descending=True), SortKey("b", descending=True))
    write(storage, root, table, partition_keys=("p",), sort_by=keys)
    assert read(storage, root, table.schema, ("p",))["b"].to_pylist() == [4, 1, 3, 2]


def test_max_rows_per_file_cuts_files(storage, root):
    result = write(storage, root, T, options=WriteOptions(max_rows_per_file=3))
    assert [pq.read_metadata(storage.open(url)).num_rows for url in result.files] == [3, 1]


@pytest.mark.parametrize(
    ("mode", "keys", "files"), [("overwrite", (), 1), ("append", (), 0), ("overwrite", ("day",), 0)]
)
def test_empty_frame_keeps_the_schema_only_when_it_replaces_a_table(storage, root, mode, keys, files):
    write(storage, root, T, "r0", partition_keys=keys)
    before = len(list(data_files(storage, root)))
    result = write(storage, root, T.slice(0, 0), mode=mode, partition_keys=keys)
    after = list(data_files(storage, root))
    assert (len(result.files), len(after)) == (files, files if mode == "overwrite" else before)
    assert [pq.read_schema(storage.open(url)).names for url in result.files] == [T.schema.names] * files


def test_abort_leaves_nothing(storage, root):
    sink = FileSink(storage.options, root, "r1", "w", T.schema)
    task = sink.task(0)
    task.write(T.to_batches()[0])
    message = task.close()
    other = sink.task(1)
    other.write(T.to_batches()[0])
    other.abort()
    sink.abort([message])
    assert list(storage.list(root)) == []
    if storage.options.endpoint:
        assert list(storage.s3.pending_uploads(root)) == []


def test_large_file_goes_out_in_parts(s3_options, storage, root):
    import os

    table = pa.table({"x": [os.urandom(1 << 20) for _ in range(20)]})
    result = write(storage, root, table, options=WriteOptions(compression="none"))
    assert read(storage, root, table.schema).equals(table)
    assert result.bytes > 20 << 20


VALUES = pa.table(
    {
        "i": pa.array([1, None, -3], pa.int32()),
        "s": ['a,"b"', "line\nend", None],
        "f": [1.0, None, 2.5],
        "b": [True, False, None],
        "d": [dt.date(2024, 1, 31), None, dt.date(1970, 1, 1)],
        "t": pa.array(
            [
                dt.datetime(2024, 1, 31, 10, 0, 0, 123000, dt.UTC),
                None,
                dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
            ],
            pa.timestamp("us", "UTC"),
        ),
        "m": pa.array([Decimal("1.50"), None, Decimal("-2.25")], pa.decimal128(10, 2)),
    }
)


@pytest.mark.parametrize("codec", ["none", "gzip", "bzip2", "zstd"])
@pytest.mark.parametrize("format", ["csv", "json"])
def test_text_formats_read_back_what_was_written(storage, root, format, codec):
    write(storage, root, VALUES, options=WriteOptions(format=format, compression=codec, header=True))
    options = ReadOptions(header=True, multi_line=format == "csv")
    assert (
        read(storage, root, VALUES.schema, format=format, options=options).to_pylist() == VALUES.to_pylist()
    )


def test_json_line_is_sparks_spelling(storage, root):
    table = pa.table(
        {"a": [1.0], "n": [None], "s": ['q"\n'], "o": [{"x": None, "y": [1]}], "z": [float("nan")]}
    )
    result = write(storage, root, table, options=WriteOptions(format="json", compression="none"))
    assert storage.read(result.files[0]) == b'{"a":1.0,"s":"q\\"\\n","o":{"y":[1]},"z":"NaN"}\n'


def test_csv_line_is_sparks_spelling(storage, root):
    table = pa.table({"a": [1.0, 2.0], "s": ['q"x', ""], "c": ["1,2", " t "]})
    result = write(storage, root, table, options=WriteOptions.from_spark("csv", {"header": True}))
    assert storage.read(result.files[0]) == b'a,s,c\n1.0,"q\\"x","1,2"\n2.0,"",t\n'


@pytest.mark.parametrize(
    "change",
    [
        {"run_id": "../x"},
        {"mode": "replace"},
        {"partition_keys": ("nope",)},
        {"partition_keys": ("id", "day")},
        {"url": "relative"},
    ],
)
def test_sink_refuses_what_it_cannot_write(change):
    from isinglass_connectors.storage.options import StorageOptions

    arguments = {"storage": StorageOptions(), "url": "/x", "run_id": "r", "write_id": "w", "schema": T.schema}
    with pytest.raises(Exception, match=r"\w"):
        FileSink(**{**arguments, **change})
