import secrets

import pyarrow as pa
import pytest

from isinglass_connectors.files.fetching import SMALL, Spool, opened
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import SourceFile, list_source_files
from isinglass_connectors.storage.errors import ObjectNotFound
from isinglass_connectors.storage.shared import shared_storage

SCHEMA = pa.schema([("n", pa.int64())])


@pytest.fixture
def table(s3_options):
    """Forty small objects and one that is not, on real object storage."""
    storage = shared_storage(s3_options)
    root = f"s3://lake/{secrets.token_hex(6)}/table"
    for n in range(40):
        storage.write(f"{root}/part-{n:02d}.json", b'{"n":%d}\n' % n)
    storage.write(f"{root}/part-40.json", (b'{"n":40}' + b" " * 99 + b"\n") * (SMALL // 100))
    return root


def test_small_objects_take_one_request_and_with_a_spool_none_the_next_time(s3_options, table, tmp_path):
    storage = shared_storage(s3_options)
    files = list_source_files(storage, table)
    small = files[:-1]
    source = FileSource(s3_options, "json", small, SCHEMA, ReadOptions(), spool=str(tmp_path))
    for expected in (40, 0):
        before = storage.requests
        rows = [row["n"] for split in source.splits() for b in source.read(split) for row in b.to_pylist()]
        assert (rows, storage.requests - before) == (list(range(40)), expected)


def test_changed_object_is_not_taken_from_the_spool(s3_options, table, tmp_path):
    storage = shared_storage(s3_options)

    def first() -> bytes:
        file = list_source_files(storage, table)[:1]
        return next(opened(storage, file, Spool(str(tmp_path))))[1].read()

    assert first() == b'{"n":0}\n'
    storage.write(f"{table}/part-00.json", b'{"n":7}\n')
    assert first() == b'{"n":7}\n'


def test_large_objects_come_in_their_turn(s3_options, table):
    storage = shared_storage(s3_options)
    files = list_source_files(storage, table)
    found = [(file.url, len(stream.read())) for file, stream in opened(storage, files[::-1])]
    assert found == [(file.url, file.size) for file in files[::-1]]


def test_object_that_is_gone_fails_in_its_turn(s3_options, table):
    storage = shared_storage(s3_options)
    gone = SourceFile(f"{table}/gone.json", 9)
    reading = opened(storage, [*list_source_files(storage, table)[:1], gone])
    assert next(reading)[1].read() == b'{"n":0}\n'
    with pytest.raises(ObjectNotFound, match=r"gone\.json"):
        next(reading)


def test_spool_that_cannot_be_written_changes_nothing(s3_options, table, tmp_path):
    storage = shared_storage(s3_options)
    files = list_source_files(storage, table)[:2]
    found = opened(storage, files, Spool(str(tmp_path / "missing")))
    assert [stream.read() for _, stream in found] == [b'{"n":0}\n', b'{"n":1}\n']
