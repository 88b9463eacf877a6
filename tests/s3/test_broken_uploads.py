"""An upload that breaks off leaves nothing, and what was there before stays."""

import socket
import time
import uuid
from urllib.parse import urlsplit

import pytest
from server_fixtures import wait_for

from isinglass.domain import signature as sigv4


@pytest.mark.parametrize(("announced", "sent"), [(100, 0), (100, 50), (9_000_000, 5_000_000)])
def test_client_gone_in_the_middle_old_object_stays(live_server, announced, sent):
    s3 = live_server.client("s3")
    bucket = f"broken-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    parts = urlsplit(live_server.s3_endpoint)
    key_id, secret = live_server.keys_of(live_server.account)
    stamp = sigv4.format_time(time.time())
    headers = {"host": parts.netloc, "x-amz-content-sha256": sigv4.UNSIGNED_PAYLOAD, "x-amz-date": stamp}
    scope = sigv4.Scope(stamp[:8], "us-east-1", "s3")
    signed = sorted(headers)
    canonical = sigv4.canonical_request(
        "PUT", f"/{bucket}/k", "", headers.items(), signed, sigv4.UNSIGNED_PAYLOAD
    )
    value = sigv4.signature(sigv4.signing_key(secret, scope), sigv4.string_to_sign(stamp, scope, canonical))
    headers |= {
        "authorization": f"{sigv4.ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={';'.join(signed)}, Signature={value}",
        "content-length": str(announced),
    }
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(f"PUT /{bucket}/k HTTP/1.1\r\n{lines}\r\n".encode() + b"x" * sent)
    # A request that is answered after the broken one shows that the front has dealt with it.
    wait_for(lambda: s3.put_object(Bucket=bucket, Key="other", Body=b"1"))
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"before"
