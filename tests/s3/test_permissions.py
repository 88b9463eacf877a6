"""Users and roles reach objects as far as their policies say."""

import json
import uuid
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from server_fixtures import LiveServer, wait_for


@pytest.fixture
def bucket(live_server: LiveServer) -> str:
    name = f"lake-{uuid.uuid4().hex[:12]}"
    owner = live_server.client("s3")
    owner.create_bucket(Bucket=name)
    for key in ("raw/a", "raw/b", "curated/a"):
        owner.put_object(Bucket=name, Key=key, Body=b"mine")
    return name


def _user(live_server: LiveServer, *statements: dict[str, Any]) -> Any:
    """Make a user with these permissions, and an S3 client that signs as it."""
    iam, name = live_server.client("iam"), f"u{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.client(
        "s3",
        endpoint_url=live_server.s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def _allow(*actions: str, on: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": f"arn:aws:s3:::{on}", **more}


def _refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(caught.value.response["Error"]["Message"])


CALLS: dict[str, tuple[dict[str, Any], str, str]] = {
    "list_objects_v2": ({}, "s3:ListBucket", ""),
    "list_object_versions": ({}, "s3:ListBucketVersions", ""),
    "list_multipart_uploads": ({}, "s3:ListBucketMultipartUploads", ""),
    "get_bucket_location": ({}, "s3:GetBucketLocation", ""),
    "get_bucket_acl": ({}, "s3:GetBucketAcl", ""),
    "get_bucket_cors": ({}, "s3:GetBucketCORS", ""),
    "put_bucket_tagging": ({"Tagging": {"TagSet": []}}, "s3:PutBucketTagging", ""),
    "delete_bucket_policy": ({}, "s3:DeleteBucketPolicy", ""),
    "delete_bucket": ({}, "s3:DeleteBucket", ""),
    "create_bucket": ({}, "s3:CreateBucket", ""),
    "get_object": ({"Key": "raw/a"}, "s3:GetObject", "/raw/a"),
    "get_object_tagging": ({"Key": "raw/a"}, "s3:GetObjectTagging", "/raw/a"),
    "put_object": ({"Key": "raw/c", "Body": b"x"}, "s3:PutObject", "/raw/c"),
    "delete_object": ({"Key": "raw/a"}, "s3:DeleteObject", "/raw/a"),
    "delete_objects": ({"Delete": {"Objects": [{"Key": "raw/a"}]}}, "s3:DeleteObject", "/raw/a"),
    "create_multipart_upload": ({"Key": "raw/c"}, "s3:PutObject", "/raw/c"),
    "upload_part": (
        {"Key": "raw/c", "UploadId": "u", "PartNumber": 1, "Body": b"x"}, "s3:PutObject", "/raw/c",
    ),
    "list_parts": ({"Key": "raw/c", "UploadId": "u"}, "s3:ListMultipartUploadParts", "/raw/c"),
    "abort_multipart_upload": ({"Key": "raw/c", "UploadId": "u"}, "s3:AbortMultipartUpload", "/raw/c"),
    "put_object_acl": ({"Key": "raw/a", "ACL": "private"}, "s3:PutObjectAcl", "/raw/a"),
}  # fmt: skip


def test_every_call_without_policy_names_the_permission_it_needs(live_server: LiveServer, bucket: str):
    user = _user(live_server)
    wrong = {}
    for name, (arguments, action, key) in CALLS.items():
        told = _refusal(getattr(user, name), Bucket=bucket, **arguments)
        if f"{action} on resource: arn:aws:s3:::{bucket}{key} because no identity-based policy" not in told:
            wrong[name] = told
    assert wrong == {}
    assert "s3:ListAllMyBuckets" in _refusal(user.list_buckets)


def test_prefix_that_is_allowed_is_all_that_is_reached(live_server: LiveServer, bucket: str):
    listing = _allow("s3:ListBucket", on=bucket, Condition={"StringLike": {"s3:prefix": "raw/*"}})
    user = _user(live_server, listing, _allow("s3:*Object*", on=f"{bucket}/raw/*"))
    found = user.list_objects_v2(Bucket=bucket, Prefix="raw/")["Contents"]
    assert [each["Key"] for each in found] == ["raw/a", "raw/b"]
    _refusal(user.list_objects_v2, Bucket=bucket)
    assert user.get_object(Bucket=bucket, Key="raw/a")["Body"].read() == b"mine"
    user.put_object(Bucket=bucket, Key="raw/new", Body=b"x")
    assert f"{bucket}/curated/a" in _refusal(user.get_object, Bucket=bucket, Key="curated/a")
    assert f"{bucket}/curated/a" in _refusal(
        user.copy_object, Bucket=bucket, Key="raw/stolen", CopySource=f"{bucket}/curated/a"
    )


@pytest.mark.parametrize("key", ["/raw/a", "//raw/a", "raw//a"])
def test_key_that_the_store_takes_for_another_is_decided_as_that(
    live_server: LiveServer, bucket: str, key: str
):
    denied = {**_allow("s3:*", on=f"{bucket}/raw/a"), "Effect": "Deny"}
    user = _user(live_server, _allow("s3:*", on="*"), denied)
    place = {"Bucket": bucket, "Key": key}
    for told in (
        _refusal(user.get_object, **place),
        _refusal(user.put_object, **place, Body=b"x"),
        _refusal(user.delete_object, **place),
        _refusal(user.copy_object, Bucket=bucket, Key="mine", CopySource=place),
        _refusal(user.delete_objects, Bucket=bucket, Delete={"Objects": [{"Key": key}]}),
    ):
        assert f"on resource: arn:aws:s3:::{bucket}/raw/a with an explicit deny" in told
    hidden = {"Condition": {"StringLike": {"s3:prefix": "raw/*"}}}
    nosy = _user(
        live_server,
        _allow("s3:ListBucket", on=bucket),
        {**_allow("s3:ListBucket", on=bucket, **hidden), "Effect": "Deny"},
    )
    _refusal(nosy.list_objects_v2, Bucket=bucket, Prefix=key)


def test_deletion_of_many_is_refused_when_one_is_not_allowed(live_server: LiveServer, bucket: str):
    user = _user(live_server, _allow("s3:DeleteObject", on=f"{bucket}/raw/*"))
    keys = [{"Key": "raw/a"}, {"Key": "curated/a"}]
    assert "curated/a" in _refusal(user.delete_objects, Bucket=bucket, Delete={"Objects": keys})
    left = live_server.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"]
    assert left == 3
    assert len(user.delete_objects(Bucket=bucket, Delete={"Objects": keys[:1]})["Deleted"]) == 1


def test_writes_and_denials_are_in_the_audit_log(live_server: LiveServer, bucket: str):
    user = _user(live_server, _allow("s3:PutObject", on=f"{bucket}/raw/*"))
    user.put_object(Bucket=bucket, Key="raw/new", Body=b"x")
    arn = f"arn:aws:s3:::{bucket}/raw/new"
    (written,) = _events(live_server, "PutObject", arn)
    assert (written["Outcome"], written["Resources"], written["ReadOnly"]) == ("SUCCESS", [arn], False)
    _refusal(user.get_object, Bucket=bucket, Key="raw/new")
    (denied,) = wait_for(lambda: _events(live_server, "GetObject", arn))
    assert (denied["Outcome"], denied["MissingPermission"], denied["MissingOn"]) == (
        "DENIED",
        "s3:GetObject",
        arn,
    )


def _events(live_server: LiveServer, operation: str, resource: str) -> list[dict[str, Any]]:
    printed = live_server.cli("audit", "--operation", operation, "--resource", resource, "--json").stdout
    found: list[dict[str, Any]] = json.loads(printed)
    return found
