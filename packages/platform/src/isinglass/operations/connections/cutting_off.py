"""Ends what takes too long at the other end of a socket, whatever that end does."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_off(descriptor: int, seconds: float) -> Iterator[threading.Event]:
    """Shut a socket down after so many seconds within; the event tells that it was.

    Timeouts of single reads would not do: who answers a byte at a time would hold a thread for good.
    """
    line = socket.socket(fileno=os.dup(descriptor))
    expired = threading.Event()

    def shut() -> None:
        expired.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, shut)
    watch.daemon = True
    watch.start()
    try:
        yield expired
    finally:
        watch.cancel()
        watch.join()
        line.close()
