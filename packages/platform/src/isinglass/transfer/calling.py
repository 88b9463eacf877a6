"""How imports and exports call Glue: one small protocol, whoever answers, and patience with what passes."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

#: Refusals that another try may not meet again.
_PASSING = frozenset({
    "ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "Unreachable",
    "InternalServiceException", "InternalFailure", "InternalServerException", "ServiceUnavailable",
    "OperationTimeoutException", "ConcurrentModificationException", "FederationSourceRetryableException",
    "ResourceNotReadyException", "RequestTimeout", "SlowDown",
})  # fmt: skip
#: Refusals for want of a permission.
_DENIED = frozenset(
    {"AccessDeniedException", "AccessDenied", "UnauthorizedException", "UnauthorizedOperation"}
)
#: The refusal of what is about something that is not there.
GONE = "EntityNotFoundException"
#: That of an operation that there is not, such as one of ours in AWS.
UNKNOWN = "UnknownOperation"
#: Tags are of ARNs, which name their account already; filters have members of their own for the catalog.
_OF_NO_CATALOG = frozenset({
    "GetTags", "TagResource", "lakeformation:CreateDataCellsFilter", "lakeformation:GetDataCellsFilter",
    "lakeformation:ListDataCellsFilter", "lakeformation:UpdateDataCellsFilter",
})  # fmt: skip
_TRIES = 9
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 20.0


@dataclass(eq=False)
class CallFailed(Exception):
    """An operation was refused, or nobody answered (code `Unreachable`)."""

    operation: str
    code: str
    message: str

    @property
    def passing(self) -> bool:
        """Whether another try may go better."""
        return self.code in _PASSING

    @property
    def gone(self) -> bool:
        """Whether what was asked about is not there, or not any more."""
        return self.code == GONE

    @property
    def denied(self) -> bool:
        """Whether the caller lacks a permission."""
        return self.code in _DENIED

    def __str__(self) -> str:
        return f"{self.operation}: {self.code}: {self.message}"


class Glue(Protocol):
    """A Glue endpoint, in the documents of its wire format: times are epoch seconds, blobs are base64."""

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation, `lakeformation:ListPermissions` if it is of another service; raises CallFailed.

        Many threads may call at once.
        """
        ...


@dataclass(frozen=True, slots=True)
class Patient:
    """Calls again, ever more slowly, what failed for a reason that passes."""

    glue: Glue
    pause: Callable[[float], None] = time.sleep

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; raises CallFailed when it is refused or keeps failing."""
        for attempt in range(_TRIES):
            try:
                return self.glue.call(operation, request)
            except CallFailed as error:
                if not error.passing or attempt == _TRIES - 1:
                    raise
                longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
            # Many threads were told to slow down at once: they must not come back at once.
            self.pause(random.uniform(longest / 2, longest))  # noqa: S311 - not a secret
        raise AssertionError


@dataclass(frozen=True, slots=True)
class OfCatalog:
    """Calls for one catalog, which need not be the caller's own."""

    glue: Glue
    catalog_id: str

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation on that catalog, unless its request names one elsewhere or not at all."""
        if operation in _OF_NO_CATALOG:
            return self.glue.call(operation, request)
        return self.glue.call(operation, {"CatalogId": self.catalog_id, **request})


def found(glue: Glue, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Call an operation; None when what it asks about is not there."""
    try:
        return glue.call(operation, request)
    except CallFailed as error:
        if not error.gone:
            raise
        return None


def pages(glue: Glue, operation: str, request: Mapping[str, Any], member: str) -> Iterator[list[Any]]:
    """Yield the pages of a listing."""
    token = None
    while True:
        answer = glue.call(operation, request if token is None else {**request, "NextToken": token})
        yield answer.get(member, [])
        token = answer.get("NextToken")
        if not token:
            return


def pages_if_there(
    glue: Glue, operation: str, request: Mapping[str, Any], member: str
) -> Iterator[list[Any]]:
    """Yield the pages of a listing, which end where what it is of is not there, or is deleted meanwhile."""
    try:
        yield from pages(glue, operation, request, member)
    except CallFailed as error:
        if not error.gone:
            raise
