"""Kill the writer at every named point: readers see the old table or the new one, and a second run repairs it."""

import multiprocessing
import signal

import pyarrow as pa
import pytest

from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import list_source_files
from isinglass_connectors.sink.file_sink import FileSink
from isinglass_connectors.sink.recovery import recover
from isinglass_connectors.storage import manifests

POINTS = [
    "task",
    "staged",
    "manifest",
    "published-one",
    "published",
    "switched",
    "removed",
    "before-end",
    "ended",
]
OLD = pa.table({"id": [1, 2], "day": ["a", "b"]})
NEW = pa.table({"id": [10, 20, 30], "day": ["b", "c", "b"]})

# Forked from a process that has everything imported: a second saved per case.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["isinglass_connectors.sink.file_sink", "boto3"])
_WRITER = """
def checkpoint(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)

sink = FileSink(**arguments, checkpoint=checkpoint)
task = sink.task(0)
for batch in table.to_batches():
    task.write(batch)
message = task.close()
checkpoint("task")
sink.commit([message])
"""


def _arguments(storage, root, run, table, mode):
    return {
        "storage": storage.options,
        "url": root,
        "run_id": run,
        "write_id": "w",
        "schema": table.schema,
        "mode": mode,
        "partition_keys": ("day",),
    }


def _write_and_die(storage, root, mode, point):
    names = {"point": point, "table": NEW, "arguments": _arguments(storage, root, "new", NEW, mode)}
    source = "import os, signal\nfrom isinglass_connectors.sink.file_sink import FileSink\n" + _WRITER
    process = _FORKS.Process(target=exec, args=(source, names))
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode == -signal.SIGKILL


def _write(storage, root, run, table, mode):
    sink = FileSink(**_arguments(storage, root, run, table, mode))
    task = sink.task(0)
    for batch in table.to_batches():
        task.write(batch)
    sink.commit([task.close()])


def _ids(storage, root):
    source = FileSource(
        storage.options,
        "parquet",
        list_source_files(storage, root, ("day",)),
        pa.schema([("id", pa.int64())]),
        partition_schema=pa.schema([("day", pa.string())]),
    )
    batches = [batch for split in source.splits() for batch in source.read(split)]
    return sorted(pa.Table.from_batches(batches, source.schema())["id"].to_pylist())


AFTER = {"append": [1, 2, 10, 20, 30], "overwrite": [10, 20, 30], "overwrite_partitions": [1, 10, 20, 30]}


@pytest.mark.parametrize("mode", list(AFTER))
@pytest.mark.parametrize("point", POINTS)
def test_killed_writer_leaves_old_or_new_and_a_second_run_finishes(storage, root, mode, point):
    _write(storage, root, "old", OLD, "append")
    _write_and_die(storage, root, mode, point)
    seen = _ids(storage, root)
    committed = point in {"switched", "removed", "ended"} or (point == "before-end" and mode != "append")
    # An append has nothing to switch or remove: those points are never reached and the write completes.
    finished = mode == "append" and point in {"switched", "removed"}
    assert seen == (AFTER[mode] if committed or finished else [1, 2])
    _write(storage, root, "new", NEW, mode)
    assert _ids(storage, root) == AFTER[mode]
    _nothing_left(storage, root)


@pytest.mark.parametrize("mode", list(AFTER))
@pytest.mark.parametrize("point", ["manifest", "published-one", "published", "switched", "before-end"])
def test_recover_after_a_kill_finishes_the_commit(storage, root, mode, point):
    _write(storage, root, "old", OLD, "append")
    died = _write_and_die(storage, root, mode, point)
    assert recover(storage, root) == (["run-new-w"] if died else [])
    assert _ids(storage, root) == AFTER[mode]
    _nothing_left(storage, root)
    assert recover(storage, root) == []


@pytest.mark.parametrize("point", ["manifest", "published-one", "published"])
def test_recover_with_undo_brings_the_old_table_back(storage, root, point):
    _write(storage, root, "old", OLD, "append")
    _write_and_die(storage, root, "overwrite", point)
    assert recover(storage, root, undo=True) == ["run-new-w"]
    assert _ids(storage, root) == [1, 2]
    _nothing_left(storage, root)


def _nothing_left(storage, root):
    assert manifests.find(storage, root) == []
    assert [info.url for info in storage.list(root) if "_temporary" in info.url] == []
    if storage.options.endpoint:
        assert list(storage.s3.pending_uploads(root)) == []
