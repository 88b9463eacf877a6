"""Request bodies: verified against their hash, or taken out of aws-chunked framing, while they stream."""

import base64
import hashlib
import hmac
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Protocol

from isinglass.domain import signature as sigv4
from isinglass.gateway.s3.authentication import Caller
from isinglass.gateway.s3.errors import S3Error, signature_mismatch
from isinglass.gateway.s3.flow import Body
from isinglass.gateway.s3.request import S3Request, whole_number

_EMPTY_HASH = hashlib.sha256(b"").hexdigest()
#: A chunk's head or the trailers; longer ones are an attack.
_MOST_LINE = 16 * 1024
_MOST_TRAILERS = 16
#: Documents that are read whole: what to delete, how to encrypt.
_MOST_DOCUMENT = 2 << 20


class Decoder(Protocol):
    """Takes a body in pieces; `finish` raises when it is not what was signed."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the payload within a piece of the body."""
        ...

    def finish(self) -> None:
        """Check the whole, at its end."""
        ...


def decoder(caller: Caller, trailer: str | None, expected_length: int | None) -> Decoder:
    """Choose the decoder by what the x-amz-content-sha256 header says."""
    payload = caller.payload
    if payload == sigv4.UNSIGNED_PAYLOAD:
        return Plain(None)
    if not payload.startswith("STREAMING-"):
        return Plain(payload)
    if expected_length is None:
        raise S3Error(
            "MissingContentLength", "You must provide the x-amz-decoded-content-length header.", 411
        )
    if payload == "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
        return Chunked(None, trailer, expected_length)
    if payload in {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"}:
        return Chunked(caller, trailer, expected_length)
    raise S3Error("NotImplemented", f"The payload signing {payload} is not supported.", 501)


async def verified(pieces: AsyncIterator[bytes], decode: Decoder) -> AsyncIterator[bytes]:
    """Yield a payload; its last piece is held back until all of it is known to be good.

    The object store thus never gets a whole object of a body that turns out bad.
    """
    held = b""
    async for piece in pieces:
        for data in decode.feed(piece):
            if held:
                yield held
            held = data
    decode.finish()
    if held:
        yield held


async def payload_of(request: S3Request, caller: Caller, body: Body) -> tuple[int, AsyncIterator[bytes]]:
    """Return the length of a request's payload and its verified pieces."""
    framed = caller.payload.startswith("STREAMING-")
    text = request.header("x-amz-decoded-content-length" if framed else "content-length")
    if request.header("transfer-encoding") is not None and not framed:
        raise S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)
    length = None if text is None else whole_number(text)
    if text is not None and length is None:
        raise S3Error("InvalidArgument", f"The length {text[:32]!r} is not a number.", 400)
    pieces = verified(aiter(body), decoder(caller, request.header("x-amz-trailer"), length))
    if not length:
        # Nothing is sent before all is known to be good; the framing alone may be bad.
        return 0, once(await collected(pieces))
    return length, pieces


async def collected(pieces: AsyncIterator[bytes]) -> bytes:
    """Read a document whole."""
    found = bytearray()
    async for piece in pieces:
        found += piece
        if len(found) > _MOST_DOCUMENT:
            raise S3Error("MaxMessageLengthExceeded", "Your request was too big.", 400)
    return bytes(found)


async def once(data: bytes) -> AsyncIterator[bytes]:
    """Give a document as a payload."""
    if data:
        yield data


class Plain:
    """A body as it is, with the hash of all of it when it was signed."""

    def __init__(self, expected: str | None) -> None:
        self._expected = expected
        self._hash = None if expected is None else hashlib.sha256()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._hash is not None:
            self._hash.update(data)
        yield data

    def finish(self) -> None:
        if self._hash is not None and self._hash.hexdigest() != self._expected:
            raise S3Error(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                400,
            )


class Chunked:
    """aws-chunked: `size[;chunk-signature=…]`, data, …, a chunk of size 0, trailers."""

    def __init__(self, caller: Caller | None, trailer: str | None, expected_length: int) -> None:
        self._caller = caller
        self._previous = caller.signature if caller else ""
        self._trailer = (trailer or "").strip().lower()
        self._checksum = checksum(self._trailer)
        self._expected_length = expected_length
        self._length = 0
        self._buffer = b""
        self._state = "head"
        self._left = 0
        self._hash = hashlib.sha256()
        self._signature = ""
        self._trailers: dict[str, str] = {}

    def feed(self, data: bytes) -> Iterator[bytes]:
        # Nothing is cut off what is left until its end: of the tiniest chunks, that would copy it each time.
        data, at = self._buffer + data, 0
        while at < len(data):
            if self._state == "data":
                piece = data[at : at + self._left]
                at += len(piece)
                self._take(piece)
                yield piece
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                if len(data) - at > _MOST_LINE:
                    raise _bad("a line of the chunked body is too long")
                break
            line, at = data[at:end], end + 2
            self._line(line.decode("latin-1"))
        self._buffer = data[at:]

    def finish(self) -> None:
        if self._state == "trailers" and not self._buffer and not self._trailer:
            self._state = "end"  # some clients leave the last empty line out
        if self._state != "end":
            raise S3Error("IncompleteBody", "The chunked body ends before its last chunk.", 400)
        if self._length != self._expected_length:
            raise S3Error(
                "IncompleteBody",
                f"The body has {self._length} bytes instead of {self._expected_length}.",
                400,
            )
        self._check_trailer_signature()
        if self._checksum is not None and self._trailer in self._trailers:
            given = self._trailers[self._trailer]
            if self._checksum() != given:
                raise S3Error(
                    "BadDigest", f"The {self._trailer} you specified did not match the payload.", 400
                )

    def _line(self, line: str) -> None:
        if self._state == "head":
            self._begin_chunk(line)
        elif self._state == "after":
            if line:
                raise _bad("a chunk is longer than its size")
            self._state = "head"
        elif self._state == "trailers":
            if not line:
                self._state = "end"
                return
            name, colon, value = line.partition(":")
            if not colon or len(self._trailers) >= _MOST_TRAILERS:
                raise _bad("a trailer is malformed")
            self._trailers[name.strip().lower()] = value.strip()
        elif line:
            raise _bad("there is something after the last chunk")

    def _begin_chunk(self, line: str) -> None:
        size, _, extension = line.partition(";")
        try:
            self._left = int(size, 16)
        except ValueError as error:
            raise _bad("a chunk's size is not a number") from error
        if self._left < 0 or self._length + self._left > self._expected_length:
            raise _bad("the chunks are longer than x-amz-decoded-content-length")
        self._signature = extension.removeprefix("chunk-signature=").strip()
        self._hash = hashlib.sha256()
        if self._left == 0:
            self._check_chunk()
            self._state = "trailers"
        else:
            self._state = "data"

    def _take(self, piece: bytes) -> None:
        self._left -= len(piece)
        self._length += len(piece)
        if self._caller is not None:
            self._hash.update(piece)
        if self._checksum is not None:
            self._checksum(piece)
        if self._left == 0:
            self._check_chunk()
            self._state = "after"

    def _check_chunk(self) -> None:
        self._check("AWS4-HMAC-SHA256-PAYLOAD", f"{_EMPTY_HASH}\n{self._hash.hexdigest()}", self._signature)

    def _check_trailer_signature(self) -> None:
        if self._caller is None or not self._caller.payload.endswith("-TRAILER"):
            return
        signed = "".join(
            f"{name}:{value}\n"
            for name, value in sorted(self._trailers.items())
            if name != "x-amz-trailer-signature"
        )
        digest = hashlib.sha256(signed.encode()).hexdigest()
        self._check("AWS4-HMAC-SHA256-TRAILER", digest, self._trailers.get("x-amz-trailer-signature", ""))

    def _check(self, algorithm: str, hashes: str, given: str) -> None:
        caller = self._caller
        if caller is None:
            return
        text = f"{algorithm}\n{caller.timestamp}\n{caller.scope}\n{self._previous}\n{hashes}"
        expected = sigv4.signature(caller.signing_key, text)
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise signature_mismatch()
        self._previous = expected


def checksum(trailer: str) -> Callable[..., str] | None:
    """Return what adds a piece to a trailing checksum and answers its value so far; None for unknown ones.

    CRC32C and CRC64NVME are not in the standard library; the hop they guard is the loopback's.
    """
    name = trailer.removeprefix("x-amz-checksum-")
    if name in {"sha1", "sha256"}:
        digest = hashlib.new(name)

        def add_hash(piece: bytes = b"") -> str:
            digest.update(piece)
            return base64.b64encode(digest.digest()).decode() if not piece else ""

        return add_hash
    if name == "crc32":
        crc = 0

        def add_crc(piece: bytes = b"") -> str:
            nonlocal crc
            crc = zlib.crc32(piece, crc)
            return base64.b64encode(crc.to_bytes(4, "big")).decode() if not piece else ""

        return add_crc
    return None


def _bad(reason: str) -> S3Error:
    return S3Error("InvalidRequest", f"The aws-chunked body is malformed: {reason}.", 400)
