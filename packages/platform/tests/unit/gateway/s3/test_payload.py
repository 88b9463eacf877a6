"""Bodies taken out of their framing, however the network cuts them."""

import base64
import itertools
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.gateway.s3.authentication import Caller
from isinglass.gateway.s3.errors import S3Error
from isinglass.gateway.s3.payload import decoder
from isinglass.store.access_keys import AccessKey

KEY = AccessKey("AKIAISINGLASSTEST001", "000000000000", b"", "arn:aws:iam::000000000000:root", 0)
STREAMING = Caller("000000000000", KEY, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")


def framed(chunks, trailers=""):
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return body + b"0\r\n" + trailers.encode() + b"\r\n"


def decode(body, cuts, length, trailer=None):
    decoding = decoder(STREAMING, trailer, length)
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    pieces = [piece for start, end in itertools.pairwise(edges) for piece in decoding.feed(body[start:end])]
    decoding.finish()
    return b"".join(pieces)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5), st.lists(st.integers(0, 2000), max_size=8))
def test_chunks_cut_anywhere_give_the_payload(chunks, cuts):
    payload = b"".join(chunks)
    crc = base64.b64encode(zlib.crc32(payload).to_bytes(4, "big")).decode()
    body = framed(chunks, f"x-amz-checksum-crc32:{crc}\r\n")
    assert decode(body, cuts, len(payload), "x-amz-checksum-crc32") == payload


def test_tiniest_chunks_that_come_at_once_give_the_payload():
    payload = bytes(range(256)) * 1024
    assert decode(framed([payload[at : at + 1] for at in range(len(payload))]), [], len(payload)) == payload


@pytest.mark.parametrize(
    ("body", "length", "code"),
    [
        (framed([b"abc"])[:-7], 3, "IncompleteBody"),
        (framed([b"abc"]), 4, "IncompleteBody"),
        (framed([b"abc"]), 2, "InvalidRequest"),
        (b"zz\r\nabc\r\n0\r\n\r\n", 3, "InvalidRequest"),
        (b"-3\r\nabc\r\n0\r\n\r\n", 3, "InvalidRequest"),
        (b"3\r\nabcdef\r\n0\r\n\r\n", 3, "InvalidRequest"),
        (framed([b"abc"]) + b"more\r\n", 3, "InvalidRequest"),
        (b"3" * 20_000, 3, "InvalidRequest"),
        (framed([b"abc"], "x\r\n"), 3, "InvalidRequest"),
    ],
)
def test_malformed_framing_refused(body, length, code):
    with pytest.raises(S3Error) as raised:
        decode(body, [], length)
    assert raised.value.code == code
