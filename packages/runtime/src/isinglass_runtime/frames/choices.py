"""resolveChoice: turn columns of several types into what a script asks for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from isinglass_runtime.frames.casts import cast, engine_type
from isinglass_runtime.frames.frame import Frame, member
from isinglass_runtime.frames.paths import ELEMENT, Path, render_path, resolve_literal
from isinglass_runtime.frames.rewrite import Edit, Replacement, rewrite
from isinglass_runtime.frames.schemas import Choices

_ACTIONS = "cast:<type>, project:<type>, make_cols, make_struct, match_catalog"


def resolve_specs(frame: Frame, specs: Iterable[tuple[str, str]]) -> Frame:
    """Resolve the named columns, each by its own action; choices below them first."""
    for path_text, action in specs:
        path = _existing_path(frame, resolve_literal(path_text, frame.df.columns))
        if path is not None:
            frame = _resolve(frame, {path: action})
    return frame


def resolve_all(frame: Frame, action: str) -> Frame:
    """Resolve every choice of the frame, at any depth, by one action."""
    _check(action)
    while True:
        # The deepest go first: a choice inside an alternative of another is resolved before that moves.
        deepest = max((len(path) for path in frame.choices), default=0)
        found = [path for path in frame.choices if len(path) == deepest]
        if not found or action == "make_struct":
            return frame.with_df(frame.df, frozenset())
        frame = _resolve(frame, dict.fromkeys(found, action))


def match_types(frame: Frame, types: Mapping[str, str]) -> Frame:
    """Cast each top-level choice to the type that a catalog table declares for the column of that name."""
    by_name = {name.lower(): declared for name, declared in types.items()}
    actions: dict[Path, str] = {
        path: f"cast:{by_name[path[0].lower()]}"
        for path in frame.choices
        if len(path) == 1 and path[0].lower() in by_name
    }
    return _resolve(frame, actions) if actions else frame


def _resolve(frame: Frame, actions: Mapping[Path, str]) -> Frame:
    edits: dict[Path, Edit] = {}
    gone: set[Path] = set()
    for path, action in actions.items():
        verb, type_name = _check(action)
        is_choice = path in frame.choices
        if verb == "make_struct":
            gone.add(path)
        elif is_choice and not (verb == "make_cols" and path[-1] == ELEMENT):
            edits[path] = _EDITS[verb](type_name)
            gone.add(path)
        elif verb == "cast":
            edits[path] = _cast_plain(type_name)
    df = rewrite(frame.df, edits)
    return frame.with_df(df, _after(frame.choices, gone, actions))


def _after(choices: Choices, gone: set[Path], actions: Mapping[Path, str]) -> Choices:
    """Keep the annotations that still point at a choice once the resolved ones changed shape."""
    kept = {path for path in choices if path not in gone}
    for path in gone:
        if actions[path] == "make_struct":
            continue
        below = {each for each in kept if each[: len(path)] == path}
        kept -= below
        if actions[path] == "make_cols":
            kept |= {(*path[:-1], f"{path[-1]}_{each[len(path)]}", *each[len(path) + 1 :]) for each in below}
        elif actions[path].startswith("project:"):
            wanted = actions[path].partition(":")[2]
            kept |= {(*path, *each[len(path) + 1 :]) for each in below if each[len(path)] == wanted}
    return frozenset(kept)


def _check(action: str) -> tuple[str, str]:
    """Split an action into its verb and its engine type."""
    verb, _, type_name = action.partition(":")
    verb = verb.strip().lower()
    if verb in ("make_cols", "make_struct") and not type_name:
        return verb, ""
    if verb in ("cast", "project") and type_name:
        return verb, engine_type(type_name)
    message = f"unknown choice action {action!r}; known are {_ACTIONS}"
    raise ValueError(message)


def _existing_path(frame: Frame, path: Path) -> Path | None:
    """Find the path in the schema; elements may be left out of array paths, unknown paths give None."""
    current: spark.DataType = frame.df.schema
    found: list[str] = []
    for step in path:
        if step == ELEMENT:
            if not isinstance(current, spark.ArrayType):
                return None
            current = current.elementType
            found.append(step)
            continue
        while isinstance(current, spark.ArrayType):
            found.append(ELEMENT)
            current = current.elementType
        current, steps = _enter(current, tuple(found), step, frame.choices)
        if not steps:
            return None
        found += steps
    return tuple(found)


def _enter(
    current: spark.DataType, at: Path, step: str, choices: Choices
) -> tuple[spark.DataType, tuple[str, ...]]:
    """Go into a struct, or through the struct alternative of a choice."""
    if isinstance(current, spark.StructType):
        if step in current.fieldNames():
            return current[step].dataType, (step,)
        if at in choices and "struct" in current.fieldNames():
            inner, steps = _enter(current["struct"].dataType, (*at, "struct"), step, choices)
            return inner, ("struct", *steps) if steps else ()
    return current, ()


def _cast_choice(target: str) -> Edit:
    def edit(name: str, data_type: spark.DataType, value: Column) -> Replacement:
        assert isinstance(data_type, spark.StructType)
        values = [cast(member(value, each.name), each.dataType, target) for each in data_type.fields]
        return [(name, F.coalesce(*values))]

    return edit


def _project(target: str) -> Edit:
    """Keep only the values of one type; the others become null."""

    def edit(name: str, data_type: spark.DataType, value: Column) -> Replacement:
        assert isinstance(data_type, spark.StructType)
        kind = target.split("(", maxsplit=1)[0].split("<", maxsplit=1)[0]
        for each in data_type.fields:
            if kind in (each.dataType.simpleString().split("(")[0].split("<")[0], each.dataType.typeName()):
                return [(name, member(value, each.name))]
        return [(name, F.lit(None).cast(target if kind not in ("struct", "array", "map") else "string"))]

    return edit


def _make_cols(_target: str) -> Edit:
    def edit(name: str, data_type: spark.DataType, value: Column) -> Replacement:
        assert isinstance(data_type, spark.StructType)
        return [(f"{name}_{each.name}", member(value, each.name)) for each in data_type.fields]

    return edit


def _cast_plain(target: str) -> Edit:
    def edit(name: str, data_type: spark.DataType, value: Column) -> Replacement:
        return [(name, cast(value, data_type, target))]

    return edit


_EDITS: dict[str, Callable[[str], Edit]] = {
    "cast": _cast_choice,
    "project": _project,
    "make_cols": _make_cols,
}


def read_specs(specs: Any) -> list[tuple[str, str]]:
    """Check what a script passed as `specs`: pairs of a path and an action."""
    checked = []
    for spec in specs:
        if not isinstance(spec, tuple | list) or len(spec) != 2:
            message = f"a spec is a pair (path, action), not {spec!r}"
            raise ValueError(message)
        _check(spec[1])
        checked.append((spec[0], spec[1]))
    return checked


def describe(choices: Choices) -> list[str]:
    """Name the choices for messages."""
    return sorted(render_path(path) for path in choices)
