"""HTTP messages as the gateway's links see them, free of the server that carries them."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class HttpRequest:
    """One request; header names are lower-case, values and path as received."""

    method: str
    raw_path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    client: str = ""

    @cached_property
    def _first(self) -> dict[str, str]:
        return dict(reversed(self.headers))

    def header(self, name: str) -> str | None:
        """Return a header's first value."""
        return self._first.get(name)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
