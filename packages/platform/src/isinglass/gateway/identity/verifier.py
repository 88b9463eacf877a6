"""Verifies that a request was signed with one of our keys, lately, and for the service it asks."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain import signature as sigv4
from isinglass.domain.catalog_changes import DIRECTLY, Origin, Through
from isinglass.gateway.identity.key_uses import KeyUses
from isinglass.gateway.identity.keys import KeyRing
from isinglass.gateway.protocol.messages import HttpRequest
from isinglass.model.edge_errors import (
    ExpiredTokenException,
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)
from isinglass.operations.context import Principal
from isinglass.store.access_keys import AccessKey
from isinglass.store.key_making import is_limited

_SKEW_SECONDS = 300
_SKEW = "5 min."
#: What a caller says its change of the catalog is for.
NOTE_HEADER = "x-isinglass-note"
#: What a client that imports a catalog reads it from.
IMPORT_HEADER = "x-isinglass-import"
#: Headers that decide what a request does: when present they must be signed, or a listener could swap them.
_BINDING = ("host", "x-amz-date", "x-amz-security-token", "x-amz-target", NOTE_HEADER, IMPORT_HEADER)
_REGION = re.compile(r"[a-z0-9-]{1,64}")

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)
_UNKNOWN_KEY = "The security token included in the request is invalid."


@dataclass(frozen=True, slots=True)
class Authorization:
    """The Authorization header, taken apart."""

    access_key_id: str
    scope: sigv4.Scope
    signed: tuple[str, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request, with which key, and for which region."""

    principal: Principal
    region: str
    key: AccessKey


class Verifier:
    """Verifies header signatures (presigned URLs are the object store's affair)."""

    def __init__(self, keys: KeyRing, uses: KeyUses | None = None) -> None:
        """`uses` notes when keys are used, where that is wanted."""
        self._keys = keys
        self._uses = uses

    def forget(self) -> None:
        """Forget the keys that are remembered: one may have changed."""
        self._keys.forget()

    def verify(self, request: HttpRequest, service: str, now: float) -> Caller:
        """Return who signed a request to a service, or raise the error AWS answers."""
        authorization = parse_authorization(request)
        timestamp = request.header("x-amz-date")
        if timestamp is None:
            raise IncompleteSignatureException(
                "Authorization header requires existence of 'X-Amz-Date' header."
            )
        _check_scope(authorization.scope, service, timestamp)
        _check_time(timestamp, now)
        _check_signed(request, authorization.signed)
        known = self._keys.find(authorization.access_key_id)
        if known is None:
            raise UnrecognizedClientException(_UNKNOWN_KEY)
        canonical = sigv4.canonical_request(
            request.method,
            sigv4.canonical_path(request.raw_path),
            sigv4.canonical_query(request.query),
            request.headers,
            authorization.signed,
            sigv4.payload_hash(request.body),
        )
        text = sigv4.string_to_sign(timestamp, authorization.scope, canonical)
        expected = sigv4.signature(known.signing_key(authorization.scope), text)
        if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
            raise InvalidSignatureException(_MISMATCH)
        _check_session(request.header("x-amz-security-token"), known.key.session_token_hash)
        if known.key.expires_at is not None and known.key.expires_at <= now:
            raise ExpiredTokenException("The security token included in the request is expired")
        if self._uses is not None:
            self._uses.note(known.key, service, authorization.scope.region, now)
        principal = Principal(
            known.key.account_id,
            known.key.principal_arn,
            authorization.access_key_id,
            identity_arn=known.identity_arn,
            origin=_origin(known.key.context),
            limited=is_limited(known.key),
        )
        return Caller(principal, authorization.scope.region, known.key)


def parse_authorization(request: HttpRequest) -> Authorization:
    """Take the Authorization header apart, or say what it lacks."""
    header = request.header("authorization")
    if header is None:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    algorithm, _, rest = header.partition(" ")
    if algorithm != sigv4.ALGORITHM:
        raise IncompleteSignatureException(f"Unsupported AWS 'algorithm': '{algorithm[:64]}'.")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not fields.get(name)]
    if missing:
        needs = " ".join(f"Authorization header requires '{name}' parameter." for name in missing)
        raise IncompleteSignatureException(needs)
    parts = fields["Credential"].rsplit("/", 4)
    if len(parts) != 5 or parts[4] != sigv4.TERMINATOR or not _REGION.fullmatch(parts[2]):
        raise IncompleteSignatureException(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{fields['Credential'][:200]}'"
        )
    key_id, date, region, service, _ = parts
    signed = tuple(fields["SignedHeaders"].lower().split(";"))
    return Authorization(key_id, sigv4.Scope(date, region, service), signed, fields["Signature"])


def _check_scope(scope: sigv4.Scope, service: str, timestamp: str) -> None:
    if scope.service != service:
        raise InvalidSignatureException(f"Credential should be scoped to correct service: '{service}'.")
    if scope.date != timestamp[:8]:
        raise InvalidSignatureException(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.date[:16]}' != '{timestamp[:8]}', from '{timestamp[:32]}'."
        )


def _check_time(timestamp: str, now: float) -> None:
    try:
        signed_at = sigv4.parse_time(timestamp)
    except ValueError as error:
        raise IncompleteSignatureException(
            f"Date must be in ISO-8601 'basic format'. Got '{timestamp[:32]}'. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        ) from error
    if abs(signed_at - now) <= _SKEW_SECONDS:
        return
    here = sigv4.format_time(now)
    if signed_at < now:
        bound = sigv4.format_time(now - _SKEW_SECONDS)
        raise InvalidSignatureException(
            f"Signature expired: {timestamp} is now earlier than {bound} ({here} - {_SKEW})"
        )
    bound = sigv4.format_time(now + _SKEW_SECONDS)
    raise InvalidSignatureException(
        f"Signature not yet current: {timestamp} is still later than {bound} ({here} + {_SKEW})"
    )


def _check_signed(request: HttpRequest, signed: tuple[str, ...]) -> None:
    for name in _BINDING:
        if name not in signed and (name == "host" or request.header(name) is not None):
            raise InvalidSignatureException(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")


def _origin(context: Mapping[str, Any] | None) -> Origin:
    """Tell what acts with a key by what was noted when it was issued."""
    run_id = (context or {}).get("JobRunId")
    return Origin(Through.JOB, (context or {}).get("JobName", ""), run_id) if run_id else DIRECTLY


def _check_session(token: str | None, expected: bytes | None) -> None:
    given = b"" if token is None else sigv4.hash_session_token(token)
    if not hmac.compare_digest(given, expected or b""):
        raise UnrecognizedClientException(_UNKNOWN_KEY)
