"""Log files: appended live, read by position, bounded, without secrets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.observe.log_groups import UnsupportedPatternError, parse_filter
from isinglass.observe.logs import LogWriter, log_name, log_path, read_backward, read_forward


def test_log_is_read_from_a_position_on_and_backward(tmp_path: Path) -> None:
    path = tmp_path / "jobs" / "a.log"
    writer = LogWriter(path, secrets=("hidden",))
    writer.write("one\ntwo hidden", 1.5, "O")
    first = list(read_forward(path, 0))
    writer.write("three", 2.0, "E")
    writer.close()
    assert [(line.time_ms, line.stream, line.text) for line in first] == [
        (1500, "O", "one"),
        (1500, "O", "two ********"),
    ]
    assert [line.text for line in read_forward(path, first[-1].after)] == ["three"]
    assert [line.text for line in read_backward(path, path.stat().st_size)] == [
        "three",
        "two ********",
        "one",
    ]


def test_log_reader_leaves_a_line_that_is_still_written(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"1 O whole\n2 O tor")
    assert [line.text for line in read_forward(path, 0)] == ["whole"]
    writer = LogWriter(path)
    writer.write("next", 3.0)
    writer.close()
    assert [line.text for line in read_forward(path, 0)] == ["whole", "tor", "next"]


def test_log_past_its_limit_says_that_the_rest_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    writer = LogWriter(path, limit=2048)
    for number in range(1000):
        writer.write(f"line {number}", 1.0)
    writer.close()
    lines = [line.text for line in read_forward(path, 0)]
    assert lines[-1] == "The log reached 2 KiB; what follows is not kept."
    assert path.stat().st_size < 2300


@given(st.text(min_size=1, max_size=300).filter(lambda text: text[0] < "\ud800" or text[0] > "\udfff"))
def test_log_path_stays_in_its_folder_and_names_its_stream(name: str) -> None:
    path = log_path("/logs/1", "crawlers", name)
    assert path.parent == Path("/logs/1/crawlers")
    assert len(path.name.encode()) <= 255
    if len(path.name) < 190:
        assert log_name(path) == name


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "anything", True),
        ("ERROR", "an ERROR here", True),
        ("ERROR disk", "an ERROR here", False),
        ('"ERROR here"', "an ERROR here", True),
        ("?WARN ?ERROR", "an ERROR", True),
        ("ERROR -here", "an ERROR here", False),
    ],
)
def test_filter_of_terms(pattern: str, text: str, expected: bool) -> None:
    assert parse_filter(pattern)(text) is expected


def test_filter_of_json_is_refused() -> None:
    with pytest.raises(UnsupportedPatternError):
        parse_filter("{ $.a = 1 }")
