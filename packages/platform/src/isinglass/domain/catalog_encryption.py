"""What the encryption settings of a catalog say: what is encrypted, by which key, and who must be allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The key that encrypts where the settings name none: the service's own.
DEFAULT_KEY = "alias/aws/glue"

#: What a caller, or the settings' role, needs on the key to write and to read.
TO_WRITE, TO_READ = "kms:GenerateDataKey", "kms:Decrypt"

WITH_ROLE = "SSE-KMS-WITH-SERVICE-ROLE"

#: What a catalog has whose settings were never put, or only in part.
DEFAULTS: Mapping[str, Any] = {
    "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
    "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
}


@dataclass(frozen=True, slots=True)
class AtRest:
    """How documents are stored: in the clear without a key; with a role, the role must be allowed."""

    key: str | None = None
    role: str | None = None


IN_THE_CLEAR = AtRest()


def at_rest(settings: Mapping[str, Any]) -> AtRest:
    """Read how a catalog's documents are to be stored from now on."""
    given = settings.get("EncryptionAtRest", {})
    mode = given.get("CatalogEncryptionMode", "DISABLED")
    if mode == "DISABLED":
        return IN_THE_CLEAR
    role = given.get("CatalogEncryptionServiceRole") if mode == WITH_ROLE else None
    return AtRest(given.get("SseAwsKmsKeyId") or DEFAULT_KEY, role)


def password_key(settings: Mapping[str, Any]) -> str | None:
    """Read which key encrypts the passwords that GetConnection answers; None where they are in the clear."""
    given = settings.get("ConnectionPasswordEncryption", {})
    if not given.get("ReturnConnectionPasswordEncrypted"):
        return None
    return given.get("AwsKmsKeyId") or DEFAULT_KEY


def key_context(account_id: str) -> dict[str, str]:
    """Name the catalog that a data key is for, in the encryption context that Glue uses."""
    return {"glue_catalog_id": account_id}
