"""Members of a null struct in local data are shown as 0 and empty text, because Arrow leaves those there."""

from typing import Any

from isinglass_runtime.gate.gate import Rule, Scope


def apply(relation: Any, scope: Scope) -> None:  # noqa: ARG001 - every rule has this form
    """Make the members of null structs null in the data that travel with the plan."""
    data = relation.local_relation.data
    if not data:
        return
    import pyarrow as pa

    from isinglass_runtime.io.engine_batches import for_engine

    with pa.ipc.open_stream(data) as reader:
        if not any(pa.types.is_nested(field.type) for field in reader.schema):
            return
        batches = [for_engine(batch) for batch in reader]
    if not batches:
        return
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batches[0].schema) as writer:
        for batch in batches:
            # Nullability is decided for each batch; the first one's schema has to do for all.
            writer.write_batch(batch if batch.schema == batches[0].schema else batch.cast(batches[0].schema))
    relation.local_relation.data = sink.getvalue().to_pybytes()


RULE = Rule("null_structs", "0.7.2", ("relation.local_relation",), apply)
