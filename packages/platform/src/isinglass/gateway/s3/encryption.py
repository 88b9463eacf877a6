"""How the objects that a request writes or reads are encrypted, and the settings of buckets.

The object store encrypts; here it is told how, and whose key it may use is decided. What a request says comes
first, then what its caller's security configuration says, then the bucket.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from isinglass.domain.object_encryption import ObjectEncryption, encryption_for
from isinglass.domain.permissions.copies import errand_of
from isinglass.gateway.s3.authentication import Caller
from isinglass.gateway.s3.encryption_document import Setting, read_setting, write_setting
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.key_permissions import OWN_KEY, ObjectKeys
from isinglass.gateway.s3.ownership import Ownership
from isinglass.gateway.s3.permissions import Need
from isinglass.gateway.s3.request import S3Request, subresources
from isinglass.gateway.standings import Standings

HEADER = "x-amz-server-side-encryption"
KEY_HEADER = HEADER + "-aws-kms-key-id"
_CONTEXT = HEADER + "-context"
_BUCKET_KEY = HEADER + "-bucket-key-enabled"
#: Keys that clients bring along are the object store's affair alone.
_CUSTOMER = HEADER + "-customer-"
_OURS = (HEADER, KEY_HEADER, _CONTEXT, _BUCKET_KEY)

#: A context is JSON in base64; a URL might say anything else, which would end up in a header.
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Encryption:
    """Decides how objects are encrypted; without `keys` the object store is another's, and decides itself."""

    ownership: Ownership
    standings: Standings
    keys: ObjectKeys | None

    def of_write(self, request: S3Request, caller: Caller, needs: list[Need], length: int) -> Headers | None:
        """Give the headers that encrypt what a request writes; None to pass the request's own on."""
        if not creates_object(request):
            self._check_none(request)
            return None
        asked = _asked(request)
        if _brings_key(request):
            _check_folder(request, length)
            self._check_parts(request, caller)
            return None
        wanted = asked or self._of_holder(caller)
        if self.keys is None:
            return None if wanted is None or asked else _headers(wanted)
        wanted = wanted or self._of_bucket(request.bucket)
        if wanted is None:
            return []
        _check_folder(request, length)
        _check_context(request)
        if wanted.algorithm == "AES256":
            return _headers(wanted)
        actions = ["kms:GenerateDataKey"]
        if request.method == "POST":  # the parts are read again when they are put together
            actions.append("kms:Decrypt")
        key = self.keys.require(caller, request, wanted.key or OWN_KEY, actions, needs)
        given = request.said(_CONTEXT)
        return [*_headers(ObjectEncryption("aws:kms", key.arn)), *([(_CONTEXT, given)] if given else [])]

    def untold(self, request: S3Request, encrypting: Headers | None) -> Headers:
        """List the headers that the object store leaves out of its answer, though it does as they say."""
        says_itself = self.keys is None or not (request.method == "POST" or _is_copy(request))
        return [] if encrypting is None or says_itself else encrypting

    def _check_parts(self, request: S3Request, caller: Caller) -> None:
        """Refuse an upload under a client's key: the object store takes its parts without the key, too."""
        if request.method == "POST" and (self._of_holder(caller) or self._of_bucket(request.bucket)):
            raise S3Error(
                "NotImplemented",
                "Where a run or a bucket has objects encrypted, multipart uploads under keys that clients "
                "bring along are not supported.",
                501,
            )

    def _check_none(self, request: S3Request) -> None:
        """Refuse to be told how to encrypt what is not written."""
        if self.keys is not None and request.key and any(request.said(name) for name in _OURS):
            raise S3Error("InvalidArgument", f"{HEADER} header is not supported for this operation.", 400)

    def _of_holder(self, caller: Caller) -> ObjectEncryption | None:
        """Ask the security configuration of the job run that writes, or that something is copied for."""
        errand = errand_of(caller.key.context)
        key = caller.key if errand is None else self.standings.key(errand.access_key_id)
        return None if key is None else encryption_for(key.context)

    def _of_bucket(self, bucket: str) -> ObjectEncryption | None:
        setting = self.ownership.encryption(bucket)
        return None if setting is None else ObjectEncryption(setting["algorithm"], setting["key"])

    def require_readable(
        self,
        request: S3Request,
        caller: Caller,
        needs: list[Need],
        status: int,
        headers: Mapping[str, str],
    ) -> None:
        """Refuse an object that was found to be under a key that the caller may not use, or nobody now."""
        if self.keys is None or status >= 300 or headers.get(HEADER) != "aws:kms":
            return
        self.keys.require(caller, request, headers.get(KEY_HEADER, ""), ["kms:Decrypt"], needs)

    def settings(self, request: S3Request, account_id: str, document: bytes) -> tuple[int, bytes] | None:
        """Answer a request for a bucket's setting; None when it is none, or the object store's affair."""
        if self.keys is None or request.key or "encryption" not in request.query:
            return None
        if request.method == "PUT":
            setting = read_setting(document)
            if setting.key:
                self.keys.check(account_id, setting.key)
            self.ownership.encrypt(request.bucket, setting.document())
            return 200, b""
        if request.method == "DELETE":
            self.ownership.encrypt(request.bucket, None)
            return 204, b""
        found = self.ownership.encryption(request.bucket)
        if found is None:
            raise S3Error(
                "ServerSideEncryptionConfigurationNotFoundError",
                "The server side encryption configuration was not found",
                404,
            )
        return 200, write_setting(Setting(**found))


def creates_object(request: S3Request) -> bool:
    """Tell whether a request makes an object, or begins to."""
    if not request.key:
        return False
    if request.method == "POST":
        return "uploads" in request.query
    return request.method == "PUT" and not subresources(request)


def without_ours(headers: Headers) -> Headers:
    """Take out of a request's headers what it says about the encryption, but for keys it brings along."""
    return [(name, value) for name, value in headers if name not in _OURS]


def _brings_key(request: S3Request) -> bool:
    """Tell whether the client brings a key along; the algorithm tells the object store that there is one."""
    if (request.header(_CUSTOMER + "algorithm") or "").strip():
        return True
    if any(name.startswith(_CUSTOMER) for name, _ in request.headers):
        raise S3Error(
            "InvalidArgument",
            "Requests specifying Server Side Encryption with Customer provided keys must provide a valid "
            "encryption algorithm.",
            400,
        )
    return False


def _asked(request: S3Request) -> ObjectEncryption | None:
    algorithm, key = request.said(HEADER), request.said(KEY_HEADER)
    if algorithm == "aws:kms:dsse":
        raise S3Error(
            "NotImplemented", "Dual-layer encryption (aws:kms:dsse) is not supported; use aws:kms.", 501
        )
    if algorithm and _brings_key(request):
        raise S3Error(
            "InvalidArgument",
            "Server Side Encryption with Customer provided key is incompatible with the encryption method "
            "specified",
            400,
        )
    if algorithm not in {"", "AES256", "aws:kms"}:
        raise S3Error("InvalidArgument", "The encryption method specified is not supported", 400)
    if key and algorithm != "aws:kms":
        raise S3Error(
            "InvalidArgument",
            f"Server Side Encryption with AWS KMS managed key requires HTTP header {HEADER} : aws:kms",
            400,
        )
    if algorithm == "aws:kms":
        return ObjectEncryption("aws:kms", key)
    return ObjectEncryption("AES256") if algorithm else None


def _check_context(request: S3Request) -> None:
    """Refuse a context that is none, and one where the object store would not bind the object to it."""
    given, plain = request.said(_CONTEXT), request.method == "PUT" and not _is_copy(request)
    if not _BASE64.fullmatch(given):
        raise S3Error("InvalidArgument", f"The header {_CONTEXT} is not valid base64.", 400)
    if given and not plain:
        raise S3Error(
            "NotImplemented",
            f"{_CONTEXT} is not supported for copies and multipart uploads, only for PutObject.",
            501,
        )


def _check_folder(request: S3Request, length: int) -> None:
    """Refuse content where the object store would keep it in the clear: with a folder."""
    if request.key.endswith("/") and (length or request.method == "POST" or _is_copy(request)):
        raise S3Error(
            "NotImplemented", "An object whose key ends with / cannot be encrypted, unless it is empty.", 501
        )


def _is_copy(request: S3Request) -> bool:
    return request.header("x-amz-copy-source") is not None


def _headers(wanted: ObjectEncryption) -> Headers:
    return [(HEADER, wanted.algorithm), *([(KEY_HEADER, wanted.key)] if wanted.key else [])]
