"""Definitions of many megabytes, and texts of any script, are kept as they were given."""

from typing import Any

COLUMNS = 50_000


def _columns(count: int) -> list[dict[str, str]]:
    return [
        {"Name": f"Spalte_größe_{n}", "Type": "decimal(38,18)", "Comment": f"列 {n} 😀"} for n in range(count)
    ]


def test_table_of_fifty_thousand_columns_is_kept_whole(catalog: Any) -> None:
    columns = _columns(COLUMNS)
    catalog.create_table("wide", StorageDescriptor={"Columns": columns, "Location": "s3://lake/wide/"})
    table = catalog.glue.get_table(DatabaseName="sales", Name="wide")["Table"]
    assert table["StorageDescriptor"]["Columns"] == columns
    columns[7]["Type"] = "string"
    given = {"Name": "wide", "StorageDescriptor": {"Columns": columns}}
    catalog.glue.update_table(DatabaseName="sales", TableInput=given, VersionId="0")
    versions = catalog.glue.get_table_versions(DatabaseName="sales", TableName="wide")["TableVersions"]
    assert [version["Table"]["StorageDescriptor"]["Columns"][7]["Type"] for version in versions] == [
        "string",
        "decimal(38,18)",
    ]
    [found] = catalog.glue.search_tables(SearchText="wide")["TableList"]
    assert len(found["StorageDescriptor"]["Columns"]) == COLUMNS


def test_columns_of_a_wide_table_list_to_the_last_as_an_asset(catalog: Any) -> None:
    catalog.create_table("wide", StorageDescriptor={"Columns": _columns(3_000)})
    asset = "arn:aws:glue:eu-west-1:123456789012:table/sales/wide"
    names: list[str] = []
    arguments: dict[str, Any] = {"AssetIdentifier": asset, "IterableFormName": "columns", "MaxResults": 1000}
    while True:
        answer = catalog.glue.list_iterable_forms(**arguments)
        names += [item["ItemName"] for item in answer["Items"]]
        if "NextToken" not in answer:
            break
        arguments["NextToken"] = answer["NextToken"]
    assert names == [column["Name"] for column in _columns(3_000)]


def test_parameters_of_nine_megabytes_are_kept_whole(catalog: Any) -> None:
    parameters = {f"part {n}": chr(0x61 + n) * 500_000 + "列" for n in range(18)}
    catalog.create_table("heavy", Parameters=parameters)
    assert catalog.glue.get_table(DatabaseName="sales", Name="heavy")["Table"]["Parameters"] == parameters


def test_value_beyond_the_models_limit_is_refused(catalog: Any, error_of: Any) -> None:
    code, message = error_of(catalog.create_table, "x", Parameters={"a": "x" * 512_001})
    assert code in {"InvalidInputException", "ValidationException"}
    assert "512000" in message


def test_names_are_found_in_any_case_of_any_script(catalog: Any) -> None:
    for name in ("ÄRGER_Öl", "ΣΊΣΥΦΟΣ", "表", "İstanbul"):
        catalog.create_table(name)
        folded = catalog.glue.get_table(DatabaseName="SALES", Name=name)["Table"]["Name"]
        assert folded == name.lower()
        assert catalog.glue.get_table(DatabaseName="sales", Name=folded)["Table"]["Name"] == folded


INJECTIONS = [
    "city = '' OR 1=1 --'",
    "city = 'x'; DROP TABLE partitions; --",
    "city = 'x' UNION SELECT secret FROM access_keys",
    "city = (SELECT 1)",
    "city LIKE '%' ESCAPE '\\'",
    "1 = 1",
    "year = 1 OR year = year",
    "city = 'x' /* */ OR 1",
    "sqlite_version() = 1",
    'city = "\'"',
]


def test_expressions_that_try_to_leave_their_language_are_refused(catalog: Any, error_of: Any) -> None:
    catalog.add_partitions(["2024", "' OR 1=1 --"], ["2024", "%"])
    for expression in INJECTIONS:
        code, _ = error_of(catalog.glue.get_partitions, **catalog.orders, Expression=expression)
        assert code == "InvalidInputException", expression
    quoted = "city = ''' OR 1=1 --'"
    assert catalog.partitions(Expression=quoted) == [["2024", "' OR 1=1 --"]]
    assert catalog.partitions(Expression="city = '%'") == [["2024", "%"]]
