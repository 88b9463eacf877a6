"""Make Arrow batches fit for the engine.

Arrow leaves zeros in the members of a null struct, and Sail would show those: they become null.
Sail refuses a batch whose nested fields carry metadata, or whose list elements have another name than
`item`: both are normalised.
"""

import pyarrow as pa
import pyarrow.compute as pc


def for_engine(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Give the same values as the engine needs them."""
    if not any(pa.types.is_nested(field.type) for field in batch.schema):
        return batch.replace_schema_metadata(None)
    columns = [_plain(column) for column in batch.columns]
    fields = [
        pa.field(field.name, column.type, field.nullable)
        for field, column in zip(batch.schema, columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _plain(array: pa.Array) -> pa.Array:
    if pa.types.is_struct(array.type):
        return _plain_struct(array)
    if pa.types.is_list(array.type):
        values = _plain(array.values)
        field = pa.field("item", values.type, array.type.value_field.nullable)
        # The offsets of a slice do not begin at 0, and a mask is refused beside an offset.
        if array.offset or len(array.offsets) != len(array) + 1:
            array = pa.concat_arrays([array])
            values = _plain(array.values)
        mask = array.is_null() if array.null_count else None
        return pa.ListArray.from_arrays(array.offsets, values, type=pa.list_(field), mask=mask)
    return array


def _plain_struct(array: pa.StructArray) -> pa.StructArray:
    valid = array.is_valid() if array.null_count else None
    members, fields = [], []
    for index in range(array.type.num_fields):
        member = array.field(index)
        if valid is not None:
            member = pc.if_else(valid, member, pa.scalar(None, member.type))
        member = _plain(member)
        members.append(member)
        declared = array.type.field(index)
        fields.append(pa.field(declared.name, member.type, declared.nullable or valid is not None))
    return pa.StructArray.from_arrays(
        members, fields=fields, mask=None if valid is None else pc.invert(valid)
    )
