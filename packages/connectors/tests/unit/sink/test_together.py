from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq

from isinglass_connectors.sink.file_sink import FileSink
from isinglass_connectors.sink.file_task import MAX_OPEN
from isinglass_connectors.sink.sorting import SortKey
from isinglass_connectors.sink.together import close_together
from isinglass_connectors.storage.options import StorageOptions

SCHEMA = pa.schema([("n", pa.int64()), ("p", pa.string())])
PARTITIONS = MAX_OPEN + 20
ROWS = PARTITIONS * 10


def paused(sink, number, rows):
    task = sink.task(number)
    for start in range(0, rows, PARTITIONS):
        values = range(number * rows + start, number * rows + start + PARTITIONS)
        task.write(pa.record_batch([list(values), [f"p{n % PARTITIONS}" for n in values]], schema=SCHEMA))
    assert task.pause()
    return task


def written(tmp_path, sort_by=()):
    sink = FileSink(
        StorageOptions(), str(tmp_path / "t"), "r", "w", SCHEMA, partition_keys=("p",), sort_by=sort_by
    )
    tasks = [paused(sink, number, ROWS) for number in range(3)]
    result = sink.commit(close_together(tasks))
    found = {}
    for url in result.files:
        folder = url.rsplit("/", 2)[1]
        found.setdefault(folder, []).append(pq.ParquetFile(url).read().column("n").to_pylist())
    return result, found


def test_partitions_that_tasks_spilled_are_one_file_in_the_tasks_order(tmp_path):
    result, found = written(tmp_path)
    assert (result.rows, len(found)) == (3 * ROWS, PARTITIONS)
    files = list(chain.from_iterable(found.values()))
    assert all(rows == sorted(rows) for rows in files)
    assert sorted(chain.from_iterable(files)) == list(range(3 * ROWS))
    assert sum(len(files) == 1 for files in found.values()) == PARTITIONS - MAX_OPEN
    assert not (tmp_path / "t" / "_temporary").exists()


def test_sorted_partitions_are_sorted_across_tasks(tmp_path):
    _, found = written(tmp_path, (SortKey("n", descending=True),))
    assert all(files == [sorted(files[0], reverse=True)] for files in found.values())


def test_no_tasks_are_closed_without_a_message():
    assert close_together([]) == []
