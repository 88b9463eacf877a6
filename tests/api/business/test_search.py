"""SearchAssets, as boto3 sees it."""

from typing import Any

import pytest


@pytest.fixture
def full(business: Any) -> Any:
    """The business catalogue with dashboards beside its table; a term on a dashboard and one on a column."""
    business.dashboard("a", name="Alpha report", tier="gold", rank=1, labels={"team": "north", "x.y": "z"})
    business.dashboard("b", name="Beta", owner="bo", rank=10)
    business.dashboard("c", name="Gamma of alpha", tier="silver")
    business.glue.update_asset(Identifier="b", Description="the second")
    business.gold, business.private = business.terms("gold standard", "private")
    business.glue.associate_glossary_terms(AssetIdentifier="b", GlossaryTermIdentifiers=[business.gold])
    business.glue.associate_glossary_terms(
        AssetIdentifier=business.orders,
        IterableFormName="columns",
        ItemIdentifier="email",
        GlossaryTermIdentifiers=[business.private],
    )
    return business


TEXTS = [
    ("alpha", ["Alpha report", "Gamma of alpha"]),
    ("ALPHA report", ["Alpha report"]),
    ("second", ["Beta"]),
    ("gold", ["Alpha report", "Beta"]),
    ("bo", ["Beta"]),
    ("email", ["orders"]),
    ("private", ["orders"]),
    ("buyer orders", ["orders"]),
    ("private bo", []),
    ("nothing", []),
]


def test_text_finds_assets_by_what_is_said_of_them(full: Any) -> None:
    for text, names in TEXTS:
        assert full.found(SearchText=text) == names, text


def _is(attribute: str, operator: str = "notExists", value: Any = None) -> dict[str, Any]:
    given: dict[str, Any] = {"Attribute": attribute, "Operator": operator}
    if value is not None:
        given["Value"] = {"StringValue": value} if isinstance(value, str) else {"LongValue": value}
    return {"AttributeFilter": given}


def _has(attribute: str, key: str, value: str) -> dict[str, Any]:
    return {"MapFilter": {"Attribute": attribute, "Key": key, "Value": {"StringValue": value}}}


ALL = ["Alpha report", "Beta", "Gamma of alpha", "orders"]
FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    (_is("name", "equals", "Beta"), ["Beta"]),
    (_is("AssetName", "greaterThan", "Beta"), ["Gamma of alpha", "orders"]),
    (_is("assetTypeId", "equals", "GlueTable"), ["orders"]),
    (_is("description", "equals", "the second"), ["Beta"]),
    (_is("description"), ["Alpha report", "Gamma of alpha"]),
    (_is("createdAt", "lessThan", 0), []),
    (_is("updatedAt", "greaterThanOrEquals", "2001-01-01"), ALL),
    (_is("name"), []),
    (_is("contact.owner", "equals", "ana"), ["Alpha report", "Gamma of alpha"]),
    (_is("contact.rank", "greaterThan", 1), ["Beta"]),
    (_is("contact.rank", "lessThanOrEquals", 10), ["Alpha report", "Beta"]),
    (_is("contact.rank", "equals", "10"), ["Beta"]),
    (_is("contact.rank"), ["Gamma of alpha", "orders"]),
    (_is("contact"), ["orders"]),
    (_is("contact.labels"), ["Beta", "Gamma of alpha", "orders"]),
    (_is("table.databaseName", "equals", "sales"), ["orders"]),
    (_is("table.parameters.team", "equals", "north"), ["orders"]),
    (_has("table.parameters", "team", "north"), ["orders"]),
    (_has("contact.labels", "x.y", "z"), ["Alpha report"]),
    (_has("contact.labels", "team", "south"), []),
    ({"AndAllFilters": [_is("contact.owner", "equals", "ana"), _is("contact.tier", "equals", "gold")]}, ["Alpha report"]),
    ({"OrAnyFilters": [_is("name", "equals", "Beta"), _is("contact.tier", "equals", "silver")]}, ["Beta", "Gamma of alpha"]),
    (
        {"AndAllFilters": [{"OrAnyFilters": [_is("contact.rank"), _is("contact.rank", "equals", 1)]}, _is("description")]},
        ["Alpha report", "Gamma of alpha"],
    ),
]  # fmt: skip


def test_filters_find_what_passes(full: Any) -> None:
    for clause, names in FILTERS:
        assert full.found(FilterClause=clause) == names, clause
        assert full.found(FilterClause=clause, MaxResults=1) == names, clause


def test_terms_find_assets_and_the_tables_of_columns(full: Any) -> None:
    assert full.found(FilterClause=_is("glossaryTerms", "equals", full.gold)) == ["Beta"]
    assert full.found(FilterClause=_is("glossaryTerms", "equals", full.private)) == ["orders"]
    full.glue.update_glossary_term(Identifier=full.private, Name="secret")
    assert (full.found(SearchText="private"), full.found(SearchText="secret")) == ([], ["orders"])
    full.glue.delete_glossary_term(Identifier=full.private)
    assert full.found(FilterClause=_is("glossaryTerms", "equals", full.private)) == []
    assert full.found(SearchText="secret") == []


def test_column_that_goes_takes_its_term_from_searches(full: Any) -> None:
    full.glue.update_table(DatabaseName="sales", TableInput={"Name": "orders"})
    assert full.found(FilterClause=_is("glossaryTerms", "equals", full.private)) == []


SORTED = [
    ("name", "ASCENDING", ALL),
    ("assetName", "DESCENDING", ALL[::-1]),
    ("createdAt", "ASCENDING", ["orders", "Alpha report", "Beta", "Gamma of alpha"]),
    ("updatedAt", "DESCENDING", ["orders", "Beta", "Gamma of alpha", "Alpha report"]),
    ("assetTypeId", "DESCENDING", ["orders", "Gamma of alpha", "Beta", "Alpha report"]),
]


def test_search_sorted_lists_pages_in_order(full: Any) -> None:
    everything = _is("createdAt", "greaterThan", 0)
    for attribute, order, names in SORTED:
        sort = {"Attribute": attribute, "Order": order}
        for size in (1, 3, 100):
            assert full.found(FilterClause=everything, Sort=sort, MaxResults=size) == names


def test_item_found_says_what_it_is(full: Any) -> None:
    [item] = full.glue.search_assets(SearchText="buyer")["Items"]
    updated = full.glue.get_asset(Identifier=full.orders)["UpdatedAt"]
    assert item == {
        "Id": full.orders, "AssetName": "orders", "AssetDescription": "All orders", "UpdatedAt": updated,
        "AssetTypeId": "GlueTable",
    }  # fmt: skip


def test_deleted_table_is_not_found_and_one_renamed_is(full: Any) -> None:
    full.glue.update_asset(Identifier=full.orders, Name="Orders of the shop")
    assert full.found(SearchText="shop") == ["Orders of the shop"]
    full.glue.delete_table(DatabaseName="sales", Name="orders")
    assert full.found(SearchText="shop") == full.found(SearchText="buyer") == []


REFUSED = [
    ({}, "One of SearchText and FilterClause must be given"),
    ({"SearchText": "--"}, "There is no word to search for in '--'"),
    ({"FilterClause": _is("name", "equals")}, "FilterClause.AttributeFilter: the operator equals needs a Value"),
    ({"FilterClause": _is("name", "notExists", "x")}, "FilterClause.AttributeFilter: the operator notExists needs no Value"),
    ({"FilterClause": {"AndAllFilters": [_is("color", "equals", "x")]}}, "FilterClause.AndAllFilters[0].AttributeFilter: there is no attribute color"),
    ({"FilterClause": _is("createdAt", "equals", "yesterday")}, "FilterClause.AttributeFilter: 'yesterday' is no time"),
    ({"SearchText": "x", "Sort": {"Attribute": "contact.rank"}}, "Assets cannot be sorted by contact.rank"),
]  # fmt: skip


def test_search_that_cannot_be_is_refused(full: Any, error_of: Any) -> None:
    for request, message in REFUSED:
        code, said = error_of(full.glue.search_assets, **request)
        assert (code, said[: len(message)]) == ("InvalidInputException", message)
