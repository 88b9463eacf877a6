"""Assets, those that are put and those that are tables, as boto3 sees them."""

import json
from typing import Any

import sqlalchemy as sa
from api_fixtures import Api, call

from isinglass.flow import pruner
from isinglass.store.tables.business import asset_terms, asset_values, asset_words, assets


def test_asset_reads_back_as_it_was_put(business: Any, of: Any) -> None:
    content = '{"owner":"ana"}'
    forms = {"contact": {"FormTypeId": "Contact", "Content": content}}
    put = of(
        business.glue.put_asset(
            AssetTypeId="Dashboard",
            Identifier="bi/sales:1",
            Name="Sales",
            Description="What sells",
            Forms=forms,
        )
    )
    assert put == {
        "Id": "bi/sales:1", "Name": "Sales", "Description": "What sells", "Forms": forms, "CreatedAt": put["CreatedAt"]
    }  # fmt: skip
    read = of(business.glue.get_asset(Identifier="bi/sales:1"))
    assert read == {
        **put, "UpdatedAt": put["CreatedAt"], "AssetTypeId": "Dashboard", "GlossaryTerms": [],
        "Attachments": {}, "IterableForms": {},
    }  # fmt: skip


def test_asset_put_again_is_replaced_and_keeps_when_it_was_made(business: Any) -> None:
    first = business.dashboard("d1", name="one")
    business.dashboard("d1", name="two", rank=3)
    read = business.glue.get_asset(Identifier="d1")
    assert (read["Name"], json.loads(read["Forms"]["contact"]["Content"])) == (
        "two",
        {"owner": "ana", "rank": 3},
    )
    assert read["CreatedAt"] == first["CreatedAt"] < read["UpdatedAt"]


def test_update_changes_only_what_is_given(business: Any, of: Any) -> None:
    business.dashboard("d1", name="one")
    changed = of(business.glue.update_asset(Identifier="d1", Description="about"))
    assert changed == {"Id": "d1", "Name": "one", "Description": "about", "UpdatedAt": changed["UpdatedAt"]}
    assert business.glue.update_asset(Identifier="d1", Name="two")["Description"] == "about"


CONTENTS = [
    ({}, "Content of form contact, $.owner: it is required"),
    ({"contact": {"Content": "[1"}}, "Content of form contact, $: it is no JSON"),
    (
        {"contact": {"Content": '{"owner": 1}'}},
        "Content of form contact, $.owner: it must be a text, not a number",
    ),
    ({"contact": {"Content": '{"owner": "\\ud800"}'}}, "Content of form contact, $: it has half a character"),
    (
        {"contact": {"Content": '{"owner": "a", "x": 1}'}},
        "Content of form contact, $: Contact has no member 'x'",
    ),
    (
        {"contact": {"FormTypeId": "Survey", "Content": '{"owner": "a"}'}},
        "Form contact of asset type Dashboard is of the form",
    ),
    ({"other": {"Content": "{}"}}, "Asset type Dashboard has no form other; it has contact"),
]


def test_asset_with_forms_that_do_not_fit_is_refused(business: Any, error_of: Any) -> None:
    for forms, message in CONTENTS:
        code, said = error_of(
            business.glue.put_asset, AssetTypeId="Dashboard", Identifier="d1", Name="x", Forms=forms
        )
        assert (code, said[: len(message)]) == ("InvalidInputException", message)
    assert error_of(business.glue.get_asset, Identifier="d1")[0] == "EntityNotFoundException"
    assert error_of(business.glue.put_asset, AssetTypeId="No", Identifier="d1", Name="x", Forms={}) == (
        "EntityNotFoundException",
        "Asset type No not found.",
    )


def test_deleted_asset_is_gone_with_all_on_it(business: Any, error_of: Any) -> None:
    business.dashboard("d1")
    [term] = business.terms("gold")
    business.glue.associate_glossary_terms(AssetIdentifier="d1", GlossaryTermIdentifiers=[term])
    for _ in range(2):
        business.glue.delete_asset(Identifier="d1")
    assert error_of(business.glue.get_asset, Identifier="d1")[0] == "EntityNotFoundException"
    business.dashboard("d1")
    assert business.glue.get_asset(Identifier="d1")["GlossaryTerms"] == []


def test_table_is_an_asset_without_being_put(business: Any) -> None:
    read = business.glue.get_asset(Identifier=business.orders)
    assert (read["Id"], read["Name"], read["Description"], read["AssetTypeId"]) == (
        business.orders, "orders", "All orders", "GlueTable",
    )  # fmt: skip
    assert read["IterableForms"] == {"columns": {"FormTypeId": "GlueColumn"}}
    assert json.loads(read["Forms"]["table"]["Content"]) == {
        "databaseName": "sales",
        "tableName": "orders",
        "location": "s3://lake/orders/",
        "parameters": {"team": "north"},
    }


def test_table_said_something_of_stays_what_it_is(business: Any, error_of: Any) -> None:
    glue, orders = business.glue, business.orders
    glue.update_asset(Identifier=orders, Name="Orders of the shop")
    assert glue.get_asset(Identifier=orders)["Name"] == "Orders of the shop"
    business.dashboard(orders, name="Orders")
    read = glue.get_asset(Identifier=orders)
    assert (read["Name"], read["AssetTypeId"], sorted(read["Forms"])) == (
        "Orders",
        "Dashboard",
        ["contact", "table"],
    )
    assert read["Description"] == "All orders"
    table = glue.get_table(DatabaseName="sales", Name="orders")["Table"]
    assert (table["Name"], table["Description"]) == ("orders", "All orders")
    glue.delete_asset(Identifier=orders)
    read = glue.get_asset(Identifier=orders)
    assert (read["Name"], read["AssetTypeId"], sorted(read["Forms"])) == ("orders", "GlueTable", ["table"])
    form = {"table": {"Content": '{"databaseName": "x", "tableName": "y"}'}}
    assert error_of(glue.put_asset, AssetTypeId="GlueTable", Identifier=orders, Name="x", Forms=form) == (
        "InvalidInputException",
        "Asset type GlueTable has no form table; it has none that can be given",
    )


def test_table_that_is_not_there_is_no_asset(business: Any, error_of: Any) -> None:
    glue = business.glue
    for arn in (business.orders + "x", business.orders.replace("123456789012", "444455556666")):
        assert error_of(glue.get_asset, Identifier=arn)[0] == "EntityNotFoundException"
        assert error_of(glue.update_asset, Identifier=arn, Name="x")[0] == "EntityNotFoundException"
        glue.delete_asset(Identifier=arn)
    assert (
        error_of(glue.put_asset, AssetTypeId="GlueTable", Identifier="mine", Name="x", Forms={})[0]
        == "InvalidInputException"
    )


def test_table_made_anew_under_a_name_is_said_nothing_of(business: Any) -> None:
    glue, orders = business.glue, business.orders
    glue.update_asset(Identifier=orders, Name="Orders of the shop")
    glue.delete_table(DatabaseName="sales", Name="orders")
    glue.create_table(DatabaseName="sales", TableInput={"Name": "orders"})
    assert glue.get_asset(Identifier=orders)["Name"] == "orders"


def test_table_of_any_name_has_an_identifier(business: Any) -> None:
    business.glue.create_table(DatabaseName="sales", TableInput={"Name": "größe 1"})
    [item] = business.glue.search_assets(SearchText="größe")["Items"]
    assert item["Id"].endswith("table/sales/gr*C3*B6*C3*9Fe*201")
    assert business.glue.get_asset(Identifier=item["Id"])["Name"] == "größe 1"


def _described(business: Any) -> None:
    [term] = business.terms("gold")
    business.glue.update_asset(Identifier=business.orders, Name="Orders of the shop")
    business.glue.associate_glossary_terms(AssetIdentifier=business.orders, GlossaryTermIdentifiers=[term])


def test_what_is_said_of_a_table_follows_it_and_comes_back_with_it(business: Any, api: Api) -> None:
    _described(business)
    assert business.found(SearchText="shop") == ["Orders of the shop"]
    business.glue.delete_table(DatabaseName="sales", Name="orders")
    assert business.found(SearchText="gold") == []
    status, _ = call(api, "RestoreTable", {"DatabaseName": "sales", "TableName": "orders"})
    assert status == 200
    business.glue.update_database(Name="sales", DatabaseInput={"Name": "shops"})
    [item] = business.glue.search_assets(SearchText="gold")["Items"]
    moved = business.orders.replace("sales", "shops")
    assert (item["Id"], item["AssetName"]) == (moved, "Orders of the shop")
    read = business.glue.get_asset(Identifier=moved)
    assert (read["Name"], len(read["GlossaryTerms"])) == ("Orders of the shop", 1)


def test_what_is_said_of_a_table_goes_when_it_is_purged(business: Any, api: Api) -> None:
    _described(business)
    assert business.found(SearchText="gold") == ["Orders of the shop"]
    business.glue.delete_table(DatabaseName="sales", Name="orders")
    call(api, "PurgeDeleted", {"Kind": "TABLE", "DatabaseName": "sales", "TableName": "orders"})
    pruner.run_once(api.store, 0.0, deleted_retention=1.0)
    with api.store.read() as tx:
        left = {
            table.name: tx.connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (assets, asset_terms, asset_words, asset_values)
        }
    assert set(left.values()) == {0}, left
