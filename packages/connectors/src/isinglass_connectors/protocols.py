"""What a connector is: small protocols over Arrow record batches."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


class Source(Protocol):
    """Read a store in splits that can be handed to other processes."""

    def schema(self) -> "pa.Schema":
        """The schema of every batch that `read` yields."""
        ...

    def splits(self) -> Sequence[Any]:
        """Independent pieces of the data; each pickles small."""
        ...

    def read(self, split: Any) -> "Iterator[pa.RecordBatch]":
        """Stream one split in bounded memory."""
        ...


class SinkTask(Protocol):
    """One task's part of a write: nothing it does is visible before the sink commits."""

    def write(self, batch: "pa.RecordBatch") -> None: ...

    def close(self) -> Any:
        """Finish staging and return the message that `Sink.commit` needs; it pickles."""
        ...

    def abort(self) -> None:
        """Remove what this task staged."""
        ...


class Sink(Protocol):
    """Write in two phases: tasks stage, one commit makes everything visible."""

    def task(self, task_id: int) -> SinkTask: ...

    def commit(self, messages: Iterable[Any]) -> Any: ...

    def abort(self, messages: Iterable[Any]) -> None: ...
