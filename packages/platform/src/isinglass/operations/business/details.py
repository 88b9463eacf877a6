"""Operations on the glossary terms and attachments of assets and of their items."""

from typing import Any, TypedDict

from isinglass.domain.business.index import is_storable
from isinglass.model.glue.errors import InvalidInputException
from isinglass.model.glue.shapes import (
    AssociateGlossaryTermsRequest,
    AssociateGlossaryTermsResponse,
    DeleteAttachmentRequest,
    DeleteAttachmentResponse,
    DisassociateGlossaryTermsRequest,
    DisassociateGlossaryTermsResponse,
    PutAttachmentRequest,
    PutAttachmentResponse,
)
from isinglass.operations.business import subjects
from isinglass.operations.business.answered_once import once
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.asset_details import Attachment, Place
from isinglass.store.store import Transaction

#: Terms on one asset or item.
_MOST_TERMS = 10


class _Shown(TypedDict, total=False):
    """Where something is, as it is answered: on an asset, or on one of its items."""

    AssetIdentifier: str
    IterableFormName: str
    ItemIdentifier: str


def _found(ctx: Context, tx: Transaction, request: Any) -> tuple[Place, _Shown]:
    """Lock the asset of a request and find its place; and show them as they are answered."""
    subject, asset = subjects.lock(ctx, tx, request["AssetIdentifier"])
    place = subjects.place_of(ctx, tx, asset, subject, request)
    shown: _Shown = {"AssetIdentifier": subject.identifier}
    if place.form:
        shown |= {"IterableFormName": place.form, "ItemIdentifier": place.item}
    return place, shown


@implements("AssociateGlossaryTerms")
def associate_glossary_terms(
    ctx: Context, request: AssociateGlossaryTermsRequest
) -> AssociateGlossaryTermsResponse:
    """Put terms on an asset or on one item; those there already stay."""
    terms = list(dict.fromkeys(request["GlossaryTermIdentifiers"]))
    with ctx.store.begin() as tx:

        def act() -> AssociateGlossaryTermsResponse:
            place, shown = _found(ctx, tx, request)
            tx.glossaries.hold_terms(ctx.account_id, terms)
            tx.asset_details.add_terms(place, terms)
            now_there = tx.asset_details.terms(place)
            if len(now_there) > _MOST_TERMS:
                raise InvalidInputException(
                    f"There can be {_MOST_TERMS} glossary terms on an asset or item, not {len(now_there)}"
                )
            tx.assets.touch(place.asset, ctx.now)
            return {**shown, "GlossaryTerms": now_there}

        return once(ctx, tx, "AssociateGlossaryTerms", request, act)


@implements("DisassociateGlossaryTerms")
def disassociate_glossary_terms(
    ctx: Context, request: DisassociateGlossaryTermsRequest
) -> DisassociateGlossaryTermsResponse:
    """Take terms from an asset or from one item; those that are not there are ignored."""
    with ctx.store.begin() as tx:

        def act() -> DisassociateGlossaryTermsResponse:
            place, shown = _found(ctx, tx, request)
            tx.asset_details.remove_terms(place, request["GlossaryTermIdentifiers"])
            tx.assets.touch(place.asset, ctx.now)
            return {**shown, "GlossaryTerms": tx.asset_details.terms(place)}

        return once(ctx, tx, "DisassociateGlossaryTerms", request, act)


@implements("PutAttachment")
def put_attachment(ctx: Context, request: PutAttachmentRequest) -> PutAttachmentResponse:
    """Attach a form to an asset or to one item, instead of the one of its name there."""
    name, form_type, content = request["AttachmentName"], request["FormTypeId"], request["Content"]
    if not is_storable(content):
        raise InvalidInputException("Content must not contain the character U+0000")
    with ctx.store.begin() as tx:

        def act() -> PutAttachmentResponse:
            schema = tx.asset_types.schemas(ctx.account_id, [form_type], hold=True)[form_type]
            subjects.checked_content(schema, form_type, name, content)
            place, shown = _found(ctx, tx, request)
            tx.asset_details.attach(place, Attachment(name, form_type, content))
            tx.assets.touch(place.asset, ctx.now)
            return {**shown, "AttachmentName": name, "FormTypeId": form_type}

        return once(ctx, tx, "PutAttachment", request, act)


@implements("DeleteAttachment")
def delete_attachment(ctx: Context, request: DeleteAttachmentRequest) -> DeleteAttachmentResponse:
    """Take an attachment from an asset or from one item; one that is not there is no error."""
    with ctx.store.begin() as tx:
        place, shown = _found(ctx, tx, request)
        if tx.asset_details.detach(place, request["AttachmentName"]):
            tx.assets.touch(place.asset, ctx.now)
    return shown
