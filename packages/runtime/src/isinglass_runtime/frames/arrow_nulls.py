"""Make the members of null structs null: Arrow leaves zeros below them, and Sail would show those."""

import pyarrow as pa
import pyarrow.compute as pc


def push_nulls_down(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Give a batch whose struct members are null wherever their struct is."""
    columns = [_pushed(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _pushed(array: pa.Array) -> pa.Array:
    if pa.types.is_struct(array.type):
        valid = array.is_valid() if array.null_count else None
        members = []
        for index in range(array.type.num_fields):
            member = array.field(index)
            if valid is not None:
                member = pc.if_else(valid, member, pa.scalar(None, member.type))
            members.append(_pushed(member))
        mask = pc.invert(valid) if valid is not None else None
        return pa.StructArray.from_arrays(members, fields=list(array.type), mask=mask)
    if pa.types.is_list(array.type) and pa.types.is_nested(array.type.value_type):
        mask = array.is_null() if array.null_count else None
        return pa.ListArray.from_arrays(array.offsets, _pushed(array.values), type=array.type, mask=mask)
    return array
