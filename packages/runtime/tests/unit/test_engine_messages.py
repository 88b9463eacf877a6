import pytest

from isinglass_runtime.engine_messages import column_trouble, missing_table, with_plain_names

UNKNOWN = "attribute ObjectName([{}]) is missing from the schema: cannot resolve attribute"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ('ObjectName([Identifier("a")]) is odd', "a is odd"),
        ('ObjectName([Identifier("t"), Identifier("a b")])', "t.a b"),
        ('ObjectName([Identifier("a\\"b")]) ObjectName([Identifier("c")])', 'a"b c'),
        ("ObjectName([])", "ObjectName([])"),
    ],
)
def test_with_plain_names_writes_names_as_sql_does(said: str, plain: str) -> None:
    assert with_plain_names(said) == plain


@pytest.mark.parametrize(
    ("name", "columns", "told"),
    [
        ('Identifier("Totl")', ["id", "total"], "There is no column Totl. Did you mean total?"),
        ('Identifier("t"), Identifier("x")', ["id"], "There is no column t.x. db.t has id."),
        (
            'Identifier("x")',
            [f"column{n:02}" for n in range(22)],
            f"There is no column x. db.t has {', '.join(f'column{n:02}' for n in range(20))} and 2 more.",
        ),
    ],
)
def test_column_trouble_of_an_unknown_column_tells_what_there_is(
    name: str, columns: list[str], told: str
) -> None:
    assert column_trouble(UNKNOWN.format(name), {"db.t": columns}) == f"[UNRESOLVED_COLUMN] {told}"


def test_other_messages_are_no_trouble_with_names() -> None:
    assert (column_trouble("Divide by zero", {}), missing_table("Divide by zero")) == (None, None)
