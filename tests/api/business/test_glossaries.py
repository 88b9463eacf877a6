"""Glossaries and terms, as boto3 sees them."""

from typing import Any


def test_glossary_reads_back_as_it_was_made_and_changed(glue: Any, of: Any) -> None:
    made = of(glue.create_glossary(Name="Finance", Description="Money"))
    assert made == {"Id": made["Id"], "Name": "Finance", "Description": "Money"}
    assert of(glue.get_glossary(Identifier=made["Id"])) == made
    changed = of(glue.update_glossary(Identifier=made["Id"], Name="Finances"))
    assert changed == {**made, "Name": "Finances"}
    assert glue.list_glossaries()["Items"] == [changed]


def test_term_reads_back_as_it_was_made_and_changed(glue: Any, of: Any) -> None:
    glossary = glue.create_glossary(Name="Finance")["Id"]
    made = of(
        glue.create_glossary_term(
            GlossaryIdentifier=glossary, Name="ARR", ShortDescription="s", LongDescription="l"
        )
    )
    assert made == {
        "Id": made["Id"], "GlossaryId": glossary, "Name": "ARR", "ShortDescription": "s", "LongDescription": "l"
    }  # fmt: skip
    assert of(glue.get_glossary_term(Identifier=made["Id"])) == made
    changed = of(glue.update_glossary_term(Identifier=made["Id"], ShortDescription="yearly"))
    assert changed == {**made, "ShortDescription": "yearly"}
    listed = glue.list_glossary_terms(GlossaryIdentifier=glossary)["Items"]
    assert listed == [{"Id": made["Id"], "Name": "ARR", "ShortDescription": "yearly"}]


def test_names_that_are_taken_are_refused(glue: Any, error_of: Any) -> None:
    first, second = (glue.create_glossary(Name=name)["Id"] for name in ("a", "b"))
    taken = ("AlreadyExistsException", "Glossary a already exists.")
    assert error_of(glue.create_glossary, Name="a") == taken
    assert error_of(glue.update_glossary, Identifier=second, Name="a") == taken
    term = glue.create_glossary_term(GlossaryIdentifier=first, Name="t")["Id"]
    glue.create_glossary_term(GlossaryIdentifier=second, Name="t")
    other = glue.create_glossary_term(GlossaryIdentifier=first, Name="u")["Id"]
    assert error_of(glue.update_glossary_term, Identifier=other, Name="t")[0] == "AlreadyExistsException"
    assert (
        error_of(glue.create_glossary_term, GlossaryIdentifier=first, Name="t")[0] == "AlreadyExistsException"
    )
    assert glue.update_glossary_term(Identifier=term, Name="t")["Name"] == "t"


def test_deletes_wait_for_terms_and_ignore_what_is_absent(glue: Any, error_of: Any) -> None:
    glossary = glue.create_glossary(Name="a")["Id"]
    term = glue.create_glossary_term(GlossaryIdentifier=glossary, Name="t")["Id"]
    assert error_of(glue.delete_glossary, Identifier=glossary) == (
        "ConflictException",
        f"Glossary {glossary} has terms; delete them first.",
    )
    for _ in range(2):
        glue.delete_glossary_term(Identifier=term)
    for _ in range(2):
        glue.delete_glossary(Identifier=glossary)
    glue.delete_glossary(Identifier="no\0thing")
    assert error_of(glue.get_glossary, Identifier=glossary)[0] == "EntityNotFoundException"
    assert error_of(glue.get_glossary_term, Identifier=term)[0] == "EntityNotFoundException"
    assert (
        error_of(glue.create_glossary_term, GlossaryIdentifier=glossary, Name="t")[0]
        == "EntityNotFoundException"
    )


def test_listings_page_by_name(glue: Any) -> None:
    for name in "cab":
        glue.create_glossary(Name=name)
    names: list[str] = []
    arguments: dict[str, Any] = {"MaxResults": 1}
    while True:
        answer = glue.list_glossaries(**arguments)
        names += [item["Name"] for item in answer["Items"]]
        if "NextToken" not in answer:
            break
        arguments["NextToken"] = answer["NextToken"]
    assert names == ["a", "b", "c"]


def test_request_sent_again_with_its_token_is_done_once(glue: Any, error_of: Any, of: Any) -> None:
    made = of(glue.create_glossary(Name="a", ClientToken="once"))
    assert of(glue.create_glossary(Name="a", ClientToken="once")) == made
    assert error_of(glue.create_glossary, Name="b", ClientToken="once") == (
        "InvalidInputException",
        "The ClientToken once was used for another request of CreateGlossary.",
    )
    glue.update_glossary(Identifier=made["Id"], Name="b", ClientToken="once")
    glue.update_glossary(Identifier=made["Id"], Name="c")
    glue.update_glossary(Identifier=made["Id"], Name="b", ClientToken="once")
    assert [item["Name"] for item in glue.list_glossaries()["Items"]] == ["c"]


def test_request_that_failed_does_not_keep_its_token(glue: Any, error_of: Any) -> None:
    glue.create_glossary(Name="a")
    assert error_of(glue.create_glossary, Name="a", ClientToken="t")[0] == "AlreadyExistsException"
    assert glue.create_glossary(Name="b", ClientToken="t")["Name"] == "b"
