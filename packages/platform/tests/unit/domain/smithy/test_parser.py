"""Smithy IDL: what is read, what is refused and where."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.smithy.parser import parse_schema
from isinglass.domain.smithy.shapes import PRELUDE, SIMPLE, Constraints, Member, Schema, Shape
from isinglass.domain.smithy.tokens import SchemaError


def _own(schema: Schema) -> dict[str, Shape]:
    return {name: shape for name, shape in schema.shapes.items() if name not in PRELUDE}


def test_schema_with_everything_is_read() -> None:
    schema = parse_schema(
        '''
        $version: "2.0"
        metadata validators = [{name: "x", tags: ["a"]}]
        namespace acme.forms
        use smithy.api#String
        use amazon.datazone#displayname

        /// Who answers for it
        @documentation("""
            Long
              text""")
        structure Contact {
            @required @length(min: 1, max: 5) @displayname(defaultName: "Owner") owner: smithy.api#String,
            @timestampFormat("date-time") since: Timestamp
            tier: acme.forms#Tier
        }
        enum Tier { GOLD = "gold" @enumValue("silver") SILVER BRONZE }
        intEnum Level { ONE = 1 }
        @sparse list Names { @pattern("^a") member: String }
        map Labels { key: String value: Names }
        union Either { a: String b: Level }
        @range(min: 0.5) double Share
        '''
    )
    described = {
        name: (
            shape.kind,
            [(member.name, member.target) for member in shape.members],
            shape.values,
            shape.simple,
        )
        for name, shape in _own(schema).items()
    }
    assert described == {
        "Contact": ("structure", [("owner", "String"), ("since", "Timestamp"), ("tier", "Tier")], (), ""),
        "Tier": ("enum", [], ("gold", "silver", "BRONZE"), ""),
        "Level": ("intEnum", [], (1,), ""),
        "Names": ("list", [("member", "String")], (), ""),
        "Labels": ("map", [("key", "String"), ("value", "Names")], (), ""),
        "Either": ("union", [("a", "String"), ("b", "Level")], (), ""),
        "Share": ("simple", [], (), "Double"),
    }
    owner, since, _ = schema["Contact"].members
    assert owner.constraints == Constraints(required=True, length=(1, 5))
    assert since.constraints == Constraints(timestamp_format="date-time")
    assert schema["Names"].constraints == Constraints(sparse=True)
    assert schema["Share"].constraints == Constraints(range=(0.5, None))


REFUSED = [
    ("structure A {", "line 1, column 14: there must be the name of a member here, not the end of the schema"),
    ("structure A {\n  b: C\n}", "line 2, column 3: b: there is no type C"),
    ("structure A { a: other.space#B }", "line 1, column 18: the namespace other.space cannot be reached: a schema stands for itself"),
    ("structure A { a: smithy.api#Unit }", "line 1, column 18: there is no type smithy.api#Unit"),
    ("@foo structure A {}", "line 1, column 2: the trait @foo is not supported"),
    ("structure A { @required @required a: String }", "line 1, column 26: the trait @required stands twice"),
    ('structure A { a: String = "x" }', "line 1, column 25: default values are not supported"),
    ("structure A with [B] {}", "line 1, column 13: 'with' (mixins, resources) is not supported"),
    ("structure A { a := {} }", "line 1, column 17: structures inside others (:=) are not supported; name them"),
    ("structure A {} structure a {}", "line 1, column 16: there is a shape a already; case does not tell names apart"),
    ("structure String {}", "line 1, column 1: there is a shape String already; case does not tell names apart"),
    ("structure A { a: String A: String }", "line 1, column 25: there is a member A already; case does not tell names apart"),
    ("service S {}", "line 1, column 1: service describes no data; there are structure, union, list, map, enum and simple types"),
    ("apply A @required", "line 1, column 1: apply describes no data; there are structure, union, list, map, enum and simple types"),
    ("list L { a: String }", "line 1, column 6: L: a list has member, nothing else"),
    ("map M { key: Integer value: String }", "line 1, column 9: key: the keys of a map are texts"),
    ("union U {}", "line 1, column 7: U: a union needs a member"),
    ("enum E {}", "line 1, column 6: E: an enum needs a value"),
    ("enum E { A A }", "line 1, column 12: A stands twice"),
    ("intEnum E { A }", "line 1, column 13: the values of an intEnum are whole numbers, and A has none"),
    ("@length(min: 1) integer A", "line 1, column 25: A: @length cannot be asked of a Integer"),
    ("@range(min: 1) string A", "line 1, column 23: A: @range cannot be asked of a String"),
    ("@length(min: 2, max: 1) string A", "line 1, column 2: the bounds of @length are upside down"),
    ("@length(min: -1) string A", "line 1, column 2: the bounds of @length are whole numbers from zero on"),
    ('@pattern("(?=x)") string A', "line 1, column 2: @pattern: Invalid expression '(?=x)': groups beginning with ? are not supported at position 1"),
    ("list L { @required member: String }", "line 1, column 20: member: @required is for members of structures"),
    ("structure A { @required a: B } structure B { @required b: A }", "line 1, column 56: b: A requires itself"),
    ('$version: "1.0"', "line 1, column 11: version 1.0 of Smithy is not read, 2.0 is"),
    ('string "a"', "line 1, column 8: there must be the name of a shape here, not a string"),
    ('@title("abc', "line 1, column 8: the string is not closed"),
    ('@title("\\q") string A', "line 1, column 8: the string has an unknown escape \\q"),
    ("structure Ä {}", "line 1, column 11: 'Ä' is not understood here"),
    (f"@examples({'[' * 40}) string A", "line 1, column 44: values nest too deeply here"),
    ("@range(min: 1e999) integer A", "line 1, column 13: the number 1e999 is too large"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error"), REFUSED)
def test_schema_that_is_not_read_is_refused_where_it_goes_wrong(text: str, error: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse_schema(text)
    assert str(caught.value) == error


_NAMES = st.sampled_from(["Alpha", "Beta", "Gamma", "Delta"])
_MEMBERS = st.sampled_from(["one", "two", "three"])
_BOUNDS = st.tuples(st.none() | st.integers(0, 5), st.none() | st.integers(5, 9)).filter(any)


@st.composite
def schemas(draw: Any) -> dict[str, Shape]:
    """Draw shapes that name each other."""
    names = draw(st.lists(_NAMES, min_size=1, unique=True))
    targets = st.sampled_from([*names, *sorted(SIMPLE)])
    shapes: dict[str, Shape] = {}
    for name in names:
        kind = draw(st.sampled_from(["structure", "list", "map", "enum", "simple"]))
        members: list[Member] = []
        values: Sequence[str] = ()
        simple, constraints = "", Constraints()
        if kind == "structure":
            members = [
                Member(each, draw(targets), Constraints()) for each in draw(st.lists(_MEMBERS, unique=True))
            ]
        elif kind == "list":
            members = [Member("member", draw(targets), Constraints())]
            constraints = Constraints(length=draw(st.none() | _BOUNDS), sparse=draw(st.booleans()))
        elif kind == "map":
            members = [Member("key", "String", Constraints()), Member("value", draw(targets), Constraints())]
        elif kind == "enum":
            values = draw(st.lists(st.text(max_size=5), min_size=1, unique=True))
        else:
            simple = "String"
            constraints = Constraints(length=draw(st.none() | _BOUNDS))
        shapes[name] = Shape(name, kind, tuple(members), tuple(values), simple, constraints)
    return shapes


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _written(shape: Shape) -> str:
    found = shape.constraints
    traits = "@sparse " if found.sparse else ""
    if found.length:
        pairs = zip(("min", "max"), found.length, strict=True)
        traits += f"@length({', '.join(f'{name}: {bound}' for name, bound in pairs if bound is not None)})\n"
    if shape.kind == "simple":
        return f"{traits}string {shape.name}"
    inner = [f"{member.name}: {member.target}" for member in shape.members]
    inner += [f"V{index} = {_quoted(str(value))}" for index, value in enumerate(shape.values)]
    body = " // it is\n ".join(inner)
    return f"{traits}{shape.kind} {shape.name} {{ {body}\n }}"


def _placeless(shape: Shape) -> Shape:
    members = tuple(Member(member.name, member.target, member.constraints) for member in shape.members)
    return Shape(shape.name, shape.kind, members, shape.values, shape.simple, shape.constraints)


@given(schemas())
@settings(max_examples=60, deadline=None)
def test_schema_written_and_read_is_the_same(shapes: dict[str, Shape]) -> None:
    read = _own(parse_schema("\n".join(map(_written, shapes.values()))))
    assert {name: _placeless(shape) for name, shape in read.items()} == shapes


_PIECES = st.sampled_from(
    [
        "structure", "enum", "list", "A", "b", "String", "{", "}", "(", ")", "[", "]", ":", "=", "@", ",", '"', "\\",
        "@required", "@length(min: 1)", "\n", "//", '"""\n', "1", "-", "$version: 2", "namespace a.b", "#", "use a#b",
    ]
)  # fmt: skip


@given(st.lists(_PIECES | st.characters(), max_size=20).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused_within_its_lines(text: str) -> None:
    place = _place_of_error(text)
    assert place is None or (1 <= place[0] <= text.count("\n") + 1 and place[1] >= 1)


def _place_of_error(text: str) -> tuple[int, int] | None:
    try:
        parse_schema(text)
    except SchemaError as error:
        return error.line, error.column
    return None
