"""Who signed an S3 request: Authorization headers, presigned URLs of both signature versions."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from isinglass.domain import signature as sigv4
from isinglass.gateway.identity.keys import KeyRing, KnownKey
from isinglass.gateway.s3.errors import S3Error, access_denied, signature_mismatch
from isinglass.gateway.s3.request import S3Request, whole_number
from isinglass.store.access_keys import AccessKey

SKEW_SECONDS = 900
_MOST_EXPIRES = 604_800
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^,/ ]+)/(\d{8})/([a-z0-9-]{1,64})/(s3)/aws4_request, *"
    r"SignedHeaders=([a-z0-9;_.-]+), *Signature=([0-9a-f]{64})"
)
_CREDENTIAL = re.compile(r"([^,/ ]+)/(\d{8})/([a-z0-9-]{1,64})/(s3)/aws4_request")
#: Subresources and overrides that version 2 signs as part of the resource.
_V2_SIGNED = frozenset(
    [
        "accelerate",
        "acl",
        "cors",
        "defaultObjectAcl",
        "location",
        "logging",
        "partNumber",
        "policy",
        "requestPayment",
        "torrent",
        "versioning",
        "versionId",
        "versions",
        "website",
        "uploads",
        "uploadId",
        "delete",
        "lifecycle",
        "tagging",
        "restore",
        "storageClass",
        "notification",
        "replication",
        "analytics",
        "metrics",
        "inventory",
        "select",
        "select-type",
        "object-lock",
        "response-content-type",
        "response-content-language",
        "response-expires",
        "response-cache-control",
        "response-content-disposition",
        "response-content-encoding",
    ]
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed; the rest verifies the chunks of a signed stream."""

    account_id: str
    key: AccessKey
    payload: str
    scope: sigv4.Scope | None = None
    timestamp: str = ""
    signature: str = ""
    signing_key: bytes = b""


class Authenticator:
    """Checks signatures against the key ring."""

    def __init__(self, keys: KeyRing, clock: Callable[[], float]) -> None:
        self._keys = keys
        self._clock = clock

    def authenticate(self, request: S3Request) -> Caller:
        """Return who signed a request, or raise the error S3 answers."""
        header = request.header("authorization")
        if header is not None:
            return self._from_header(request, header)
        if "X-Amz-Signature" in request.query:
            return self._from_url(request)
        if "AWSAccessKeyId" in request.query:
            return self._from_v2_url(request)
        raise access_denied("Anonymous access is not allowed: sign the request.")

    def _from_header(self, request: S3Request, header: str) -> Caller:
        match = _HEADER.fullmatch(header.strip())
        if match is None:
            raise S3Error("AuthorizationHeaderMalformed", "The authorization header is malformed.", 400)
        key_id, date, region, service, names, given = match.groups()
        scope, signed = sigv4.Scope(date, region, service), tuple(names.split(";"))
        timestamp = request.header("x-amz-date") or ""
        now = self._clock()
        if abs(_time(timestamp) - now) > SKEW_SECONDS:
            raise S3Error(
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
                403,
            )
        payload = request.header("x-amz-content-sha256")
        if payload is None:
            raise S3Error("InvalidRequest", "Missing required header: x-amz-content-sha256", 400)
        for name, _ in request.headers:
            if name not in signed and (name == "host" or name.startswith("x-amz-")):
                raise access_denied(
                    f"There were headers present in the request which were not signed: {name}"
                )
        known = self._known(key_id, request.header("x-amz-security-token"), now)
        query = sigv4.canonical_query(request.raw_query)
        expected, key = _sign(request, known, scope, timestamp, query, signed, payload)
        if not _same(expected, given):
            raise signature_mismatch()
        return Caller(known.key.account_id, known.key, payload, scope, timestamp, given, key)

    def _from_url(self, request: S3Request) -> Caller:
        query = request.query
        match = _CREDENTIAL.fullmatch(query.get("X-Amz-Credential", ""))
        expires = whole_number(query.get("X-Amz-Expires", ""))
        if match is None or query.get("X-Amz-Algorithm") != sigv4.ALGORITHM or expires is None:
            raise S3Error(
                "AuthorizationQueryParametersError", "Error parsing the X-Amz query parameters.", 400
            )
        key_id, date, region, service = match.groups()
        timestamp, now = query.get("X-Amz-Date", ""), self._clock()
        began = _time(timestamp)
        if not 1 <= expires <= _MOST_EXPIRES:
            raise S3Error("AuthorizationQueryParametersError", "X-Amz-Expires must be 1 to 604800.", 400)
        if now > began + expires or began > now + SKEW_SECONDS or timestamp[:8] != date:
            raise access_denied("Request has expired")
        known = self._known(key_id, query.get("X-Amz-Security-Token"), now)
        signed = tuple(query.get("X-Amz-SignedHeaders", "").lower().split(";"))
        if "host" not in signed:
            raise access_denied("The host header must be signed")
        _refuse_unsigned(request, signed)
        canonical = sigv4.canonical_query(request.raw_query, without=("X-Amz-Signature",))
        payload = request.header("x-amz-content-sha256") or sigv4.UNSIGNED_PAYLOAD
        scope = sigv4.Scope(date, region, service)
        expected, key = _sign(request, known, scope, timestamp, canonical, signed, payload)
        if not _same(expected, query["X-Amz-Signature"]):
            # Most clients sign the words, whatever hash the header has.
            expected, key = _sign(request, known, scope, timestamp, canonical, signed, sigv4.UNSIGNED_PAYLOAD)
            if not _same(expected, query["X-Amz-Signature"]):
                raise signature_mismatch()
        return Caller(
            known.key.account_id, known.key, payload, scope, timestamp, query["X-Amz-Signature"], key
        )

    def _from_v2_url(self, request: S3Request) -> Caller:
        query, now = request.query, self._clock()
        expires = query.get("Expires", "")
        until = whole_number(expires)
        if until is None or now > until:
            raise access_denied("Request has expired")
        known = self._known(query["AWSAccessKeyId"], query.get("x-amz-security-token"), now)
        text = _v2_string(request, expires)
        digest = hmac.digest(known.secret.encode(), text.encode(), hashlib.sha1)
        if not _same(base64.b64encode(digest).decode(), query.get("Signature", "")):
            raise signature_mismatch()
        payload = request.header("x-amz-content-sha256") or sigv4.UNSIGNED_PAYLOAD
        return Caller(known.key.account_id, known.key, payload)

    def _known(self, access_key_id: str, token: str | None, now: float) -> KnownKey:
        known = self._keys.find(access_key_id)
        if known is None:
            raise S3Error(
                "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403
            )
        if known.key.expires_at is not None and known.key.expires_at <= now:
            raise S3Error("ExpiredToken", "The provided token has expired.", 400)
        given = b"" if token is None else hashlib.sha256(token.encode()).digest()
        if not hmac.compare_digest(given, known.key.session_token_hash or b""):
            raise S3Error("InvalidToken", "The provided token is malformed or otherwise invalid.", 400)
        return known


def _same(expected: str, given: str) -> bool:
    """Compare signatures; what a URL gives may have any characters."""
    return hmac.compare_digest(expected.encode(), given.encode())


def _refuse_unsigned(request: S3Request, signed: tuple[str, ...]) -> None:
    # Otherwise whoever is given a link to upload could turn it into a copy.
    for name, _ in request.headers:
        if name.startswith("x-amz-") and name not in signed and name != "x-amz-content-sha256":
            raise access_denied(f"There were headers present in the request which were not signed: {name}")


def _time(timestamp: str) -> float:
    try:
        return sigv4.parse_time(timestamp)
    except ValueError as error:
        raise access_denied("AWS authentication requires a valid Date or x-amz-date header") from error


def canonical_path(path: str) -> str:
    """Encode a decoded path once, as S3 alone among the services signs it."""
    return quote(path, safe="/-_.~")


def _sign(
    request: S3Request,
    known: KnownKey,
    scope: sigv4.Scope,
    timestamp: str,
    query: str,
    signed: tuple[str, ...],
    payload: str,
) -> tuple[str, bytes]:
    path = canonical_path(request.path)
    canonical = sigv4.canonical_request(request.method, path, query, request.headers, signed, payload)
    key = known.signing_key(scope)
    return sigv4.signature(key, sigv4.string_to_sign(timestamp, scope, canonical)), key


def _v2_string(request: S3Request, expires: str) -> str:
    amz: dict[str, list[str]] = {}
    for name, value in request.headers:
        if name.startswith("x-amz-"):
            amz.setdefault(name, []).append(value.strip())
    if "x-amz-security-token" in request.query:
        amz["x-amz-security-token"] = [request.query["x-amz-security-token"]]
    headers = "".join(f"{name}:{','.join(values)}\n" for name, values in sorted(amz.items()))
    subresources = []
    for part in request.raw_query.split("&"):
        name, equals, value = part.partition("=")
        if unquote_plus(name) in _V2_SIGNED:
            subresources.append(unquote_plus(name) + (f"={unquote_plus(value)}" if equals else ""))
    resource = request.raw_path + ("?" + "&".join(sorted(subresources)) if subresources else "")
    return (
        f"{request.method}\n{request.header('content-md5') or ''}\n{request.header('content-type') or ''}\n"
        f"{expires}\n{headers}{resource}"
    )
