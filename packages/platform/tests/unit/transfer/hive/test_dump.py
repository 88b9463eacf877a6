"""SQL dumps read as streams of rows."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.transfer.hive import dump
from isinglass.transfer.hive.dump import DumpReader, DumpUnreadable, Row

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
NASTY = st.lists(
    st.sampled_from(["'", "''", "\\", '"', "`", "\n", "\t", ";", "),(", "--", "/*", "*/", "\\.", "\\N", "é"]),
    max_size=6,
)
VALUES = st.none() | TEXT | NASTY.map("".join)
ROWS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5)


def mysql(value):
    if value is None:
        return "NULL"
    escapes = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", '"': '\\"', "\x1a": "\\Z"}
    return "'" + "".join(escapes.get(each, each) for each in value) + "'"


def postgresql(value):
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def copied(value):
    if value is None:
        return "\\N"
    escapes = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
    return "".join(escapes.get(each, each) for each in value)


def as_mysql(rows):
    listed = ",".join(f"({mysql(a)},{mysql(b)})" for a, b in rows)
    return (
        "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `T`;\n"
        "CREATE TABLE `T` (\n  `A` varchar(20) DEFAULT 'x,y)' COMMENT 'it''s',\n  `B` decimal(10,2),\n"
        "  PRIMARY KEY (`A`),\n  KEY `K` (`B`)\n) ENGINE=InnoDB;\n"
        f"INSERT INTO `OTHER` VALUES {listed};\nINSERT INTO `T` VALUES {listed};\nUNLOCK TABLES;\n"
    )


def as_inserts(rows):
    listed = "".join(f'INSERT INTO public."T" VALUES ({postgresql(a)}, {postgresql(b)});\n' for a, b in rows)
    return (
        "--\n-- PostgreSQL database dump\n--\n\\restrict x\nSET standard_conforming_strings = on;\n"
        "CREATE FUNCTION f() RETURNS int AS $_$ select ';''' $_$ LANGUAGE sql;\n"
        'CREATE TABLE public."T" (\n    "A" character varying(20) DEFAULT \'a,b\'::text,\n    "B" numeric(10,2) NOT NULL,\n'
        '    CONSTRAINT "C" CHECK (("A" <> \')\'))\n);\n' + listed.replace('"T"', '"OTHER"') + listed
    )


def as_copy(rows):
    listed = "".join(f"{copied(a)}\t{copied(b)}\n" for a, b in rows)
    return (
        '-- PostgreSQL database dump\nCOPY public."OTHER" ("A", "B") FROM stdin;\n'
        f'{listed}\\.\n\nCOPY public."T" ("A", "B") FROM stdin;\n{listed}\\.\n\nALTER TABLE x;\n'
    )


@pytest.mark.parametrize("write", [as_mysql, as_inserts, as_copy])
@given(rows=ROWS, chunk=st.integers(1, 40))
@settings(max_examples=80, deadline=None)
def test_rows_come_back_however_they_are_written_and_cut(write, rows, chunk):
    with pytest.MonkeyPatch.context() as patched:
        for name, value in (("_CHUNK", chunk), ("_LONGEST_HEAD", 80), ("_SNIFFED", 40)):
            patched.setattr(dump, name, value)
        reader = DumpReader(io.StringIO(write(rows), newline=""), {"T"})
        assert list(reader.rows()) == [Row("T", ("A", "B"), list(row)) for row in rows]


def rows_of(text):
    return [row.values for row in DumpReader(io.StringIO(text, newline=""), {"T"}).rows()]


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("INSERT INTO `T` (`A`,`B`) VALUES (1,-2.5e3),(0x6162,NULL);", [["1", "-2.5e3"], ["ab", None]]),
        ("insert ignore into hive.`T` (`A`) values\n ( _binary 'x\\0y' ) , ( b'1' );", [["x\0y"], ["1"]]),
        ("INSERT INTO `T` (A) VALUES ('a\\x41\\%');", [["ax41%"]]),
        ('-- PostgreSQL\nINSERT INTO public."T" ("A") VALUES (E\'a\\x41\\n\\\'\');', [["aA\n'"]]),
        ('-- PostgreSQL\nINSERT INTO "T" ("A", "B") VALUES (true, \'a\\n\');', [["1", "a\\n"]]),
        ('-- PostgreSQL\nCOPY "T" ("A") FROM stdin;\na\\tb\\\\\n\\x41\\101\n\\.\n', [["a\tb\\"], ["AA"]]),
        ("DROP DATABASE hive; SELECT ';' FROM `T`; # INSERT INTO T\n", []),
        ("", []),
    ],
)
def test_values_of_both_dialects(statement, values):
    assert rows_of(statement) == values


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("-- MySQL dump\nINSERT INTO `T` VALUES (1);", "line 2: the columns of T have no names: dump its definition"),
        ("INSERT INTO `T` (A,B) VALUES (1);", "line 1: a row of T has 1 values for 2 columns"),
        ("-- x\n\nCOPY T (A, B) FROM stdin;\n1\n\\.\n", "line 4: a row of T has 1 values for 2 columns"),
        ("INSERT INTO `T` (A) VALUES (load_file('/etc/passwd'));", "line 1: a row of T is not written as a row"),
        ("COPY T (A) FROM stdin;\n1\n", "line 3: the rows of T have no end"),
    ],
)  # fmt: skip
def test_broken_dump_says_where_and_why(text, refusal):
    with pytest.raises(DumpUnreadable) as refused:
        rows_of(text)
    assert str(refused.value).startswith(refusal)


def test_statement_without_end_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(dump, "_LONGEST", 1_000)
    monkeypatch.setattr(dump, "_CHUNK", 100)
    with pytest.raises(DumpUnreadable, match="a statement has no end"):
        rows_of("INSERT INTO `T` (A) VALUES ('" + "x" * 5_000)


def test_dump_is_read_no_further_than_its_rows_need():
    insert = (
        "INSERT INTO `OTHER` VALUES ('x');\nINSERT INTO `T` (`A`) VALUES " + ",".join(["('a')"] * 50) + ";\n"
    )
    stream = io.StringIO("-- MySQL dump\n" + insert * 20_000)
    rows = DumpReader(stream, {"T"}).rows()
    for number, _ in enumerate(rows, 1):
        read = number / 50 * len(insert)
        assert stream.tell() - read < 4 * dump._CHUNK
        if number == 20_000:
            break
