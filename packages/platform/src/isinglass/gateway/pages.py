"""Opens the token that a listing goes on after, and seals the next one."""

from isinglass.gateway.exchange import Exchange
from isinglass.gateway.protocol.paging import (
    InvalidToken,
    TokenSealer,
    page_request,
    page_size,
    question_of,
)
from isinglass.gateway.service import Operation
from isinglass.model.api_error import ApiError
from isinglass.model.edge_errors import ClientError, ValidationException

#: How a refused token is called, by the first of these that the operation's model declares.
_TOKEN_ERRORS = (
    "InvalidMarkerException",
    "InvalidInputException",
    "InvalidParameterException",
    "ValidationException",
)


class Pages:
    """Reads from requests which page is asked for, and tells in answers how to ask for the next."""

    def __init__(self, tokens: TokenSealer) -> None:
        self._tokens = tokens

    def open(self, exchange: Exchange) -> None:
        """Read which page of a listing a request asks for."""
        operation = exchange.target
        page = operation.model.page
        if page is None or operation.model.input is None:
            return
        exchange.question = question_of(
            operation.name, exchange.signed_by.principal.account_id, exchange.document, page
        )
        after = None
        token = exchange.document.get(page.input)
        if token:
            try:
                after = self._tokens.open(token, exchange.question)
            except InvalidToken as error:
                raise _token_error(operation) from error
        limit = None
        if page.limit:
            members = operation.service.shapes[operation.model.input]["members"]
            limit = operation.service.shapes[members[page.limit]]
        asked = exchange.document.get(page.limit) if page.limit else None
        exchange.page = page_request(page_size(operation.name, limit, asked), after)

    def seal(self, exchange: Exchange) -> None:
        """Seal what the next page goes on after."""
        page = exchange.target.model.page
        if page is None:
            return
        for member in page.outputs:
            after = exchange.answer.get(member)
            if isinstance(after, tuple):
                exchange.answer = {**exchange.answer, member: self._tokens.seal(after, exchange.question)}


def _token_error(operation: Operation) -> ApiError:
    declared = next((name for name in _TOKEN_ERRORS if name in operation.model.errors), None)
    message = "The token is not one that this listing gave: it was changed, or the request's filters were."
    if declared is None:
        return ValidationException(message)
    refused: ApiError = type(declared, (ClientError,), {"code": declared})(message)
    return refused
