"""What runs in the engine's Python workers to write: one task's batches into the sink, its message out."""

import itertools
import pickle
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

MESSAGES = pa.schema([pa.field("message", pa.binary())])
_counters: dict[str, "itertools.count[int]"] = {}
_tokens = itertools.count()
#: Tasks of this process with rows that wait for those of the others, by write and token.
_left: dict[str, dict[int, Any]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Left:
    """The message of a task whose spilled rows are still to be written."""

    token: int
    number: int


class SinkTask:
    """Stage the rows of one partition; pickles with its sink.

    `together`: all tasks run in this process, and what they spill is left for `closed` to write at once.
    """

    def __init__(self, sink: Any, write_id: str, schema: pa.Schema, *, together: bool) -> None:
        self._sink = sink
        self._write_id = write_id
        self._schema = schema
        self._together = together

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        task, number = None, 0
        try:
            for batch in batches:
                if batch.num_rows == 0:
                    continue
                if task is None:
                    number = _task_number(self._write_id)
                    task = self._sink.task(number)
                task.write(conform(batch, self._schema))
            message: Any = None
            if task is not None and self._together and task.pause():
                message = _Left(next(_tokens), number)
                _left.setdefault(self._sink.write, {})[message.token] = task
            elif task is not None:
                message = task.close()
        except BaseException:
            if task is not None:
                task.abort()
            raise
        if message is not None:
            yield pa.RecordBatch.from_arrays(
                [pa.array([pickle.dumps(message)], pa.binary())], schema=MESSAGES
            )


def closed(sink: Any, messages: Sequence[Any]) -> list[Any]:
    """Close the tasks that left rows behind, and give the messages of all."""
    from isinglass_connectors.sink.together import close_together

    left = sorted((m for m in messages if isinstance(m, _Left)), key=lambda message: message.number)
    waiting = _left.get(sink.write, {})
    finished = close_together([waiting[message.token] for message in left])
    for message in left:
        del waiting[message.token]
    # What remains belongs to tasks that were tried again.
    drop_left(sink)
    return [*(m for m in messages if not isinstance(m, _Left)), *finished]


def drop_left(sink: Any) -> None:
    """Abort the tasks of a write that still wait."""
    for task in _left.pop(sink.write, {}).values():
        task.abort()


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
