"""Which SQL texts count as one reading statement."""

import pytest

from isinglass.domain.reading_statements import refusal


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        " select 'a; drop table t' ; ",
        "-- note\nWITH a AS (SELECT 1) SELECT * FROM a",
        "(SELECT 1) UNION (SELECT 2)",
        "SHOW TABLES",
        "/* ; */ describe table db.t",
        "SELECT `insert` FROM t",
        "WITH a AS (SELECT 'delete') TABLE a",
    ],
)
def test_refusal_of_reading_statement_is_none(sql: str) -> None:
    assert refusal(sql) is None


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("", "empty"),
        ("-- nothing", "empty"),
        ("DROP TABLE t", "begins with DROP"),
        ("insert into t values (1)", "begins with insert"),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "has INSERT"),
        ("FROM a INSERT INTO t SELECT *", "has INSERT"),
        ("SELECT 1; DROP TABLE t", "One statement"),
    ],
)
def test_refusal_of_others_says_why(sql: str, reason: str) -> None:
    assert reason in (refusal(sql) or "")
