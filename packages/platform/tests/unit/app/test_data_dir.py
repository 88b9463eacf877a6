"""The data folder's lock, secrets and orphans."""

import subprocess
import sys

import pytest

from isinglass.app.data_dir import DataDir, DataDirInUse, holder


def test_second_holder_refused_until_released(tmp_path):
    first = DataDir(tmp_path / "d")
    with pytest.raises(DataDirInUse, match="in use by the server with pid"):
        DataDir(tmp_path / "d")
    assert holder(tmp_path / "d") is not None
    first.release()
    assert holder(tmp_path / "d") is None
    DataDir(tmp_path / "d").release()


def test_server_key_kept_and_private(tmp_path):
    data = DataDir(tmp_path / "d")
    key = data.server_key()
    assert (len(key), data.server_key(), (data.path / "server.key").stat().st_mode & 0o777) == (
        32,
        key,
        0o600,
    )


def test_folder_emptied_of_what_a_killed_server_left_and_the_rest_removed_later(tmp_path):
    data = DataDir(tmp_path / "d")
    for spilled in ("run-1", "run-2"):
        left = data.emptied_folder("scratch") / spilled
        left.mkdir()
        (left / "spill.arrow").write_bytes(b"cells")
    emptied = data.emptied_folder("scratch")
    assert list(emptied.glob("run-*")) == []
    assert len(list(emptied.rglob("spill.arrow"))) == 2
    data.remove_left("scratch")
    assert list(emptied.iterdir()) == []


def test_folder_that_lies_on_another_disk_is_emptied_there(tmp_path):
    """Who encrypts what runs spill leads the folder to such a disk: it must not come back to this one."""
    data, disk = DataDir(tmp_path / "d"), tmp_path / "encrypted"
    (disk / "run-1").mkdir(parents=True)
    (tmp_path / "d" / "scratch").symlink_to(disk)
    emptied = data.emptied_folder("scratch")
    assert (emptied.resolve(), list(emptied.glob("run-*"))) == (disk, [])
    data.remove_left("scratch")
    assert list(disk.iterdir()) == []


def test_orphans_ended_but_not_who_has_their_number_now(tmp_path):
    data = DataDir(tmp_path / "d")
    children = [subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) for _ in range(2)]
    data.remember_child("orphan", children[0].pid)
    data.remember_child("other", children[1].pid)
    note = data.folder("children") / "other"
    note.write_text(f"{children[1].pid} 1")
    try:
        assert data.end_orphans() == ["orphan"]
        assert children[0].wait(10) == -9
        assert children[1].poll() is None
    finally:
        for child in children:
            child.kill()
            child.wait()
