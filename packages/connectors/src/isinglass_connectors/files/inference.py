"""Merge what was seen of a column into one type, by the rules of crawlers, Spark and dynamic frames."""

from collections.abc import Callable, Iterable

import pyarrow as pa

from isinglass_connectors.files.types import TIMESTAMP, choice, glue_name, is_choice

Conflict = Callable[[pa.DataType, pa.DataType], pa.DataType]


def merge_types(left: pa.DataType, right: pa.DataType, conflict: Conflict) -> pa.DataType:
    """Merge two types; containers merge inside, `conflict` decides what else differs."""
    if left == right and not pa.types.is_nested(left):
        return left
    if pa.types.is_null(left):
        return right
    if pa.types.is_null(right):
        return left
    if is_choice(left) or is_choice(right):
        return conflict(left, right)
    if pa.types.is_struct(left) and pa.types.is_struct(right):
        return pa.struct(merge_fields(list(left), list(right), conflict))
    if pa.types.is_list(left) and pa.types.is_list(right):
        return pa.list_(merge_types(left.value_type, right.value_type, conflict))
    if pa.types.is_map(left) and pa.types.is_map(right):
        return pa.map_(
            merge_types(left.key_type, right.key_type, conflict),
            merge_types(left.item_type, right.item_type, conflict),
        )
    return left if left == right else conflict(left, right)


def merge_fields(left: Iterable[pa.Field], right: Iterable[pa.Field], conflict: Conflict) -> list[pa.Field]:
    """Union of fields: the left's in their order, then the right's new ones."""
    merged = {field.name: field for field in left}
    for field in right:
        known = merged.get(field.name)
        kind = field.type if known is None else merge_types(known.type, field.type, conflict)
        merged[field.name] = pa.field(field.name, kind)
    return list(merged.values())


def merge_schemas(schemas: Iterable[pa.Schema], conflict: Conflict | None = None) -> pa.Schema:
    """Merge the schemas of several files into the one a table shows; by the crawler's rules unless told."""
    fields: list[pa.Field] = []
    for schema in schemas:
        fields = merge_fields(fields, list(schema), conflict or widen)
    return pa.schema(fields)


def settle(kind: pa.DataType) -> pa.DataType:
    """Replace what stayed unknown (nulls only, empty arrays) by string, and drop nothing."""
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, settle(f.type), metadata=f.metadata) for f in kind])
    if pa.types.is_list(kind):
        return pa.list_(settle(kind.value_type))
    return kind


def settle_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(f.name, settle(f.type)) for f in schema])


def widen(left: pa.DataType, right: pa.DataType) -> pa.DataType:
    """Crawlers and Spark: numbers widen to hold both, a date is a timestamp, anything else is text."""
    t = pa.types
    if t.is_integer(left) and t.is_integer(right):
        return left if left.bit_width >= right.bit_width else right
    numbers = [t.is_integer(k) or t.is_floating(k) or t.is_decimal(k) for k in (left, right)]
    if all(numbers):
        return _widen_numbers(left, right)
    if all(t.is_date(k) or t.is_timestamp(k) for k in (left, right)):
        return TIMESTAMP
    return pa.string()


def _widen_numbers(left: pa.DataType, right: pa.DataType) -> pa.DataType:
    if pa.types.is_floating(left) or pa.types.is_floating(right):
        same_float = left == right or {left, right} <= {pa.float32(), pa.int8(), pa.int16()}
        return pa.float32() if same_float and pa.float32() in {left, right} else pa.float64()
    whole = [(19, 0) if pa.types.is_integer(k) else (k.precision, k.scale) for k in (left, right)]
    scale = max(s for _, s in whole)
    digits = max(p - s for p, s in whole) + scale
    return pa.decimal128(digits, scale) if digits <= 38 else pa.float64()


def choose(left: pa.DataType, right: pa.DataType) -> pa.DataType:
    """Dynamic frames: types that differ become a choice; one alternative per type name."""
    merged: dict[str, pa.DataType] = {}
    for kind in (left, right):
        for alternative in [f.type for f in kind] if is_choice(kind) else [kind]:
            name = glue_name(alternative)
            known = merged.get(name)
            merged[name] = alternative if known is None else merge_types(known, alternative, choose)
    return choice(*merged.values())
