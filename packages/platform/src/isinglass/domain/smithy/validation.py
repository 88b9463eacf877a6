"""Holds a parsed schema against the rules that take all of it to see."""

from collections.abc import Iterator, Mapping

from isinglass.domain.smithy.shapes import NONE, Constraints, Member, Schema, Shape
from isinglass.domain.smithy.tokens import SchemaError

_MEMBERS: Mapping[str, tuple[str, ...]] = {"list": ("member",), "map": ("key", "value")}
_NUMBERS = frozenset(
    {"Byte", "Short", "Integer", "Long", "Float", "Double", "BigInteger", "BigDecimal", "intEnum"}
)
#: What each constraint can be asked of, as `_type` calls it.
_APPLIES: Mapping[str, frozenset[str]] = {
    "length": frozenset({"String", "Blob", "list", "map"}),
    "range": _NUMBERS,
    "pattern": frozenset({"String"}),
    "unique": frozenset({"list"}),
    "sparse": frozenset({"list", "map"}),
    "timestamp_format": frozenset({"Timestamp"}),
}
_WRITTEN = {"unique": "uniqueItems", "timestamp_format": "timestampFormat"}


def check(schema: Schema) -> None:
    """Refuse targets that are not there, misplaced constraints, and structures that nothing satisfies."""
    for shape in schema.shapes.values():
        _check_members(schema, shape)
        _check_constraints(shape, shape.constraints, _type(shape), member=None)
        for member in shape.members:
            if member.target not in schema.shapes:
                raise _at(member, f"there is no type {member.target}")
            _check_constraints(shape, member.constraints, _type(schema[member.target]), member=member)
    _check_endless(schema)


def _check_members(schema: Schema, shape: Shape) -> None:
    names = _MEMBERS.get(shape.kind)
    if names is not None and sorted(member.name for member in shape.members) != sorted(names):
        raise _at(shape, f"a {shape.kind} has {' and '.join(names)}, nothing else")
    if shape.kind == "union" and not shape.members:
        raise _at(shape, "a union needs a member")
    if shape.kind in ("enum", "intEnum") and not shape.values:
        raise _at(shape, f"an {shape.kind} needs a value")
    if shape.kind == "map" and (key := shape.member("key")) is not None and key.target in schema.shapes:
        target = schema[key.target]
        if target.kind != "enum" and target.simple != "String":
            raise _at(key, "the keys of a map are texts")


def _check_constraints(shape: Shape, found: Constraints, type_: str, member: Member | None) -> None:
    place: Shape | Member = member or shape
    if found.required and (member is None or shape.kind != "structure"):
        raise _at(place, "@required is for members of structures")
    for name, types in _APPLIES.items():
        if getattr(found, name) != getattr(NONE, name) and type_ not in types:
            raise _at(place, f"@{_WRITTEN.get(name, name)} cannot be asked of a {type_}")
    if member is not None and found.sparse:
        raise _at(place, "@sparse is for lists and maps, not for members")


def _type(shape: Shape) -> str:
    return shape.simple or shape.kind


def _check_endless(schema: Schema) -> None:
    """Refuse a structure that requires itself: no content would ever be complete."""
    done: set[str] = set()
    for shape in schema.shapes.values():
        if shape.name in done:
            continue
        path: list[tuple[str, Iterator[Member]]] = [(shape.name, _needed(schema, shape))]
        open_: set[str] = {shape.name}
        while path:
            name, needed = path[-1]
            member = next(needed, None)
            if member is None:
                path.pop()
                open_.discard(name)
                done.add(name)
            elif member.target in open_:
                raise _at(member, f"{member.target} requires itself")
            elif member.target not in done:
                path.append((member.target, _needed(schema, schema[member.target])))
                open_.add(member.target)


def _needed(schema: Schema, shape: Shape) -> Iterator[Member]:
    if shape.kind != "structure":
        return iter(())
    return (
        member
        for member in shape.members
        if member.constraints.required and schema[member.target].kind == "structure"
    )


def _at(place: Shape | Member, reason: str) -> SchemaError:
    return SchemaError(f"{place.name}: {reason}", place.line, place.column)
