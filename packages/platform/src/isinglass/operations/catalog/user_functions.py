"""Operations on user-defined functions."""

from collections.abc import Callable, Sequence
from typing import Any

from isinglass.domain.catalog_objects import fold, function_document
from isinglass.domain.name_pattern import InvalidPattern, compile_pattern
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    CreateUserDefinedFunctionRequest,
    CreateUserDefinedFunctionResponse,
    DeleteUserDefinedFunctionRequest,
    DeleteUserDefinedFunctionResponse,
    GetUserDefinedFunctionRequest,
    GetUserDefinedFunctionResponse,
    GetUserDefinedFunctionsRequest,
    GetUserDefinedFunctionsResponse,
    UpdateUserDefinedFunctionRequest,
    UpdateUserDefinedFunctionResponse,
)
from isinglass.operations.catalog.links import Place, place_of
from isinglass.operations.catalog.scope import catalog_of
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import (
    fill_page,
    require_on_database,
    visible_database,
    visible_databases,
)
from isinglass.store.store import Transaction
from isinglass.store.user_functions import UserFunction

_KIND = "userDefinedFunction"


def _shown(catalog: str, function: UserFunction) -> Any:
    return {
        **function.document,
        "DatabaseName": function.database_name,
        "CreateTime": function.created_at,
        "CatalogId": catalog,
    }


def _seen(ctx: Context, tx: Transaction, catalog: str, database: str, name: str = "*") -> Place:
    """Find the database of functions that the caller may see."""
    place = place_of(ctx, tx, catalog, database, _KIND, [name])
    visible_database(ctx, tx, place.catalog, tx.databases.require(place.catalog, place.database))
    return place


def _held(ctx: Context, tx: Transaction, catalog: str, database: str, name: str) -> Place:
    """Find the database of a function that the caller may change, and keep it from being deleted."""
    place = place_of(ctx, tx, catalog, database, _KIND, [name])
    held = tx.databases.hold(place.catalog, place.database)
    require_on_database(ctx, tx, place.catalog, held, "ALTER")
    return place


def _visible(
    ctx: Context, tx: Transaction, catalog: str, functions: Sequence[UserFunction]
) -> list[UserFunction]:
    names = dict.fromkeys(function.database_name for function in functions)
    databases = [found for name in names if (found := tx.databases.find(catalog, name)) is not None]
    seen = {database.name for database in visible_databases(ctx, tx, catalog, databases)}
    return [function for function in functions if function.database_name in seen]


@implements("CreateUserDefinedFunction")
def create_user_defined_function(
    ctx: Context, request: CreateUserDefinedFunctionRequest
) -> CreateUserDefinedFunctionResponse:
    catalog = catalog_of(ctx, request)
    given = request["FunctionInput"]
    if "FunctionName" not in given:
        raise InvalidInputException("FunctionInput.FunctionName must be given")
    document = function_document(given)
    database = fold(request["DatabaseName"])
    with ctx.store.begin() as tx:
        place = _held(ctx, tx, catalog, database, document["FunctionName"])
        if not tx.user_functions.insert(place.catalog, place.database, document, ctx.now):
            raise AlreadyExistsException("Function already exists.")
    return {}


@implements("GetUserDefinedFunction")
def get_user_defined_function(
    ctx: Context, request: GetUserDefinedFunctionRequest
) -> GetUserDefinedFunctionResponse:
    catalog = catalog_of(ctx, request)
    database, name = fold(request["DatabaseName"]), fold(request["FunctionName"])
    with ctx.store.read() as tx:
        place = _seen(ctx, tx, catalog, database, name)
        function = tx.user_functions.require(place.catalog, place.database, name)
    return {"UserDefinedFunction": _shown(place.catalog, function)}


@implements("GetUserDefinedFunctions")
def get_user_defined_functions(
    ctx: Context, request: GetUserDefinedFunctionsRequest
) -> GetUserDefinedFunctionsResponse:
    """List the functions whose names match a pattern, of one database or of all."""
    catalog = catalog_of(ctx, request)
    named = _name_test(request["Pattern"])
    database = fold(request["DatabaseName"]) if "DatabaseName" in request else None
    with ctx.store.read() as tx:
        if database is not None:
            place = _seen(ctx, tx, catalog, database)
            catalog, database = place.catalog, place.database
        found, after = fill_page(
            ctx.page,
            lambda page: tx.user_functions.page(catalog, database, page, named, request.get("FunctionType")),
            lambda functions: _visible(ctx, tx, catalog, functions),
        )
    return {
        "UserDefinedFunctions": [_shown(catalog, function) for function in found],
        "NextToken": ctx.token(after),
    }


def _name_test(pattern: str) -> Callable[[str], bool]:
    try:
        return compile_pattern(pattern).matches
    except InvalidPattern as error:
        raise InvalidInputException(str(error)) from error


@implements("UpdateUserDefinedFunction")
def update_user_defined_function(
    ctx: Context, request: UpdateUserDefinedFunctionRequest
) -> UpdateUserDefinedFunctionResponse:
    """Replace a function's definition; its name stays."""
    catalog = catalog_of(ctx, request)
    database, name = fold(request["DatabaseName"]), fold(request["FunctionName"])
    document = function_document({"FunctionName": name, **request["FunctionInput"]})
    if document["FunctionName"] != name:
        raise InvalidInputException(f"Function {name} cannot be renamed to {document['FunctionName']}")
    with ctx.store.begin() as tx:
        place = _held(ctx, tx, catalog, database, name)
        if not tx.user_functions.replace(place.catalog, place.database, name, document):
            raise EntityNotFoundException(f"Function {name} not found.")
    return {}


@implements("DeleteUserDefinedFunction")
def delete_user_defined_function(
    ctx: Context, request: DeleteUserDefinedFunctionRequest
) -> DeleteUserDefinedFunctionResponse:
    catalog = catalog_of(ctx, request)
    database, name = fold(request["DatabaseName"]), fold(request["FunctionName"])
    with ctx.store.begin() as tx:
        tx.documents.pass_over_lost()
        place = _held(ctx, tx, catalog, database, name)
        if not tx.user_functions.delete(place.catalog, place.database, name):
            raise EntityNotFoundException(f"Function {name} not found.")
    return {}
