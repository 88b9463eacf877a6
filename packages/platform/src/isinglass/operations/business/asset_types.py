"""Operations on form types and asset types."""

from functools import lru_cache

from isinglass.domain.business import built_in
from isinglass.domain.business.index import is_storable
from isinglass.domain.smithy.parser import parse_schema
from isinglass.domain.smithy.shapes import Schema
from isinglass.domain.smithy.tokens import SchemaError
from isinglass.model.glue.errors import InvalidInputException
from isinglass.model.glue.shapes import (
    AssetTypeFormReference,
    DeleteAssetTypeRequest,
    DeleteAssetTypeResponse,
    DeleteFormTypeRequest,
    DeleteFormTypeResponse,
    GetAssetTypeRequest,
    GetAssetTypeResponse,
    GetFormTypeRequest,
    GetFormTypeResponse,
    ListAssetTypesRequest,
    ListAssetTypesResponse,
    ListFormTypesRequest,
    ListFormTypesResponse,
    PutAssetTypeRequest,
    PutAssetTypeResponse,
    PutFormTypeRequest,
    PutFormTypeResponse,
)
from isinglass.operations.business.answered_once import once
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.asset_types import AssetType


@lru_cache(maxsize=256)
def schema_of(text: str) -> Schema:
    """Parse the schema of a form type, which was accepted before."""
    return parse_schema(text)


def _check_schema(name: str, text: str) -> None:
    try:
        schema = parse_schema(text)
    except SchemaError as error:
        raise InvalidInputException(f"Schema of form type {name}, {error}") from error
    if not is_storable(text):
        raise InvalidInputException(f"Schema of form type {name}: it must not contain the character U+0000")
    shape = schema.shapes.get(name)
    if shape is None or shape.kind != "structure":
        raise InvalidInputException(f"Schema of form type {name}: it must have a structure {name}")


@implements("PutFormType")
def put_form_type(ctx: Context, request: PutFormTypeRequest) -> PutFormTypeResponse:
    """Make a form type, or change its schema, which is asked of what is written from now on."""
    name, schema = request["Name"], request["Schema"]
    _check_schema(name, schema)
    if name in built_in.FORM_TYPES:
        raise InvalidInputException(f"{name} is built in and cannot be changed.")
    with ctx.store.begin() as tx:

        def act() -> PutFormTypeResponse:
            tx.asset_types.put_form_type(ctx.account_id, name, schema)
            return {"Id": name, "Name": name, "Schema": schema}

        return once(ctx, tx, "PutFormType", request, act)


@implements("GetFormType")
def get_form_type(ctx: Context, request: GetFormTypeRequest) -> GetFormTypeResponse:
    name = request["Identifier"]
    with ctx.store.read() as tx:
        schema = tx.asset_types.schema(ctx.account_id, name)
    return {"Id": name, "Name": name, "Schema": schema}


@implements("ListFormTypes")
def list_form_types(ctx: Context, request: ListFormTypesRequest) -> ListFormTypesResponse:
    """List form types by name, those that are built in among them."""
    del request  # its paging is in the context
    with ctx.store.read() as tx:
        names, after = tx.asset_types.form_types_page(ctx.account_id, ctx.page)
    return {"Items": [{"Id": name, "Name": name} for name in names], "NextToken": ctx.token(after)}


@implements("DeleteFormType")
def delete_form_type(ctx: Context, request: DeleteFormTypeRequest) -> DeleteFormTypeResponse:
    """Delete a form type that nothing is made of; one that is not there is no error."""
    with ctx.store.begin() as tx:
        tx.asset_types.delete_form_type(ctx.account_id, request["Identifier"])
    return {}


@implements("PutAssetType")
def put_asset_type(ctx: Context, request: PutAssetTypeRequest) -> PutAssetTypeResponse:
    """Make an asset type, or change its forms, which are asked of what is written from now on."""
    name = request["Name"]
    forms = {form: reference["FormTypeIdentifier"] for form, reference in request["Forms"].items()}
    with ctx.store.begin() as tx:

        def act() -> PutAssetTypeResponse:
            tx.asset_types.schemas(ctx.account_id, forms.values(), hold=True)
            tx.asset_types.put(ctx.account_id, AssetType(name, forms))
            return {"Id": name, "Name": name, "Forms": request["Forms"]}

        return once(ctx, tx, "PutAssetType", request, act)


@implements("GetAssetType")
def get_asset_type(ctx: Context, request: GetAssetTypeRequest) -> GetAssetTypeResponse:
    with ctx.store.read() as tx:
        found = tx.asset_types.require(ctx.account_id, request["Identifier"])
    forms: dict[str, AssetTypeFormReference] = {
        form: {"FormTypeIdentifier": form_type} for form, form_type in found.forms.items()
    }
    return {"Id": found.name, "Name": found.name, "Forms": forms}


@implements("ListAssetTypes")
def list_asset_types(ctx: Context, request: ListAssetTypesRequest) -> ListAssetTypesResponse:
    """List asset types by name, those that are built in among them."""
    del request  # its paging is in the context
    with ctx.store.read() as tx:
        names, after = tx.asset_types.page(ctx.account_id, ctx.page)
    return {"Items": [{"Id": name, "Name": name} for name in names], "NextToken": ctx.token(after)}


@implements("DeleteAssetType")
def delete_asset_type(ctx: Context, request: DeleteAssetTypeRequest) -> DeleteAssetTypeResponse:
    """Delete an asset type without assets; one that is not there is no error."""
    with ctx.store.begin() as tx:
        tx.asset_types.delete(ctx.account_id, request["Identifier"])
    return {}
