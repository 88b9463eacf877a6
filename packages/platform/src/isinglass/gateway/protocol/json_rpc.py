"""AWS JSON 1.1: the body is the request, the answer or the error; the target header names the operation."""

from typing import Any

import orjson

from isinglass.gateway.protocol.messages import HttpResponse
from isinglass.model.api_error import ApiError
from isinglass.model.edge_errors import SerializationException

_CONTENT_TYPE = "application/x-amz-json-1.1"


def decode(body: bytes) -> Any:
    """Decode a body; an empty one is an empty request."""
    if not body:
        return {}
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SerializationException(f"The request body is not valid JSON: {error}") from error


def encode(answer: Any, request_id: str) -> HttpResponse:
    """Encode an operation's answer."""
    return HttpResponse(200, _headers(request_id), orjson.dumps(answer))


def encode_error(error: ApiError, request_id: str) -> HttpResponse:
    """Encode an error; Glue's clients read `Message`, everyone else's `message`."""
    document = {"__type": error.code, "message": error.message, "Message": error.message, **error.members}
    headers = [*_headers(request_id), ("x-amzn-errortype", error.code)]
    return HttpResponse(error.status, headers, orjson.dumps(document))


def _headers(request_id: str) -> list[tuple[str, str]]:
    return [("content-type", _CONTENT_TYPE), ("x-amzn-requestid", request_id)]
