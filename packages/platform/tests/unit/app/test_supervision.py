"""What is said of a child that keeps ending."""

import threading

from isinglass.app.supervision import Supervised, child_environment


def test_child_that_keeps_ending_does_not_count_as_running() -> None:
    started, again = [], threading.Event()

    def note(pid: int) -> None:
        started.append(pid)
        if len(started) == 2:
            again.set()

    child = Supervised("isinglass.no_such_module", b"", child_environment(), (), note)
    child.start()
    try:
        assert again.wait(60)
        assert not child.running
    finally:
        child.stop()
