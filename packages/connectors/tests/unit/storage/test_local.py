import pytest

from isinglass_connectors.storage.errors import ObjectNotFound
from isinglass_connectors.storage.local import LocalStorage, in_folder


def test_file_is_made_although_its_folder_is_removed_while_it_begins(tmp_path):
    folder, removals = tmp_path / "a" / "b", 3

    def act():
        nonlocal removals
        if removals and folder.exists():
            removals -= 1
            LocalStorage().prune(str(folder))
        (folder / "x").write_text("here")

    in_folder(str(folder), act)
    assert (removals, (folder / "x").read_text()) == (0, "here")


def test_moving_what_is_not_there_makes_no_folder(tmp_path):
    with pytest.raises(ObjectNotFound):
        LocalStorage().move(str(tmp_path / "none"), str(tmp_path / "a" / "b" / "x"))
    assert list(tmp_path.iterdir()) == []
