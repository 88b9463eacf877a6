"""Operations on glossaries and their terms."""

import secrets
from collections.abc import Mapping
from typing import Any

from isinglass.domain.business.index import is_storable
from isinglass.model.glue.errors import InvalidInputException
from isinglass.model.glue.shapes import (
    CreateGlossaryRequest,
    CreateGlossaryResponse,
    CreateGlossaryTermRequest,
    CreateGlossaryTermResponse,
    DeleteGlossaryRequest,
    DeleteGlossaryResponse,
    DeleteGlossaryTermRequest,
    DeleteGlossaryTermResponse,
    GetGlossaryRequest,
    GetGlossaryResponse,
    GetGlossaryTermRequest,
    GetGlossaryTermResponse,
    ListGlossariesRequest,
    ListGlossariesResponse,
    ListGlossaryTermsRequest,
    ListGlossaryTermsResponse,
    UpdateGlossaryRequest,
    UpdateGlossaryResponse,
    UpdateGlossaryTermRequest,
    UpdateGlossaryTermResponse,
)
from isinglass.operations.business.answered_once import once
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.glossaries import Glossary, GlossaryTerm

_DESCRIBING = ("Description",)
_TERM_DESCRIBING = ("ShortDescription", "LongDescription")


def _described(request: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {name: request[name] for name in members if name in request}


def _name(request: Mapping[str, Any], present: str = "") -> str:
    name: str = request.get("Name", present)
    if not is_storable(name):
        raise InvalidInputException("Name must not contain the character U+0000 or halves of characters")
    return name


def _shown(glossary: Glossary) -> Any:
    return {"Id": glossary.id, "Name": glossary.name, **glossary.document}


def _shown_term(term: GlossaryTerm) -> Any:
    return {"Id": term.id, "GlossaryId": term.glossary_id, "Name": term.name, **term.document}


@implements("CreateGlossary")
def create_glossary(ctx: Context, request: CreateGlossaryRequest) -> CreateGlossaryResponse:
    glossary = Glossary(f"g-{secrets.token_hex(8)}", _name(request), _described(request, _DESCRIBING))
    with ctx.store.begin() as tx:

        def act() -> CreateGlossaryResponse:
            tx.glossaries.insert(ctx.account_id, glossary)
            shown: CreateGlossaryResponse = _shown(glossary)
            return shown

        return once(ctx, tx, "CreateGlossary", request, act)


@implements("GetGlossary")
def get_glossary(ctx: Context, request: GetGlossaryRequest) -> GetGlossaryResponse:
    with ctx.store.read() as tx:
        shown: GetGlossaryResponse = _shown(tx.glossaries.require(ctx.account_id, request["Identifier"]))
    return shown


@implements("ListGlossaries")
def list_glossaries(ctx: Context, request: ListGlossariesRequest) -> ListGlossariesResponse:
    """List glossaries by name."""
    del request  # its paging is in the context
    with ctx.store.read() as tx:
        found, after = tx.glossaries.page(ctx.account_id, ctx.page)
    return {"Items": [_shown(glossary) for glossary in found], "NextToken": ctx.token(after)}


@implements("UpdateGlossary")
def update_glossary(ctx: Context, request: UpdateGlossaryRequest) -> UpdateGlossaryResponse:
    """Change the members given."""
    with ctx.store.begin() as tx:

        def act() -> UpdateGlossaryResponse:
            found = tx.glossaries.require(ctx.account_id, request["Identifier"], lock=True)
            document = {**found.document, **_described(request, _DESCRIBING)}
            changed = Glossary(found.id, _name(request, found.name), document)
            tx.glossaries.replace(ctx.account_id, changed)
            shown: UpdateGlossaryResponse = _shown(changed)
            return shown

        return once(ctx, tx, "UpdateGlossary", request, act)


@implements("DeleteGlossary")
def delete_glossary(ctx: Context, request: DeleteGlossaryRequest) -> DeleteGlossaryResponse:
    """Delete a glossary without terms; one that is not there is no error."""
    with ctx.store.begin() as tx:
        tx.glossaries.delete(ctx.account_id, request["Identifier"])
    return {}


@implements("CreateGlossaryTerm")
def create_glossary_term(ctx: Context, request: CreateGlossaryTermRequest) -> CreateGlossaryTermResponse:
    document = _described(request, _TERM_DESCRIBING)
    term = GlossaryTerm(f"t-{secrets.token_hex(8)}", request["GlossaryIdentifier"], _name(request), document)
    with ctx.store.begin() as tx:

        def act() -> CreateGlossaryTermResponse:
            tx.glossaries.require(ctx.account_id, term.glossary_id, hold=True)
            tx.glossaries.insert_term(ctx.account_id, term)
            shown: CreateGlossaryTermResponse = _shown_term(term)
            return shown

        return once(ctx, tx, "CreateGlossaryTerm", request, act)


@implements("GetGlossaryTerm")
def get_glossary_term(ctx: Context, request: GetGlossaryTermRequest) -> GetGlossaryTermResponse:
    with ctx.store.read() as tx:
        term = tx.glossaries.require_term(ctx.account_id, request["Identifier"])
    shown: GetGlossaryTermResponse = _shown_term(term)
    return shown


@implements("ListGlossaryTerms")
def list_glossary_terms(ctx: Context, request: ListGlossaryTermsRequest) -> ListGlossaryTermsResponse:
    """List a glossary's terms by name; one that is not there has none, as no error is declared for it."""
    members = ("Id", "Name", "ShortDescription")
    with ctx.store.read() as tx:
        found, after = tx.glossaries.terms_page(ctx.account_id, request["GlossaryIdentifier"], ctx.page)
    items: Any = [_described(_shown_term(term), members) for term in found]
    return {"Items": items, "NextToken": ctx.token(after)}


@implements("UpdateGlossaryTerm")
def update_glossary_term(ctx: Context, request: UpdateGlossaryTermRequest) -> UpdateGlossaryTermResponse:
    """Change the members given."""
    with ctx.store.begin() as tx:

        def act() -> UpdateGlossaryTermResponse:
            found = tx.glossaries.require_term(ctx.account_id, request["Identifier"], lock=True)
            document = {**found.document, **_described(request, _TERM_DESCRIBING)}
            changed = GlossaryTerm(found.id, found.glossary_id, _name(request, found.name), document)
            tx.glossaries.replace_term(ctx.account_id, changed)
            shown: UpdateGlossaryTermResponse = _shown_term(changed)
            return shown

        return once(ctx, tx, "UpdateGlossaryTerm", request, act)


@implements("DeleteGlossaryTerm")
def delete_glossary_term(ctx: Context, request: DeleteGlossaryTermRequest) -> DeleteGlossaryTermResponse:
    """Delete a term, which takes it from all assets; one that is not there is no error."""
    with ctx.store.begin() as tx:
        tx.glossaries.delete_term(ctx.account_id, request["Identifier"])
    return {}
