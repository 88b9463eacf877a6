"""Which permissions requests to the object store need."""

from itertools import product

from isinglass.domain.access.vocabulary import vocabulary_of
from isinglass.gateway.s3.permissions import needs_of
from isinglass.gateway.s3.request import S3Request

WORDS = (
    "", "accelerate", "acl", "analytics", "cors", "encryption", "inventory", "legal-hold", "lifecycle",
    "location", "logging", "metrics", "notification", "object-lock", "ownershipControls", "policy",
    "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention", "tagging",
    "torrent", "uploadId", "uploads", "versioning", "versions", "website",
)  # fmt: skip


def test_every_permission_is_among_those_that_policies_can_speak_of() -> None:
    asked = {
        need.action
        for method, path, word, version in product(
            ("GET", "HEAD", "PUT", "POST", "DELETE"), ("/", "/b", "/b/k"), WORDS, ("", "&versionId=v")
        )
        for need in needs_of(S3Request(method, path, f"{word}=1{version}", (("x-amz-acl", "private"),)))
    }
    assert sorted(asked - vocabulary_of(()).actions.keys()) == []
