"""A REST service on a port of its own: what connections of registered types read."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request that the service got."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: str


#: Status, headers, and what is sent: a document, or bytes as they are.
Answer = tuple[int, dict[str, str], Any]


@dataclass
class RestService:
    """Where the service answers, by what, and what it was asked."""

    port: int
    answer: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    #: Seconds that it waits before each byte of an answer.
    pause: float = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@contextmanager
def serving(answer: Callable[[Asked], Answer]) -> Iterator[RestService]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, body)
            service.asked.append(asked)
            status, more, document = service.answer(asked)
            sent = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(sent)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            if not service.pause:
                self.wfile.write(sent)
                return
            with suppress(OSError):  # the other side does not wait for the end
                for byte in sent:
                    ended.wait(service.pause)
                    self.wfile.write(bytes([byte]))

        do_GET = do_POST = _handle

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    ended = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = RestService(server.server_address[1], answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
