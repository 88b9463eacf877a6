"""Items are found by their ids or names, and made in their order."""

import json

import pytest

from isinglass.domain.business import items

TABLE = {
    "StorageDescriptor": {"Columns": [{"Name": "Id", "Type": "int"}, {"Name": "ID"}, {"Name": "note", "Comment": "why"}]},
    "PartitionKeys": [{"Name": "day", "Type": "date"}, {"Name": "NOTE"}],
}  # fmt: skip


def test_columns_of_one_name_are_one_item_and_keys_come_last() -> None:
    found = items.of_table(TABLE)
    assert found.ids == ["id", "note", "day"]
    assert [(each.id, each.name, each.description) for each in found.between(0, 9)] == [
        ("id", "Id", None),
        ("note", "note", "why"),
        ("day", "day", None),
    ]
    assert [json.loads(each.content) for each in found.between(1, 3)] == [
        {"name": "note", "comment": "why", "partitionKey": False},
        {"name": "day", "type": "date", "partitionKey": True},
    ]


@pytest.mark.parametrize(
    ("asked", "name"), [("id", "Id"), ("Id", "Id"), ("ID", "Id"), ("dAy", "day"), ("x", None)]
)
def test_columns_are_found_in_whatever_case(asked: str, name: str | None) -> None:
    found = items.of_table(TABLE).lookup()(asked)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(("asked", "id_"), [("1", "1"), ("b", "b"), ("first", "1"), ("2", "2"), ("B", None)])
def test_elements_of_a_list_are_found_by_id_before_name(asked: str, id_: str | None) -> None:
    elements = [{"id": "1", "name": "first"}, {"name": "b"}, {"id": "2", "name": "1"}, "not an item"]
    found = items.of_list("Form", "list", elements).lookup()(asked)
    assert (found.id if found else None) == id_
