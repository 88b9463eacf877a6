"""User-defined functions, as boto3 sees them."""

from typing import Any

MISSING = ("EntityNotFoundException", "Function nope not found.")


def _create(catalog: Any, name: str, **members: Any) -> None:
    catalog.glue.create_user_defined_function(
        DatabaseName="sales", FunctionInput={"FunctionName": name, **members}
    )


def _names(catalog: Any, **arguments: Any) -> list[tuple[str, str]]:
    pages = catalog.glue.get_paginator("get_user_defined_functions").paginate(**arguments)
    listed = [function for page in pages for function in page["UserDefinedFunctions"]]
    return [(function["DatabaseName"], function["FunctionName"]) for function in listed]


def test_function_created_reads_back_under_a_folded_name(catalog: Any, error_of: Any) -> None:
    given = {
        "ClassName": "org.example.Trim",
        "OwnerName": "ana",
        "OwnerType": "USER",
        "FunctionType": "AGGREGATE_FUNCTION",
        "ResourceUris": [{"ResourceType": "JAR", "Uri": "s3://b/trim.jar"}],
    }
    _create(catalog, "Trim", **given)
    function = catalog.glue.get_user_defined_function(DatabaseName="SALES", FunctionName="TRIM")
    shown = function["UserDefinedFunction"]
    shown.pop("CreateTime")
    assert shown == {
        **given,
        "FunctionName": "trim",
        "DatabaseName": "sales",
        "CatalogId": "123456789012",
    }
    again = {"DatabaseName": "sales", "FunctionInput": {"FunctionName": "TRIM"}}
    assert error_of(catalog.glue.create_user_defined_function, **again) == (
        "AlreadyExistsException",
        "Function already exists.",
    )


def test_function_updated_loses_what_was_left_out_and_keeps_its_time(catalog: Any, error_of: Any) -> None:
    glue, name = catalog.glue, {"DatabaseName": "sales", "FunctionName": "f"}
    _create(catalog, "f", ClassName="a.B", OwnerName="ana")
    created = glue.get_user_defined_function(**name)["UserDefinedFunction"]
    glue.update_user_defined_function(**name, FunctionInput={"ClassName": "a.C"})
    kept = {key: created[key] for key in ("FunctionName", "DatabaseName", "CatalogId", "CreateTime")}
    assert glue.get_user_defined_function(**name)["UserDefinedFunction"] == {**kept, "ClassName": "a.C"}
    renamed = error_of(glue.update_user_defined_function, **name, FunctionInput={"FunctionName": "g"})
    assert renamed == ("InvalidInputException", "Function f cannot be renamed to g")


def test_functions_listed_by_pattern_type_and_database_in_pages(catalog: Any, error_of: Any) -> None:
    catalog.glue.create_database(DatabaseInput={"Name": "hr"})
    for name in ("trim", "to_date", "to_time"):
        _create(catalog, name, FunctionType="REGULAR_FUNCTION")
    _create(catalog, "to_sum", FunctionType="AGGREGATE_FUNCTION")
    catalog.glue.create_user_defined_function(DatabaseName="hr", FunctionInput={"FunctionName": "to_pay"})
    small = {"PaginationConfig": {"PageSize": 1}}
    everything = [("hr", "to_pay")] + [("sales", name) for name in ("to_date", "to_sum", "to_time", "trim")]
    assert _names(catalog, Pattern="*", **small) == everything
    assert _names(catalog, Pattern="TO_*", DatabaseName="Sales", **small) == everything[1:4]
    assert _names(catalog, Pattern="to_.*", FunctionType="AGGREGATE_FUNCTION") == [("sales", "to_sum")]
    assert error_of(catalog.glue.get_user_defined_functions, Pattern="(")[0] == "InvalidInputException"


def test_operation_on_a_missing_function_or_database_is_not_found(catalog: Any, error_of: Any) -> None:
    glue = catalog.glue
    for operation, arguments in [
        (glue.get_user_defined_function, {}),
        (glue.update_user_defined_function, {"FunctionInput": {}}),
        (glue.delete_user_defined_function, {}),
    ]:
        assert error_of(operation, DatabaseName="sales", FunctionName="nope", **arguments) == MISSING
        answer = error_of(operation, DatabaseName="none", FunctionName="nope", **arguments)
        assert answer == ("EntityNotFoundException", "Database none not found.")
    nameless = error_of(glue.create_user_defined_function, DatabaseName="sales", FunctionInput={})
    assert nameless[0] == "InvalidInputException"
    listing = error_of(glue.get_user_defined_functions, DatabaseName="none", Pattern="*")
    assert listing[0] == "EntityNotFoundException"


def test_function_deleted_is_gone_alone_or_with_its_database(catalog: Any, error_of: Any) -> None:
    for name in ("f", "g"):
        _create(catalog, name)
    catalog.glue.delete_user_defined_function(DatabaseName="sales", FunctionName="F")
    assert _names(catalog, Pattern="*") == [("sales", "g")]
    catalog.glue.update_database(Name="sales", DatabaseInput={"Name": "trade"})
    assert _names(catalog, Pattern="*") == [("trade", "g")]
    catalog.glue.delete_database(Name="trade")
    assert _names(catalog, Pattern="*") == []


def test_functions_of_other_accounts_are_not_seen(catalog: Any, api: Any, error_of: Any) -> None:
    _create(catalog, "f")
    other = api.client("glue", "210987654321")
    assert other.get_user_defined_functions(Pattern="*")["UserDefinedFunctions"] == []
    other.create_database(DatabaseInput={"Name": "sales"})
    answer = error_of(other.get_user_defined_function, DatabaseName="sales", FunctionName="f")
    assert answer == ("EntityNotFoundException", "Function f not found.")
