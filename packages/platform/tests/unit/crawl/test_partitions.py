"""Folder levels as partition keys."""

import pytest

from isinglass.crawl.partitions import NULL, key_type, partition_keys


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"2023", "2024"}, "int"),
        ({"0", "-5"}, "int"),
        ({"01", "10"}, "string"),
        ({"3000000000"}, "bigint"),
        ({"99999999999999999999"}, "string"),
        ({"2024-02-29"}, "date"),
        ({"2023-02-29"}, "string"),
        ({"2024-01-01", "7"}, "string"),
        ({"1", NULL, ""}, "int"),
        ({NULL}, "string"),
        ({"-0"}, "string"),
        ({"1.5"}, "string"),
    ],
)
def test_key_type_of_values_is_one_that_reads_back_as_written(values: set[str], expected: str) -> None:
    assert key_type(values) == expected


@pytest.mark.parametrize(
    ("folders", "columns", "values"),
    [
        ([["Year=2024", "m=1"], ["Year=2023", "m=2"]], (("year", "int"), ("m", "int")), ("2024", "1")),
        ([["2024", "x"], ["2023", "y"]], (("partition_0", "int"), ("partition_1", "string")), ("2024", "x")),
        ([["y=1"], ["z=1"]], (("partition_0", "string"),), ("y=1",)),
        ([["y=1"], ["2"]], (("partition_0", "string"),), ("y=1",)),
        ([["d=a%20b%2Fc"]], (("d", "string"),), ("a b/c",)),
        ([["Y=1"], ["y=2"]], (("y", "int"),), ("1",)),
        ([["d=a b"], ["d=a%20b"]], (("partition_0", "string"),), ("d=a b",)),
        ([["id=1"]], (("id_1", "int"),), ("1",)),
    ],
)
def test_partition_keys_of_folders_are_named_typed_and_decoded(
    folders: list[list[str]], columns: tuple[tuple[str, str], ...], values: tuple[str, ...]
) -> None:
    keys = partition_keys(folders, typed=True, taken=frozenset({"id"}))
    assert (keys.columns, keys.values(folders[0])) == (columns, values)


def test_partition_keys_when_typing_is_off_are_strings_as_in_glue() -> None:
    assert partition_keys([["year=2024"]], typed=False).columns == (("year", "string"),)
