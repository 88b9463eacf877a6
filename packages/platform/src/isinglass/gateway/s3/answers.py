"""What becomes of the object store's answers: passed on, watched, or only looked at."""

from collections.abc import Callable, Mapping

from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.server import Answering
from isinglass.gateway.s3.upstream import Sink


class Collected:
    """A sink that keeps the head only."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []

    def head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Keep the answer's head."""
        self.status, self.headers = status, headers

    def piece(self, data: bytes) -> None:
        """Take no interest in the body."""


class Watched:
    """Passes an answer on, telling its status before the client knows it.

    Where there is a `check`, it sees the head first: what it refuses is held back and kept as `refusal`, and
    so is a failure, of which the client is to hear the reason. `added` are headers that a good answer has.
    """

    def __init__(
        self,
        client: Sink,
        tell: Callable[[int], None],
        check: Callable[[int, Mapping[str, str]], None] | None,
        added: list[tuple[str, str]],
    ) -> None:
        self.status = 0
        self.refusal: S3Error | None = None
        self.failed = False
        #: Ends the exchange whose answer nobody gets.
        self.stop: Callable[[], None] = lambda: None
        self._client = client
        self._tell = tell
        self._check = check
        self._added = added

    @property
    def stopped(self) -> bool:
        """Whether the answer was held back, so that the rest of it need not come."""
        return self.failed or self.refusal is not None

    def head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Look at the answer's head, and pass it on."""
        self.status = status
        if self._check is not None and not self._passes(self._check, status, headers):
            self.stop()
            return
        self._tell(status)
        self._client.head(status, self._completed(status, headers))

    def piece(self, data: bytes) -> None:
        """Pass a piece of the body on."""
        if not self.stopped:
            self._client.piece(data)

    def _passes(
        self,
        check: Callable[[int, Mapping[str, str]], None],
        status: int,
        headers: list[tuple[bytes, bytes]],
    ) -> bool:
        self.failed = status >= 500
        try:
            check(status, decoded(headers))
        except S3Error as error:
            self.refusal = error
        return not self.stopped

    def _completed(self, status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        if status >= 300 or not self._added:
            return headers
        there = {name.lower() for name, _ in headers}
        added = [(name.encode(), value.encode("latin-1")) for name, value in self._added]
        return [*headers, *(pair for pair in added if pair[0] not in there)]


class Held:
    """Keeps a short answer until what it tells of is settled: who hears it may ask the next thing at once."""

    def __init__(self, client: Answering) -> None:
        self._client = client
        self._head: tuple[int, list[tuple[bytes, bytes]]] | None = None
        self._pieces: list[bytes] = []

    def answer(self, status: int, body: bytes, content_type: str = "application/xml") -> None:
        """Pass on a whole answer of our own."""
        self._client.answer(status, body, content_type)

    def head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Keep the answer's head."""
        self._head = status, headers

    def piece(self, data: bytes) -> None:
        """Keep a piece of its body."""
        self._pieces.append(data)

    def attach(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Slow nothing down: all of it is taken."""

    def pass_on(self) -> None:
        """Let the client have what was kept."""
        if self._head is not None:
            self._client.head(*self._head)
            self._client.piece(b"".join(self._pieces))


def decoded(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Read an answer's headers by their lower-case names."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
