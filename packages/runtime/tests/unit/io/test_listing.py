from pathlib import Path

import pytest

from isinglass_connectors.storage.storage import Storage
from isinglass_runtime.io.listing import Lookup, MixedPartitionsError, PathNotFoundError, list_inputs
from isinglass_runtime.io.partition_types import inferred_types


def write(path: Path, text: str = "x\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_list_inputs_of_partitions_gives_values_without_hidden_files(tmp_path: Path) -> None:
    for name in (
        "k=01/a.csv",
        "k=__HIVE_DEFAULT_PARTITION__/b.csv",
        "k=x%20y/_tmp/c.csv",
        "_SUCCESS",
        "k=x%20y/d.csv",
    ):
        write(tmp_path / name)
    listing = list_inputs(Storage(), [str(tmp_path)])
    assert listing.keys == ("k",)
    assert [(Path(f.info.url).name, f.values) for f in listing.files] == [
        ("a.csv", ("01",)),
        ("b.csv", (None,)),
        ("d.csv", ("x y",)),
    ]


@pytest.mark.parametrize(
    ("options", "keys", "names"),
    [
        ({}, ("k",), ["a.csv", "c.csv"]),
        ({"recursiveFileLookup": "true"}, (), ["a.csv", "b.json", "c.csv"]),
        ({"RecursiveFileLookup": True, "pathGlobFilter": "*.csv"}, (), ["a.csv", "c.csv"]),
        ({"pathGlobFilter": "c*"}, ("k",), ["c.csv"]),
    ],
)
def test_list_inputs_looks_into_folders_as_spark_does(
    tmp_path: Path, options: dict[str, object], keys: tuple[str, ...], names: list[str]
) -> None:
    for name in ("k=1/a.csv", "plain/b.json", "k=2/c.csv"):
        write(tmp_path / name)
    listing = list_inputs(Storage(), [str(tmp_path)], lookup=Lookup.of_spark(options))
    assert (listing.keys, sorted(Path(f.info.url).name for f in listing.files)) == (keys, names)


def test_list_inputs_of_missing_path_says_so(tmp_path: Path) -> None:
    with pytest.raises(PathNotFoundError, match="PATH_NOT_FOUND"):
        list_inputs(Storage(), [str(tmp_path / "nothing")])


def test_list_inputs_of_empty_folder_is_empty(tmp_path: Path) -> None:
    write(tmp_path / "_SUCCESS", "")
    assert list_inputs(Storage(), [str(tmp_path)]).files == ()


def test_list_inputs_of_different_partition_folders_refuses(tmp_path: Path) -> None:
    write(tmp_path / "a=1" / "x.csv")
    write(tmp_path / "b=1" / "x.csv")
    with pytest.raises(MixedPartitionsError, match="CONFLICTING"):
        list_inputs(Storage(), [str(tmp_path)])


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("2024-*", ["f0.csv", "f1.csv"]),
        ("{2023,2025}-*", ["f2.csv"]),
        ("2024-0[1]/f?.csv", ["f0.csv"]),
        ("*/f2.csv", ["f2.csv"]),
    ],
)
def test_list_inputs_of_wildcards_matches_as_hadoop_does(
    tmp_path: Path, pattern: str, names: list[str]
) -> None:
    for index, day in enumerate(("2024-01", "2024-02", "2025-01")):
        write(tmp_path / day / f"f{index}.csv")
    found = list_inputs(Storage(), [f"{tmp_path}/{pattern}"])
    assert [Path(file.info.url).name for file in found.files] == names


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["01", "12"], "int"),
        (["1", "99999999999"], "bigint"),
        (["1", "2.5"], "double"),
        (["2024-01-01", "2024-12-31"], "date"),
        (["1", "x"], "string"),
        (["__HIVE_DEFAULT_PARTITION__"], "string"),
    ],
)
def test_inferred_types_of_partition_values_are_sparks(tmp_path: Path, values: list[str], kind: str) -> None:
    for value in values:
        write(tmp_path / f"k={value}" / "f.csv")
    assert inferred_types(list_inputs(Storage(), [str(tmp_path)])).simpleString() == f"struct<k:{kind}>"
