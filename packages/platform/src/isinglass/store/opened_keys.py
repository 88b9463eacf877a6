"""Data keys unwrapped a moment ago: opening one must not cost each request a look at the database."""

import threading
import time
from collections.abc import Callable

#: How long another process may go on with a key that was disabled or deleted here.
_REMEMBERED_SECONDS = 3.0
_MOST_REMEMBERED = 4096
#: Longer texts are no data keys; they are opened each time.
_LONGEST = 64


class OpenedKeys:
    """Remembers for some seconds what ciphertexts hold; safe to share between threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._opened: dict[tuple[bytes, bytes], tuple[bytes, float]] = {}
        #: Until then nothing is remembered: it may have been read before a key was stopped.
        self._resting_until = 0.0
        self._lock = threading.Lock()

    def find(self, blob: bytes, bound: bytes) -> bytes | None:
        """Give what a ciphertext holds, opened with what is bound to it."""
        plaintext, until = self._opened.get((blob, bound), (None, 0.0))
        return plaintext if self._monotonic() < until else None

    def keep(self, blob: bytes, bound: bytes, plaintext: bytes) -> None:
        """Remember what a ciphertext holds."""
        if len(plaintext) > _LONGEST:
            return
        with self._lock:
            now = self._monotonic()
            if now < self._resting_until:
                return
            if len(self._opened) >= _MOST_REMEMBERED:
                self._opened.clear()
            self._opened[(blob, bound)] = (plaintext, now + _REMEMBERED_SECONDS)

    def forget(self) -> None:
        """Forget everything: a key was stopped.

        Requests that began before still see it as it was; what they open is not remembered either.
        """
        with self._lock:
            self._resting_until = self._monotonic() + _REMEMBERED_SECONDS
            self._opened.clear()
