"""The JSON protocols: the body is the request, the answer or the error.

In AWS JSON 1.1 the target header names the operation, in REST JSON the path; bodies and errors are alike.
"""

from typing import Any

import orjson

from isinglass.gateway.protocol import repeated_columns
from isinglass.gateway.protocol.messages import HttpResponse
from isinglass.model.api_error import ApiError
from isinglass.model.edge_errors import SerializationException

_CONTENT_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}


def decode(body: bytes) -> Any:
    """Decode a body; an empty one is an empty request."""
    if not body:
        return {}
    if (document := repeated_columns.decode(body)) is not None:
        return document
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SerializationException(f"The request body is not valid JSON: {error}") from error


def encode(answer: Any, request_id: str, protocol: str = "json") -> HttpResponse:
    """Encode an operation's answer."""
    return HttpResponse(200, _headers(request_id, protocol), orjson.dumps(answer))


def encode_error(error: ApiError, request_id: str, protocol: str = "json") -> HttpResponse:
    """Encode an error; Glue's clients read `Message`, everyone else's `message`."""
    document = {"__type": error.code, "message": error.message, "Message": error.message, **error.members}
    headers = [*_headers(request_id, protocol), ("x-amzn-errortype", error.code)]
    return HttpResponse(error.status, headers, orjson.dumps(document))


def _headers(request_id: str, protocol: str) -> list[tuple[str, str]]:
    return [("content-type", _CONTENT_TYPES[protocol]), ("x-amzn-requestid", request_id)]
