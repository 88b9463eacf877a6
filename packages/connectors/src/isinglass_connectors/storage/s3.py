"""S3 through boto3: streamed listings, range reads, batched deletes and multipart uploads."""

import io
import itertools
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from isinglass_connectors.storage import urls
from isinglass_connectors.storage.errors import ObjectExists, ObjectNotFound, StorageDenied, StorageError
from isinglass_connectors.storage.objects import Folder, ObjectInfo, PendingUpload, UploadPart
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.window import ObjectReader

#: Connections kept per client: enough for the sink's uploads and a crawl's readers at once.
POOL = 64
_DELETE_BATCH = 1000
_MISSING = {"NoSuchKey", "NoSuchBucket", "404", "NotFound", "NoSuchUpload"}
_PRESENT = {"PreconditionFailed", "412", "ConditionalRequestConflict"}
_DENIED = {"AccessDenied", "403", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}


class _Lock:
    """A lock that travels as a new one: jobs send this module by value to a Spark cluster's workers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __reduce__(self) -> "tuple[type[_Lock], tuple[()]]":
        return _Lock, ()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


#: The session is not safe between threads while it makes a client.
_MAKING_CLIENTS = _Lock()


@contextmanager
def _errors(url: str, operation: str) -> Iterator[None]:
    """Translate boto3's failures; the credentials never reach the text."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        detail = error.response.get("Error", {})
        code, message = str(detail.get("Code", "")), str(detail.get("Message", "") or detail.get("Code", ""))
        if code in _MISSING:
            raise ObjectNotFound(url, operation, message) from error
        if code in _DENIED:
            raise StorageDenied(url, operation, message) from error
        if code in _PRESENT:
            raise ObjectExists(url, operation, "there is an object already") from error
        raise StorageError(url, operation, f"{code}: {message}") from error
    except BotoCoreError as error:
        raise StorageError(url, operation, str(error)) from error


def _info(bucket: str, item: dict[str, Any]) -> ObjectInfo:
    return ObjectInfo(
        f"s3://{bucket}/{item['Key']}",
        item["Size"],
        item["LastModified"].timestamp(),
        item.get("ETag", "").strip('"'),
    )


class S3Storage:
    """Every S3 call of this package; the client is made at the first one."""

    def __init__(self, options: StorageOptions) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._client: Any = None
        self._sent = itertools.count()
        self._requests = 0

    @property
    def requests(self) -> int:
        return self._requests

    def _count(self, **_: Any) -> None:
        # next() is atomic under the GIL, so threads never lose a request.
        self._requests = next(self._sent) + 1

    @property
    def client(self) -> Any:
        """The boto3 client; clients are safe between threads, making one is not."""
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Any:
        import boto3
        from botocore.config import Config

        options = self._options
        config = Config(
            s3={"addressing_style": "path" if options.endpoint else "auto"},
            max_pool_connections=POOL,
            retries={"mode": "standard", "max_attempts": 5},
            connect_timeout=10,
            read_timeout=60,
            # Trailing checksums are an AWS extension that other servers may refuse.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # The process's one session has read S3's model already; one of our own would read it again (0.3 s).
        with _MAKING_CLIENTS:
            client = boto3.client(
                "s3",
                endpoint_url=options.endpoint,
                aws_access_key_id=options.access_key_id,
                aws_secret_access_key=options.secret_access_key,
                aws_session_token=options.session_token,
                region_name=options.region,
                config=config,
            )
        client.meta.events.register("before-send.s3", self._count)
        return client

    def list(self, url: str, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """Stream the keys below a folder; the object itself when the URL names one and no folder."""
        at = urls.parse(url)
        prefix = at.path if not at.path or at.path.endswith("/") else at.path + "/"
        after = None if start_after is None else urls.parse(start_after).path
        found = False
        for page in self._pages(url, at.bucket or "", prefix, after=after):
            for item in page.get("Contents", ()):
                found = True
                yield _info(at.bucket or "", item)
        if not found and at.path and not at.path.endswith("/") and (after is None or at.path > after):
            info = self.stat(url)
            if info is not None:
                yield info

    def _pages(
        self, url: str, bucket: str, prefix: str, *, delimiter: str = "", after: str | None = None
    ) -> Iterator[dict[str, Any]]:
        request: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": 1000}
        if delimiter:
            request["Delimiter"] = delimiter
        if after:
            request["StartAfter"] = after
        while True:
            with _errors(url, "list"):
                page = self.client.list_objects_v2(**request)
            yield page
            if not page.get("IsTruncated"):
                return
            request["ContinuationToken"] = page["NextContinuationToken"]

    def list_prefix(self, url: str) -> Iterator[ObjectInfo]:
        """Stream the keys that start with the URL's, which need not end at a folder."""
        at = urls.parse(url)
        for page in self._pages(url, at.bucket or "", at.path):
            for item in page.get("Contents", ()):
                yield _info(at.bucket or "", item)

    def list_folder(self, url: str) -> Folder:
        at = urls.parse(url)
        prefix = at.path if not at.path or at.path.endswith("/") else at.path + "/"
        folders: list[str] = []
        objects: list[ObjectInfo] = []
        for page in self._pages(url, at.bucket or "", prefix, delimiter="/"):
            folders += [f"s3://{at.bucket}/{item['Prefix']}" for item in page.get("CommonPrefixes", ())]
            objects += [_info(at.bucket or "", i) for i in page.get("Contents", ()) if i["Key"] != prefix]
        return Folder(tuple(folders), tuple(objects))

    def stat(self, url: str) -> ObjectInfo | None:
        at = urls.parse(url)
        try:
            with _errors(url, "stat"):
                head = self.client.head_object(Bucket=at.bucket, Key=at.path)
        except ObjectNotFound:
            return None
        return _info(at.bucket or "", {**head, "Key": at.path, "Size": head["ContentLength"]})

    def read(self, url: str, start: int = 0, length: int | None = None) -> bytes:
        if length == 0:
            return b""
        at = urls.parse(url)
        last = "" if length is None else start + length - 1
        ranged = {"Range": f"bytes={start}-{last}"} if start or length is not None else {}
        try:
            with _errors(url, "read"):
                answer = self.client.get_object(Bucket=at.bucket, Key=at.path, **ranged)
                return cast("bytes", answer["Body"].read())
        except StorageError as error:
            # A range that begins at or after the end: nothing to read, as in a file.
            if "InvalidRange" in error.reason or error.reason.startswith("416"):
                return b""
            raise

    def open(self, url: str, size: int | None = None) -> BinaryIO:
        if size is None:
            info = self.stat(url)
            if info is None:
                raise ObjectNotFound(url, "open", "no such object")
            size = info.size
        raw = ObjectReader(lambda start, length: self.read(url, start, length), size)
        return cast("BinaryIO", io.BufferedReader(raw, buffer_size=1 << 16))

    def write(self, url: str, data: bytes) -> None:
        at = urls.parse(url)
        with _errors(url, "write"):
            self.client.put_object(Bucket=at.bucket, Key=at.path, Body=data)

    def create(self, url: str, data: bytes) -> None:
        at = urls.parse(url)
        with _errors(url, "create"):
            self.client.put_object(Bucket=at.bucket, Key=at.path, Body=data, IfNoneMatch="*")

    def delete(self, targets: Iterable[str]) -> None:
        buckets: dict[str, list[str]] = {}
        for url in targets:
            at = urls.parse(url)
            buckets.setdefault(at.bucket or "", []).append(at.path)
        for bucket, keys in buckets.items():
            for start in range(0, len(keys), _DELETE_BATCH):
                self._delete_batch(bucket, keys[start : start + _DELETE_BATCH])

    def _delete_batch(self, bucket: str, keys: Sequence[str]) -> None:
        url = f"s3://{bucket}/{keys[0]}"
        with _errors(url, "delete"):
            answer = self.client.delete_objects(
                Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
        failed = [e for e in answer.get("Errors", ()) if e.get("Code") not in _MISSING]
        if failed:
            first = failed[0]
            kind = StorageDenied if first.get("Code") in _DENIED else StorageError
            reason = f"{first.get('Message') or first.get('Code')} ({len(failed)} of {len(keys)} objects)"
            raise kind(f"s3://{bucket}/{first.get('Key')}", "delete", reason)

    def start_upload(self, url: str) -> PendingUpload:
        """Begin a multipart upload: nobody sees the object until it is completed."""
        at = urls.parse(url)
        with _errors(url, "upload"):
            answer = self.client.create_multipart_upload(Bucket=at.bucket, Key=at.path)
        return PendingUpload(url, answer["UploadId"])

    def upload_part(self, upload: PendingUpload, number: int, data: bytes) -> UploadPart:
        at = urls.parse(upload.url)
        with _errors(upload.url, "upload"):
            answer = self.client.upload_part(
                Bucket=at.bucket, Key=at.path, UploadId=upload.upload_id, PartNumber=number, Body=data
            )
        return UploadPart(number, answer["ETag"])

    def complete_upload(self, upload: PendingUpload, parts: "tuple[UploadPart, ...]") -> None:
        """Make the object appear; ObjectNotFound when the upload is gone (completed before, or aborted)."""
        at = urls.parse(upload.url)
        with _errors(upload.url, "upload"):
            self.client.complete_multipart_upload(
                Bucket=at.bucket,
                Key=at.path,
                UploadId=upload.upload_id,
                MultipartUpload={"Parts": [{"PartNumber": p.number, "ETag": p.etag} for p in parts]},
            )

    def abort_upload(self, upload: PendingUpload) -> None:
        """Drop a multipart upload and its parts; one that is gone already is no error."""
        at = urls.parse(upload.url)
        try:
            with _errors(upload.url, "abort the upload of"):
                self.client.abort_multipart_upload(Bucket=at.bucket, Key=at.path, UploadId=upload.upload_id)
        except ObjectNotFound:
            return

    def pending_uploads(self, url: str) -> Iterator[PendingUpload]:
        """Stream the uploads below a folder that nobody has completed."""
        at = urls.parse(url)
        prefix = at.path if not at.path or at.path.endswith("/") else at.path + "/"
        request: dict[str, Any] = {"Bucket": at.bucket, "Prefix": prefix}
        while True:
            with _errors(url, "list the uploads of"):
                page = self.client.list_multipart_uploads(**request)
            for item in page.get("Uploads", ()):
                yield PendingUpload(f"s3://{at.bucket}/{item['Key']}", item["UploadId"])
            if not page.get("IsTruncated"):
                return
            request["KeyMarker"] = page["NextKeyMarker"]
            request["UploadIdMarker"] = page["NextUploadIdMarker"]
