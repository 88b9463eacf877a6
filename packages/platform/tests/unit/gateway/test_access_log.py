"""The access log keeps every entry that was recorded before it stopped, in files of bounded size."""

import json
from pathlib import Path

import pytest

from isinglass.gateway import access_log
from isinglass.gateway.access_log import AccessLog


def test_stop_writes_every_entry_in_order(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "logs" / "access.log")
    log.start()
    for number in range(1000):
        log.record({"number": number})
    log.stop()
    lines = (tmp_path / "logs" / "access.log").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == list(range(1000))


def test_full_file_is_rotated_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "_ROTATE_BYTES", 10)
    path = tmp_path / "access.log"
    for number in range(7):
        log = AccessLog(path)
        log.start()
        log.record({"number": number})
        log.stop()
    kept = {file.name: file.read_text() for file in tmp_path.iterdir() if file.stat().st_size}
    assert kept == {f"access.log.{age}": f'{{"number":{7 - age}}}\n' for age in range(1, 5)}


def test_file_that_somebody_removed_is_made_again_when_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "_ROTATE_BYTES", 10)
    path = tmp_path / "access.log"
    log = AccessLog(path)
    stream = path.open("ab")
    path.unlink()
    for number in range(2):
        log.record({"number": number})
        stream = log._write_waiting(stream)
    stream.close()
    assert [file.read_text() for file in sorted(tmp_path.iterdir())] == ["", '{"number":1}\n']
