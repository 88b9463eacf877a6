"""Errors as S3 writes them: a status, a code and an XML document."""

from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(eq=False)
class S3Error(Exception):
    """An error answer; `resource` is the path that was asked for."""

    code: str
    message: str
    status: int = 400
    resource: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def document(self, request_id: str) -> bytes:
        """Write the error's XML."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{escape(self.message)}</Message>"
            f"<Resource>{escape(self.resource)}</Resource><RequestId>{request_id}</RequestId></Error>"
        ).encode()


def access_denied(message: str = "Access Denied") -> S3Error:
    """Refuse what the caller may not do."""
    return S3Error("AccessDenied", message, 403)


def signature_mismatch() -> S3Error:
    """Refuse a signature that is not the one we calculate."""
    return S3Error(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. "
        "Check your secret access key and signing method.",
        403,
    )


def malformed(message: str) -> S3Error:
    """Refuse a request that cannot be understood."""
    return S3Error("InvalidRequest", message, 400)
