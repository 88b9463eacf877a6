import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from isinglass_connectors.sink.file_sink import FileSink
from isinglass_connectors.sink.file_task import MAX_OPEN
from isinglass_connectors.storage.options import StorageOptions
from isinglass_runtime.io.open_write import WriteEndedError, open_write
from isinglass_runtime.io.sink_task import SinkTask, closed

SCHEMA = pa.schema([("n", pa.int64()), ("p", pa.string())])
FEW, MANY = 2, MAX_OPEN + 8


@pytest.fixture
def sink(tmp_path):
    return FileSink(StorageOptions(), str(tmp_path / "lake" / "t"), "r", "w", SCHEMA, partition_keys=("p",))


def batch(partitions, rows=100):
    values = [f"p{n % partitions}" for n in range(rows)]
    return pa.record_batch([list(range(rows)), values], schema=SCHEMA)


def messages_of(task, batches):
    return [pickle.loads(out.column(0)[0].as_py()) for out in task(iter(batches))]


def lying(tmp_path):
    return [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("partitions", [FEW, MANY])
@pytest.mark.parametrize("together", [True, False])
def test_tasks_of_a_write_are_committed_whole(sink, partitions, together):
    with open_write() as write:
        task = SinkTask(sink, SCHEMA, write.token if together else None)
        found = [*messages_of(task, [batch(partitions)]), *messages_of(task, [batch(partitions)])]
        messages = closed(write, found)
    result = sink.commit(messages)
    assert (result.rows, len(result.partitions)) == (200, partitions)


def test_task_without_rows_begins_nothing(sink, tmp_path):
    with open_write() as write:
        assert messages_of(SinkTask(sink, SCHEMA, write.token), [batch(FEW, rows=0)]) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("partitions", [FEW, MANY])
@pytest.mark.parametrize("more", [[], [batch(FEW)], [batch(MANY)]])
def test_task_that_goes_on_after_its_write_ended_stages_nothing_more(sink, tmp_path, partitions, more):
    staged, failed = threading.Event(), threading.Event()

    def rows():
        yield batch(partitions, rows=100)
        staged.set()
        assert failed.wait(30)
        yield from more

    with ThreadPoolExecutor(1) as pool:
        with open_write() as write:
            late = pool.submit(messages_of, SinkTask(sink, SCHEMA, write.token), rows())
            assert staged.wait(30)
        sink.abort()
        failed.set()
        with pytest.raises(WriteEndedError):
            late.result()
    assert list(tmp_path.iterdir()) == []


def test_task_that_begins_after_its_write_ended_stages_nothing(sink, tmp_path):
    with open_write() as write:
        pass
    with pytest.raises(WriteEndedError):
        messages_of(SinkTask(sink, SCHEMA, write.token), [batch(MANY)])
    with pytest.raises(WriteEndedError):
        write.begin(sink.task)
    assert list(tmp_path.iterdir()) == []


def test_rows_that_wait_for_other_tasks_end_with_the_write(sink, tmp_path):
    with open_write() as write:
        messages_of(SinkTask(sink, SCHEMA, write.token), [batch(MANY)])
        assert lying(tmp_path)
    assert lying(tmp_path) == []


def test_task_that_was_tried_again_leaves_no_file_of_its_first_try(sink, tmp_path):
    with open_write() as write:
        task = SinkTask(sink, SCHEMA, write.token)
        messages_of(task, [batch(MANY)])
        messages = closed(write, messages_of(task, [batch(MANY)]))
    assert sink.commit(messages).rows == 100
    assert sum(path.suffix == ".parquet" for path in lying(tmp_path)) == MANY


@pytest.mark.parametrize("together", [True, False])
def test_task_whose_rows_end_in_an_error_leaves_no_file(sink, tmp_path, together):
    def rows():
        yield batch(MANY)
        raise ZeroDivisionError

    with open_write() as write, pytest.raises(ZeroDivisionError):
        messages_of(SinkTask(sink, SCHEMA, write.token if together else None), rows())
    assert lying(tmp_path) == []
