"""Texts for a terminal: what somebody else wrote must not steer it."""

import re

#: Control characters, and those that turn the direction of writing.
_STEERING = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069"
_IN_LINES = re.compile(f"[{_STEERING}]")
_IN_ONE_LINE = re.compile(rf"[\t\n{_STEERING}]")


def one_line(text: str) -> str:
    """Show such characters, and the ends of lines, as they are written in a program."""
    return _IN_ONE_LINE.sub(_shown, text)


def in_lines(text: str) -> str:
    """Show such characters as they are written in a program; lines stay lines."""
    return _IN_LINES.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
