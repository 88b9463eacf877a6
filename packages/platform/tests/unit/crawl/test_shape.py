"""How alike files are, and what a table of them has for columns."""

from collections import Counter

import pytest

from isinglass.crawl.shape import Kind, Shape, Tally, similarity

JSON = Kind("json")
CSV = Kind("csv", delimiter=",")


def _shape(columns: str, kind: Kind = JSON, *, named: bool = True) -> Shape:
    pairs = (column.split(":", 1) for column in columns.split(","))
    return Shape(kind, tuple((name, hive) for name, hive in pairs), named)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a:int,b:int", "a:int,b:int,c:int", 1.0),
        ("a:int,b:int", "c:int,d:int", 0.0),
        ("a:int,b:string", "a:double,b:int", 1.0),
        ("a:int,b:int", "a:struct<x:int>,b:int", 0.5),
        ("a:void,b:int", "a:struct<x:int>,b:int", 1.0),
        ("a:int", "a:int,b:int,c:int,d:int", 0.5),
        ("a:int,b:int,c:int,d:int", "a:int,b:int,c:int,e:int", 0.75),
    ],
)
def test_similarity_of_two_schemas_is_the_share_of_common_columns(
    left: str, right: str, expected: float
) -> None:
    assert similarity(_shape(left), _shape(right)) == similarity(_shape(right), _shape(left)) == expected


@pytest.mark.parametrize(
    ("left", "right", "named", "expected"),
    [
        ("col0:bigint,col1:string", "col0:double,col1:string", False, 1.0),
        ("col0:bigint,col1:string", "col0:string,col1:string", False, 0.5),
        ("col0:bigint,col1:string", "col0:bigint", False, 0.0),
        ("col0:string,col1:string", "id:bigint,name:string", True, 1.0),
    ],
)
def test_similarity_without_names_goes_by_place(left: str, right: str, named: bool, expected: float) -> None:
    assert similarity(_shape(left, CSV, named=False), _shape(right, CSV, named=named)) == expected


def test_similarity_of_different_kinds_is_none() -> None:
    assert similarity(_shape("a:int"), _shape("a:int", Kind("json", "gzip"))) == 0.0


def test_union_of_shapes_keeps_the_order_of_the_usual_one_and_widens_types() -> None:
    tally = Tally(Counter({_shape("b:int,a:void"): 3, _shape("a:void,c:double,b:bigint"): 1}))
    assert tally.union() == (("b", "bigint"), ("a", "string"), ("c", "double"))


def test_shape_read_back_from_its_document_is_equal() -> None:
    shape = Shape(CSV, (("id", "bigint"),), named=False, details=(("header", "false"),), spellings=("Id",))
    assert Shape.from_document(shape.document()) == shape
