"""Which permissions an S3 request needs, and whether its caller has them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from isinglass.domain.access.decide import Question
from isinglass.domain.access.principals import is_root
from isinglass.domain.permissions.copies import Errand, copies_of, errand_of
from isinglass.domain.permissions.principals import Asker
from isinglass.gateway.s3.authentication import Caller
from isinglass.gateway.s3.errors import S3Error, access_denied
from isinglass.gateway.s3.locations import Locations, Touch
from isinglass.gateway.s3.request import PRESIGNED_PARAMETERS, S3Request, copy_source, stored_key
from isinglass.gateway.standings import Standings
from isinglass.store.access_keys import AccessKey

_ARN = "arn:aws:s3:::"

#: What the query asks of a bucket, for reading and for changing it; where AWS has other words than usual.
_BUCKET_WORDS = {
    "accelerate": ("GetAccelerateConfiguration", "PutAccelerateConfiguration"),
    "analytics": ("GetAnalyticsConfiguration", "PutAnalyticsConfiguration"),
    "cors": ("GetBucketCORS", "PutBucketCORS"),
    "encryption": ("GetEncryptionConfiguration", "PutEncryptionConfiguration"),
    "inventory": ("GetInventoryConfiguration", "PutInventoryConfiguration"),
    "lifecycle": ("GetLifecycleConfiguration", "PutLifecycleConfiguration"),
    "metrics": ("GetMetricsConfiguration", "PutMetricsConfiguration"),
    "object-lock": ("GetBucketObjectLockConfiguration", "PutBucketObjectLockConfiguration"),
    "ownershipControls": ("GetBucketOwnershipControls", "PutBucketOwnershipControls"),
    "policyStatus": ("GetBucketPolicyStatus", ""),
    "publicAccessBlock": ("GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"),
    "replication": ("GetReplicationConfiguration", "PutReplicationConfiguration"),
    "requestPayment": ("GetBucketRequestPayment", "PutBucketRequestPayment"),
    "uploads": ("ListBucketMultipartUploads", ""),
    "versions": ("ListBucketVersions", ""),
}
_BUCKET_PLAIN = frozenset(
    {"acl", "location", "logging", "notification", "policy", "tagging", "versioning", "website"}
)
_OBJECT_WORDS = {
    "acl": ("GetObjectAcl", "PutObjectAcl"),
    "legal-hold": ("GetObjectLegalHold", "PutObjectLegalHold"),
    "restore": ("", "RestoreObject"),
    "retention": ("GetObjectRetention", "PutObjectRetention"),
    "tagging": ("GetObjectTagging", "PutObjectTagging"),
    "torrent": ("GetObjectTorrent", ""),
}

#: What reads the files of a table.
_READS = frozenset({"s3:GetObject", "s3:ListBucket"})


@dataclass(frozen=True, slots=True)
class Need:
    """One permission that a request needs."""

    action: str
    resource: str


@dataclass(eq=False)
class MissingPermission(S3Error):
    """The caller lacks a permission; the message says which."""

    need: Need = Need("", "")


def needs_of(request: S3Request) -> list[Need]:
    """List the permissions that a request needs, apart from those to the keys in a deletion's document."""
    if not request.bucket:
        return [Need("s3:ListAllMyBuckets", "*")]
    if not request.key:
        return [] if _deletes_many(request) else [Need(_bucket_action(request), _ARN + request.bucket)]
    arn = _arn_of(request.bucket, request.key)
    needs = [Need(_object_action(request), arn)]
    source = copy_source(request)
    if source is not None:
        needs.append(Need("s3:GetObject", _arn_of(*source)))
    if request.method in {"PUT", "POST"}:
        for header, action in (("x-amz-tagging", "s3:PutObjectTagging"), ("x-amz-acl", "s3:PutObjectAcl")):
            if request.header(header) is not None:
                needs.append(Need(action, arn))
    return needs


def needs_of_deletion(request: S3Request, keys: Iterable[str]) -> list[Need]:
    """List the permissions that the deletion of these keys needs."""
    return [Need("s3:DeleteObject", _arn_of(request.bucket, key)) for key in keys]


def changes(request: S3Request) -> bool:
    """Tell whether a request changes what is stored."""
    return request.method not in {"GET", "HEAD"}


class ObjectPermissions:
    """Decides requests by the same policies as the API; accounts may do everything with their buckets."""

    def __init__(
        self, standings: Standings, locations: Locations, clock: Callable[[], float], region: str
    ) -> None:
        self._standings = standings
        self._locations = locations
        self._clock = clock
        self._region = region

    def require(self, caller: Caller, request: S3Request, needs: Iterable[Need]) -> None:
        """Raise MissingPermission unless the caller has every permission."""
        if not is_root(caller.key.principal_arn):
            self._require(caller.key, request, needs)
            return
        errand = errand_of(caller.key.context)
        if errand is not None:
            others = [need for need in needs if not self._is_errand(errand, caller.account_id, request, need)]
            reader = self._standings.key(errand.access_key_id)
            if others and (reader is None or changes(request)):
                raise access_denied("This place is none that the table's copy is made from.")
            if others and reader is not None and not is_root(reader.principal_arn):
                self._require(reader, request, others)

    def _is_errand(self, errand: Errand, account_id: str, request: S3Request, need: Need) -> bool:
        """Tell whether a permission is what a key for copying is for: the copy, or a guarded table."""
        touch = _touch(request, need)
        if touch.path.startswith(errand.target):
            return True
        reads = not changes(request) and touch.path.startswith(errand.source or "/")
        return reads and self._locations.guards(account_id, errand.source)

    def _require(self, key: AccessKey, request: S3Request, needs: Iterable[Need]) -> None:
        arn, account_id = key.principal_arn, key.account_id
        standing = self._standings.of(key).standing
        facts = self.facts(request)
        copies = copies_of(account_id, key.access_key_id)
        others = []
        for need in needs:
            touch = _touch(request, need)
            if need.action in _READS and touch.path.startswith(copies):
                # Whoever may read the cells may read their copy, of whose place no policy could know.
                continue
            others.append(touch)
            decision = standing.decide(Question(arn, account_id, need.action, need.resource, facts))
            if not decision.allowed:
                raise MissingPermission("AccessDenied", decision.reason, 403, need=need)
        self._locations.require(Asker(account_id, arn, standing.identity_arn), key.access_key_id, others)

    def facts(self, request: S3Request) -> dict[str, tuple[str, ...]]:
        """Gather what conditions may ask of a request."""
        now = self._clock()
        facts: dict[str, tuple[str, ...]] = {
            "aws:currenttime": (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),),
            "aws:epochtime": (str(int(now)),),
            "aws:requestedregion": (self._region,),
            "aws:securetransport": ("false",),
            "aws:useragent": (request.header("user-agent") or "",),
        }
        if request.client:
            facts["aws:sourceip"] = (request.client,)
        if not request.key:
            for name in ("delimiter", "max-keys"):
                if name in request.query:
                    facts[f"s3:{name}"] = (request.query[name],)
            facts["s3:prefix"] = (stored_key(request.query.get("prefix", "")),)
        for name in ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-storage-class"):
            value = request.said(name)
            if value:
                facts[f"s3:{name}"] = (value,)
        return facts


def _arn_of(bucket: str, key: str) -> str:
    return f"{_ARN}{bucket}/{stored_key(key)}"


def _touch(request: S3Request, need: Need) -> Touch:
    return Touch(
        need.action, need.resource, request.query.get("prefix", ""), request.query.get("delimiter", "")
    )


def _deletes_many(request: S3Request) -> bool:
    return request.method == "POST" and "delete" in request.query


def _asked(request: S3Request, words: Iterable[str]) -> str | None:
    given = {name for name in request.query if name not in PRESIGNED_PARAMETERS}
    return next((word for word in words if word in given), None)


def _bucket_action(request: S3Request) -> str:
    reads = not changes(request)
    word = _asked(request, _BUCKET_WORDS)
    if word is not None:
        return f"s3:{_BUCKET_WORDS[word][not reads] or 'PutBucketConfiguration'}"
    word = _asked(request, _BUCKET_PLAIN)
    if word is not None:
        name = word.capitalize()
        if word == "policy" and request.method == "DELETE":
            return "s3:DeleteBucketPolicy"
        if word == "website" and request.method == "DELETE":
            return "s3:DeleteBucketWebsite"
        return f"s3:{'Get' if reads else 'Put'}Bucket{name}"
    return {"PUT": "s3:CreateBucket", "DELETE": "s3:DeleteBucket"}.get(request.method, "s3:ListBucket")


def _object_action(request: S3Request) -> str:
    reads = not changes(request)
    word = _asked(request, _OBJECT_WORDS)
    versioned = "versionId" in request.query
    if word is not None:
        if word == "tagging" and request.method == "DELETE":
            return f"s3:DeleteObject{'Version' if versioned else ''}Tagging"
        action = _OBJECT_WORDS[word][not reads] or "PutObject"
        return "s3:" + (action.replace("Object", "ObjectVersion", 1) if versioned else action)
    if "uploadId" in request.query:
        kinds = {"GET": "ListMultipartUploadParts", "DELETE": "AbortMultipartUpload"}
        return f"s3:{kinds.get(request.method, 'PutObject')}"
    if request.method == "DELETE":
        return f"s3:DeleteObject{'Version' if versioned else ''}"
    if reads:
        return f"s3:GetObject{'Version' if versioned else ''}"
    return "s3:PutObject"
