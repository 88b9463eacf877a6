"""A batch of partitions decodes to the same whether its columns are decoded once or each time."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.gateway.protocol import json_rpc, repeated_columns
from isinglass.model.edge_errors import SerializationException

COLUMNS = [
    {"Name": f"column_{number}", "Type": "string", "Comment": f"the {number}th"} for number in range(20)
]
#: Texts that look like what is searched for, or end it too early.
AWKWARD = ("]", '{"Columns": [', ', "Columns": [{"Name": "a"}]', "\\", '\\"', "[", "ü", "", "a")


def batch(count: int, columns: Any = COLUMNS, **members: Any) -> dict[str, Any]:
    partitions = [
        {
            "Values": [str(number)],
            "StorageDescriptor": {"Columns": columns, "Location": f"s3://lake/{number}/"},
        }
        for number in range(count)
    ]
    return {"DatabaseName": "shop", "TableName": "sales", "PartitionInputList": partitions, **members}


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
@pytest.mark.parametrize("key", ["PartitionInputList", "Entries"])
def test_columns_that_repeat_are_decoded_once_and_shared(separators: tuple[str, str], key: str) -> None:
    document = batch(30)
    if key == "Entries":
        inputs = document.pop("PartitionInputList")
        document["Entries"] = [
            {"PartitionValueList": each["Values"], "PartitionInput": each} for each in inputs
        ]
    decoded = repeated_columns.decode(json.dumps(document, separators=separators).encode())
    assert decoded == document
    given = (each.get("PartitionInput", each) for each in decoded[key])
    assert len({id(each["StorageDescriptor"]["Columns"]) for each in given}) == 1


@pytest.mark.parametrize(
    "document",
    [
        batch(3),  # too few
        {**batch(0), "TableInput": batch(1)["PartitionInputList"][0]},
        batch(30, [*COLUMNS, {"Name": "a", "Comment": "ends [here]"}]),
        {"Unknown": {"PartitionInputList": batch(30)["PartitionInputList"]}},
        [batch(30)],
        {"PartitionInputList": [{"StorageDescriptor": 7}, 7, None, *batch(30)["PartitionInputList"]], "a": 1},
    ],
)
def test_body_of_any_other_form_is_decoded_as_ever(document: Any) -> None:
    assert json_rpc.decode(json.dumps(document).encode()) == document


def decoded_or_refused(body: bytes) -> Any:
    try:
        return json_rpc.decode(body)
    except SerializationException as error:
        return error.message


def decoded_plainly(body: bytes) -> Any:
    try:
        return orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        return f"The request body is not valid JSON: {error}"


TEXTS = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=5))
LISTS = st.lists(st.dictionaries(st.sampled_from(("Name", "Type", "Columns", *AWKWARD)), TEXTS), max_size=2)
DESCRIPTORS = st.fixed_dictionaries(
    {},
    optional={"Columns": LISTS, "Location": TEXTS, "Parameters": st.dictionaries(TEXTS, TEXTS, max_size=2)},
)


@settings(max_examples=200)
@given(
    st.lists(
        st.fixed_dictionaries({"StorageDescriptor": DESCRIPTORS, "Columns": LISTS}), min_size=1, max_size=3
    ),
    st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", "\t: ")]),
    st.data(),
)
def test_batch_of_any_texts_is_decoded_as_ever(
    partitions: list[Any], separators: tuple[str, str], data: st.DataObject
) -> None:
    document = {"PartitionInputList": partitions * 40, "TableName": data.draw(TEXTS)}
    body = json.dumps(document, separators=separators, ensure_ascii=data.draw(st.booleans())).encode()
    assert json_rpc.decode(body) == document
    # What is no JSON is refused alike: a piece of it is missing.
    start = data.draw(st.integers(0, len(body) - 1))
    damaged = body[:start] + body[start + data.draw(st.integers(1, 40)) :]
    assert decoded_or_refused(damaged) == decoded_plainly(damaged)
