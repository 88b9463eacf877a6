"""Operations are held to the errors of their models, and every exception is one."""

from typing import Any

import pytest

from isinglass.gateway.declared_errors import UNDECLARED, UndeclaredError, held_to_declared
from isinglass.gateway.service import compile_catalogue
from isinglass.model.api_error import ApiError
from isinglass.model.edge_errors import AccessDeniedException
from isinglass.model.glue.errors import AlreadyExistsException, EntityNotFoundException

CATALOGUE = compile_catalogue({})


def _raising(error: ApiError) -> Any:
    def handler(_ctx: Any, _request: Any) -> Any:
        raise error

    return handler


@pytest.mark.parametrize(
    ("operation", "error", "seen"),
    [
        ("GetPartition", EntityNotFoundException, EntityNotFoundException),
        ("GetPartition", AccessDeniedException, AccessDeniedException),
        ("GetPartition", AlreadyExistsException, UndeclaredError),
        ("UpdatePartition", AlreadyExistsException, AlreadyExistsException),
    ],
)
def test_error_is_declared_everyones_or_an_exception(
    operation: str, error: type[ApiError], seen: type[Exception]
) -> None:
    model = CATALOGUE.operations[operation].model
    with pytest.raises(seen):
        held_to_declared(operation, model, _raising(error("x")))(None, {})


def test_exceptions_are_of_operations_that_do_not_declare_them() -> None:
    stale = [
        (name, error)
        for name, error in UNDECLARED
        if name not in CATALOGUE.operations or error in CATALOGUE.operations[name].model.errors
    ]
    assert stale == []
