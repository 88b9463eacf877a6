"""Drop, select, rename and split fields; find columns that hold nothing."""

from collections.abc import Callable, Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from isinglass_runtime.frames.frame import Frame, column, member
from isinglass_runtime.frames.paths import ELEMENT, Path, parse_path, render_path, resolve_literal
from isinglass_runtime.frames.rewrite import drop, rewrite
from isinglass_runtime.frames.schemas import Choices, choices_below


def drop_fields(frame: Frame, paths: Iterable[str]) -> Frame:
    """Remove fields at any depth, within arrays of structs too; unknown paths are ignored."""
    top_level = frame.df.columns
    return drop_paths(
        frame, [_through_arrays(frame.df.schema, resolve_literal(each, top_level)) for each in paths]
    )


def _through_arrays(schema: spark.DataType, path: Path) -> Path:
    """Insert the element steps that a script may leave out (`items.price` for `items[].price`)."""
    result: list[str] = []
    current = schema
    for step in path:
        while isinstance(current, spark.ArrayType) and step != ELEMENT:
            result.append(ELEMENT)
            current = current.elementType
        result.append(step)
        if step == ELEMENT and isinstance(current, spark.ArrayType):
            current = current.elementType
        elif isinstance(current, spark.StructType) and step in current.fieldNames():
            current = current[step].dataType
    return tuple(result)


def select_fields(frame: Frame, paths: Iterable[str]) -> Frame:
    """Keep the named fields, in the order asked; a nested path brings its struct with only that member."""
    schema = frame.df.schema
    wanted = [resolve_literal(path, schema.fieldNames()) for path in paths]
    known = [path for path in dict.fromkeys(wanted) if _exists(schema, path)]
    selected: list[Column] = []
    for name in dict.fromkeys(path[0] for path in known):
        inner = [path[1:] for path in known if path[0] == name]
        selected.append(_keep(schema[name].dataType, column(name), inner).alias(name))
    kept = frozenset(
        path for path in frame.choices if any(path[: len(k)] == k or k[: len(path)] == path for k in known)
    )
    return frame.with_df(frame.df.select(*selected), kept)


def _exists(data_type: spark.DataType, path: Path) -> bool:
    if not path:
        return True
    if not isinstance(data_type, spark.StructType) or path[0] not in data_type.fieldNames():
        return False
    return _exists(data_type[path[0]].dataType, path[1:])


def _keep(data_type: spark.DataType, value: Column, wanted: list[Path]) -> Column:
    if () in wanted or not isinstance(data_type, spark.StructType):
        return value
    members = [
        _keep(data_type[name].dataType, member(value, name), [p[1:] for p in wanted if p[0] == name]).alias(
            name
        )
        for name in dict.fromkeys(path[0] for path in wanted)
    ]
    return F.when(value.isNotNull(), F.struct(*members))


def rename_field(frame: Frame, old_name: str, new_name: str) -> Frame:
    """Rename or move a field; both names are full paths, and an unknown old name changes nothing."""
    schema = frame.df.schema
    source = resolve_literal(old_name, schema.fieldNames())
    target = parse_path(new_name)
    if not _exists(schema, source) or source == target:
        return frame
    if source[:-1] == target[:-1]:
        return _rename_in_place(frame, source, target[-1])
    if _exists(schema, target):
        message = f"cannot rename {old_name!r}: the frame already has a field {render_path(target)!r}"
        raise ValueError(message)
    return _move(frame, source, target)


def _rename_in_place(frame: Frame, source: Path, new_name: str) -> Frame:
    edits = {source: lambda _name, _type, value: [(new_name, value)]}
    # A field that already has the new name gives way, as the later assignment to a record's key would do.
    clash = (*source[:-1], new_name)
    if _exists(frame.df.schema, clash):
        edits[clash] = drop
    return frame.with_df(rewrite(frame.df, edits), _moved_choices(frame.choices, source, clash))


def _move(frame: Frame, source: Path, target: Path) -> Frame:
    """Take a field out of its struct and put it, at the end, into another."""
    value, data_type = column(source[0]), frame.df.schema[source[0]].dataType
    for step in source[1:]:
        assert isinstance(data_type, spark.StructType)
        value, data_type = member(value, step), data_type[step].dataType
    carried = "isinglass moved field"
    df = rewrite(frame.df.select("*", value.alias(carried)), {source: drop})
    top = target[0]
    if len(target) == 1:
        df = df.withColumnRenamed(carried, top)
    else:
        grown = _insert(
            df.schema, (top,), column(top) if top in df.columns else None, target[1:], column(carried)
        )
        if top in df.columns:
            others = [
                column(each) if each != top else grown.alias(top) for each in df.columns if each != carried
            ]
            df = df.select(*others)
        else:
            df = df.select(*(column(each) for each in df.columns if each != carried), grown.alias(top))
    return frame.with_df(df, _moved_choices(frame.choices, source, target))


def _insert(schema: spark.StructType, at: Path, parent: Column | None, steps: Path, value: Column) -> Column:
    """Rebuild the struct at a path with one more member somewhere below it."""
    existing: spark.DataType = schema
    for step in at:
        existing = (
            existing[step].dataType
            if isinstance(existing, spark.StructType) and step in existing.fieldNames()
            else spark.NullType()
        )
    names = existing.fieldNames() if isinstance(existing, spark.StructType) else []
    members = [member(parent, name).alias(name) for name in names if name != steps[0] and parent is not None]
    if len(steps) == 1:
        inner = value
    else:
        below = member(parent, steps[0]) if parent is not None and steps[0] in names else None
        inner = _insert(schema, (*at, steps[0]), below, steps[1:], value)
    return F.struct(*members, inner.alias(steps[0]))


def _moved_choices(choices: Choices, source: Path, target: Path) -> Choices:
    staying = frozenset(path for path in choices if path[: len(source)] != source)
    return staying | choices_below(choices, source, target)


def split_fields(frame: Frame, paths: list[str]) -> tuple[Frame, Frame]:
    """Divide the fields: the named ones, and the rest."""
    return select_fields(frame, paths), drop_fields(frame, paths)


def null_fields(frame: Frame) -> list[Path]:
    """Find the fields that hold no value in any record, within arrays of structs too; costs one pass.

    A frame without records says nothing about its fields: there only fields of the null type are found.
    """
    probes = [each for field in frame.df.schema.fields for each in _probes(field.dataType, (field.name,))]
    counts = [
        F.max(probe(column(path[0]))).alias(f"seen{index}") for index, (path, probe) in enumerate(probes)
    ]
    seen = frame.df.agg(F.count(F.lit(1)).alias("records"), *counts).collect()[0]
    if seen["records"] == 0:
        return [(each.name,) for each in frame.df.schema.fields if isinstance(each.dataType, spark.NullType)]
    empty = [path for index, (path, _) in enumerate(probes) if not seen[f"seen{index}"]]
    return [path for path in empty if not any(path[:depth] in empty for depth in range(1, len(path)))]


def _probes(data_type: spark.DataType, path: Path) -> list[tuple[Path, Callable[[Column], Column]]]:
    """Build one test "this record has a value here" per field at or below a path."""
    found: list[tuple[Path, Callable[[Column], Column]]] = [(path, _has_value)]
    if isinstance(data_type, spark.StructType):
        for each in data_type.fields:
            for inner_path, probe in _probes(each.dataType, (*path, each.name)):
                found.append((inner_path, _within(each.name, probe)))
    elif isinstance(data_type, spark.ArrayType) and isinstance(data_type.elementType, spark.StructType):
        for inner_path, probe in _probes(data_type.elementType, (*path, ELEMENT))[1:]:
            found.append((inner_path, _among_elements(probe)))
    return found


def _has_value(value: Column) -> Column:
    return value.isNotNull()


def _within(name: str, probe: Callable[[Column], Column]) -> Callable[[Column], Column]:
    return lambda value: probe(member(value, name))


def _among_elements(probe: Callable[[Column], Column]) -> Callable[[Column], Column]:
    return lambda value: F.exists(value, probe)


def drop_paths(frame: Frame, paths: Iterable[Path]) -> Frame:
    """Remove fields by parsed paths."""
    dropped = list(paths)
    kept = frozenset(path for path in frame.choices if not any(path[: len(d)] == d for d in dropped))
    return frame.with_df(rewrite(frame.df, dict.fromkeys(dropped, drop)), kept)
