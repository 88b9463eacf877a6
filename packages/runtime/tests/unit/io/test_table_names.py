import pytest

from isinglass_runtime.io.table_names import defined_names, table_names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT * FROM db.t", [("db", "t")]),
        (
            "select a from t1 x, db.t2 y join `my db`.`t.3` z on x.a = z.a",
            [("t1",), ("db", "t2"), ("my db", "t.3")],
        ),
        ("SELECT extract(year FROM at) FROM t", [("t",)]),
        ("SELECT a IS DISTINCT FROM b FROM t WHERE x IN (SELECT y FROM u)", [("t",), ("u",)]),
        ("SELECT 'FROM x' FROM t -- FROM y", [("t",)]),
        ("SELECT * FROM range(5), t", [("t",)]),
        ("SELECT a, b FROM (SELECT 1) s, t GROUP BY a, b", [("t",)]),
        ("INSERT INTO db.t (a, b) SELECT 1, 2", [("db", "t")]),
        ("SELECT * FROM a UNION ALL SELECT x, y FROM b", [("a",), ("b",)]),
    ],
)
def test_table_names_of_statements_are_those_where_tables_stand(
    sql: str, names: list[tuple[str, ...]]
) -> None:
    assert [name.parts for name in table_names(sql)] == names


def test_defined_names_of_with_clauses_are_not_tables() -> None:
    assert defined_names("WITH x AS (SELECT 1), `Y z` (a) AS (SELECT 2) SELECT * FROM x") == {"x", "y z"}
