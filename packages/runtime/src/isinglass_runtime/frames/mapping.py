"""apply_mapping: choose, rename, move and cast fields."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from isinglass_runtime.frames.casts import cast, engine_type
from isinglass_runtime.frames.frame import Frame, column, member
from isinglass_runtime.frames.paths import Path, parse_path, render_path, resolve_literal
from isinglass_runtime.frames.schemas import Choices, choices_below


@dataclass(frozen=True, slots=True)
class Mapping:
    """One line of a mapping: where a value comes from, where it goes, as which types."""

    source: str
    target: str
    source_type: str = ""
    target_type: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A resolved source."""

    path: Path
    value: Column
    data_type: spark.DataType


@dataclass(slots=True)
class _Node:
    """A target: a leaf with a value, or a struct of further targets."""

    leaf: Column | None = None
    children: "dict[str, _Node]" = field(default_factory=dict)


def read_mappings(mappings: Any) -> list[Mapping]:
    """Check what a script passed: tuples of 2, 3 or 4 parts, or one such tuple."""
    if isinstance(mappings, tuple) and all(isinstance(part, str) for part in mappings):
        mappings = [mappings]
    return [_read_mapping(each) for each in mappings]


def _read_mapping(parts: Any) -> Mapping:
    if not isinstance(parts, tuple):
        message = f"a mapping is a tuple, not {type(parts).__name__}: {parts!r}"
        raise TypeError(message)
    if len(parts) == 2:
        return Mapping(parts[0], parts[1])
    if len(parts) == 3:
        return Mapping(parts[0], parts[1], target_type=parts[2])
    if len(parts) == 4:
        return Mapping(parts[0], parts[2], source_type=parts[1], target_type=parts[3])
    message = f"a mapping has 2, 3 or 4 parts (source, [type], target, [type]), not {len(parts)}: {parts!r}"
    raise ValueError(message)


def apply_mapping(frame: Frame, mappings: Iterable[Mapping], *, case_sensitive: bool) -> Frame:
    """Build a frame of the mapped fields, in mapping order; a source that does not exist gives none."""
    schema = frame.df.schema
    root = _Node()
    choices: set[Path] = set()
    for mapping in mappings:
        found = _find(schema, frame.choices, mapping.source, case_sensitive=case_sensitive)
        if found is None:
            continue
        target = parse_path(mapping.target)
        value, kept = _convert(found, mapping, frame.choices)
        _place(root, target, value)
        if kept:
            choices |= choices_below(frame.choices, found.path, target)
    selected = [_build(node).alias(name) for name, node in root.children.items()]
    return frame.with_df(frame.df.select(*selected), frozenset(choices))


def _find(schema: spark.StructType, choices: Choices, source: str, *, case_sensitive: bool) -> _Found | None:
    steps = resolve_literal(source, schema.fieldNames())
    first = _match(schema.fields, steps[0], case_sensitive=case_sensitive)
    if first is None:
        return None
    found = _Found((first.name,), column(first.name), first.dataType)
    for step in steps[1:]:
        inner = _step(found, choices, step, case_sensitive=case_sensitive)
        if inner is None:
            return None
        found = inner
    return found


def _step(found: _Found, choices: Choices, step: str, *, case_sensitive: bool) -> _Found | None:
    """Go one level down: into a struct, a choice's struct, or a map's key; never into arrays."""
    if isinstance(found.data_type, spark.MapType):
        return _Found((*found.path, step), found.value.getItem(step), found.data_type.valueType)
    if not isinstance(found.data_type, spark.StructType):
        return None
    inside = _match(found.data_type.fields, step, case_sensitive=case_sensitive)
    if inside is not None:
        return _Found((*found.path, inside.name), member(found.value, inside.name), inside.dataType)
    if found.path in choices and "struct" in found.data_type.fieldNames():
        alternative = _Found(
            (*found.path, "struct"), member(found.value, "struct"), found.data_type["struct"].dataType
        )
        return _step(alternative, choices, step, case_sensitive=case_sensitive)
    return None


def _match(fields: list[spark.StructField], name: str, *, case_sensitive: bool) -> spark.StructField | None:
    for each in fields:
        if each.name == name:
            return each
    if not case_sensitive:
        for each in fields:
            if each.name.lower() == name.lower():
                return each
    return None


def _convert(found: _Found, mapping: Mapping, choices: Choices) -> tuple[Column, bool]:
    """Cast a source; also tell whether the choices within it survive."""
    target = engine_type(mapping.target_type) if mapping.target_type else ""
    if found.path in choices:
        return _convert_choice(found, mapping.source_type, target)
    if not target:
        return found.value, True
    return cast(found.value, found.data_type, target), target in ("array", "struct", "map")


def _convert_choice(found: _Found, source_type: str, target: str) -> tuple[Column, bool]:
    """Take the alternative that the declared source type names; without one, cast whichever is there."""
    assert isinstance(found.data_type, spark.StructType)
    if not source_type and not target:
        return found.value, True
    alternatives = found.data_type.fields
    wanted = engine_type(source_type) if source_type and source_type.lower() != "choice" else ""
    chosen = [each for each in alternatives if _is_type(each.dataType, wanted)] if wanted else []
    cast_to = target or wanted
    if not cast_to:
        return found.value, True
    values = [
        cast(member(found.value, each.name), each.dataType, cast_to) for each in (chosen or alternatives)
    ]
    return F.coalesce(*values), False


def _is_type(data_type: spark.DataType, wanted: str) -> bool:
    return (
        bool(data_type.simpleString() == wanted) or data_type.typeName() == wanted.split("(", maxsplit=1)[0]
    )


def _place(root: _Node, target: Path, value: Column) -> None:
    node = root
    for step in target:
        if node.leaf is not None:
            message = (
                f"the mapping's target {render_path(target)!r} lies inside a field that another mapping fills"
            )
            raise ValueError(message)
        node = node.children.setdefault(step, _Node())
    if node.children:
        message = f"the mapping's target {render_path(target)!r} is already a struct that other mappings fill"
        raise ValueError(message)
    node.leaf = value


def _build(node: _Node) -> Column:
    """Build a target; a struct none of whose members has a value is null, like a record without them."""
    if node.leaf is not None:
        return node.leaf
    members = {name: _build(child) for name, child in node.children.items()}
    present = F.lit(False)
    for each in members.values():
        present = present | each.isNotNull()
    return F.when(present, F.struct(*(each.alias(name) for name, each in members.items())))
