import pickle

import pytest

from isinglass_connectors.storage.errors import ObjectExists, ObjectNotFound, StorageDenied, StorageError
from isinglass_connectors.storage.objects import Folder
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage

KEYS = ["a.csv", "b/1", "b/2", "bc/1", "d=1/x", "é/ü"]


def _fill(storage: Storage, root: str) -> None:
    for key in KEYS:
        storage.write(f"{root}/{key}", key.encode())


def _names(root: str, found) -> list[str]:
    return [info.url.removeprefix(root + "/") for info in found]


def test_list_folder_tree_gives_key_order(storage, root):
    _fill(storage, root)
    storage.write(root + "-sibling/x", b"not below the root")
    assert _names(root, storage.list(root)) == sorted(KEYS, key=str.encode)


def test_list_after_a_key_gives_the_rest(storage, root):
    _fill(storage, root)
    expected = [k for k in sorted(KEYS, key=str.encode) if k > "b/1"]
    assert _names(root, storage.list(root, start_after=root + "/b/1")) == expected


def test_list_single_object_gives_it(storage, root):
    _fill(storage, root)
    assert [info.url for info in storage.list(root + "/a.csv")] == [root + "/a.csv"]


def test_list_missing_folder_gives_nothing(storage, root):
    assert list(storage.list(root + "/none")) == []


def test_list_folder_gives_one_level(storage, root):
    _fill(storage, root)
    found = storage.list_folder(root)
    objects = (storage.stat(root + "/a.csv"),)
    assert found == Folder(tuple(f"{root}/{f}/" for f in ["b", "bc", "d=1", "é"]), objects)


def test_create_leaves_an_object_that_is_there(storage, root):
    storage.create(root + "/new/x", b"first")
    with pytest.raises(ObjectExists):
        storage.create(root + "/new/x", b"second")
    assert storage.read(root + "/new/x") == b"first"
    assert _names(root, storage.list(root)) == ["new/x"]


def test_stat_missing_object_is_none(storage, root):
    assert storage.stat(root + "/none") is None


def test_read_ranges_behave_like_slices(storage, root):
    storage.write(root + "/x", b"0123456789")
    ranges = [(0, None), (2, 3), (8, 10), (10, 5), (20, None), (0, 0)]
    data = b"0123456789"
    assert [storage.read(root + "/x", start, length) for start, length in ranges] == [
        data[start : None if length is None else start + length] for start, length in ranges
    ]


def test_open_seeks_and_reads_like_a_file(storage, root):
    data = bytes(range(256)) * 8192
    storage.write(root + "/x", data)
    with storage.open(root + "/x") as file:
        file.seek(-10, 2)
        assert file.read() == data[-10:]
        file.seek(1000)
        assert file.read(5) == data[1000:1005]
        assert file.read() == data[1005:]


def test_missing_object_raises_not_found(storage, root):
    for call in (storage.read, storage.open):
        with pytest.raises(ObjectNotFound) as caught:
            call(root + "/none")
        assert caught.value.url == root + "/none"


def test_delete_objects_ignores_missing_ones(storage, root):
    _fill(storage, root)
    storage.delete([root + "/a.csv", root + "/none", root + "/b/1"])
    assert _names(root, storage.list(root)) == ["b/2", "bc/1", "d=1/x", "é/ü"]


def test_storage_pickles_as_its_options(storage):
    assert pickle.loads(pickle.dumps(storage)).options == storage.options


def test_requests_are_counted(s3_options):
    storage = Storage(s3_options)
    storage.write("s3://lake/counted", b"1")
    storage.read("s3://lake/counted")
    assert storage.requests == 2


def test_list_many_objects_pages(s3_options):
    storage = Storage(s3_options)
    for i in range(1005):
        storage.write(f"s3://lake/many/{i:04d}", b"x")
    found = storage.list("s3://lake/many/")
    assert [info.url for info in found] == [f"s3://lake/many/{i:04d}" for i in range(1005)]


def test_wrong_keys_are_denied(s3_options):
    wrong = StorageOptions(s3_options.endpoint, "us-east-1", s3_options.access_key_id, "wrong")
    with pytest.raises(StorageDenied) as caught:
        Storage(wrong).read("s3://lake/ready")
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "/a/../etc/passwd",
        "s3://bucket/a/../../b",
        "file:///a/..",
        "relative/path",
        "http://x/y",
        "s3://",
        "s3://http://x/y",
        "/a\0b",
    ],
)
def test_urls_that_climb_or_are_unknown_are_refused(url):
    with pytest.raises(StorageError):
        Storage().read(url)


def test_options_do_not_show_secrets():
    assert "hush" not in repr(StorageOptions(secret_access_key="hush", session_token="hush"))


def test_file_urls_name_local_files(tmp_path):
    storage = Storage()
    storage.write(f"file://{tmp_path}/x", b"1")
    assert [info.url for info in storage.list(f"file://{tmp_path}")] == [f"file://{tmp_path}/x"]
    assert storage.read(f"{tmp_path}/x") == b"1"


def test_s3a_names_the_same_objects(s3_options):
    storage = Storage(s3_options)
    storage.write("s3a://lake/alias/x", b"1")
    assert [info.url for info in storage.list("s3n://lake/alias")] == ["s3://lake/alias/x"]


def test_list_local_folders_gives_the_order_of_whole_keys(tmp_path):
    storage = Storage()
    for key in ["b/1", "b-c/1", "b.x", "b0"]:
        storage.write(f"{tmp_path}/{key}", b"x")
    assert _names(str(tmp_path), storage.list(str(tmp_path))) == ["b-c/1", "b.x", "b/1", "b0"]
