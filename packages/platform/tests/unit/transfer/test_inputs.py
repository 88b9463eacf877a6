"""Inputs taken out of answers."""

import json
from importlib.resources import files

import pytest

from isinglass.transfer import inputs

SHAPES = json.loads((files("isinglass.model.glue") / "schema.json").read_text())["shapes"]


@pytest.mark.parametrize(
    ("members", "given", "shown", "own"),
    [
        (inputs.DATABASE_INPUT, "DatabaseInput", "Database", {"Name"}),
        (inputs.TABLE_INPUT, "TableInput", "Table", {"Name"}),
        (inputs.PARTITION_INPUT, "PartitionInput", "Partition", {"Values"}),
        (inputs.FUNCTION_INPUT, "UserDefinedFunctionInput", "UserDefinedFunction", {"FunctionName"}),
        (inputs.CONNECTION_INPUT, "ConnectionInput", "Connection", {"Name"}),
        (inputs.STATISTICS_INPUT, "ColumnStatistics", "ColumnStatistics", {"ColumnName"}),
    ],
)
def test_inputs_are_what_the_model_takes_and_shows(members, given, shown, own):
    both = set(SHAPES[given]["members"]) & set(SHAPES[shown]["members"])
    assert set(members) == both - own


def test_whole_numbers_are_plain_however_they_were_answered():
    assert inputs.plain({"a": 1.0, "b": [2.5, 3.0], "c": 1e300}) == {"a": 1, "b": [2.5, 3], "c": 1e300}


def test_what_a_view_tells_of_its_dialects_is_no_input():
    shown = {"ViewDefinition": {"Representations": [{"Dialect": "SPARK", "IsStale": False}]}, "CreateTime": 1}
    assert inputs.of(shown, inputs.TABLE_INPUT) == {
        "ViewDefinition": {"Representations": [{"Dialect": "SPARK"}]}
    }
