"""What runs in the engine's Python workers to write: one task's batches into the sink, its message out."""

import itertools
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from isinglass_runtime.io.open_write import OpenWrite, RunningTask, find

MESSAGES = pa.schema([pa.field("message", pa.binary())])
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class _Left:
    """The message of a task whose spilled rows are still to be written."""

    number: int


class SinkTask:
    """Stage the rows of one partition; pickles with its sink.

    `write` is the token of the open write where all tasks run in this process: they end with it, and what
    they spill is left for `closed` to write at once.
    """

    def __init__(self, sink: Any, schema: pa.Schema, write: str | None) -> None:
        self._sink = sink
        self._schema = schema
        self._write = write

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        filled = (conform(batch, self._schema) for batch in batches if batch.num_rows)
        first = next(filled, None)
        if first is None:
            return
        rows = itertools.chain((first,), filled)
        message = self._stage(rows) if self._write is None else self._stage_within(find(self._write), rows)
        yield pa.RecordBatch.from_arrays([pa.array([pickle.dumps(message)], pa.binary())], schema=MESSAGES)

    def _stage(self, rows: Iterator[pa.RecordBatch]) -> Any:
        number = _partition()
        task = RunningTask(number, self._sink.task(number))
        try:
            _write(task, rows)
            with task.at_work() as staging:
                return staging.close()
        except BaseException:
            task.end()
            raise

    def _stage_within(self, write: OpenWrite, rows: Iterator[pa.RecordBatch]) -> Any:
        task = write.begin(self._sink.task)
        try:
            _write(task, rows)
            with task.at_work() as staging:
                if staging.pause():
                    return _Left(task.number)
                message = staging.close()
        except BaseException:
            task.end()
            write.done(task)
            raise
        write.done(task)
        return message


def closed(write: OpenWrite, messages: Sequence[Any]) -> list[Any]:
    """Close the tasks that left rows behind, and give the messages of all.

    Others that have left rows were tried again: they end with the write.
    """
    from isinglass_connectors.sink.together import close_together

    left = [
        write.task(message.number)
        for message in sorted((m for m in messages if isinstance(m, _Left)), key=lambda m: m.number)
    ]
    finished = close_together([task.staging for task in left])
    for task in left:
        write.done(task)
    return [*(m for m in messages if not isinstance(m, _Left)), *finished]


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Give a batch the declared types: an engine may send string views, or another unit of time."""
    if batch.schema.equals(schema):
        return batch
    arrays = [
        column if column.type.equals(field.type) else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _write(task: RunningTask, rows: Iterator[pa.RecordBatch]) -> None:
    for batch in rows:
        with task.at_work() as staging:
            staging.write(batch)


def _partition() -> int:
    """Number a task by its partition where the engine says, else as they begin in one process."""
    from pyspark import TaskContext

    context = TaskContext.get()
    return next(_numbers) if context is None else int(context.partitionId())
