"""What S3 clients do, done through the front."""

import hashlib
import http.client
import io
import time
import urllib.error
import urllib.request
import uuid
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from isinglass.domain import signature as sigv4

KEYS = ["plain", "with space", "plus+and&", "ünïcödé/日本", "a=b/c%41d", "dots.../x", "q?mark#hash", "tilde~"]


@pytest.fixture(scope="module")
def s3(live_server):
    return live_server.client("s3")


@pytest.fixture(scope="module")
def bucket(s3):
    name = f"objects-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.mark.parametrize("key", KEYS)
def test_key_any_characters_round_trip(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Metadata={"note": "kept"}, ContentType="text/x")
    found = s3.get_object(Bucket=bucket, Key=key)
    assert (found["Body"].read(), found["Metadata"], found["ContentType"]) == (
        key.encode(),
        {"note": "kept"},
        "text/x",
    )
    assert s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"][0]["Key"] == key
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    assert s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0


def test_listing_pages_and_folders(s3, bucket):
    keys = [f"list/{n // 5}/{n:02}" for n in range(23)]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="list/", PaginationConfig={"PageSize": 7}
    )
    assert [found["Key"] for page in pages for found in page["Contents"]] == keys
    folders = s3.list_objects_v2(Bucket=bucket, Prefix="list/", Delimiter="/")["CommonPrefixes"]
    assert [folder["Prefix"] for folder in folders] == [f"list/{n}/" for n in range(5)]


def test_large_object_multipart_and_ranges(s3, bucket):
    data = bytes(range(256)) * (12 * 4096)
    s3.upload_fileobj(io.BytesIO(data), bucket, "large")
    found = s3.get_object(Bucket=bucket, Key="large")
    assert hashlib.sha256(found["Body"].read()).digest() == hashlib.sha256(data).digest()
    part = s3.get_object(Bucket=bucket, Key="large", Range="bytes=100-299")
    assert (part["ResponseMetadata"]["HTTPStatusCode"], part["Body"].read()) == (206, data[100:300])


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksum_header_accepted(s3, bucket, algorithm):
    s3.put_object(Bucket=bucket, Key="sum", Body=b"data", ChecksumAlgorithm=algorithm)
    assert s3.get_object(Bucket=bucket, Key="sum")["Body"].read() == b"data"


def test_unseekable_body_sent_in_chunks(live_server, bucket):
    streaming = live_server.client("s3")
    streaming.put_object(Bucket=bucket, Key="empty", Body=b"")
    assert streaming.head_object(Bucket=bucket, Key="empty")["ContentLength"] == 0


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_read_and_write(live_server, bucket, version):
    s3 = live_server.client("s3", signature_version=version)
    place = {"Bucket": bucket, "Key": f"signed {version}"}
    request = urllib.request.Request(
        s3.generate_presigned_url("put_object", place), data=b"by url", method="PUT"
    )
    request.add_unredirected_header("Content-Type", "")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    url = s3.generate_presigned_url("get_object", place)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"by url"
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(url.replace("signed", "other"))
    assert raised.value.code == 403


def test_presigned_url_past_its_time_refused(s3, bucket):
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"}, ExpiresIn=-10)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(url)
    assert (raised.value.code, b"<Code>AccessDenied</Code>" in raised.value.read()) == (403, True)


@pytest.mark.parametrize(
    ("call", "code"),
    [("get_object", "NoSuchKey"), ("head_object", "404"), ("list_objects_v2", "NoSuchBucket")],
)
def test_missing_things_raise_what_clients_expect(s3, bucket, call, code):
    arguments = (
        {"Bucket": "no-such-bucket-here"} if code == "NoSuchBucket" else {"Bucket": bucket, "Key": "none"}
    )
    with pytest.raises(ClientError) as raised:
        getattr(s3, call)(**arguments)
    assert raised.value.response["Error"]["Code"] == code


def _raw(live_server, method, path, headers, body=b""):
    parts = urlsplit(live_server.s3_endpoint)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


def _signed(live_server, path, payload, extra=(), secret=None, shift=0.0):
    """Sign a PUT by hand; returns its headers, the seed signature, its scope, key and time."""
    key_id, real = live_server.keys_of(live_server.account)
    stamp = sigv4.format_time(time.time() + shift)
    scope = sigv4.Scope(stamp[:8], "us-east-1", "s3")
    headers = {
        "host": urlsplit(live_server.s3_endpoint).netloc, "x-amz-date": stamp, "x-amz-content-sha256": payload, **dict(extra),
    }  # fmt: skip
    signed = sorted(headers)
    canonical = sigv4.canonical_request("PUT", path, "", headers.items(), signed, payload)
    key = sigv4.signing_key(secret or real, scope)
    seed = sigv4.signature(key, sigv4.string_to_sign(stamp, scope, canonical))
    headers["authorization"] = (
        f"{sigv4.ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={';'.join(signed)}, Signature={seed}"
    )
    return headers, seed, scope, key, stamp


def test_unsigned_request_refused(live_server, bucket):
    assert _raw(live_server, "GET", f"/{bucket}/plain", {}) == (403, "AccessDenied")


_SIGNED_URL = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{url}&X-Amz-Credential={key}/20260101/us-east-1/s3/aws4_request&X-Amz-Expires=%C2%B2&X-Amz-Signature=a", 400),
        ("{url}&X-Amz-Credential={key}/20260101/us-east-1/s3/aws4_request&X-Amz-Expires={long}&X-Amz-Signature=a", 400),
        ("AWSAccessKeyId={key}&Signature=a&Expires=%C2%B2", 403),
        ("AWSAccessKeyId={key}&Signature=%C3%A9&Expires=99999999999", 403),
    ],
)  # fmt: skip
def test_url_with_odd_numbers_or_signature_refused(live_server, bucket, query, expected):
    filled = query.format(url=_SIGNED_URL, key=live_server.keys_of(live_server.account)[0], long="9" * 5000)
    assert _raw(live_server, "GET", f"/{bucket}/plain?{filled}", {})[0] == expected


def test_signed_url_with_other_signature_refused(live_server, s3, bucket):
    url = urlsplit(
        live_server.client("s3", signature_version="s3v4").generate_presigned_url(
            "get_object", {"Bucket": bucket, "Key": "plain"}
        )
    )
    odd = url.query.partition("X-Amz-Signature=")[0] + "X-Amz-Signature=%C3%A9"
    assert _raw(live_server, "GET", f"{url.path}?{odd}", {}) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("length", ["\xb2", "1" * 20, "-1", "1_0"])
def test_length_that_is_no_number_refused(live_server, bucket, length):
    path, extra = f"/{bucket}/never", {"x-amz-decoded-content-length": length}
    headers = _signed(live_server, path, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", extra)[0]
    assert _raw(live_server, "PUT", path, headers, b"0\r\n\r\n") == (400, "InvalidArgument")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"secret": "wrong"}, (403, "SignatureDoesNotMatch")),
        ({"shift": -3600.0}, (403, "RequestTimeTooSkewed")),
        ({"payload": sigv4.payload_hash(b"other")}, (400, "XAmzContentSHA256Mismatch")),
    ],
)
def test_bad_signature_or_body_refused_and_nothing_written(live_server, s3, bucket, options, expected):
    path = f"/{bucket}/never"
    payload = options.pop("payload", sigv4.payload_hash(b"x" * 100))
    headers = _signed(live_server, path, payload, **options)[0]
    assert _raw(live_server, "PUT", path, headers, b"x" * 100) == expected
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="never")


@pytest.mark.parametrize("tampered", [False, True])
def test_signed_chunks_verified(live_server, s3, bucket, tampered):
    chunks = [b"a" * 70_000, b"b" * 100, b""]
    path = f"/{bucket}/chunked-{tampered}"
    extra = {"x-amz-decoded-content-length": str(sum(map(len, chunks))), "content-encoding": "aws-chunked"}
    headers, previous, scope, key, stamp = _signed(
        live_server, path, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", extra
    )
    body = b""
    for chunk in chunks:
        text = f"AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{scope}\n{previous}\n{sigv4.payload_hash(b'')}\n{sigv4.payload_hash(chunk)}"
        previous = sigv4.signature(key, text)
        data = chunk.replace(b"b", b"c") if tampered else chunk
        body += b"%x;chunk-signature=%s\r\n%s\r\n" % (len(chunk), previous.encode(), data)
    expected = (403, "SignatureDoesNotMatch") if tampered else (200, "")
    assert _raw(live_server, "PUT", path, headers, body) == expected
    found = s3.list_objects_v2(Bucket=bucket, Prefix="chunked-True")["KeyCount"]
    assert found == 0
    if not tampered:
        assert s3.get_object(Bucket=bucket, Key="chunked-False")["Body"].read() == b"".join(chunks)


@pytest.mark.parametrize(("crc", "expected"), [("7YKx5w==", (400, "BadDigest")), ("DUoRhQ==", (200, ""))])
def test_trailing_checksum_verified(live_server, bucket, crc, expected):
    path = f"/{bucket}/trailing"
    extra = {
        "x-amz-decoded-content-length": "11",
        "content-encoding": "aws-chunked",
        "x-amz-trailer": "x-amz-checksum-crc32",
    }
    headers = _signed(live_server, path, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", extra)[0]
    body = f"b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:{crc}\r\n\r\n".encode()
    assert _raw(live_server, "PUT", path, headers, body) == expected
