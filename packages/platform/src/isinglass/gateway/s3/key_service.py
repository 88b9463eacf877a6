"""The keys of the embedded object store: the two calls of the Key Management Service that SeaweedFS makes.

It encrypts objects itself, each under a data key of its own, and asks here for that to be made and opened.
Only it can ask: this listens on the loopback and wants a token that is made for each start. Who may use which
key the front has decided before, for the caller that SeaweedFS does not know.
"""

import asyncio
import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isinglass.domain.keys.references import InvalidReference, read_reference
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.flow import Body
from isinglass.gateway.s3.request import S3Request
from isinglass.gateway.s3.server import Answering
from isinglass.store.key_use import KeyUnavailable, KeyUse
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

_CONTENT = "application/x-amz-json-1.1"
_TARGET = "TrentService."
_LARGEST = 64 * 1024
_WORDS = {
    "not found": "NotFoundException",
    "disabled": "DisabledException",
    "pending deletion": "KMSInvalidStateException",
    "invalid ciphertext": "InvalidCiphertextException",
}


@dataclass(eq=False)
class Refused(Exception):
    """An answer that says no, in the service's words."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class KeyService:
    """Makes data keys and opens them."""

    store: Store
    sealer: Sealer
    token: str = field(repr=False)

    async def handle(self, request: S3Request, body: Body, client: Answering) -> None:
        """Answer one call."""
        given = request.header("x-amz-security-token") or ""
        if request.method != "POST" or not hmac.compare_digest(given.encode(), self.token.encode()):
            raise S3Error("AccessDenied", "Only the object store asks for its keys here.", 403)
        called = (request.header("x-amz-target") or "").removeprefix(_TARGET)
        document = await _document(body)
        try:
            status, answer = 200, await asyncio.to_thread(self._answer, called, document)
        except KeyUnavailable as error:
            code = _WORDS.get(error.reason, "KMSInternalException")
            status, answer = 400, {"__type": code, "message": str(error)}
        except Refused as error:
            status, answer = 400, {"__type": error.code, "message": error.message}
        client.answer(status, json.dumps(answer).encode(), _CONTENT)

    def _answer(self, called: str, document: Mapping[str, Any]) -> dict[str, Any]:
        context = document.get("EncryptionContext") or {}
        if called == "GenerateDataKey":
            return self._make(str(document.get("KeyId", "")), context)
        if called == "Decrypt":
            return self._open(base64.b64decode(str(document.get("CiphertextBlob", ""))), context)
        # What is asked at the start, of a key that is not there, to see whether anybody answers.
        raise Refused("NotFoundException", f"{called} is not answered here.")

    def _make(self, key: str, context: Mapping[str, str]) -> dict[str, Any]:
        try:
            # The front names keys by their ARNs: these tell whose they are.
            account_id = read_reference(key, "").account_id
        except InvalidReference as error:
            raise Refused("NotFoundException", str(error)) from error
        with self.store.read() as tx:
            use = KeyUse(tx, self.sealer)
            found = use.resolve(account_id, key)
            plaintext, wrapped = use.data_key(account_id, found.arn, context)
        return {"KeyId": found.arn, "Plaintext": _text(plaintext), "CiphertextBlob": _text(wrapped)}

    def _open(self, wrapped: bytes, context: Mapping[str, str]) -> dict[str, Any]:
        with self.store.read() as tx:
            use = KeyUse(tx, self.sealer)
            key = use.key_of(wrapped)
            plaintext = use.decrypt_with(key, wrapped, context)
        return {"KeyId": key.arn, "Plaintext": _text(plaintext)}


async def _document(body: Body) -> dict[str, Any]:
    collected = b""
    async for piece in body:
        collected += piece
        if len(collected) > _LARGEST:
            raise S3Error("MaxMessageLengthExceeded", "Your request was too big.", 400)
    try:
        document = json.loads(collected)
    except ValueError as error:
        raise S3Error("InvalidRequest", "The request is not JSON.", 400) from error
    return document if isinstance(document, dict) else {}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
