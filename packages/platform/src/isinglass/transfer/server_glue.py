"""Calls an Isinglass server: signed JSON over one kept connection for each thread."""

import http.client
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from isinglass.domain.signature import Credentials, sign_headers
from isinglass.transfer.calling import CallFailed

_TIMEOUT_SECONDS = 330.0
#: What operations' targets begin with, by service; Lake Formation has none.
_TARGETS = {"": "AWSGlue", "isinglass": "Isinglass"}
_ACCOUNT = re.compile(rb"<Account>(\d{12})</Account>")
_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>")


@dataclass(frozen=True, slots=True)
class ServerGlue:
    """One server, asked as one caller."""

    endpoint: str
    region: str
    credentials: Credentials = field(repr=False)
    #: What is imported, for the history of what the calls change.
    imported_from: str = ""
    _local: threading.local = field(default_factory=threading.local, init=False, repr=False)

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; raises CallFailed."""
        service, _, name = operation.rpartition(":")
        # AWS JSON names the operation in a header, REST JSON in the path.
        prefix = _TARGETS.get(service)
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{prefix}.{name}"}
        if prefix is None:
            headers = {"content-type": "application/json"}
        if self.imported_from:
            headers["x-isinglass-import"] = quote(self.imported_from)
        path = f"/{name}" if prefix is None else "/"
        try:
            body = orjson.dumps(request)
        except orjson.JSONEncodeError as error:
            raise CallFailed(operation, "SerializationException", f"no request holds it: {error}") from error
        status, data = self._exchange(operation, service or "glue", headers, body, path)
        try:
            answer = orjson.loads(data or b"{}")
        except orjson.JSONDecodeError as error:
            raise CallFailed(operation, "Unreachable", f"{self.endpoint} does not answer JSON") from error
        if status >= 400:
            code = str(answer.get("__type", status)).rpartition("#")[2]
            raise CallFailed(operation, code, str(answer.get("message") or answer.get("Message") or code))
        return dict(answer)

    def account_id(self) -> str:
        """Ask whose keys these are; raises CallFailed."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        _, data = self._exchange("GetCallerIdentity", "sts", headers, body)
        found = _ACCOUNT.search(data)
        if found is None:
            reason = _MESSAGE.search(data)
            message = reason[1].decode() if reason else f"{self.endpoint} does not say whose keys these are"
            raise CallFailed("GetCallerIdentity", "AccessDeniedException", message)
        return found[1].decode()

    def _exchange(
        self, operation: str, service: str, headers: dict[str, str], body: bytes, path: str = "/"
    ) -> tuple[int, bytes]:
        signed = sign_headers(
            self.credentials, region=self.region, service=service, method="POST",
            host=urlsplit(self.endpoint).netloc, path=path, headers=headers, body=body, now=time.time(),
        )  # fmt: skip
        try:
            return self._send(path, signed, body)
        except (OSError, http.client.HTTPException) as error:
            raise CallFailed(operation, "Unreachable", f"{self.endpoint}: {error or 'no answer'}") from error

    def _send(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            parts = urlsplit(self.endpoint)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            connection = self._local.connection = kind(parts.netloc, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except BaseException:
            # What is left of this exchange must not answer the next one.
            connection.close()
            self._local.connection = None
            raise
