"""Holds operations to the errors that their models declare; for tests, as nothing else may notice.

Clients turn what a model declares into types of their own and know when to try again. An operation that
answers something else must have a reason, which is given here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from isinglass.model import edge_errors
from isinglass.model.api_error import ApiError
from isinglass.model.schema import OperationModel
from isinglass.operations.context import Context
from isinglass.operations.registry import Handler

#: Errors that operations raise though their models do not list them, and why.
UNDECLARED: Mapping[tuple[str, str], str] = {
    **dict.fromkeys(
        (("CreateDatabase", "EntityNotFoundException"), ("SearchTables", "EntityNotFoundException")),
        "A nested catalog that is not there, as all others say it; nothing that is declared does.",
    ),
    ("UpdatePartition", "AlreadyExistsException"): (
        "Glue answers it when another partition has the new values; nothing that is declared says that."
    ),
    ("iam:GetAccessKeyLastUsed", "NoSuchEntityException"): (
        "IAM answers it for a key that is not there; the model declares no error at all."
    ),
    ("lakeformation:ListPermissions", "EntityNotFoundException"): (
        "A table or database that is not there, as GrantPermissions says it; clients look for this."
    ),
}

#: What every operation may answer: the errors of the edge, and that of a catalog whose key cannot be used,
#: which models declare for reading but not for deleting and searching.
_EVERYWHERE = frozenset(
    {
        name
        for name, kind in vars(edge_errors).items()
        if isinstance(kind, type) and issubclass(kind, ApiError)
    }
    | {"GlueEncryptionException"}
)


@dataclass(eq=False)
class UndeclaredError(Exception):
    """An operation raised an error that its model does not list; raised in strict mode only."""

    operation: str
    error: str

    def __str__(self) -> str:
        return f"The model of {self.operation} does not declare {self.error}."


def held_to_declared(name: str, model: OperationModel, handler: Handler) -> Handler:
    """Wrap an operation: what it raises must be declared, every service's, or among the exceptions."""

    @wraps(handler)
    def held(ctx: Context, request: Any) -> Any:
        try:
            return handler(ctx, request)
        except ApiError as error:
            raised = type(error).__name__
            if raised in model.errors or raised in _EVERYWHERE or (name, raised) in UNDECLARED:
                raise
            raise UndeclaredError(name, raised) from error

    return held
