"""Form types and asset types, as boto3 sees them."""

from typing import Any

BUILT_IN = ["GlueColumn", "GlueTable"]


def _names(call: Any, **arguments: Any) -> list[str]:
    names: list[str] = []
    while True:
        answer = call(**arguments)
        names += [item["Name"] for item in answer["Items"]]
        if "NextToken" not in answer:
            return names
        arguments["NextToken"] = answer["NextToken"]


def test_form_type_reads_back_as_it_was_put(glue: Any, of: Any) -> None:
    for schema in ("structure Note {}", "structure Note { text: String }"):
        expected = {"Id": "Note", "Name": "Note", "Schema": schema}
        assert of(glue.put_form_type(Name="Note", Schema=schema)) == expected
        assert of(glue.get_form_type(Identifier="Note")) == expected


def test_form_type_with_a_wrong_schema_is_refused_with_the_place(glue: Any, error_of: Any) -> None:
    cases = [
        (
            "structure Note {\n  text: Strin\n}",
            "Schema of form type Note, line 2, column 3: text: there is no type Strin",
        ),
        ("structure Other {}", "Schema of form type Note: it must have a structure Note"),
        (
            'structure Note { a: String = "x" }',
            "Schema of form type Note, line 1, column 28: default values are not supported",
        ),
    ]
    for schema, message in cases:
        assert error_of(glue.put_form_type, Name="Note", Schema=schema) == ("InvalidInputException", message)
    assert _names(glue.list_form_types) == BUILT_IN


def test_types_list_page_by_name_with_those_built_in(glue: Any) -> None:
    for name in ("Zebra", "Gold", "Ant"):
        glue.put_form_type(Name=name, Schema=f"structure {name} {{}}")
        glue.put_asset_type(Name=name, Forms={"form": {"FormTypeIdentifier": name}})
    everything = ["Ant", "GlueColumn", "GlueTable", "Gold", "Zebra"]
    for size in (1, 2, 3, 10):
        assert _names(glue.list_form_types, MaxResults=size) == everything
    assert _names(glue.list_asset_types, MaxResults=1) == ["Ant", "GlueTable", "Gold", "Zebra"]


def test_asset_type_needs_form_types_that_exist(glue: Any, error_of: Any, of: Any) -> None:
    forms = {"note": {"FormTypeIdentifier": "Note"}}
    assert error_of(glue.put_asset_type, Name="Page", Forms=forms) == (
        "EntityNotFoundException",
        "Form type Note not found.",
    )
    glue.put_form_type(Name="Note", Schema="structure Note {}")
    expected = {"Id": "Page", "Name": "Page", "Forms": forms}
    assert of(glue.put_asset_type(Name="Page", Forms=forms)) == expected
    assert of(glue.get_asset_type(Identifier="Page")) == expected


def test_deletes_of_types_in_use_are_refused(business: Any, error_of: Any) -> None:
    glue = business.glue
    assert error_of(glue.delete_form_type, Identifier="Contact") == (
        "ConflictException",
        "Form type Contact is used by asset type Dashboard.",
    )
    business.dashboard("d1")
    assert error_of(glue.delete_asset_type, Identifier="Dashboard") == (
        "InvalidInputException",
        "Asset type Dashboard has assets, d1 among them.",
    )
    glue.delete_asset(Identifier="d1")
    glue.put_attachment(
        AssetIdentifier=business.orders, AttachmentName="who", FormTypeId="Contact", Content='{"owner": "x"}'
    )
    glue.delete_asset_type(Identifier="Dashboard")
    assert error_of(glue.delete_form_type, Identifier="Contact")[0] == "ConflictException"
    glue.delete_attachment(AssetIdentifier=business.orders, AttachmentName="who")
    for _ in range(2):
        glue.delete_form_type(Identifier="Contact")
        glue.delete_asset_type(Identifier="Dashboard")
    assert _names(glue.list_form_types) == [*BUILT_IN, "Survey"]


def test_types_that_are_built_in_cannot_be_changed(glue: Any, error_of: Any) -> None:
    refused = ("InvalidInputException", "GlueTable is built in and cannot be changed.")
    assert error_of(glue.put_form_type, Name="GlueTable", Schema="structure GlueTable {}") == refused
    assert error_of(glue.delete_form_type, Identifier="GlueTable") == refused
    forms = {"x": {"FormTypeIdentifier": "GlueColumn"}}
    assert error_of(glue.put_asset_type, Name="GlueTable", Forms=forms) == refused
    assert error_of(glue.delete_asset_type, Identifier="GlueTable") == refused
