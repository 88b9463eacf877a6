"""Catalog files on disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.transfer import files
from isinglass.transfer.files import Line, LineTooLong, UnreadableFile, file_in, lines_of, open_writing

LINES = [b'{"a":1}\n', b"  \n", '{"ß":2}\n'.encode(), b"last"]


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_lines_of_every_ending_come_back_with_their_places(tmp_path, ending):
    path = str(tmp_path / f"catalog.{ending}")
    with open_writing(path) as file:
        file.writelines(LINES)
    assert list(lines_of(path)) == [Line(path, 1, LINES[0]), Line(path, 3, LINES[2]), Line(path, 4, LINES[3])]


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
def test_same_lines_give_the_same_bytes(tmp_path, ending):
    for name in ("a", "b"):
        with open_writing(str(tmp_path / f"{name}.{ending}")) as file:
            file.writelines(LINES)
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_folder_read_in_the_order_of_a_file(tmp_path):
    for database, table in [("b", "t"), ("", ""), ("a", "z"), ("a", ""), ("b", ""), ("a", "y")]:
        path = file_in(tmp_path, database, table)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{database}/{table}\n".encode())
    assert [line.text for line in lines_of(str(tmp_path))] == [
        b"/\n",
        b"a/\n",
        b"a/y\n",
        b"a/z\n",
        b"b/\n",
        b"b/t\n",
    ]


def test_line_without_end_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_LONGEST_LINE", 10)
    (tmp_path / "noise").write_bytes(b"x" * 50)
    with pytest.raises(LineTooLong, match="noise:1 is longer than"):
        list(lines_of(str(tmp_path / "noise")))


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
@pytest.mark.parametrize("broken", ["short", "other"])
def test_compressed_file_that_is_none_or_breaks_off_refused_by_name(tmp_path, ending, broken):
    path = tmp_path / f"catalog.{ending}"
    with open_writing(str(path)) as file:
        file.writelines([b'{"a":%d}\n' % n for n in range(1000)])
    path.write_bytes(path.read_bytes()[:-20] if broken == "short" else b"no compressed bytes at all")
    with pytest.raises(UnreadableFile, match=f"catalog.{ending}: it cannot be decompressed: "):
        list(lines_of(str(path)))


NAMES = st.text(min_size=1, max_size=255)


@given(NAMES, NAMES)
def test_names_become_files_of_their_own_inside_the_folder(tmp_path_factory, first, second):
    folder = tmp_path_factory.getbasetemp()
    path = file_in(folder, first, second)
    assert path.parent.parent.parent == folder
    assert all(
        len(part.encode()) <= 255 and part not in {".", ".."} for part in path.relative_to(folder).parts
    )
    assert (file_in(folder, "d", first) == file_in(folder, "d", second)) == (first == second)


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst"])
def test_compressed_file_of_another_name_is_read_all_the_same(tmp_path, ending):
    with open_writing(str(tmp_path / f"catalog.{ending}")) as file:
        file.writelines(LINES)
    path = (tmp_path / f"catalog.{ending}").rename(tmp_path / "catalog.backup")
    assert [line.text for line in lines_of(str(path))] == [LINES[0], LINES[2], LINES[3]]


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
@pytest.mark.parametrize("present", [True, False])
def test_file_is_for_its_owner_alone(tmp_path, ending, present):
    path = tmp_path / f"catalog.{ending}"
    if present:
        path.touch(0o644)
    open_writing(str(path)).close()
    assert path.stat().st_mode & 0o777 == 0o600
