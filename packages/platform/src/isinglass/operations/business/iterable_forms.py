"""Operations on the items of iterable forms: the columns of a table, the elements of a form's list."""

from typing import Any

from isinglass.model.glue.shapes import (
    BatchGetIterableFormsRequest,
    BatchGetIterableFormsResponse,
    ListIterableFormsRequest,
    ListIterableFormsResponse,
)
from isinglass.operations.business import subjects
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("ListIterableForms")
def list_iterable_forms(ctx: Context, request: ListIterableFormsRequest) -> ListIterableFormsResponse:
    """List the items of a form in their order."""
    form = request["IterableFormName"]
    start: int = ctx.page.after[0] if ctx.page.after else 0
    with ctx.store.read() as tx:
        subject = subjects.find(ctx, tx, request["AssetIdentifier"])
        all_items = subjects.items_of(ctx, tx, subject, form)
        end = start + ctx.page.size
        page = all_items.between(start, end)
        terms = tx.asset_details.terms_of(subject.asset, form, [i.id for i in page]) if subject.asset else {}
    shown: list[Any] = []
    for item in page:
        entry = {"ItemId": item.id, "ItemName": item.name, "GlossaryTerms": terms.get(item.id, [])}
        shown.append(entry if item.description is None else {**entry, "Description": item.description})
    return {"Items": shown, "NextToken": ctx.token((end,) if end < len(all_items.ids) else None)}


@implements("BatchGetIterableForms")
def batch_get_iterable_forms(
    ctx: Context, request: BatchGetIterableFormsRequest
) -> BatchGetIterableFormsResponse:
    """Read items by their ids or names, with their terms, forms and attachments."""
    form = request["IterableFormName"]
    wanted = list(dict.fromkeys(request["ItemIdentifiers"]))
    with ctx.store.read() as tx:
        subject = subjects.find(ctx, tx, request["AssetIdentifier"])
        look_up = subjects.items_of(ctx, tx, subject, form).lookup()
        found = {identifier: look_up(identifier) for identifier in wanted}
        ids = [item.id for item in found.values() if item is not None]
        asset = subject.asset
        terms = tx.asset_details.terms_of(asset, form, ids) if asset else {}
        attached = tx.asset_details.attachments_of(asset, form, ids) if asset else {}
    shown: Any = [
        {
            "ItemId": item.id,
            "ItemName": item.name,
            "GlossaryTerms": terms.get(item.id, []),
            "Forms": {item.form: {"FormTypeId": item.form_type, "Content": item.content}},
            "Attachments": {
                each.name: {"FormTypeId": each.form_type, "Content": each.content}
                for each in attached.get(item.id, ())
            },
        }
        for item in found.values()
        if item is not None
    ]
    errors: Any = [
        {
            "ItemIdentifier": identifier,
            "Code": "EntityNotFoundException",
            "Message": f"Item {identifier} of {form} not found.",
        }
        for identifier, item in found.items()
        if item is None
    ]
    return {"Items": shown, "Errors": errors}
