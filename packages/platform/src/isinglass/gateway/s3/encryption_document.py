"""The document of a bucket's encryption setting: read, and written anew."""

from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from isinglass.domain.object_encryption import Algorithm
from isinglass.gateway.s3.errors import S3Error

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_DEFAULT = "ApplyServerSideEncryptionByDefault"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a bucket's objects are encrypted that come without a word on it.

    `bucket_key` only reads back as it was given: it saves calls of the Key Management Service, which cost
    nothing here.
    """

    algorithm: Algorithm
    key: str = ""
    bucket_key: bool = False

    def document(self) -> dict[str, Any]:
        """Write it as the store keeps it."""
        return asdict(self)


def read_setting(document: bytes) -> Setting:
    """Read what PutBucketEncryption sends, or raise what S3 answers."""
    # Declarations of entities, also those that another encoding would hide: S3 takes none.
    if b"<!" in document or b"\0" in document:
        raise _malformed()
    try:
        root = ET.fromstring(document)  # noqa: S314 - without declarations nothing can expand
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _malformed() from error
    rules = [element for element in root if _local(element.tag) == "Rule"]
    if len(rules) != 1:
        raise _malformed()
    parts = {_local(element.tag): element for element in rules[0]}
    unknown = parts.keys() - {_DEFAULT, "BucketKeyEnabled"}
    if unknown:
        raise S3Error("NotImplemented", f"{min(unknown)} is not supported in an encryption rule.", 501)
    if _DEFAULT not in parts:
        raise _malformed()
    default = {_local(element.tag): (element.text or "").strip() for element in parts[_DEFAULT]}
    algorithm, key = default.get("SSEAlgorithm", ""), default.get("KMSMasterKeyID", "")
    bucket_key = "BucketKeyEnabled" in parts and (parts["BucketKeyEnabled"].text or "").strip() == "true"
    return _checked(algorithm, key, bucket_key)


def _checked(algorithm: str, key: str, bucket_key: bool) -> Setting:
    if algorithm == "aws:kms":
        return Setting("aws:kms", key, bucket_key)
    if algorithm == "aws:kms:dsse":
        raise S3Error(
            "NotImplemented", "Dual-layer encryption (aws:kms:dsse) is not supported; use aws:kms.", 501
        )
    if algorithm != "AES256":
        raise _malformed()
    if key:
        raise S3Error(
            "InvalidArgument",
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms",
            400,
        )
    return Setting("AES256", "", bucket_key)


def write_setting(setting: Setting) -> bytes:
    """Write what GetBucketEncryption answers."""
    key = f"<KMSMasterKeyID>{escape(setting.key)}</KMSMasterKeyID>" if setting.key else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ServerSideEncryptionConfiguration xmlns="{_NAMESPACE}"><Rule>'
        f"<{_DEFAULT}><SSEAlgorithm>{setting.algorithm}</SSEAlgorithm>{key}</{_DEFAULT}>"
        f"<BucketKeyEnabled>{str(setting.bucket_key).lower()}</BucketKeyEnabled>"
        "</Rule></ServerSideEncryptionConfiguration>"
    ).encode()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _malformed() -> S3Error:
    return S3Error("MalformedXML", "The XML you provided was not well-formed.", 400)
