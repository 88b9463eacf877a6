"""What runs in the engine's Python workers to write: one task's batches into the sink, its message out."""

import itertools
import pickle
import threading
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

MESSAGES = pa.schema([pa.field("message", pa.binary())])
_counters: dict[str, "itertools.count[int]"] = {}
_lock = threading.Lock()


class SinkTask:
    """Stage the rows of one partition; pickles with its sink."""

    def __init__(self, sink: Any, write_id: str, schema: pa.Schema) -> None:
        self._sink = sink
        self._write_id = write_id
        self._schema = schema

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        task = None
        try:
            for batch in batches:
                if batch.num_rows == 0:
                    continue
                if task is None:
                    task = self._sink.task(_task_number(self._write_id))
                task.write(conform(batch, self._schema))
            message = None if task is None else task.close()
        except BaseException:
            if task is not None:
                task.abort()
            raise
        if message is not None:
            yield pa.RecordBatch.from_arrays(
                [pa.array([pickle.dumps(message)], pa.binary())], schema=MESSAGES
            )


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Give a batch the declared types: an engine may send string views, or another unit of time."""
    if batch.schema.equals(schema):
        return batch
    arrays = [
        column if column.type.equals(field.type) else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _task_number(write_id: str) -> int:
    """Number the tasks of a write: by partition where the engine says, else as they begin (in one
    process).
    """
    from pyspark import TaskContext

    context = TaskContext.get()
    if context is not None:
        return int(context.partitionId())
    with _lock:
        return next(_counters.setdefault(write_id, itertools.count()))
