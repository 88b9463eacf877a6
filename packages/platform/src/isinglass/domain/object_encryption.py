"""How an object is encrypted where it is stored: what requests, job runs and buckets ask for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Algorithm = Literal["AES256", "aws:kms"]

#: What says in a key's context how objects are encrypted that its holder writes.
_CONTEXT = "ObjectEncryption"
_MODES: dict[str, Algorithm] = {"SSE-S3": "AES256", "SSE-KMS": "aws:kms"}


@dataclass(frozen=True, slots=True)
class ObjectEncryption:
    """One way to encrypt; `key` names a key of the Key Management Service, empty for the account's own."""

    algorithm: Algorithm
    key: str = ""

    def context(self) -> dict[str, Any]:
        """Write it as an access key's context."""
        return {_CONTEXT: asdict(self)}


def encryption_for(context: Mapping[str, Any] | None) -> ObjectEncryption | None:
    """Read how the holder of an access key has what it writes encrypted, unless it says otherwise."""
    found = (context or {}).get(_CONTEXT)
    return None if found is None else ObjectEncryption(**found)


def objects_encryption(configuration: Mapping[str, Any] | None) -> ObjectEncryption | None:
    """Read how a security configuration has objects encrypted; None when it does not."""
    for setting in (configuration or {}).get("S3Encryption", ()):
        algorithm = _MODES.get(setting.get("S3EncryptionMode", "DISABLED"))
        if algorithm is not None:
            key = setting.get("KmsKeyArn", "") if algorithm == "aws:kms" else ""
            return ObjectEncryption(algorithm, key)
    return None


def logs_key(configuration: Mapping[str, Any] | None) -> str:
    """Read which key a security configuration has logs encrypted with; empty when it does not."""
    setting = (configuration or {}).get("CloudWatchEncryption", {})
    return setting.get("KmsKeyArn", "") if setting.get("CloudWatchEncryptionMode") == "SSE-KMS" else ""
