"""No call of one account reaches the buckets of another."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from server_fixtures import ROOT_KEY, ROOT_SECRET, start_server, stop_server

FOREIGN = "111122223333"


@pytest.fixture
def bucket(live_server):
    name = f"lake-{uuid.uuid4().hex[:12]}"
    owner = live_server.client("s3")
    owner.create_bucket(Bucket=name)
    owner.put_object(Bucket=name, Key="secret", Body=b"mine")
    return name


@pytest.fixture
def stranger(live_server):
    return live_server.client("s3", FOREIGN)


CALLS = {
    "head_bucket": {}, "get_bucket_location": {}, "get_bucket_acl": {}, "get_bucket_policy": {},
    "get_bucket_tagging": {}, "get_bucket_versioning": {}, "get_bucket_cors": {}, "delete_bucket": {},
    "get_bucket_lifecycle_configuration": {}, "get_bucket_encryption": {}, "delete_bucket_policy": {},
    "list_objects": {}, "list_objects_v2": {}, "list_object_versions": {}, "list_multipart_uploads": {},
    "put_bucket_policy": {"Policy": "{}"}, "put_bucket_acl": {"ACL": "public-read"},
    "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
    "get_object": {"Key": "secret"}, "head_object": {"Key": "secret"}, "put_object": {"Key": "k", "Body": b"x"},
    "delete_object": {"Key": "secret"}, "get_object_tagging": {"Key": "secret"},
    "delete_objects": {"Delete": {"Objects": [{"Key": "secret"}]}}, "get_object_acl": {"Key": "secret"},
    "get_object_attributes": {"Key": "secret", "ObjectAttributes": ["ETag"]},
    "put_object_acl": {"Key": "secret", "ACL": "public-read"}, "create_multipart_upload": {"Key": "k"},
    "upload_part": {"Key": "k", "UploadId": "u", "PartNumber": 1, "Body": b"x"},
    "list_parts": {"Key": "k", "UploadId": "u"}, "abort_multipart_upload": {"Key": "k", "UploadId": "u"},
    "complete_multipart_upload": {"Key": "k", "UploadId": "u", "MultipartUpload": {"Parts": []}},
    "put_object_tagging": {"Key": "secret", "Tagging": {"TagSet": []}}, "delete_object_tagging": {"Key": "secret"},
}  # fmt: skip


@pytest.mark.parametrize("call", sorted(CALLS))
def test_foreign_bucket_every_call_denied(bucket, stranger, call):
    with pytest.raises(ClientError) as raised:
        getattr(stranger, call)(Bucket=bucket, **CALLS[call])
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_foreign_bucket_name_taken_by_create(bucket, stranger):
    with pytest.raises(stranger.exceptions.BucketAlreadyExists):
        stranger.create_bucket(Bucket=bucket)


@pytest.mark.parametrize(
    "source",
    ["{bucket}/secret", "/{bucket}/secret", "%2F{bucket}%2Fsecret", "{own}/../{bucket}/secret", "{own}/%2e%2e/{bucket}/secret",
     "{own}/%252e%252e/{bucket}/secret"],
)  # fmt: skip
@pytest.mark.parametrize("call", ["copy_object", "upload_part_copy"])
def test_foreign_source_copy_denied(live_server, bucket, stranger, source, call):
    own = f"own-{uuid.uuid4().hex[:12]}"
    stranger.create_bucket(Bucket=own)
    more = {"UploadId": "u", "PartNumber": 1} if call == "upload_part_copy" else {}
    header = source.format(bucket=bucket, own=own)

    def set_source(request, **_):
        del request.headers["x-amz-copy-source"]
        request.headers["x-amz-copy-source"] = header

    stranger.meta.events.register("before-sign.s3", set_source)
    with pytest.raises(ClientError) as raised:
        getattr(stranger, call)(Bucket=own, Key="k", CopySource="x/y", **more)
    assert raised.value.response["Error"]["Code"] in {"AccessDenied", "InvalidArgument"}


@pytest.mark.parametrize("escape", ["../{bucket}/secret", "a/../../{bucket}/secret", "./{bucket}", "a\\b"])
@pytest.mark.parametrize(
    "call", ["get_object", "put_object", "delete_object", "delete_objects", "list_objects_v2"]
)
def test_key_that_climbs_refused(bucket, stranger, escape, call):
    own = f"own-{uuid.uuid4().hex[:12]}"
    stranger.create_bucket(Bucket=own)
    key = escape.format(bucket=bucket)
    arguments = {
        "delete_objects": {"Delete": {"Objects": [{"Key": key}]}},
        "list_objects_v2": {"Prefix": key},
    }.get(call, {"Key": key})
    with pytest.raises(ClientError) as raised:
        getattr(stranger, call)(Bucket=own, **arguments)
    assert raised.value.response["Error"]["Code"] in {"InvalidArgument", "InvalidBucketName", "InvalidURI"}


@pytest.mark.parametrize("call", ["get_object", "put_object", "delete_object"])
def test_key_of_slashes_alone_refused(live_server, bucket, call):
    with pytest.raises(ClientError, match=r"InvalidArgument|InvalidURI"):
        getattr(live_server.client("s3"), call)(Bucket=bucket, Key="//")


def test_list_buckets_shows_own_only(live_server, new_account, bucket):
    mine = live_server.client("s3", new_account)
    name = f"mine-{uuid.uuid4().hex[:12]}"
    mine.create_bucket(Bucket=name)
    assert [found["Name"] for found in mine.list_buckets()["Buckets"]] == [name]


def test_own_bucket_made_on_first_need_and_nobody_elses(live_server, new_account, stranger):
    name = f"isinglass-{new_account}"
    with pytest.raises(stranger.exceptions.BucketAlreadyExists):
        stranger.create_bucket(Bucket=name)
    mine = live_server.client("s3", new_account)
    mine.put_object(Bucket=name, Key="scripts/a.py", Body=b"1")
    assert mine.get_object(Bucket=name, Key="scripts/a.py")["Body"].read() == b"1"


def test_deleted_bucket_name_free_again(live_server, new_account, stranger):
    name = f"passed-on-{uuid.uuid4().hex[:12]}"
    mine = live_server.client("s3", new_account)
    mine.create_bucket(Bucket=name)
    mine.put_object(Bucket=name, Key="k", Body=b"x")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        mine.delete_bucket(Bucket=name)
    mine.delete_object(Bucket=name, Key="k")
    mine.delete_bucket(Bucket=name)
    stranger.create_bucket(Bucket=name)
    assert stranger.list_objects_v2(Bucket=name)["KeyCount"] == 0


def test_bucket_made_while_one_of_its_name_is_deleted_is_its_owners_or_not_there(live_server):
    owner = live_server.client("s3")

    def outcome(call, **arguments):
        try:
            call(**arguments)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "done"

    found = set()
    for _ in range(12):
        name = f"lake-{uuid.uuid4().hex[:12]}"
        owner.create_bucket(Bucket=name)
        with ThreadPoolExecutor(2) as pool:
            pool.submit(outcome, owner.delete_bucket, Bucket=name)
            pool.submit(outcome, owner.create_bucket, Bucket=name)
        listed = name in [bucket["Name"] for bucket in owner.list_buckets()["Buckets"]]
        found.add(
            (listed, outcome(owner.head_bucket, Bucket=name), outcome(owner.create_bucket, Bucket=name))
        )
    assert found <= {(True, "done", "BucketAlreadyOwnedByYou"), (False, "404", "done")}


def test_bucket_whose_making_again_fails_stays_its_owners(live_server, bucket, stranger):
    owner = live_server.client("s3")

    def nonsense(request, **_):
        request.headers["x-amz-acl"] = "nonsense"

    owner.meta.events.register("before-sign.s3.CreateBucket", nonsense)
    with pytest.raises(ClientError) as raised:
        owner.create_bucket(Bucket=bucket)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(stranger.exceptions.BucketAlreadyExists):
        stranger.create_bucket(Bucket=bucket)
    assert owner.get_object(Bucket=bucket, Key="secret")["Body"].read() == b"mine"


def test_bucket_of_another_object_store_is_not_had_by_making_it(live_server, bucket, tmp_path):
    front = start_server(
        tmp_path,
        "--s3-endpoint",
        live_server.s3_endpoint,
        AWS_ACCESS_KEY_ID=ROOT_KEY,
        AWS_SECRET_ACCESS_KEY=ROOT_SECRET,
    )
    try:
        stranger = front.client("s3", FOREIGN)
        with pytest.raises(stranger.exceptions.BucketAlreadyExists):
            stranger.create_bucket(Bucket=bucket)
        with pytest.raises(ClientError, match="AccessDenied"):
            stranger.get_object(Bucket=bucket, Key="secret")
        assert front.client("s3").get_object(Bucket=bucket, Key="secret")["Body"].read() == b"mine"
    finally:
        assert stop_server(front) == 0
