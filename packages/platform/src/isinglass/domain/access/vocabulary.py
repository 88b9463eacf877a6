"""What policies can speak of: every action that a request may need, on which resources, under which keys.

Deciding needs none of it: an action that nobody asks for is allowed or denied in vain. It is for telling
people of what they mistyped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from isinglass.domain.access.resources import permission_of
from isinglass.domain.access.wildcards import compile_text
from isinglass.model.schema import ServiceModel

#: What no resource can be, in a form: the pattern that fits it is "*" alone.
NOTHING = "*"
_ANYTHING = "arn:*"
#: A part of an ARN that is not empty.
_SOME = "?*"

_BUCKET, _OBJECT = "arn:aws:s3:::*", "arn:aws:s3:::*/*"
_BUCKET_ACTIONS = (
    "CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration "
    "GetAnalyticsConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging "
    "GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy "
    "GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging "
    "GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetInventoryConfiguration "
    "GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket "
    "ListBucketMultipartUploads ListBucketVersions PutAccelerateConfiguration PutAnalyticsConfiguration "
    "PutBucketAcl PutBucketCORS PutBucketConfiguration PutBucketLocation PutBucketLogging "
    "PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy "
    "PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning "
    "PutBucketWebsite PutEncryptionConfiguration PutInventoryConfiguration PutLifecycleConfiguration "
    "PutMetricsConfiguration PutReplicationConfiguration"
)
_OBJECT_ACTIONS = (
    "AbortMultipartUpload DeleteObject DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionTagging "
    "GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent "
    "GetObjectVersion GetObjectVersionAcl GetObjectVersionLegalHold GetObjectVersionRetention "
    "GetObjectVersionTagging GetObjectVersionTorrent ListMultipartUploadParts PutObject PutObjectAcl "
    "PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersion PutObjectVersionAcl "
    "PutObjectVersionLegalHold PutObjectVersionRetention PutObjectVersionTagging RestoreObject "
    "RestoreObjectVersion"
)


def _s3(names: str, form: str) -> dict[str, tuple[str, ...]]:
    return {f"s3:{name}": (form,) for name in names.split()}


_KEY = "arn:aws:kms:?*:?*:key/*"
_ROLE = "arn:aws:iam::?*:role/*"
_BESIDE: dict[str, tuple[str, ...]] = {
    "iam:PassRole": (_ROLE,),
    "sts:TagSession": (_ROLE,),
    "kms:ReEncryptFrom": (_KEY,),
    "kms:ReEncryptTo": (_KEY,),
    "s3:ListAllMyBuckets": (NOTHING,),
    **_s3(_BUCKET_ACTIONS, _BUCKET),
    **_s3(_OBJECT_ACTIONS, _OBJECT),
}

#: Condition keys that some request has; those that end with a slash or a colon go on with a name.
KEYS = (
    "aws:CurrentTime", "aws:EpochTime", "aws:PrincipalAccount", "aws:PrincipalArn",
    "aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:PrincipalTag/", "aws:PrincipalType",
    "aws:RequestTag/", "aws:RequestedRegion", "aws:ResourceTag/", "aws:SecureTransport", "aws:SourceIp",
    "aws:TagKeys", "aws:UserAgent", "aws:userid", "aws:username", "glue:CredentialIssuingService",
    "glue:RoleAssumedBy", "iam:PassedToService", "iam:PermissionsBoundary", "iam:PolicyARN",
    "iam:ResourceTag/", "kms:CallerAccount", "kms:EncryptionAlgorithm", "kms:EncryptionContext:",
    "kms:EncryptionContextKeys", "kms:KeyOrigin", "kms:KeySpec", "kms:KeyUsage", "kms:RequestAlias",
    "kms:ResourceAliases", "kms:ViaService", "s3:delimiter", "s3:max-keys", "s3:prefix", "s3:x-amz-acl",
    "s3:x-amz-server-side-encryption", "s3:x-amz-storage-class", "sts:ExternalId", "sts:RoleSessionName",
)  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """The actions there are, as people write them, each with the forms of the ARNs it is asked for on."""

    actions: Mapping[str, tuple[str, ...]]

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Services that there are actions of."""
        return tuple(dict.fromkeys(action.partition(":")[0] for action in self.actions))

    def covered(self, pattern: str) -> list[str]:
        """List the actions that a pattern of actions covers."""
        wildcard = compile_text(pattern.lower())
        return [action for action in self.actions if wildcard.matches(action.lower())]

    def nearest_action(self, action: str) -> str | None:
        """Find the action, or the beginning of some or the service, that was perhaps meant."""
        service, _, name = action.partition(":")
        if service.lower() not in self.services:
            found = nearest(service, self.services)
            return f"{found}:{name}" if found else None
        begin = name.partition("*")[0].partition("?")[0]
        wild = len(begin) < len(name)
        own = [each.partition(":")[2] for each in self.actions if each.startswith(service.lower() + ":")]
        found = nearest(begin, [each[: len(begin)] for each in own] if wild else own)
        return found and f"{service.lower()}:{found}{name[len(begin) :] if wild else ''}"


def vocabulary_of(services: Iterable[ServiceModel]) -> Vocabulary:
    """Gather the actions of services, and those that no operation is called like."""
    actions: dict[str, tuple[str, ...]] = {}
    for service in services:
        for operation in service.operations.values():
            members = service.shapes[operation.input]["members"] if operation.input else ()
            permission = permission_of(service.name, operation.name, members)
            # A request that says nothing is about whatever the operation can be about.
            found = permission.resources({}, _SOME, _SOME)
            if permission.templates != (NOTHING,):
                found = [_ANYTHING if form == "*" else form for form in found]
            actions[permission.action] = tuple(found)
    return Vocabulary({**actions, **_BESIDE})


def nearest_key(key: str) -> str | None:
    """Find the condition key that was perhaps meant; None when there is nothing like it."""
    return nearest(key, KEYS)


def is_key(key: str) -> bool:
    """Tell whether some request has a condition key."""
    folded = key.lower()
    return any(
        folded.startswith(known.lower()) if known[-1] in "/:" else folded == known.lower() for known in KEYS
    )


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Find the known word that is most like a text, whatever the case of either."""
    folded = {each.lower(): each for each in known}
    found = get_close_matches(text.lower(), folded, n=1, cutoff=0.75)
    return folded[found[0]] if found else None


def can_be(pattern: str, form: str) -> bool:
    """Tell whether a pattern of resources covers any ARN of a form; `*` as a form is that text itself."""
    if form == NOTHING:
        return set(pattern) == {"*"}
    if form == _BUCKET and "/" in pattern:
        # A bucket's name has no slash, which a pattern cannot know.
        return False
    patterns, forms = pattern.split(":", 5), form.split(":", 5)
    if len(patterns) < len(forms):
        return _meet(pattern, form)
    # Part by part: a star for the region could stand for all that follows, which nobody means by it.
    return all(map(_meet, patterns, forms))


@lru_cache(maxsize=1024)
def _meet(one: str, other: str) -> bool:
    """Tell whether any text fits both patterns: walk the places that both can be at, from the end."""
    width = len(other)
    after = [other[at:].strip("*") == "" for at in range(width + 1)]
    for character in reversed(one):
        here = [False] * (width + 1)
        here[width] = character == "*" and after[width]
        for at in range(width - 1, -1, -1):
            if character == "*" or other[at] == "*":
                # A star stands for nothing more, or for what the other is at.
                here[at] = after[at] or here[at + 1]
            else:
                here[at] = (character in {"?", other[at]} or other[at] == "?") and after[at + 1]
        after = here
    return after[0]
