"""The Query protocol of STS and IAM: a form asks, XML answers."""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from isinglass.gateway.protocol.messages import HttpResponse
from isinglass.model.api_error import ApiError
from isinglass.model.edge_errors import SerializationException
from isinglass.model.schema import OperationModel, ServiceModel

#: Query services name the edge's errors otherwise than JSON services do.
_CODES = {
    "AccessDeniedException": "AccessDenied",
    "ExpiredTokenException": "ExpiredToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "InternalServiceException": "InternalFailure",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "OperationNotSupportedException": "UnsupportedOperation",
    "SerializationException": "MalformedInput",
    "ThrottlingException": "Throttling",
    "UnknownOperationException": "InvalidAction",
    "UnrecognizedClientException": "InvalidClientTokenId",
    "ValidationException": "ValidationError",
}
_MOST_FIELDS = 1000


def decode_form(body: bytes) -> dict[str, str]:
    """Decode a form."""
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS)
        )
    except ValueError as error:
        raise SerializationException("The request body is not a valid form.") from error


def document(form: dict[str, str], shape: str, shapes: dict[str, dict[str, Any]], prefix: str = "") -> Any:
    """Assemble a document from a form's dotted names; None when the form has nothing for the shape."""
    model = shapes[shape]
    kind = model["type"]
    if kind == "structure":
        members = {
            name: document(form, target, shapes, f"{prefix}{name}.")
            for name, target in model["members"].items()
        }
        return {name: value for name, value in members.items() if value is not None} or (
            None if prefix else {}
        )
    if kind == "list":
        return _numbered(form, model["member"], shapes, f"{prefix}member.") or None
    if kind == "map":
        keys = _numbered(form, model["key"], shapes, f"{prefix}entry.", "key.")
        values = _numbered(form, model["value"], shapes, f"{prefix}entry.", "value.")
        return dict(zip(keys, values, strict=False)) or None
    text = form.get(prefix.removesuffix("."))
    return None if text is None else _scalar(text, kind)


def _numbered(
    form: dict[str, str], shape: str, shapes: dict[str, dict[str, Any]], prefix: str, part: str = ""
) -> list[Any]:
    items: list[Any] = []
    while (item := document(form, shape, shapes, f"{prefix}{len(items) + 1}.{part}")) is not None:
        items.append(item)
    return items


def _scalar(text: str, kind: str) -> Any:
    if kind in {"integer", "long", "double", "float"}:
        try:
            return float(text) if kind in {"double", "float"} else int(text)
        except ValueError as error:
            raise SerializationException("STRING_VALUE can not be converted to a number") from error
    return text == "true" if kind == "boolean" else text


def encode(answer: Any, service: ServiceModel, operation: OperationModel, request_id: str) -> HttpResponse:
    """Encode an operation's answer."""
    result = _xml(answer, operation.output, service.shapes) if operation.output else ""
    if operation.result_wrapper:
        result = f"<{operation.result_wrapper}>{result}</{operation.result_wrapper}>"
    body = (
        f'<{operation.name}Response xmlns="{service.xml_namespace}">{result}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation.name}Response>"
    )
    return _response(200, body, request_id)


def _xml(value: Any, shape: str, shapes: dict[str, dict[str, Any]]) -> str:
    model = shapes[shape]
    kind = model["type"]
    if kind == "structure":
        return "".join(
            f"<{name}>{_xml(item, model['members'][name], shapes)}</{name}>" for name, item in value.items()
        )
    if kind == "list":
        return "".join(f"<member>{_xml(item, model['member'], shapes)}</member>" for item in value)
    if kind == "map":
        return "".join(
            f"<entry><key>{escape(key)}</key><value>{_xml(item, model['value'], shapes)}</value></entry>"
            for key, item in value.items()
        )
    if kind == "boolean":
        return str(value).lower()
    if kind == "timestamp" and not isinstance(value, str):
        return datetime.fromtimestamp(int(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return escape(str(value))


def encode_error(error: ApiError, request_id: str) -> HttpResponse:
    """Encode an error."""
    code = _CODES.get(error.code, error.code)
    body = (
        "<ErrorResponse>"
        f"<Error><Type>{'Sender' if error.fault == 'client' else 'Receiver'}</Type><Code>{code}</Code>"
        f"<Message>{escape(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return _response(error.status, body, request_id)


def _response(status: int, body: str, request_id: str) -> HttpResponse:
    headers = [("content-type", "text/xml"), ("x-amzn-requestid", request_id)]
    return HttpResponse(status, headers, body.encode())
