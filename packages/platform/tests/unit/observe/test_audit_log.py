"""The audit log keeps whole events in files of a day, gives them back page by page, and removes what is old."""

import io
import itertools
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.observe import audit_log
from isinglass.observe.audit_log import DAY, AuditLog, Kind, Noted, audit_files, day_of
from isinglass.observe.audit_reading import Wanted, read_events

ACCOUNT = "123456789012"


def _noted(number: int, kind: Kind = "writes", *, at: float | None = None) -> Noted:
    moment = time.time() if at is None else at
    event = {"Time": moment, "Operation": f"glue:Call{number}", "Principal": "p", "Resources": []}
    return Noted((ACCOUNT,), kind, moment, lambda: event)


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return _log(tmp_path)


def _log(folder: Path, source: str = "api") -> AuditLog:
    return AuditLog(lambda account: str(folder / account), source, days=30, accounts=lambda: [ACCOUNT])


def _pages(folder: Path, wanted: Wanted, size: int) -> Iterator[list[dict[str, Any]]]:
    after = None
    while True:
        page = read_events(str(folder / ACCOUNT), wanted, size, after)
        yield page.events
        after = page.after
        if after is None:
            return


def _calls(folder: Path, size: int = 1000, wanted: Wanted | None = None) -> list[int]:
    events = itertools.chain.from_iterable(_pages(folder, wanted or Wanted(), size))
    return [int(event["Operation"].removeprefix("glue:Call")) for event in events]


def test_kept_event_is_on_its_way_to_the_disk_at_once(log: AuditLog, tmp_path: Path):
    log.keep([_noted(1)])
    (file,) = audit_files(str(tmp_path / ACCOUNT))
    assert orjson.loads(file.path.read_bytes())["Operation"] == "glue:Call1"
    assert (file.day, file.stream) == (day_of(time.time()), "api-writes")


def test_noted_events_are_written_when_the_log_stops(log: AuditLog, tmp_path: Path):
    log.start()
    for number in range(5):
        log.note(_noted(number, "reads"))
    log.stop()
    assert _calls(tmp_path) == [4, 3, 2, 1, 0]


def test_event_that_cannot_be_written_is_written_later(
    log: AuditLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / ACCOUNT
    folder.write_text("in the way")
    log.keep([_noted(1)])
    with pytest.raises(OSError, match="audit"):
        log.flush()
    assert "The audit log cannot be written" in capsys.readouterr().err
    folder.unlink()
    log.flush()
    assert _calls(tmp_path) == [1]


class Gone(io.StringIO):
    """Standard error whose reader has ended, as that of a server in the background has."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_event_is_tried_again_though_nobody_hears_why(
    monkeypatch: pytest.MonkeyPatch, log: AuditLog, tmp_path: Path
):
    folder = tmp_path / ACCOUNT
    folder.write_text("in the way")
    monkeypatch.setattr("sys.stderr", Gone())
    log.keep([_noted(1)])
    folder.unlink()
    log.flush()
    assert _calls(tmp_path) == [1]


def test_event_for_which_the_disk_has_half_the_room_is_written_whole_later(log: AuditLog, tmp_path: Path):
    log.keep([_noted(1)])
    (file,) = audit_files(str(tmp_path / ACCOUNT))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.path.stat().st_size + 10, before[1]))
    try:
        log.keep([_noted(2), _noted(3)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    log.flush()
    assert _calls(tmp_path) == [3, 2, 1]


def test_half_a_line_that_cannot_be_ended_leaves_no_file_open(log: AuditLog, tmp_path: Path):
    log.keep([_noted(1)])
    (file,) = audit_files(str(tmp_path / ACCOUNT))
    with file.path.open("ab") as half:
        half.write(b'{"half')
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.path.stat().st_size, before[1]))
    restarted = _log(tmp_path)
    opened = len(list(Path("/proc/self/fd").iterdir()))
    try:
        for number in (2, 3):
            restarted.keep([_noted(number)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(list(Path("/proc/self/fd").iterdir())) == opened
    restarted.flush()
    assert _calls(tmp_path) == [3, 2, 1]


def test_event_of_two_accounts_is_tried_again_only_where_it_is_missing(log: AuditLog, tmp_path: Path):
    other = "222222222222"
    (tmp_path / other).write_text("in the way")
    event = _noted(1)
    log.keep([Noted((ACCOUNT, other), event.kind, event.time, event.build)])
    (tmp_path / other).unlink()
    log.flush()
    lines = [
        file.path.read_bytes() for each in (ACCOUNT, other) for file in audit_files(str(tmp_path / each))
    ]
    assert [line.count(b"\n") for line in lines] == [1, 1]
    assert lines[0] == lines[1]


def test_reads_make_room_for_writes_while_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, log: AuditLog, tmp_path: Path
):
    monkeypatch.setattr(audit_log, "_MOST_WAITING", 3)
    (tmp_path / ACCOUNT).write_text("in the way")
    for number in range(4):
        log.note(_noted(number, "reads"))
    log.keep([_noted(4), _noted(5)])
    with pytest.raises(OSError, match="audit"):
        log.flush()
    (tmp_path / ACCOUNT).unlink()
    log.flush()
    assert _calls(tmp_path) == [5, 4]


def test_log_goes_on_when_its_accounts_cannot_be_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    asked = threading.Event()

    def accounts() -> Iterator[str]:
        asked.set()
        raise RuntimeError("the database is away")

    log = AuditLog(lambda account: str(tmp_path / account), "api", days=30, accounts=accounts)
    log.start()
    assert asked.wait(10)
    log.note(_noted(1))
    log.stop()
    assert _calls(tmp_path) == [1]
    assert "the database is away" in capsys.readouterr().err


def test_half_a_line_of_a_killed_writer_is_passed_over(log: AuditLog, tmp_path: Path):
    log.keep([_noted(1)])
    (file,) = audit_files(str(tmp_path / ACCOUNT))
    with file.path.open("ab") as handle:
        handle.write(b'{"Time":1763825.5,"Oper')
    _log(tmp_path).keep([_noted(2)])
    assert _calls(tmp_path) == [2, 1]


def test_full_file_is_followed_by_another(monkeypatch: pytest.MonkeyPatch, log: AuditLog, tmp_path: Path):
    monkeypatch.setattr(audit_log, "_ROTATE_BYTES", 300)
    for number in range(9):
        log.keep([_noted(number)])
    assert [file.number for file in audit_files(str(tmp_path / ACCOUNT))] == [1, 2, 3]
    assert _calls(tmp_path, size=2) == [8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_sweep_removes_what_is_old_and_reads_beyond_their_share(
    monkeypatch: pytest.MonkeyPatch, log: AuditLog, tmp_path: Path
):
    monkeypatch.setattr(audit_log, "_ROTATE_BYTES", 100)
    monkeypatch.setattr(audit_log, "_READ_BYTES", 250)
    now = time.time()
    for number in range(6):
        log.keep([_noted(number, "reads")])
        log.keep([_noted(number)])
    folder = tmp_path / ACCOUNT / "audit"
    old = folder / f"{day_of(now - 31 * DAY)}-000001.api-writes.jsonl"
    kept = folder / f"{day_of(now - 29 * DAY)}-000001.api-writes.jsonl"
    for path in (old, kept):
        path.write_bytes(b"{}\n")
    log.sweep(now)
    assert (old.exists(), kept.exists()) == (False, True)
    streams = [file.stream for file in audit_files(str(tmp_path / ACCOUNT))]
    assert (streams.count("api-writes"), streams.count("api-reads")) == (4, 2)


def test_time_span_is_held_across_days(log: AuditLog, tmp_path: Path):
    now = time.time()
    folder = tmp_path / ACCOUNT / "audit"
    folder.mkdir(parents=True)
    for back in range(4):
        moment = now - back * DAY
        lines = [{"Time": moment + n, "Operation": f"glue:Call{back}{n}", "Resources": []} for n in range(2)]
        path = folder / f"{day_of(moment)}-000001.api-writes.jsonl"
        path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    wanted = Wanted(start=now - 2 * DAY, end=now - DAY + 1)
    assert _calls(tmp_path, wanted=wanted) == [10, 21, 20]


@settings(max_examples=15, deadline=None)
@given(
    calls=st.lists(
        st.tuples(st.sampled_from(["api", "s3"]), st.sampled_from(["writes", "reads"])), max_size=30
    ),
    size=st.integers(1, 7),
)
def test_pages_of_any_size_give_every_event_once_and_the_latest_first(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, Kind]], size: int
):
    folder = tmp_path_factory.mktemp("audit")
    logs = {source: _log(folder, source) for source in ("api", "s3")}
    began = time.time()
    for number, (source, kind) in enumerate(calls):
        logs[source].keep([_noted(number, kind, at=began + number)])
    assert _calls(folder, size) == list(reversed(range(len(calls))))
