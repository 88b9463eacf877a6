"""Folders to tables: the examples of Glue's guide, and the trees that surprise people."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.crawl.folders import suffix_of
from isinglass.crawl.found import Findings, Looked
from isinglass.crawl.grouping import group
from isinglass.crawl.settings import Grouping
from isinglass.crawl.shape import Kind, Shape

UNREADABLE = ""


def _shape(described: str) -> Shape | None:
    """Read `json:a,b`: a format and columns; an empty text is an unreadable file."""
    if described == UNREADABLE:
        return None
    format_, _, columns = described.partition(":")
    return Shape(Kind(format_), tuple((name, "string") for name in columns.split(",")))


def _findings(files: dict[str, str]) -> list[Findings]:
    bunches: dict[tuple[tuple[str, ...], str], list[Looked]] = defaultdict(list)
    for path, described in files.items():
        *folder, name = path.split("/")
        shape = _shape(described)
        looked = Looked(name, 10, shape, "" if shape else "garbage", 5.0)
        bunches[tuple(folder), suffix_of(name)].append(looked)
    return [
        Findings(folder, suffix, len(looked), 10 * len(looked), 1.0, "", tuple(looked))
        for (folder, suffix), looked in bunches.items()
    ]


def _tables(files: dict[str, str], rules: Grouping, level: int = 1) -> dict[str, Any]:
    found = group(_findings(files), rules, root_level=level)
    return {
        "/".join([*table.root, table.file or ""]): (
            table.kind.format,
            table.depth,
            table.count,
            *([table.exclusions] if table.exclusions else []),
        )
        for table in found.tables
    }


SIMILAR = {f"t/year={year}/a.json": "json:a,b,c" for year in (2017, 2018)}
DISSIMILAR = {"table1/year=2017/data1.json": "json:a,b", "table1/year=2018/data2.json": "json:c,d"}
DEEP = {
    f"mydata/{year}/{month}/{day}/x.csv": f"csv:{'a,b' if year == 2023 else 'c,d'}"
    for year in (2023, 2024)
    for month in (1, 2)
    for day in (1, 2)
}

CASES: list[tuple[str, dict[str, str], Grouping, dict[str, Any]]] = [
    ("similar partitions", SIMILAR, Grouping(), {"t/": ("json", 1, 2)}),
    (
        "dissimilar partitions",
        DISSIMILAR,
        Grouping(),
        {"table1/year=2017/": ("json", 0, 1), "table1/year=2018/": ("json", 0, 1)},
    ),
    ("dissimilar, combined", DISSIMILAR, Grouping(combine=True), {"": ("json", 2, 2)}),
    (
        "table level",
        DEEP,
        Grouping(table_level=3),
        {"mydata/2023/": ("csv", 2, 4), "mydata/2024/": ("csv", 2, 4)},
    ),
    (
        "separate folders",
        {"a/1.csv": "csv:a,b", "b/1.csv": "csv:c,d", "c/1.json": "json:a,b"},
        Grouping(),
        {"a/": ("csv", 0, 1), "b/": ("csv", 0, 1), "c/": ("json", 0, 1)},
    ),
    (
        "a column added half-way",
        {"t/d=1/x.json": "json:a,b", "t/d=2/x.json": "json:a,b,c"},
        Grouping(),
        {"t/": ("json", 1, 2)},
    ),
    (
        "a stray file above partitions",
        {**SIMILAR, "t/readme.csv": "csv:x,y"},
        Grouping(),
        {"t/": ("json", 1, 2), "t/readme.csv": ("csv", 0, 1)},
    ),
    (
        "different tables in one folder",
        {"customers.csv": "csv:a,b", "orders.csv": "csv:c,d"},
        Grouping(),
        {"customers.csv": ("csv", 0, 1), "orders.csv": ("csv", 0, 1)},
    ),
    (
        "mixed formats in every partition",
        {f"t/d={d}/{n}": f for d in (1, 2) for n, f in (("a.csv", "csv:a,b"), ("b.json", "json:a,b"))},
        Grouping(),
        {"t/": ("json", 1, 2, ("**.csv",))},
    ),
    (
        "two of one format beside one of another",
        {"t/a.csv": "csv:a,b", "t/b.csv": "csv:a,b", "t/c.json": "json:z"},
        Grouping(),
        {"t/": ("csv", 0, 2, ("**.json",)), "t/c.json": ("json", 0, 1)},
    ),
    ("one partition so far", {"t/year=2024/x.csv": "csv:a,b"}, Grouping(), {"t/": ("csv", 1, 1)}),
    ("one folder", {"t/part/x.csv": "csv:a,b"}, Grouping(), {"t/part/": ("csv", 0, 1)}),
    (
        "an odd year among alike ones joins",
        {**{f"t/year={y}/x.json": "json:a,b" for y in range(2010, 2014)}, "t/year=2014/x.json": "json:z"},
        Grouping(),
        {"t/": ("json", 1, 5)},
    ),
    (
        "an odd folder among alike ones does not",
        {**{f"t/{y}/x.json": "json:a,b" for y in "abcd"}, "t/e/x.json": "json:z"},
        Grouping(),
        {"t/": ("json", 1, 4), "t/e/": ("json", 0, 1)},
    ),
    (
        "files beside folders of another kind",
        {"a.csv": "csv:a,b", "b.csv": "csv:a,b", "sub/x.json": "json:q"},
        Grouping(),
        {"": ("csv", 0, 2, ("*/**",)), "sub/": ("json", 0, 1)},
    ),
    ("nothing", {}, Grouping(), {}),
    ("nothing readable", {"a.bin": UNREADABLE}, Grouping(), {}),
]


@pytest.mark.parametrize(
    ("files", "rules", "tables"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_group_folders_makes_the_tables(
    files: dict[str, str], rules: Grouping, tables: dict[str, Any]
) -> None:
    assert _tables(files, rules) == tables


def test_group_mixed_formats_gives_both_tables_of_the_same_root() -> None:
    files = {f"t/d={d}/{n}": f for d in (1, 2) for n, f in (("a.csv", "csv:a,b"), ("b.json", "json:a,b"))}
    found = group(_findings(files), Grouping(), root_level=1)
    assert [(table.root, table.kind.format, table.depth, table.exclusions) for table in found.tables] == [
        (("t",), "csv", 1, ("**.json",)),
        (("t",), "json", 1, ("**.csv",)),
    ]


def test_group_tells_the_similarity_that_decided() -> None:
    found = group(_findings(DISSIMILAR), Grouping(), root_level=1)
    first = found.decisions[0]
    assert (first.folder, first.verdict, first.reason) == (
        ("table1",),
        "separate tables",
        "json: 1 of 2 folders have similar schemas (0.50), 2 different",
    )


_PATHS = st.lists(st.sampled_from(["a", "b", "year=2023", "year=2024", "2024-01-01", "x=1"]), max_size=3).map(
    "/".join
)
_FILES = st.dictionaries(
    st.tuples(_PATHS, st.sampled_from(["1.csv", "2.csv", "1.json", "noext", "3.json"])).map(
        lambda parts: "/".join(part for part in parts if part)
    ),
    st.sampled_from(["csv:a,b", "csv:c,d", "json:a,b", "json:a,b,c", "json:z", UNREADABLE]),
    max_size=12,
)
_RULES = st.sampled_from(
    [Grouping(), Grouping(combine=True), Grouping(table_level=2), Grouping(similarity=0.0)]
)


@settings(max_examples=150, deadline=None)
@given(files=_FILES, rules=_RULES)
def test_group_of_any_tree_puts_each_file_in_one_table_or_names_it_skipped(
    files: dict[str, str], rules: Grouping
) -> None:
    found = group(_findings(files), rules, root_level=1)
    in_tables = sum(table.count for table in found.tables)
    skipped = {one.path for one in found.skipped}
    assert in_tables + len(skipped) == len(files)
    assert skipped == {path for path, described in files.items() if described == UNREADABLE}
    places = [(table.root, table.file, table.kind, table.depth) for table in found.tables]
    assert len(places) == len(set(places))
    for table in found.tables:
        assert {len(leaf.folder) for leaf in table.leaves} == {len(table.root) + table.depth}
        assert len({leaf.folder for leaf in table.leaves}) == len(table.leaves)
