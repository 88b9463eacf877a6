"""Which files are opened."""

from isinglass.crawl.folders import Bunch, Bunches
from isinglass.crawl.sampling import choose, files_per_bunch
from isinglass_connectors.storage.objects import ObjectInfo


def _bunches(folders: int, files: int) -> list[Bunch]:
    bunches = Bunches("s3://b/")
    for folder in range(folders):
        for file in range(files):
            bunches.add(ObjectInfo(f"s3://b/{folder:05}/{file:05}.csv", 1, float(file == 3)))
    return list(bunches)


def test_sampling_of_few_files_opens_all() -> None:
    assert files_per_bunch(_bunches(10, 100), None, open_all=False) is None


def test_sampling_of_many_files_opens_two_per_folder_at_least() -> None:
    assert files_per_bunch(_bunches(600, 10), None, open_all=False) == 2
    assert files_per_bunch(_bunches(10, 1000), None, open_all=False) == 100
    assert files_per_bunch(_bunches(5000, 2), None, open_all=False) == 1


def test_sampling_as_told_opens_that_many() -> None:
    assert files_per_bunch(_bunches(1, 10), 3, open_all=False) == 3
    assert files_per_bunch(_bunches(2, 1000), None, open_all=True) is None


def test_choice_of_files_has_the_newest_and_is_spread() -> None:
    (bunch,) = _bunches(1, 10)
    assert [info.url[-9:-4] for info in choose(bunch, 4)] == ["00000", "00004", "00007", "00003"]
    assert len(choose(bunch, None)) == 10


def test_bunch_of_very_many_files_keeps_few_in_mind() -> None:
    (bunch,) = _bunches(1, 5000)
    assert (bunch.count, bunch.size, len(bunch.kept) <= 1024) == (5000, 5000, True)


def test_fingerprint_changes_with_any_file() -> None:
    one, other = _bunches(1, 3)[0], _bunches(1, 3)[0]
    assert one.fingerprint == other.fingerprint
    other.add(ObjectInfo("s3://b/00000/new.csv", 1, 0.0), keep_all=False)
    assert one.fingerprint != other.fingerprint
