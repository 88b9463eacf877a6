"""Seals the key a listing goes on after into NextToken, and opens it again for the same question only."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson

from isinglass.model.schema import PageModel
from isinglass.store.paging import PageRequest

_VERSION = b"\x01"
_TAG_BYTES = 16
_LARGEST_PAGE = 1000

#: Pages that AWS makes larger or smaller by default than `_USUAL_PAGE` or the operation's maximum.
_DEFAULT_PAGES = {
    "GetPartitions": 1000,
    "GetUnfilteredPartitionsMetadata": 1000,
    "logs:DescribeLogGroups": 50,
    "logs:DescribeLogStreams": 50,
    "logs:FilterLogEvents": 10000,
    "logs:GetLogEvents": 10000,
}
_USUAL_PAGE = 100


class InvalidToken(Exception):
    """The token is not ours, was changed, or belongs to another question, operation or account."""


class TokenSealer:
    """Seals and opens tokens under one key of the server; a token of another version is refused."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, after: tuple[Any, ...], question: bytes) -> str:
        """Seal the key to go on after, bound to the question it answers."""
        payload = _VERSION + orjson.dumps(after)
        return base64.urlsafe_b64encode(payload + self._tag(payload, question)).decode()

    def open(self, token: str, question: bytes) -> tuple[Any, ...]:
        """Open a token, or raise InvalidToken."""
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except (ValueError, binascii.Error) as error:
            raise InvalidToken from error
        payload, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
        if payload[:1] != _VERSION or not hmac.compare_digest(tag, self._tag(payload, question)):
            raise InvalidToken
        return tuple(orjson.loads(payload[1:]))

    def _tag(self, payload: bytes, question: bytes) -> bytes:
        return hmac.digest(self._key, question + payload, hashlib.sha256)[:_TAG_BYTES]


def question_of(operation: str, account_id: str, request: dict[str, Any], page: PageModel) -> bytes:
    """Digest what a listing asks for: everything but where it goes on and how much it wants at once."""
    filters = {name: value for name, value in request.items() if name not in (page.input, page.limit)}
    asked = orjson.dumps(
        [operation, account_id, filters], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=repr
    )
    return hashlib.sha256(asked).digest()


def page_size(operation: str, limit: dict[str, Any] | None, asked: int | None) -> int:
    """Decide the size of a page from what was asked, the limit's shape and the operation's default."""
    default = _DEFAULT_PAGES.get(operation, _USUAL_PAGE)
    most: int = (limit or {}).get("max", max(_LARGEST_PAGE, default))
    return min(asked or default, most)


def page_request(size: int, after: tuple[Any, ...] | None) -> PageRequest:
    """Make the store's page request."""
    return PageRequest(size=size, after=after)
