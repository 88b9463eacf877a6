"""Notes when each lasting key was last used: seldom, by a thread of its own, in no request's way."""

import logging
import threading
from queue import SimpleQueue

from isinglass.store.access_keys import AccessKey, KeyUse
from isinglass.store.store import Store

_log = logging.getLogger(__name__)

#: A key that is used all the time is noted once in so long.
_EVERY_SECONDS = 60.0
_MOST_REMEMBERED = 4096


class KeyUses:
    """Takes notes from any thread; what is not written when the process dies is noted at the next use."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: dict[str, float] = {}
        self._queue: SimpleQueue[tuple[str, KeyUse] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="key-uses", daemon=True)

    def start(self) -> None:
        """Start writing."""
        self._thread.start()

    def stop(self) -> None:
        """Write what was noted, and stop."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def note(self, key: AccessKey, service: str, region: str, now: float) -> None:
        """Note a use; keys of sessions live too short for it to matter."""
        if key.expires_at is not None or now - self._noted.get(key.access_key_id, 0.0) < _EVERY_SECONDS:
            return
        if len(self._noted) >= _MOST_REMEMBERED:
            self._noted.clear()
        self._noted[key.access_key_id] = now
        self._queue.put((key.access_key_id, KeyUse(now, service, region)))

    def _write(self) -> None:
        while (noted := self._queue.get()) is not None:
            try:
                with self._store.begin() as tx:
                    tx.access_keys.note_use(*noted)
            except Exception:
                # The next use is noted again; nothing else depends on it.
                _log.warning("The use of a key could not be noted", exc_info=True)
