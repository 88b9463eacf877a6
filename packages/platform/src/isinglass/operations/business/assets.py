"""Operations on assets."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from isinglass.domain.business import built_in, items
from isinglass.domain.business.identifiers import table_of
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException
from isinglass.model.glue.shapes import (
    AssetFormEntry,
    DeleteAssetRequest,
    DeleteAssetResponse,
    GetAssetInput,
    GetAssetOutput,
    PutAssetRequest,
    PutAssetResponse,
    UpdateAssetRequest,
    UpdateAssetResponse,
)
from isinglass.operations.business import subjects
from isinglass.operations.business.answered_once import once
from isinglass.operations.business.asset_types import schema_of
from isinglass.operations.business.subjects import Subject
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.asset_details import Place
from isinglass.store.asset_types import AssetType
from isinglass.store.assets import Asset
from isinglass.store.store import Transaction


class _Head(TypedDict):
    """What tells an asset from others."""

    Id: str
    Name: str
    Description: NotRequired[str]


@implements("PutAsset")
def put_asset(ctx: Context, request: PutAssetRequest) -> PutAssetResponse:
    """Make an asset or replace what one says; the table that one may be stays as it is."""
    if not request["Name"]:
        raise InvalidInputException("Name must not be empty")
    with ctx.store.begin() as tx:

        def act() -> PutAssetResponse:
            asset_type = tx.asset_types.require(ctx.account_id, request["AssetTypeId"], hold=True)
            is_table = table_of(request["Identifier"]) is not None
            forms = _checked_forms(ctx, tx, asset_type, request["Forms"], is_table=is_table)
            subject, asset = _put(ctx, tx, request, {"Forms": forms})
            kept = _items_present(ctx, tx, subject)
            tx.asset_details.keep_only(asset, kept)
            return {**_head(subject, asset), "CreatedAt": asset.created_at, "Forms": _forms(subject)}

        return once(ctx, tx, "PutAsset", request, act)


def _put(
    ctx: Context, tx: Transaction, request: PutAssetRequest, document: dict[str, Any]
) -> tuple[Subject, Asset]:
    if "Description" in request:
        document["Description"] = request["Description"]
    identifier, type_id, name = request["Identifier"], request["AssetTypeId"], request["Name"]
    if table_of(identifier) is None:
        asset = tx.assets.put(ctx.account_id, identifier, type_id, name, document, ctx.now)
        return Subject(identifier, asset, None), asset
    subject, asset = subjects.lock(ctx, tx, identifier)
    asset = tx.assets.replace(asset, type_id, name, {**document, "Name": name}, ctx.now)
    return Subject(subject.identifier, asset, subject.table), asset


def _checked_forms(
    ctx: Context, tx: Transaction, asset_type: AssetType, given: Mapping[str, Any], *, is_table: bool
) -> dict[str, Any]:
    """Hold forms against the type; a form that is not given counts as empty."""
    if asset_type.name == built_in.TABLE_TYPE and not is_table:
        raise InvalidInputException(f"Only tables of the catalog are assets of the type {asset_type.name}")
    own = {name: type_ for name, type_ in asset_type.forms.items() if not (is_table and name == _TABLE)}
    for name in given:
        if name not in own:
            have = ", ".join(sorted(own)) or "none that can be given"
            raise InvalidInputException(f"Asset type {asset_type.name} has no form {name}; it has {have}")
    schemas = tx.asset_types.schemas(ctx.account_id, own.values())
    forms: dict[str, Any] = {}
    for name, form_type in own.items():
        entry = given.get(name, {})
        if entry.get("FormTypeId", form_type) != form_type:
            raise InvalidInputException(
                f"Form {name} of asset type {asset_type.name} is of the form type {form_type}, "
                f"not {entry['FormTypeId']}"
            )
        text = entry.get("Content", "{}")
        content = subjects.checked_content(schemas[form_type], form_type, name, text)
        _check_items(schemas[form_type], form_type, name, content)
        if name in given:
            forms[name] = {"FormTypeId": form_type, "Content": text}
    return forms


_TABLE = built_in.TABLE_FORM


def _check_items(schema: str, form_type: str, form: str, content: Any) -> None:
    """Refuse items that could not be told apart."""
    for member in items.lists_of(schema_of(schema), form_type):
        ids = items.of_list(form_type, member, content.get(member)).ids
        if len(set(ids)) < len(ids):
            twice = max(ids, key=ids.count)
            raise InvalidInputException(f"Content of form {form}, $.{member}: the item {twice} stands twice")


def _items_present(ctx: Context, tx: Transaction, subject: Subject) -> set[tuple[str, str]]:
    """List the items that terms and attachments may be on; of a table, columns may come and go."""
    present: set[tuple[str, str]] = set()
    for form in subjects.iterable_forms(ctx, tx, subject):
        if form == built_in.COLUMNS and subject.asset is not None:
            present |= {(form, item) for item in tx.asset_details.items(subject.asset, form)}
        else:
            present |= {(form, id_) for id_ in subjects.items_of(ctx, tx, subject, form).ids}
    return present


def _head(subject: Subject, asset: Asset | None) -> _Head:
    """Show what tells an asset from others; a table's own name and description stand in for missing ones."""
    if subject.table is None:
        assert asset is not None
        shown: _Head = {"Id": subject.identifier, "Name": asset.name}
        description = asset.document.get("Description")
    else:
        document = subject.document
        shown = {"Id": subject.identifier, "Name": document.get("Name", subject.table.name)}
        description = document.get("Description", subject.table.document.get("Description"))
    return shown if description is None else {**shown, "Description": description}


def _forms(subject: Subject) -> dict[str, AssetFormEntry]:
    forms = dict(subject.document.get("Forms", {}))
    if subject.table is not None:
        content = built_in.table_content(subject.table.database_name, subject.table.document)
        forms[_TABLE] = {"FormTypeId": built_in.TABLE_FORM_TYPE, "Content": built_in.written(content)}
    return forms


@implements("GetAsset")
def get_asset(ctx: Context, request: GetAssetInput) -> GetAssetOutput:
    """Read an asset: one that was put, or a table."""
    with ctx.store.read() as tx:
        subject = subjects.find(ctx, tx, request["Identifier"])
        asset, table = subject.asset, subject.table
        forms = subjects.iterable_forms(ctx, tx, subject)
        terms = tx.asset_details.terms(Place(asset)) if asset else []
        attachments = tx.asset_details.attachments(Place(asset)) if asset else []
    times = [(found.created_at, found.updated_at) for found in (table, asset) if found is not None]
    shown: GetAssetOutput = {
        **_head(subject, asset),
        "AssetTypeId": asset.type_id if asset else built_in.TABLE_TYPE,
        "CreatedAt": times[0][0],
        "UpdatedAt": max(updated for _, updated in times),
        "GlossaryTerms": terms,
        "Forms": _forms(subject),
        "Attachments": {
            each.name: {"FormTypeId": each.form_type, "Content": each.content} for each in attachments
        },
        "IterableForms": {name: {"FormTypeId": form_type} for name, form_type in forms.items()},
    }
    return shown


@implements("UpdateAsset")
def update_asset(ctx: Context, request: UpdateAssetRequest) -> UpdateAssetResponse:
    """Change the name or description that an asset goes by; a table keeps its own."""
    if request.get("Name") == "":
        raise InvalidInputException("Name must not be empty")
    with ctx.store.begin() as tx:

        def act() -> UpdateAssetResponse:
            subject, asset = subjects.lock(ctx, tx, request["Identifier"])
            document = dict(asset.document)
            if "Description" in request:
                document["Description"] = request["Description"]
            name = request.get("Name", asset.name)
            if subject.table is not None and "Name" in request:
                document["Name"] = name
            changed = tx.assets.replace(asset, asset.type_id, name, document, ctx.now)
            subject = Subject(subject.identifier, changed, subject.table)
            return {**_head(subject, changed), "UpdatedAt": ctx.now}

        return once(ctx, tx, "UpdateAsset", request, act)


@implements("DeleteAsset")
def delete_asset(ctx: Context, request: DeleteAssetRequest) -> DeleteAssetResponse:
    """Delete an asset, of a table what is said of it; one that is not there is no error."""
    with ctx.store.begin() as tx:
        try:
            subject = subjects.find(ctx, tx, request["Identifier"])
        except EntityNotFoundException:
            return {}
        if subject.asset is not None:
            _, asset = subjects.lock(ctx, tx, request["Identifier"])
            tx.assets.delete(asset)
    return {}
