"""Names of tables and columns."""

import pytest

from isinglass.crawl import naming
from isinglass.crawl.folders import suffix_of


@pytest.mark.parametrize(
    ("prefix", "component", "name"),
    [
        ("", "Sales-2024", "sales_2024"),
        ("Raw_", "year=2017", "raw_year_2017"),
        ("", "caf%C3%A9 x", "caf__x"),
        ("p", "x" * 200, "p" + "x" * 127),
    ],
)
def test_table_name_of_a_folder_is_folded_and_short(prefix: str, component: str, name: str) -> None:
    assert naming.table_name(prefix, component) == name


def test_name_with_suffix_is_stable_and_fits() -> None:
    first, again = naming.with_suffix("x" * 128, "s3://b/x/"), naming.with_suffix("x" * 128, "s3://b/x/")
    assert (first, len(first)) == (again, 128)


def test_column_names_that_fold_together_get_numbers() -> None:
    assert naming.column_names(["Id", "id", " ID ", "", "id_1"]) == ["id", "id_1", "id_2", "col3", "id_1_1"]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.csv", ".csv"),
        ("a.CSV.GZ", ".csv.gz"),
        ("part-0.snappy.parquet", ".parquet"),
        ("2024.01.02", ""),
        ("events-2024.01.02.json", ".json"),
        ("README", ""),
        ("a.gz", ".gz"),
    ],
)
def test_suffix_of_a_file_name_tells_what_it_is(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix
