"""Objects lie encrypted in the embedded store, and only who may use their key reads them."""

import base64
import http.client
import io
import json
import os
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from server_fixtures import ROOT_KEY, ROOT_SECRET, LiveServer, start_server, stop_server

PART = 5 << 20
AES: dict[str, Any] = {"ServerSideEncryption": "AES256"}


@dataclass
class Vault:
    """A server whose data lies where tests look, with a bucket and a key of its own."""

    server: LiveServer
    s3: Any
    kms: Any
    key: str
    bucket: str

    def under_key(self) -> dict[str, Any]:
        """Ask for the account's key."""
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.key}

    def read(self, key: str, **more: Any) -> bytes:
        """Read an object."""
        return bytes(self.s3.get_object(Bucket=self.bucket, Key=key, **more)["Body"].read())

    def on_disk(self, text: bytes) -> list[str]:
        """Name the files of the server that hold a text."""
        return on_disk(self.server.home, text)


def on_disk(folder: Path, text: bytes) -> list[str]:
    """Name the files below a folder that hold a text."""
    found = subprocess.run(
        ["grep", "-rlaF", text.decode(), str(folder)], capture_output=True, text=True, check=False
    )
    return found.stdout.splitlines()


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    server = start_server(tmp_path_factory.mktemp("vault"))
    s3, kms = server.client("s3"), server.client("kms")
    s3.create_bucket(Bucket="vault")
    made = Vault(server, s3, kms, kms.create_key()["KeyMetadata"]["Arn"], "vault")
    yield made
    assert stop_server(made.server) == 0  # a test may have started another


@pytest.fixture
def marker() -> bytes:
    return f"marker-{uuid.uuid4().hex}".encode()


def _user(server: LiveServer, *statements: dict[str, Any]) -> Any:
    """Make a user with these permissions, and an S3 client that signs as it."""
    iam, name = server.client("iam"), f"u{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.client(
        "s3",
        endpoint_url=server.s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def _allow(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def _refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return str(error["Code"]), str(error["Message"])


def _put(vault: Vault, key: str, body: bytes, asked: dict[str, Any]) -> None:
    vault.s3.put_object(Bucket=vault.bucket, Key=key, Body=body, **asked)


def _put_stream(vault: Vault, key: str, body: bytes, asked: dict[str, Any]) -> None:
    stream = io.BytesIO(body)
    vault.s3.put_object(Bucket=vault.bucket, Key=key, Body=stream, ChecksumAlgorithm="SHA256", **asked)


def _put_presigned(vault: Vault, key: str, body: bytes, asked: dict[str, Any]) -> None:
    names = {"ServerSideEncryption": "", "SSEKMSKeyId": "-aws-kms-key-id"}
    headers = {f"x-amz-server-side-encryption{names[name]}": value for name, value in asked.items()}
    url = vault.server.client("s3", signature_version="s3v4").generate_presigned_url(
        "put_object", Params={"Bucket": vault.bucket, "Key": key, **asked}, ExpiresIn=60
    )
    urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PUT")).close()


def _upload_parts(vault: Vault, key: str, body: bytes, asked: dict[str, Any]) -> None:
    made = vault.s3.create_multipart_upload(Bucket=vault.bucket, Key=key, **asked)
    assert made["ServerSideEncryption"] == asked["ServerSideEncryption"]
    upload = {"Bucket": vault.bucket, "Key": key, "UploadId": made["UploadId"]}
    parts = [
        {"PartNumber": number, "ETag": vault.s3.upload_part(**upload, PartNumber=number, Body=piece)["ETag"]}
        for number, piece in enumerate((body[:PART], body[PART:]), start=1)
    ]
    vault.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})


WAYS = [_put, _put_stream, _put_presigned, _upload_parts]


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms"])
def test_object_written_encrypted_is_read_whole_and_in_ranges_and_not_found_on_disk(
    vault: Vault, marker: bytes, write: Callable[..., None], algorithm: str
) -> None:
    asked = AES if algorithm == "AES256" else vault.under_key()
    # Nothing of it compresses, so that a search of the disk would find what lies in the clear.
    body = os.urandom(PART) + marker + os.urandom(99) if write is _upload_parts else marker
    write(vault, "written", body, asked)
    head = vault.s3.head_object(Bucket=vault.bucket, Key="written")
    assert {name: head.get(name) for name in asked} == asked
    assert vault.read("written") == body
    cut = len(body) - 20
    assert vault.read("written", Range=f"bytes={cut}-{cut + 9}") == body[cut : cut + 10]
    assert vault.on_disk(marker) == []


def test_object_without_encryption_is_found_on_disk(vault: Vault, marker: bytes) -> None:
    vault.s3.put_object(Bucket=vault.bucket, Key="plain", Body=marker)
    assert vault.on_disk(marker) != []


def test_copy_is_encrypted_as_it_is_asked_for(vault: Vault, marker: bytes) -> None:
    source = {"Bucket": vault.bucket, "Key": "source"}
    vault.s3.put_object(**source, Body=marker, **vault.under_key())
    copied = vault.s3.copy_object(Bucket=vault.bucket, Key="own", CopySource=source, **AES)
    assert copied["ServerSideEncryption"] == "AES256"
    upload = vault.s3.create_multipart_upload(Bucket=vault.bucket, Key="parts", **vault.under_key())
    place = {"Bucket": vault.bucket, "Key": "parts", "UploadId": upload["UploadId"]}
    part = vault.s3.upload_part_copy(
        **place, PartNumber=1, CopySource={"Bucket": vault.bucket, "Key": "own"}
    )["CopyPartResult"]
    vault.s3.complete_multipart_upload(
        **place, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    )
    assert (vault.read("own"), vault.read("parts")) == (marker, marker)
    assert vault.on_disk(marker) == []


def test_caller_needs_the_permission_to_use_the_key(vault: Vault, marker: bytes) -> None:
    user = _user(vault.server, _allow("s3:*"))
    vault.s3.put_object(Bucket=vault.bucket, Key="locked", Body=marker, **vault.under_key())
    place = {"Bucket": vault.bucket, "Key": "locked"}
    refused = {
        "put": _refusal(user.put_object, **place, Body=b"x", **vault.under_key()),
        "create": _refusal(user.create_multipart_upload, **place, **vault.under_key()),
        "get": _refusal(user.get_object, **place),
        "range": _refusal(user.get_object, **place, Range="bytes=0-1"),
        "copy": _refusal(user.copy_object, Bucket=vault.bucket, Key="copied", CopySource=place),
    }
    action = {name: message.split("perform: ")[1].split(" ")[0] for name, (_, message) in refused.items()}
    assert action == {
        "put": "kms:GenerateDataKey",
        "create": "kms:GenerateDataKey",
        "get": "kms:Decrypt",
        "range": "kms:Decrypt",
        "copy": "kms:Decrypt",
    }
    assert {code for code, _ in refused.values()} == {"AccessDenied"}
    assert user.head_object(**place)["SSEKMSKeyId"] == vault.key  # as on S3 this needs no key
    assert vault.read("locked") == marker
    allowed = _user(vault.server, _allow("s3:*"), _allow("kms:Decrypt", "kms:GenerateDataKey"))
    allowed.put_object(**place, Body=b"by the user", **vault.under_key())
    assert allowed.get_object(**place)["Body"].read() == b"by the user"


def test_own_key_of_the_account_needs_no_permission_of_its_own(vault: Vault, marker: bytes) -> None:
    user = _user(vault.server, _allow("s3:*"))
    place = {"Bucket": vault.bucket, "Key": "service-key"}
    made = user.put_object(**place, Body=marker, ServerSideEncryption="aws:kms")
    alias = vault.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"]
    assert (made["SSEKMSKeyId"], user.get_object(**place)["Body"].read()) == (alias, marker)


def test_key_that_cannot_be_used_now_is_told_as_s3_tells_it(vault: Vault, marker: bytes) -> None:
    key = vault.kms.create_key()["KeyMetadata"]["Arn"]
    asked = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    place = {"Bucket": vault.bucket, "Key": "guarded"}
    vault.s3.put_object(**place, Body=marker, **asked)
    vault.kms.disable_key(KeyId=key)
    assert _refusal(vault.s3.get_object, **place) == ("KMS.DisabledException", f"{key} is disabled.")
    assert _refusal(vault.s3.put_object, **place, Body=b"", **asked)[0] == "KMS.DisabledException"
    vault.kms.enable_key(KeyId=key)
    assert vault.read("guarded") == marker
    vault.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert _refusal(vault.s3.get_object, **place)[0] == "KMS.KMSInvalidStateException"
    unknown = f"arn:aws:kms:us-east-1:{vault.server.account}:key/{uuid.uuid4()}"
    asked["SSEKMSKeyId"] = unknown
    refused = _refusal(vault.s3.put_object, **place, Body=b"", **asked)
    assert refused == ("KMS.NotFoundException", f"Key '{unknown}' does not exist")


def test_bucket_encrypts_what_comes_without_a_word_on_it(vault: Vault, marker: bytes) -> None:
    name = f"default-{uuid.uuid4().hex[:8]}"
    vault.s3.create_bucket(Bucket=name)
    unset = "ServerSideEncryptionConfigurationNotFoundError"
    assert _refusal(vault.s3.get_bucket_encryption, Bucket=name)[0] == unset
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": vault.key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}
    vault.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rules)
    found = vault.s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    assert found == rules
    silent = vault.s3.put_object(Bucket=name, Key="silent", Body=marker)
    outspoken = vault.s3.put_object(Bucket=name, Key="outspoken", Body=marker, **AES)
    assert (silent["SSEKMSKeyId"], outspoken["ServerSideEncryption"]) == (vault.key, "AES256")
    assert vault.on_disk(marker) == []
    vault.s3.delete_bucket_encryption(Bucket=name)
    assert _refusal(vault.s3.get_bucket_encryption, Bucket=name)[0] == unset
    assert "ServerSideEncryption" not in vault.s3.put_object(Bucket=name, Key="silent", Body=b"x")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"ServerSideEncryption": "aws:kms:dsse"}, "NotImplemented"),
        ({"ServerSideEncryption": "rot13"}, "InvalidArgument"),
        ({"ServerSideEncryption": "AES256", "SSEKMSKeyId": "alias/a"}, "InvalidArgument"),
        ({"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "no key at all"}, "KMS.NotFoundException"),
    ],
)
def test_encryption_that_is_not_to_be_had_is_refused(vault: Vault, asked: Any, expected: str) -> None:
    assert _refusal(vault.s3.put_object, Bucket=vault.bucket, Key="k", Body=b"", **asked)[0] == expected


def test_context_is_bound_to_an_object_put_and_refused_where_it_would_not_be(vault: Vault) -> None:
    context = base64.b64encode(b'{"project":"x"}').decode()
    asked = {**vault.under_key(), "SSEKMSEncryptionContext": context}
    vault.s3.put_object(Bucket=vault.bucket, Key="bound", Body=b"bound", **asked)
    assert vault.read("bound") == b"bound"
    refused = _refusal(vault.s3.create_multipart_upload, Bucket=vault.bucket, Key="bound", **asked)
    assert refused[0] == "NotImplemented"


@pytest.mark.parametrize(
    "said", ["e30=\r\nx-evil: 1\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n", "\u20ac", "{}"]
)
def test_context_that_a_url_says_and_is_no_base64_is_refused(vault: Vault, said: str) -> None:
    sse = "x-amz-server-side-encryption"
    asked = {sse: "aws:kms", f"{sse}-aws-kms-key-id": vault.key, f"{sse}-context": said}
    request = AWSRequest("PUT", f"{vault.server.s3_endpoint}/{vault.bucket}/said", params=asked)
    S3SigV4QueryAuth(Credentials(ROOT_KEY, ROOT_SECRET), "s3", "us-east-1", expires=60).add_auth(request)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(str(request.prepare().url), b"x", method="PUT"))
    assert (refused.value.code, b"<Code>InvalidArgument</Code>" in refused.value.read()) == (400, True)


def test_folder_is_encrypted_only_as_far_as_there_is_nothing_to_encrypt(vault: Vault) -> None:
    place = {"Bucket": vault.bucket, "Key": "folder/"}
    vault.s3.put_object(**place, Body=b"", **AES)
    assert vault.read("folder/") == b""
    assert _refusal(vault.s3.put_object, **place, Body=b"content", **AES)[0] == "NotImplemented"
    assert _refusal(vault.s3.copy_object, **place, CopySource=place, **AES)[0] == "NotImplemented"


def test_object_under_a_key_of_the_client_is_read_with_it_alone(vault: Vault, marker: bytes) -> None:
    brought = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    vault.s3.put_object(Bucket=vault.bucket, Key="brought", Body=marker, **brought)
    assert vault.read("brought", **brought) == marker
    other = {**brought, "SSECustomerKey": os.urandom(32)}
    assert _refusal(vault.s3.get_object, Bucket=vault.bucket, Key="brought", **other)[0] == "AccessDenied"
    assert vault.on_disk(marker) == []


def test_encrypted_objects_are_read_after_a_restart(vault: Vault, marker: bytes) -> None:
    vault.s3.put_object(Bucket=vault.bucket, Key="lasting", Body=marker, **AES)
    vault.s3.put_object(Bucket=vault.bucket, Key="lasting-kms", Body=marker, **vault.under_key())
    assert stop_server(vault.server) == 0
    vault.server = start_server(vault.server.home)
    vault.s3, vault.kms = vault.server.client("s3"), vault.server.client("kms")
    assert (vault.read("lasting"), vault.read("lasting-kms")) == (marker, marker)
    objects = next(vault.server.home.rglob("objects"))
    assert not list(objects.glob(".mini_*"))  # keys that the program would make beside the data


def test_other_object_store_is_told_what_the_client_asks_for(
    vault: Vault, marker: bytes, tmp_path: Path
) -> None:
    front = start_server(
        tmp_path,
        "--s3-endpoint",
        vault.server.s3_endpoint,
        AWS_ACCESS_KEY_ID=ROOT_KEY,
        AWS_SECRET_ACCESS_KEY=ROOT_SECRET,
    )
    try:
        through = front.client("s3")
        through.put_object(Bucket=vault.bucket, Key="through", Body=marker, **vault.under_key())
        assert through.get_object(Bucket=vault.bucket, Key="through")["Body"].read() == marker
        found = vault.s3.head_object(Bucket=vault.bucket, Key="through")
        assert found["SSEKMSKeyId"] == vault.key
    finally:
        assert stop_server(front) == 0


_CUSTOMER = "x-amz-server-side-encryption-customer-"


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("partNumber=1", {}, 400),
        ("uploadId=x", {}, 400),
        ("partNumber=x&uploadId=x", {}, 400),
        ("acl&tagging", {}, 400),
        ("torrent", {}, 501),
        ("restore", {}, 501),
        ("attributes", {}, 501),
        ("", {f"{_CUSTOMER}algorithm": ""}, 400),
        ("", {f"{_CUSTOMER}unknown": "x"}, 400),
    ],
)
def test_write_that_would_evade_the_encryption_of_its_bucket_is_refused(
    vault: Vault, query: str, headers: dict[str, str], status: int
) -> None:
    assert _signed(vault, "PUT", f"/{vault.bucket}/evading?{query}", headers, b"evading") == status
    assert "Contents" not in vault.s3.list_objects_v2(Bucket=vault.bucket, Prefix="evading")


@pytest.mark.parametrize("setting", ["acl", "versions", "website", "unknown"])
def test_deletion_of_what_buckets_do_not_have_leaves_the_bucket(vault: Vault, setting: str) -> None:
    vault.s3.create_bucket(Bucket=f"kept-{setting}")
    assert _signed(vault, "DELETE", f"/kept-{setting}?{setting}", {}, b"") == 501
    vault.s3.head_bucket(Bucket=f"kept-{setting}")


def test_upload_of_parts_under_a_key_of_the_client_is_refused_where_the_bucket_encrypts(vault: Vault) -> None:
    vault.s3.create_bucket(Bucket="strict")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    vault.s3.put_bucket_encryption(Bucket="strict", ServerSideEncryptionConfiguration={"Rules": [rule]})
    brought = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": os.urandom(32)}
    refused = _refusal(vault.s3.create_multipart_upload, Bucket="strict", Key="parts", **brought)
    assert refused[0] == "NotImplemented"


def _signed(vault: Vault, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
    """Send a request that no client would make, and tell its status."""
    url = f"{vault.server.s3_endpoint}{path}"
    request = AWSRequest(method=method, url=url, data=body, headers=headers)
    S3SigV4Auth(Credentials(ROOT_KEY, ROOT_SECRET), "s3", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request(method, path, body, dict(request.headers.items()))
    with connection.getresponse() as answer:
        return answer.status
