"""Sealed logs: nothing of their text on the disk, read from anywhere with their key, and with no other."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.observe.log_sealing import LineCipher, LogHead, LogKey, bound_to, read_head
from isinglass.observe.logs import LogWriter, read_backward, read_forward

PLAIN = os.urandom(32)
KEY = LogKey(LogHead("arn:aws:kms:eu-west-1:123456789012:key/k", b"wrapped"), PLAIN)
CIPHER = LineCipher(PLAIN)


def _write(path: Path, *texts: str, key: LogKey | None = KEY) -> None:
    writer = LogWriter(path, key=key, secrets=("hidden",))
    for text in texts:
        writer.write(text, 1.0, "E")
    writer.close()


def _read(path: Path, cipher: LineCipher | None = CIPHER) -> list[str]:
    return [line.text for line in read_forward(path, 0, cipher)]


def test_sealed_log_is_read_from_anywhere_both_ways_with_its_key_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    _write(path, "one\ntwo hidden", "three")
    lines = list(read_forward(path, 0, CIPHER))
    assert [(line.time_ms, line.stream, line.text) for line in lines] == [
        (1000, "E", "one"),
        (1000, "E", "two ********"),
        (1000, "E", "three"),
    ]
    assert [line.text for line in read_forward(path, lines[1].position, CIPHER)] == ["two ********", "three"]
    backward = [line.text for line in read_backward(path, lines[2].position, CIPHER)]
    assert backward == ["two ********", "one"]
    assert (_read(path, None), _read(path, LineCipher(os.urandom(32)))) == (["", "", ""], [])
    assert b"three" not in path.read_bytes()


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=50), max_size=5))
def test_sealed_log_reads_as_one_in_the_clear_does(texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        sealed, clear = Path(folder, "sealed"), Path(folder, "clear")
        _write(sealed, *texts)
        _write(clear, *texts, key=None)
        assert _read(sealed) == _read(clear)


def test_sealed_log_goes_on_under_its_key_after_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    _write(path, "whole")
    with path.open("ab") as file:
        file.write(b"2000 e dG9ybg")
    _write(path, "next")
    assert _read(path) == ["whole", "next"]
    assert read_head(path) == KEY.head


@pytest.mark.parametrize("before", [None, LogKey(LogHead("another", b"other"), os.urandom(32))])
def test_log_that_was_written_otherwise_is_put_aside(tmp_path: Path, before: LogKey | None) -> None:
    path = tmp_path / "a.log"
    _write(path, "before", key=before)
    _write(path, "after")
    assert _read(path) == ["after"]
    assert path.with_suffix(".log.1").exists()


def test_line_does_not_open_under_another_time(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    _write(path, "text")
    path.write_bytes(path.read_bytes().replace(b"\n1000 ", b"\n2000 "))
    assert _read(path) == []


def test_log_in_the_clear_has_no_head(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    assert read_head(path) is None
    _write(path, "key a b", key=None)
    assert read_head(path) is None


def test_key_of_a_log_is_bound_to_the_log() -> None:
    assert bound_to("123456789012", Path("/logs/1/jobs/jr_1.log")) == {
        "isinglass:log": "123456789012/jobs/jr_1"
    }
