"""Texts that somebody else wrote, shown on a terminal."""

import pytest

from isinglass.cli.errors import CliError
from isinglass.cli.session import Session, table
from isinglass.cli.terminal import in_lines, one_line

STEERING = "a\x1b[31m\x07\x9b2J\u202eb\r"
SHOWN = r"a\x1b[31m\x07\x9b2J\u202eb\r"


@pytest.mark.parametrize(
    ("text", "line", "lines"),
    [
        (STEERING, SHOWN, SHOWN),
        ("a\tb\nc", r"a\tb\nc", "a\tb\nc"),
        ("größer 表\u00a0😀", "größer 表\u00a0😀", "größer 表\u00a0😀"),
    ],
)
def test_characters_that_steer_a_terminal_are_written_out(text: str, line: str, lines: str) -> None:
    assert (one_line(text), in_lines(text)) == (line, lines)


def test_whatever_is_told_on_a_terminal_is_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    Session().say(STEERING)
    Session().thing({}, [("Name", STEERING)])
    told = capsys.readouterr()
    assert (told.err, told.out) == (f"{SHOWN}\n", f"Name  {SHOWN}\n")
    assert CliError(STEERING, facts=[STEERING]).text() == f"error: {SHOWN}\n   = {SHOWN}"
    assert table(["name"], [[STEERING]]) == f"NAME\n{SHOWN}"
