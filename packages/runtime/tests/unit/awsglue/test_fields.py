"""Dropping, selecting, renaming and splitting fields; flattening."""

import pytest

SCHEMA = "id int, a struct<b:int, c:struct<d:int, e:int>>, list array<struct<k:string, v:int>>, `x.y` int"
ROWS = [(1, (10, (100, 200)), [("p", 1), ("q", 2)], 7), (2, None, None, None)]
FULL = [
    {
        "id": 1,
        "a": {"b": 10, "c": {"d": 100, "e": 200}},
        "list": [{"k": "p", "v": 1}, {"k": "q", "v": 2}],
        "x.y": 7,
    },
    {"id": 2, "a": None, "list": None, "x.y": None},
]


@pytest.fixture
def frame(make):
    return make(ROWS, SCHEMA)


@pytest.mark.parametrize(
    ("paths", "first"),
    [
        ("id", {"a": FULL[0]["a"], "list": FULL[0]["list"], "x.y": 7}),
        (["id", "list", "x.y"], {"a": FULL[0]["a"]}),
        (["id", "list", "`x.y`", "a.c.d"], {"a": {"b": 10, "c": {"e": 200}}}),
        (["id", "a", "x.y", "list.k"], {"list": [{"v": 1}, {"v": 2}]}),
        (["id", "a", "x.y", "list[].k"], {"list": [{"v": 1}, {"v": 2}]}),
        (["list", "x.y", "a.b", "a.c"], {"id": 1}),
        (["nope", "a.nope", "id.deeper"], FULL[0]),
    ],
)
def test_drop_fields_removes_what_the_paths_name(frame, records, paths, first):
    assert records(frame.drop_fields(paths))[0] == first


def test_drop_fields_within_a_null_struct_leaves_it_null(frame, records):
    assert records(frame.drop_fields(["a.b", "list.k"]))[1] == {"id": 2, "a": None, "list": None, "x.y": None}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ("id", [{"id": 1}, {"id": 2}]),
        (["x.y", "id"], [{"x.y": 7, "id": 1}, {"x.y": None, "id": 2}]),
        (["id", "nope"], [{"id": 1}, {"id": 2}]),
        (["a.c.d"], [{"a": {"c": {"d": 100}}}, {"a": None}]),
    ],
)
def test_select_fields_keeps_the_named_ones_in_the_order_asked(frame, records, paths, expected):
    assert records(frame.select_fields(paths)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id", "key", {"key": 1, "a": FULL[0]["a"]}),
        ("a.b", "a.z", {"id": 1, "a": {"z": 10, "c": {"d": 100, "e": 200}}}),
        ("a.c.d", "top", {"id": 1, "a": {"b": 10, "c": {"e": 200}}, "top": 100}),
        ("id", "n.m", {"a": FULL[0]["a"], "n": {"m": 1}}),
        ("id", "`n.m`", {"n.m": 1, "a": FULL[0]["a"]}),
        ("id", "a.id", {"a": {"b": 10, "c": {"d": 100, "e": 200}, "id": 1}}),
        ("id", "a.c.id", {"a": {"b": 10, "c": {"d": 100, "e": 200, "id": 1}}}),
        ("nope", "x", {"id": 1, "a": FULL[0]["a"]}),
    ],
)
def test_rename_field_renames_or_moves(make, records, old, new, expected):
    frame = make([(1, (10, (100, 200)))], "id int, a struct<b:int, c:struct<d:int, e:int>>")

    assert records(frame.rename_field(old, new)) == [expected]


def test_rename_field_of_a_dotted_column_needs_no_quotes(frame, records):
    assert records(frame.rename_field("x.y", "z").select_fields("z")) == [{"z": 7}, {"z": None}]


def test_split_fields_divides_the_columns(make, records):
    from awsglue.transforms import SplitFields

    parts = SplitFields.apply(make([(1, 2, 3)], "a int, b int, c int", name="f"), ["b"])

    assert {name: records(frame) for name, frame in parts.items()} == {
        "f1": [{"b": 2}],
        "f2": [{"a": 1, "c": 3}],
    }


def test_drop_null_fields_removes_the_fields_without_any_value(make, records, capsys):
    rows = [(1, None, (None, 1), [(None, 1)], None), (2, None, None, None, None)]
    schema = "id int, gone string, s struct<gone:int, k:int>, l array<struct<gone:int, k:int>>, `d.t` int"

    frame = make(rows, schema).drop_null_fields()

    assert records(frame)[0] == {"id": 1, "s": {"k": 1}, "l": [{"k": 1}]}
    assert capsys.readouterr().out == "null_fields ['gone', 's.gone', 'l[].gone', '`d.t`']\n"


def test_drop_null_fields_of_an_empty_frame_keeps_typed_fields(make):
    assert make([], "id int, s string").drop_null_fields().toDF().columns == ["id", "s"]


def test_unnest_names_fields_with_dots(make, records):
    frame = make(
        [(1, ("Oslo", "0150"), [("x", (1,))])],
        "id int, Address struct<City:string, `Zip.Code`:string>, l array<struct<k:string, n:struct<m:int>>>",
    )

    assert records(frame.unnest()) == [
        {"id": 1, "Address.City": "Oslo", "Address.Zip.Code": "0150", "l": [{"l.val.k": "x", "l.val.n.m": 1}]}
    ]


def test_relationalize_pivots_arrays_into_frames_joined_by_keys(make, records):
    from awsglue.transforms import Relationalize

    frame = make(
        [
            ("john", (34, [1, 2]), [("phone", ["a", "b"]), ("fax", None)]),
            ("jane", None, []),
        ],
        "name string, p struct<age:int, nums:array<int>>, contact_details array<struct<type:string, vals:array<string>>>",
    )

    frames = Relationalize.apply(frame, "unused", "l_root")

    assert list(frames.keys()) == [
        "l_root",
        "l_root_p.nums",
        "l_root_contact_details",
        "l_root_contact_details.val.vals",
    ]
    assert records(frames["l_root"]) == [
        {"name": "john", "p.age": 34, "p.nums": 1, "contact_details": 1},
        {"name": "jane", "p.age": None, "p.nums": None, "contact_details": None},
    ]
    assert records(frames["l_root_p.nums"]) == [
        {"id": 1, "index": 0, "val": 1},
        {"id": 1, "index": 1, "val": 2},
    ]
    assert records(frames["l_root_contact_details"]) == [
        {"id": 1, "index": 0, "contact_details.val.type": "phone", "contact_details.val.vals": 1},
        {"id": 1, "index": 1, "contact_details.val.type": "fax", "contact_details.val.vals": None},
    ]
    assert records(frames["l_root_contact_details.val.vals"]) == [
        {"id": 1, "index": 0, "val": "a"},
        {"id": 1, "index": 1, "val": "b"},
    ]


def test_simplify_ddb_json_strips_the_tags(make, records):
    schema = "Item struct<id:struct<S:string>, n:struct<N:string>, m:struct<M:struct<k:struct<S:string>>>, l:struct<L:array<struct<N:string>>>>"
    frame = make([((("a",), ("1",), ((("x",),),), ([("1",), ("2",)],)),)], schema)

    assert records(frame.simplify_ddb_json()) == [{"id": "a", "n": "1", "m": {"k": "x"}, "l": ["1", "2"]}]
    assert records(frame.unnest_ddb_json()) == [
        {"id": "a", "n": "1", "m": {"k": {"S": "x"}}, "l": [{"N": "1"}, {"N": "2"}]}
    ]
