"""The API as the command line calls it: the standard library's HTTP client and our own signer."""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from isinglass.cli import query
from isinglass.cli.errors import DENIED, UNREACHABLE, CliError, api_error
from isinglass.cli.profiles import Profile
from isinglass.cli.version import VERSION
from isinglass.domain import signature as sigv4
from isinglass.domain.signature import Credentials, canonical_request, payload_hash, sign_headers

#: Target prefix and signing name of each service; without a prefix the path names the operation.
_TARGETS = {
    "glue": ("AWSGlue", "glue"),
    "isinglass": ("Isinglass", "isinglass"),
    "kms": ("TrentService", "kms"),
    "lakeformation": ("", "lakeformation"),
    "logs": ("Logs_20140328", "logs"),
}
_TIMEOUT_SECONDS = 330.0


class Client:
    """Calls operations and puts objects as one profile; keeps its connection."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def call(
        self, operation: str, document: dict[str, Any] | None = None, *, note: str = ""
    ) -> dict[str, Any]:
        """Call an operation, `GetTables` or `isinglass:RunQuery`; raises CliError in the API's words.

        A note says what the call is for; it is kept with what it changes.
        """
        service, _, name = operation.rpartition(":")
        if service in query.VERSIONS:
            return self._query(service, name, document or {})
        prefix, signing_name = _TARGETS[service or "glue"]
        body = json.dumps(document or {}).encode()
        headers = {"content-type": "application/x-amz-json-1.1"}
        if prefix:
            headers["x-amz-target"] = f"{prefix}.{name}"
        if note:
            headers["x-isinglass-note"] = quote(note)
        status, answered, data = self._post(signing_name, "/" if prefix else f"/{name}", headers, body)
        try:
            answer = json.loads(data or b"{}")
        except ValueError as error:
            raise self._is_no_server("JSON") from error
        if not isinstance(answer, dict):
            raise self._is_no_server("JSON objects")
        if status >= 400:
            code = str(answer.get("__type", status)).rpartition("#")[2]
            message = str(answer.get("message") or answer.get("Message") or "")
            raise api_error(code, message, answered.get("x-amzn-requestid", ""))
        return answer

    def _query(self, service: str, name: str, document: dict[str, Any]) -> dict[str, Any]:
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        status, answered, data = self._post(service, "/", headers, query.encode_form(service, name, document))
        try:
            if status < 400:
                return query.decode_answer(name, data)
            code, message = query.decode_error(data)
        except ValueError as error:
            raise self._is_no_server("XML") from error
        raise api_error(code, message, answered.get("x-amzn-requestid", ""))

    def _post(
        self, service: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(self.profile.endpoint)
        signed = sign_headers(
            self._credentials(),
            region=self.profile.region,
            service=service,
            method="POST",
            host=parts.netloc,
            path=path,
            headers={**headers, "user-agent": f"isinglass/{VERSION}"},
            body=body,
            now=time.time(),
        )
        return self._send(self.profile.endpoint, "POST", f"{parts.path.rstrip('/')}{path}", signed, body)

    def _is_no_server(self, language: str) -> CliError:
        return CliError(
            f"{self.profile.endpoint} is not an Isinglass server: it does not answer {language}",
            exit_code=UNREACHABLE,
        )

    def pages(self, operation: str, document: dict[str, Any], member: str) -> Iterator[Any]:
        """Yield the items of every page of a listing."""
        service = operation.partition(":")[0]
        mark = "Marker" if service in query.VERSIONS or service == "kms" else "NextToken"
        following = "NextMarker" if service == "kms" else mark
        token = None
        while True:
            answer = self.call(operation, document if token is None else {**document, mark: token})
            yield from answer.get(member, [])
            token = answer.get(following)
            if not token:
                return

    def put_object(self, bucket: str, key: str, body: bytes) -> str:
        """Store an object; returns its `s3://` URL."""
        self.object_request("PUT", bucket, key, body)
        return f"s3://{bucket}/{key}"

    def object_request(self, method: str, bucket: str, key: str = "", body: bytes = b"") -> bytes:
        """Send a request to the object store."""
        endpoint = self.s3_endpoint()
        path = quote(f"/{bucket}/{key}" if key else f"/{bucket}", safe="/-_.~")
        headers = _sign_s3(
            self._credentials(), self.profile.region, method, urlsplit(endpoint).netloc, path, body
        )
        status, _, data = self._send(endpoint, method, path, headers, body)
        if status >= 400:
            code = data.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()
            message = data.partition(b"<Message>")[2].partition(b"</Message>")[0].decode()
            error = api_error(code, message, "")
            error.where = f"s3://{bucket}/{key}"
            raise error
        return data

    def s3_endpoint(self) -> str:
        """Return the object store's address; asks the server where the profile does not say."""
        if self.profile.s3_endpoint:
            return self.profile.s3_endpoint
        for part in self.call("isinglass:GetServerStatus")["Components"]:
            if part["Name"] == "object-store":
                return str(part["Endpoint"])
        raise CliError("the server has no object store")

    def _credentials(self) -> Credentials:
        profile = self.profile
        if not profile.access_key_id or not profile.secret_access_key:
            raise CliError(
                "there are no keys to sign requests with",
                code="E401",
                facts=[f"endpoint {profile.endpoint}, from {profile.origin}"],
                hint="isinglass up      (it writes a profile with its keys)",
                exit_code=DENIED,
            )
        return Credentials(profile.access_key_id, profile.secret_access_key, profile.session_token or None)

    def _send(
        self, endpoint: str, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        for attempt in (1, 2):
            fresh = endpoint not in self._connections
            connection = self._connections.setdefault(endpoint, _connect(endpoint))
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                data = response.read()
            except (http.client.HTTPException, OSError) as error:
                connection.close()
                del self._connections[endpoint]
                # A kept connection may have been closed meanwhile; a refused one will not get better.
                if attempt == 2 or fresh:
                    raise self._unreachable(endpoint, error) from error
            else:
                answered = {name.lower(): value for name, value in response.getheaders()}
                return response.status, answered, data
        raise AssertionError

    def _unreachable(self, endpoint: str, error: Exception) -> CliError:
        reason = (
            "connection refused" if isinstance(error, ConnectionRefusedError) else str(error) or "no answer"
        )
        return CliError(
            f"no server at {endpoint} ({reason})",
            code="E503",
            facts=[f"the endpoint comes from {self.profile.origin}"],
            hint="isinglass up",
            exit_code=UNREACHABLE,
        )


def _connect(endpoint: str) -> http.client.HTTPConnection:
    parts = urlsplit(endpoint)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "127.0.0.1", parts.port, timeout=_TIMEOUT_SECONDS)


def _sign_s3(
    credentials: Credentials, region: str, method: str, host: str, path: str, body: bytes
) -> dict[str, str]:
    # S3 signs the path as it is sent; every other service encodes it once more.
    timestamp, digest = sigv4.format_time(time.time()), payload_hash(body)
    scope = sigv4.Scope(timestamp[:8], region, "s3")
    headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": timestamp}
    if credentials.session_token:
        headers["x-amz-security-token"] = credentials.session_token
    signed = sorted(headers)
    canonical = canonical_request(method, path, "", headers.items(), signed, digest)
    value = sigv4.signature(
        sigv4.signing_key(credentials.secret_access_key, scope),
        sigv4.string_to_sign(timestamp, scope, canonical),
    )
    headers["authorization"] = (
        f"{sigv4.ALGORITHM} Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(signed)}, Signature={value}"
    )
    return headers
