"""Glossary terms and attachments on assets and on their items, as boto3 sees them."""

from typing import Any


def test_terms_are_put_on_an_asset_and_taken_from_it(business: Any, of: Any) -> None:
    glue = business.glue
    one, two = sorted(business.terms("one", "two"))
    business.dashboard("d1")
    both = {"AssetIdentifier": "d1", "GlossaryTerms": [one, two]}
    assert (
        of(glue.associate_glossary_terms(AssetIdentifier="d1", GlossaryTermIdentifiers=[two, one, two]))
        == both
    )
    assert of(glue.associate_glossary_terms(AssetIdentifier="d1", GlossaryTermIdentifiers=[one])) == both
    left = of(glue.disassociate_glossary_terms(AssetIdentifier="d1", GlossaryTermIdentifiers=[one, "absent"]))
    assert left == {"AssetIdentifier": "d1", "GlossaryTerms": [two]}
    assert glue.get_asset(Identifier="d1")["GlossaryTerms"] == [two]
    glue.delete_glossary_term(Identifier=two)
    assert glue.get_asset(Identifier="d1")["GlossaryTerms"] == []


def test_eleventh_term_is_refused(business: Any, error_of: Any) -> None:
    glue = business.glue
    terms = business.terms(*"abcdefghijk")
    business.dashboard("d1")
    glue.associate_glossary_terms(AssetIdentifier="d1", GlossaryTermIdentifiers=terms[:10])
    assert error_of(
        glue.associate_glossary_terms, AssetIdentifier="d1", GlossaryTermIdentifiers=terms[10:]
    ) == ("InvalidInputException", "There can be 10 glossary terms on an asset or item, not 11")
    assert glue.get_asset(Identifier="d1")["GlossaryTerms"] == sorted(terms[:10])


def test_columns_of_a_table_carry_terms_and_attachments(business: Any, of: Any) -> None:
    glue = business.glue
    [term] = business.terms("personal")
    column = {"AssetIdentifier": business.orders, "IterableFormName": "columns", "ItemIdentifier": "EMAIL"}
    shown = {**column, "ItemIdentifier": "email"}
    answer = of(glue.associate_glossary_terms(**column, GlossaryTermIdentifiers=[term]))
    assert answer == {**shown, "GlossaryTerms": [term]}
    attached = of(
        glue.put_attachment(**column, AttachmentName="who", FormTypeId="Contact", Content='{"owner":"bo"}')
    )
    assert attached == {**shown, "AttachmentName": "who", "FormTypeId": "Contact"}
    listed = glue.list_iterable_forms(AssetIdentifier=business.orders, IterableFormName="columns")["Items"]
    assert listed == [
        {"ItemId": "id", "ItemName": "Id", "GlossaryTerms": []},
        {"ItemId": "email", "ItemName": "email", "Description": "of the buyer", "GlossaryTerms": [term]},
        {"ItemId": "day", "ItemName": "day", "GlossaryTerms": []},
    ]
    read = glue.batch_get_iterable_forms(
        AssetIdentifier=business.orders, IterableFormName="columns", ItemIdentifiers=["email", "none"]
    )
    assert read["Items"] == [
        {
            "ItemId": "email",
            "ItemName": "email",
            "GlossaryTerms": [term],
            "Forms": {
                "column": {
                    "FormTypeId": "GlueColumn",
                    "Content": '{"name":"email","type":"string","comment":"of the buyer","partitionKey":false}',
                }
            },
            "Attachments": {"who": {"FormTypeId": "Contact", "Content": '{"owner":"bo"}'}},
        }
    ]
    assert read["Errors"] == [
        {
            "ItemIdentifier": "none",
            "Code": "EntityNotFoundException",
            "Message": "Item none of columns not found.",
        }
    ]
    assert glue.get_asset(Identifier=business.orders)["GlossaryTerms"] == []


def test_columns_list_page_by_page(business: Any) -> None:
    arguments: dict[str, Any] = {
        "AssetIdentifier": business.orders,
        "IterableFormName": "columns",
        "MaxResults": 2,
    }
    first = business.glue.list_iterable_forms(**arguments)
    second = business.glue.list_iterable_forms(**arguments, NextToken=first["NextToken"])
    assert [item["ItemName"] for item in first["Items"] + second["Items"]] == ["Id", "email", "day"]
    assert "NextToken" not in second


def test_items_of_a_form_are_told_apart_by_id_or_name(business: Any, error_of: Any) -> None:
    glue = business.glue
    business.poll("p1", {"name": "taste", "description": "How was it?"}, {"id": "q2", "name": "price"})
    assert glue.get_asset(Identifier="p1")["IterableForms"] == {"survey::questions": {"FormTypeId": "Survey"}}
    listed = glue.list_iterable_forms(AssetIdentifier="p1", IterableFormName="survey::questions")["Items"]
    assert listed == [
        {"ItemId": "taste", "ItemName": "taste", "Description": "How was it?", "GlossaryTerms": []},
        {"ItemId": "q2", "ItemName": "price", "GlossaryTerms": []},
    ]
    code, message = error_of(business.poll, "p1", {"name": "a"}, {"id": "a", "name": "b"})
    assert (code, message) == (
        "InvalidInputException", "Content of form survey, $.questions: the item a stands twice",
    )  # fmt: skip


def test_items_that_go_take_what_is_on_them(business: Any) -> None:
    glue = business.glue
    [term] = business.terms("loved")
    item = {"AssetIdentifier": "p1", "IterableFormName": "survey::questions", "ItemIdentifier": "taste"}
    business.poll("p1", {"name": "taste"})
    glue.associate_glossary_terms(**item, GlossaryTermIdentifiers=[term])
    business.poll("p1", {"name": "taste"}, {"name": "price"})
    assert business.found(SearchText="loved") == ["p1"]
    business.poll("p1", {"name": "price"})
    assert business.found(SearchText="loved") == []
    business.poll("p1", {"name": "taste"})
    [listed] = glue.list_iterable_forms(AssetIdentifier="p1", IterableFormName="survey::questions")["Items"]
    assert listed["GlossaryTerms"] == []


def test_attachment_is_overwritten_and_deleted(business: Any, error_of: Any, of: Any) -> None:
    glue = business.glue
    place = {"AssetIdentifier": business.orders, "AttachmentName": "who"}
    for owner in ("ana", "bo"):
        glue.put_attachment(**place, FormTypeId="Contact", Content=f'{{"owner": "{owner}"}}')
    attachments = glue.get_asset(Identifier=business.orders)["Attachments"]
    assert attachments == {"who": {"FormTypeId": "Contact", "Content": '{"owner": "bo"}'}}
    code, message = error_of(glue.put_attachment, **place, FormTypeId="Contact", Content="{}")
    assert (code, message) == ("InvalidInputException", "Content of form who, $.owner: it is required")
    for _ in range(2):
        assert of(glue.delete_attachment(**place)) == {"AssetIdentifier": business.orders}
    assert glue.get_asset(Identifier=business.orders)["Attachments"] == {}


def test_details_of_what_is_not_there_are_refused(business: Any, error_of: Any) -> None:
    glue = business.glue
    [term] = business.terms("a")
    put = glue.associate_glossary_terms
    asset, item = (
        {"AssetIdentifier": business.orders},
        {"IterableFormName": "columns", "ItemIdentifier": "zip"},
    )
    missing = "EntityNotFoundException"
    assert error_of(put, **asset, GlossaryTermIdentifiers=["no"]) == (missing, "Glossary term no not found.")
    assert error_of(put, AssetIdentifier="no", GlossaryTermIdentifiers=[term]) == (
        missing,
        "Asset no not found.",
    )
    assert error_of(put, **asset, **item, GlossaryTermIdentifiers=[term])[0] == missing
    assert (
        error_of(put, **asset, **{**item, "IterableFormName": "rows"}, GlossaryTermIdentifiers=[term])[0]
        == missing
    )
    code, message = error_of(put, **asset, ItemIdentifier="email", GlossaryTermIdentifiers=[term])
    assert (code, message) == (
        "InvalidInputException", "IterableFormName and ItemIdentifier go together: give both or neither",
    )  # fmt: skip
