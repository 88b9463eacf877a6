"""Read tables until what was read is what is there: tables are replaced while others read them."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: How the engine tells that a file is gone which was there when the table was listed.
_GONE = ("FILE_NOT_EXIST", "ObjectNotFound", "NoSuchKey", "404 Not Found", "No such file or directory")
#: By time, not by tries: on a busy machine each try takes long, and another replacement fits into it.
_PATIENCE_SECONDS = 30.0


class NeverSteadyError(RuntimeError):
    """A table was replaced again and again while it was read."""

    def __init__(self, again: str) -> None:
        super().__init__(f"A table was being replaced all the while it was read; {again} again.")


def read_steadily(read: Callable[[], T], *, again: str) -> T:
    """Read until nothing was replaced meanwhile; `again` says what the user may do if it never ends."""
    from isinglass_runtime.io.listing import WATCH

    patient_until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < patient_until:
        WATCH.start()
        try:
            answer = read()
        except Exception as error:
            if not any(sign in str(error) for sign in _GONE):
                raise
        else:
            if WATCH.unchanged():
                return answer
    raise NeverSteadyError(again)
