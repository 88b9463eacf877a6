import pytest

from isinglass_connectors.storage import manifests
from isinglass_connectors.storage.listing import data_files
from isinglass_connectors.storage.manifests import Manifest, StagedFile

VISIBLE = ["_year=1/x", "a.csv", "b/c.csv", "b/run-1.csv"]
HIDDEN = ["_SUCCESS2", "_temporary/0/x", ".a.csv.crc", "b/.hidden/x", "b/_x"]


@pytest.fixture
def filled(storage, root):
    for key in VISIBLE + HIDDEN:
        storage.write(f"{root}/{key}", b"x")
    storage.write(f"{root}/empty.csv", b"")
    return root


def _seen(storage, url, root, exclusions=()):
    return [info.url.removeprefix(root + "/") for info in data_files(storage, url, exclusions)]


def test_data_files_hide_what_hive_hides(storage, filled):
    assert _seen(storage, filled, filled) == VISIBLE


def test_data_files_honour_exclusions(storage, filled):
    assert _seen(storage, filled, filled, ["b/**", "*.json"]) == ["_year=1/x", "a.csv"]


@pytest.mark.parametrize(
    ("switched", "seen"),
    [(False, ["_year=1/x", "a.csv", "b/c.csv"]), (True, ["_year=1/x", "b/c.csv", "b/run-1.csv"])],
)
def test_data_files_hide_one_side_of_a_commit(storage, filled, switched, seen):
    manifest = Manifest("run-1", (StagedFile("b/run-1.csv", 1, 1),), ("a.csv",), switched)
    manifests.save(storage, filled, manifest)
    assert _seen(storage, filled, filled) == seen


def test_data_files_of_a_partition_heed_the_tables_manifest(storage, root):
    for key in ["y=1/m=2/old", "y=1/m=2/new"]:
        storage.write(f"{root}/{key}", b"x")
    manifests.save(storage, root, Manifest("run-1", (StagedFile("y=1/m=2/new", 1, 1),)))
    assert _seen(storage, f"{root}/y=1/m=2/", root) == ["y=1/m=2/old"]


def test_data_files_above_a_table_heed_its_manifest(storage, root):
    storage.write(f"{root}/t/run-1.csv", b"x")
    storage.write(f"{root}/t/old.csv", b"x")
    manifests.save(storage, f"{root}/t", Manifest("run-1", (StagedFile("run-1.csv", 1, 1),)))
    assert _seen(storage, root, root) == ["t/old.csv"]
