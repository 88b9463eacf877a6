"""Seals the key a listing goes on after into NextToken, and opens it again for the same question only."""

import base64
import binascii
import hashlib
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from isinglass.model.schema import PageModel
from isinglass.store.paging import PageRequest

_VERSION = b"\x02"
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
    """Seals and opens tokens under one key of the server; a token of another version is refused.

    They are encrypted: a listing may go on after what it has looked at and does not show to the caller.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, after: tuple[Any, ...], question: bytes) -> str:
        """Seal the key to go on after, bound to the question it answers."""
        return base64.urlsafe_b64encode(
            _VERSION + self._cipher.encrypt(orjson.dumps(after), [question])
        ).decode()

    def open(self, token: str, question: bytes) -> tuple[Any, ...]:
        """Open a token, or raise InvalidToken."""
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
            if raw[:1] != _VERSION:
                raise InvalidToken
            return tuple(orjson.loads(self._cipher.decrypt(raw[1:], [question])))
        except (ValueError, binascii.Error, InvalidTag) as error:
            raise InvalidToken from error


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
