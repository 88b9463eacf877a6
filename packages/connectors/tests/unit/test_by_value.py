"""Jobs send this package by value to Spark workers that do not have it installed."""

import subprocess
import sys

import pyarrow as pa
import pytest

import isinglass_connectors
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.sink.file_sink import FileSink
from isinglass_connectors.storage.options import StorageOptions

_WORKER = """
import pickle, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "isinglass_connectors":
            raise ImportError(name)

sys.meta_path.insert(0, Absent())
print(pickle.load(sys.stdin.buffer)())
"""


def test_source_and_sink_run_where_the_package_is_not_installed(local_file, tmp_path):
    cloudpickle = pytest.importorskip("pyspark.cloudpickle")
    schema = pa.schema([("id", pa.int64()), ("v", pa.string())])
    file = SourceFile(local_file("a.csv", b"id,v\n1,x\n2\n"), 12)
    source = FileSource(StorageOptions(), "csv", (file,), schema, ReadOptions(header=True))
    sink = FileSink(StorageOptions(), str(tmp_path / "out"), "r", "w", schema, partition_keys=("v",))

    def copy():
        task = sink.task(0)
        bad = 0
        for split in source.splits():
            for chunk in source.scan(split):
                task.write(chunk.rows)
                bad += chunk.errors.num_rows
        return sink.commit([task.close()]).rows, bad

    # The worker gets this function by value too: the test module is nothing it could import.
    copy.__module__ = "__main__"
    cloudpickle.register_pickle_by_value(isinglass_connectors)
    try:
        payload = cloudpickle.dumps(copy)
    finally:
        cloudpickle.unregister_pickle_by_value(isinglass_connectors)
    done = subprocess.run([sys.executable, "-c", _WORKER], input=payload, capture_output=True, check=False)
    assert (done.stdout.decode().strip(), done.returncode) == ("(2, 1)", 0), done.stderr.decode()
