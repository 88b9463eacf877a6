"""What Ctrl-C does to a long command: it ends within a second and says how to go on."""

import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds that requests in flight have to end; what they do is whole or not done, wherever they end.
_GRACE_SECONDS = 0.7
INTERRUPTED = 130


def this_command(*more: str) -> str:
    """Write the command that runs, with flags that it may lack."""
    given = sys.argv[1:]
    return shlex.join(["isinglass", *given, *(flag for flag in more if flag not in given)])


@contextmanager
def interruptible(how: str, clear: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C end what is inside, and then tell `how` to go on; `clear` clears what shows progress."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
        # Threads that wait for a slow answer cannot be told to stop.
        last = threading.Timer(_GRACE_SECONDS, os._exit, [INTERRUPTED])
        last.daemon = True
        last.start()
        clear()
        print(f"interrupted: {how}", file=sys.stderr, flush=True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is end:
            signal.signal(signal.SIGINT, before)
