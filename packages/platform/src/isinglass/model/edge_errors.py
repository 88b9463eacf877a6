"""Errors that no service model lists and every AWS endpoint answers: identity, protocol, load."""

from isinglass.model.api_error import ApiError


class ClientError(ApiError):
    """The request is at fault; sending it again unchanged will fail again."""

    status = 400
    fault = "client"


class AccessDenied(ClientError):
    """The words of the services that speak the Query protocol."""

    code = "AccessDenied"
    status = 403


class AccessDeniedException(ClientError):
    code = "AccessDeniedException"


class ExpiredTokenException(ClientError):
    code = "ExpiredTokenException"


class IncompleteSignatureException(ClientError):
    code = "IncompleteSignatureException"


class InvalidSignatureException(ClientError):
    code = "InvalidSignatureException"


class MissingAuthenticationTokenException(ClientError):
    code = "MissingAuthenticationTokenException"


class OperationNotSupportedException(ClientError):
    code = "OperationNotSupportedException"


class RequestEntityTooLargeException(ClientError):
    code = "RequestEntityTooLargeException"
    status = 413


class RequestTimeoutException(ClientError):
    code = "RequestTimeoutException"
    status = 408


class SerializationException(ClientError):
    code = "SerializationException"


class ThrottlingException(ClientError):
    code = "ThrottlingException"


class UnknownOperationException(ClientError):
    code = "UnknownOperationException"


class UnrecognizedClientException(ClientError):
    code = "UnrecognizedClientException"


class ValidationException(ClientError):
    code = "ValidationException"


class InternalServiceException(ApiError):
    code = "InternalServiceException"
    status = 500
    fault = "server"


class ServiceUnavailableException(ApiError):
    code = "ServiceUnavailableException"
    status = 503
    fault = "server"
