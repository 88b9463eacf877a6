"""The third-party enrichment service: a local HTTP API with pages, as vendors offer them."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from isinglass.cli.retail.customers import CITIES

PAGE = 3
REGIONS: list[dict[str, object]] = [
    {"city": city, "country": country, "population": 400_000 + 350_000 * index, "currency": currency}
    for index, ((city, country), currency) in enumerate(
        zip(CITIES, ["EUR", "EUR", "EUR", "NOK", "JPY", "USD"], strict=True)
    )
]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    routes: ClassVar[str] = "GET /v1/regions?page=N"

    def do_GET(self) -> None:  # the name is the standard library's
        parts = urlsplit(self.path)
        page = parse_qs(parts.query).get("page", ["1"])[0]
        if parts.path != "/v1/regions" or not page.isdigit():
            self._answer(404, {"error": f"unknown resource; this service has {self.routes}"})
            return
        start = (int(page) - 1) * PAGE
        more = start + PAGE < len(REGIONS)
        self._answer(200, {"items": REGIONS[start : start + PAGE], "next": int(page) + 1 if more else None})

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the demo prints its own progress."""


def serve() -> tuple[ThreadingHTTPServer, str]:
    """Start the service on a free loopback port; returns the server (call `shutdown`) and its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True, name="enrichment").start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"
