"""Signatures by botocore's own signer are accepted; everything else is refused in AWS's words."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from isinglass.domain import signature as sigv4
from isinglass.gateway.identity.keys import KeyRing
from isinglass.gateway.identity.verifier import Verifier
from isinglass.gateway.protocol.messages import HttpRequest
from isinglass.model.api_error import ApiError
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

DATABASES = ["sqlite"]
ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:root"
KEY_ID, SECRET = "AKIAISINGLASSTEST001", "a/secret+with/marks"
RUN_ID, RUN_SECRET, TOKEN = "ASIAISINGLASSTEST001", "another", "session-token"


@pytest.fixture
def keys(store: Store) -> KeyRing:
    sealer = Sealer(os.urandom(32))
    with store.begin() as tx:
        tx.accounts.insert(Account(ACCOUNT, "root", 0))
        sealed = sealer.seal(SECRET.encode(), KEY_ID)
        tx.access_keys.insert(AccessKey(KEY_ID, ACCOUNT, sealed, ARN, 0))
        sealed = sealer.seal(RUN_SECRET.encode(), RUN_ID)
        token_hash = sigv4.hash_session_token(TOKEN)
        tx.access_keys.insert(AccessKey(RUN_ID, ACCOUNT, sealed, ARN, 0, token_hash, time.time() + 60))
    return KeyRing(store, sealer, time.monotonic)


def signed(
    credentials: BotoCredentials | None = None,
    *,
    service: str = "glue",
    body: bytes = b'{"Name":"d"}',
    headers: dict[str, str] | None = None,
) -> HttpRequest:
    """A request that botocore signed."""
    given = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSGlue.GetDatabase",
        **(headers or {}),
    }
    request = AWSRequest("POST", "http://localhost:8080/", headers=given, data=body)
    signer = SigV4Auth(credentials or BotoCredentials(KEY_ID, SECRET), service, "eu-west-1")
    signer.add_auth(request)
    sent = [(name.lower(), value) for name, value in request.headers.items()]
    if "host" not in dict(sent):
        sent.append(("host", "localhost:8080"))
    return HttpRequest("POST", "/", "", tuple(sent), body)


def changed(request: HttpRequest, name: str, change: Callable[[str], str | None]) -> HttpRequest:
    headers = [(key, change(value) if key == name else value) for key, value in request.headers]
    return HttpRequest(
        request.method,
        request.raw_path,
        request.query,
        tuple((k, v) for k, v in headers if v is not None),
        request.body,
    )


def refusal(keys: KeyRing, request: HttpRequest, now: float | None = None) -> tuple[str, str]:
    with pytest.raises(ApiError) as refused:
        Verifier(keys).verify(request, "glue", time.time() if now is None else now)
    return refused.value.code, refused.value.message


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {
            "X-Amz-User-Agent": "aws-sdk-js/3  two  spaces",
            "amz-sdk-request": "attempt=1",
            "Content-Length": "12",
        },
        {"X-Amz-Content-SHA256": sigv4.payload_hash(b'{"Name":"d"}')},
    ],
)
def test_verify_signature_of_botocore_returns_the_caller(keys: KeyRing, headers: dict[str, str]) -> None:
    caller = Verifier(keys).verify(signed(headers=headers), "glue", time.time())
    assert (caller.principal.account_id, caller.principal.arn, caller.region) == (ACCOUNT, ARN, "eu-west-1")


def test_verify_own_client_signature_returns_the_caller(keys: KeyRing) -> None:
    headers = sigv4.sign_headers(
        sigv4.Credentials(RUN_ID, RUN_SECRET, TOKEN),
        region="eu-west-1", service="isinglass", method="POST", host="localhost", path="/",
        headers={"X-Amz-Target": "Isinglass.ListAccounts"}, body=b"{}", now=time.time(),
    )  # fmt: skip
    request = HttpRequest("POST", "/", "", tuple(headers.items()), b"{}")
    caller = Verifier(keys).verify(request, "isinglass", time.time())
    assert caller.principal.access_key_id == RUN_ID


def test_verify_temporary_key_works_with_its_token_until_it_ends(keys: KeyRing) -> None:
    request = signed(BotoCredentials(RUN_ID, RUN_SECRET, TOKEN))
    assert Verifier(keys).verify(request, "glue", time.time()).principal.access_key_id == RUN_ID
    assert refusal(keys, request, time.time() + 90) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )
    invalid = ("UnrecognizedClientException", "The security token included in the request is invalid.")
    assert refusal(keys, signed(BotoCredentials(RUN_ID, RUN_SECRET))) == invalid
    assert refusal(keys, signed(BotoCredentials(RUN_ID, RUN_SECRET, "other"))) == invalid
    assert refusal(keys, signed(BotoCredentials(KEY_ID, SECRET, TOKEN))) == invalid
    assert refusal(keys, signed(BotoCredentials("AKIAUNKNOWN000000001", "x"))) == invalid


MISMATCH = "InvalidSignatureException"


@pytest.mark.parametrize(
    ("spoil", "code", "text"),
    [
        (lambda r: HttpRequest("POST", "/", "", r.headers, b'{"Name":"e"}'), MISMATCH, "does not match"),
        (lambda r: HttpRequest("POST", "/other", "", r.headers, r.body), MISMATCH, "does not match"),
        (lambda r: HttpRequest("POST", "/", "a=b", r.headers, r.body), MISMATCH, "does not match"),
        (lambda r: changed(r, "x-amz-target", lambda _: "AWSGlue.DeleteDatabase"), MISMATCH, "does not match"),
        (lambda r: changed(r, "host", lambda _: "elsewhere"), MISMATCH, "does not match"),
        (lambda r: changed(r, "authorization", lambda v: v[:-1] + "x"), MISMATCH, "does not match"),
        (lambda r: changed(r, "authorization", lambda v: v + "é"), MISMATCH, "does not match"),
        (lambda r: changed(r, "authorization", lambda v: v.replace(";host", "")), MISMATCH, "'host' must be a 'SignedHeader'"),
        (lambda r: changed(r, "authorization", lambda v: v.replace(";x-amz-target", "")), MISMATCH, "'x-amz-target' must be"),
        (lambda r: changed(r, "authorization", lambda v: v.replace("/glue/", "/s3/")), MISMATCH, "correct service: 'glue'."),
        (lambda r: changed(r, "authorization", lambda _: None), "MissingAuthenticationTokenException", "Missing Authentication Token"),
        (lambda r: changed(r, "authorization", lambda _: "Bearer x"), "IncompleteSignatureException", "Unsupported AWS 'algorithm'"),
        (lambda r: changed(r, "authorization", lambda _: "AWS4-HMAC-SHA256 x"), "IncompleteSignatureException", "requires 'Signature'"),
        (lambda r: changed(r, "authorization", lambda v: v.replace("/eu-west-1", "")), "IncompleteSignatureException", "exactly 5"),
        (lambda r: changed(r, "x-amz-date", lambda _: None), "IncompleteSignatureException", "'X-Amz-Date'"),
        (lambda r: changed(r, "x-amz-date", lambda v: v[:8] + "noon"), "IncompleteSignatureException", "'basic format'"),
        (lambda r: changed(r, "x-amz-date", lambda _: "19990101T000000Z"), MISMATCH, "Date in Credential scope does not match"),
    ],
)  # fmt: skip
def test_verify_spoilt_request_is_refused(keys: KeyRing, spoil: Any, code: str, text: str) -> None:
    found = refusal(keys, spoil(signed()))
    assert found[0] == code
    assert text in found[1]


@pytest.mark.parametrize(
    ("skew", "text"), [(301, "Signature expired: "), (-301, "Signature not yet current: ")]
)
def test_verify_request_of_another_time_is_refused(keys: KeyRing, skew: int, text: str) -> None:
    code, message = refusal(keys, signed(), time.time() + skew)
    assert code == "InvalidSignatureException"
    assert message.startswith(text)
    assert "5 min.)" in message
