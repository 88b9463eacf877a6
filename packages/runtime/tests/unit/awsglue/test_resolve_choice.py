"""resolveChoice, toDF of choices, match_catalog's casts."""

import pytest

SCHEMA = "k int, v struct<long:bigint, string:string>"
ROWS = [(1, (1, None)), (2, (None, "x")), (3, (None, "7")), (4, None)]


@pytest.fixture
def frame(make):
    return make(ROWS, SCHEMA, choices=["v"])


@pytest.mark.parametrize(
    ("action", "columns", "values"),
    [
        ("cast:long", ["k", "v"], [(1,), (None,), (7,), (None,)]),
        ("cast:string", ["k", "v"], [("1",), ("x",), ("7",), (None,)]),
        ("cast:double", ["k", "v"], [(1.0,), (None,), (7.0,), (None,)]),
        ("make_cols", ["k", "v_long", "v_string"], [(1, None), (None, "x"), (None, "7"), (None, None)]),
        ("project:long", ["k", "v"], [(1,), (None,), (None,), (None,)]),
        ("project:string", ["k", "v"], [(None,), ("x",), ("7",), (None,)]),
        ("project:double", ["k", "v"], [(None,), (None,), (None,), (None,)]),
    ],
)
@pytest.mark.parametrize("how", ["choice", "specs"])
def test_resolve_choice_by_action_gives_its_columns(frame, records, how, action, columns, values):
    arguments = {"choice": action} if how == "choice" else {"specs": [("v", action)]}
    resolved = frame.resolveChoice(**arguments)

    assert resolved.toDF().columns == columns
    assert [tuple(record.values())[1:] for record in records(resolved)] == values


def test_resolve_choice_make_struct_is_what_todf_shows_anyway(frame, tree):
    assert tree(frame) == ["|-- k: int", "|-- v: choice", "|    |-- long", "|    |-- string"]
    assert tree(frame.resolveChoice(choice="make_struct")) == [
        "|-- k: int",
        "|-- v: struct",
        "|    |-- long: long",
        "|    |-- string: string",
    ]
    expected = [(1, (1, None)), (2, (None, "x")), (3, (None, "7")), (4, None)]
    assert [(row.k, row.v and tuple(row.v)) for row in frame.toDF().collect()] == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [("cast:string", ["1", "2"]), ("make_cols", [1, 2]), ("make_struct", [1, 2]), ("project:string", [1, 2])],
)
def test_resolve_choice_of_a_plain_column_only_casts(make, records, action, expected):
    resolved = make([(1,), (2,)], "v int").resolveChoice(specs=[("v", action)])

    assert [record["v"] for record in records(resolved)] == expected


def test_resolve_choice_in_arrays_and_structs_reaches_by_path(make, records):
    frame = make(
        [([((1, None),), ((None, "x"),)], ((5, None),))],
        "list array<struct<price:struct<int:int, string:string>>>, s struct<c:struct<int:int, string:string>>",
        choices=["list[].price", "s.c"],
    )

    resolved = frame.resolveChoice(specs=[("list[].price", "cast:double"), ("s.c", "make_cols")])

    assert records(resolved) == [
        {"list": [{"price": 1.0}, {"price": None}], "s": {"c_int": 5, "c_string": None}}
    ]


def test_resolve_choice_of_all_reaches_choices_within_alternatives(make, records):
    frame = make(
        [(((1, None), None),), (((None, "x"), None),), ((None, "text"),)],
        "v struct<struct:struct<int:int, string:string>, string:string>",
        choices=["v", "v.struct"],
    )

    resolved = frame.resolveChoice(choice="cast:string")

    assert [record["v"] for record in records(resolved)] == ["1", "x", "text"]


def test_resolve_choice_project_struct_keeps_the_struct(make, records):
    frame = make(
        [(((1,), None),), ((None, "text"),)],
        "address struct<struct:struct<zip:int>, string:string>",
        choices=["address"],
    )

    assert records(frame.resolveChoice(specs=[("address", "project:struct")])) == [
        {"address": {"zip": 1}},
        {"address": None},
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "Parameters specs and option are both missing, add one."),
        ({"specs": [("v", "make_cols")], "choice": "make_cols"}, "both given"),
        ({"choice": "guess"}, "unknown choice action 'guess'"),
        ({"choice": "match_catalog"}, "needs database and table_name"),
        ({"specs": [("v", "cast:nothing")]}, "unknown type 'nothing'"),
        ({"specs": ["v"]}, "pair"),
    ],
)
def test_resolve_choice_with_wrong_arguments_says_what_is_wrong(frame, arguments, message):
    with pytest.raises(Exception, match=message):
        frame.resolveChoice(**arguments).toDF()


def test_match_types_casts_choices_to_the_declared_types(frame, records):
    from isinglass_runtime.frames.choices import match_types

    matched = match_types(frame.resolved(), {"V": "bigint", "other": "string"})

    assert [row.v for row in matched.df.collect()] == [1, None, 7, None]


def test_todf_with_options_projects(frame):
    from awsglue.dynamicframe import ResolveOption
    from awsglue.gluetypes import StringType

    df = frame.toDF([ResolveOption("v", "Project", StringType()), ResolveOption("k", "KeepAsStruct")])

    assert [row.v for row in df.collect()] == [None, "x", "7", None]
    with pytest.raises(Exception, match="Missing target type for resolve action Project"):
        frame.toDF([ResolveOption("v", "Project")])
    with pytest.raises(ValueError, match="Cast"):
        frame.toDF([ResolveOption("v", "Cast", StringType())])
