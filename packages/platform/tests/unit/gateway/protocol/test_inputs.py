"""Requests are typed, cleaned and checked against every constraint of the model."""

import random
import re
from typing import Any

import pytest
import shape_values

from isinglass.gateway.protocol.inputs import InputCompiler
from isinglass.gateway.service import compile_catalogue
from isinglass.model.edge_errors import SerializationException, ValidationException
from isinglass.model.schema import SERVICES, load

OPERATIONS = {name: op for name, op in compile_catalogue({}).operations.items() if op.model.input}
GLUE = load("glue").shapes


def parse(operation: str, document: Any) -> dict[str, Any]:
    return OPERATIONS[operation].parse(document)


def test_valid_request_of_any_operation_is_accepted_whole() -> None:
    for operation in OPERATIONS.values():
        for seed in range(3):
            request = shape_values.request(
                operation.service.shapes, operation.model.input, random.Random(f"{operation.name} {seed}")
            )
            assert operation.parse(request).keys() == request.keys(), operation.name


@pytest.mark.parametrize("service", SERVICES)
def test_value_that_fails_any_constraint_of_the_model_is_refused_with_its_text(service: str) -> None:
    shapes = load(service).shapes
    for name, shape in shapes.items():
        for value, text in failing_values(shape):
            wrapped = shapes | {"Wrapper": {"type": "structure", "members": {"Value": name}}}
            with pytest.raises(ValidationException) as refused:
                InputCompiler(wrapped).compile("Wrapper")({"Value": value})
            assert f"at 'value' failed to satisfy constraint: {text}" in refused.value.message, name


def failing_values(shape: dict[str, Any]) -> list[tuple[Any, str]]:
    kind = shape["type"]
    if "enum" in shape:
        return [("no such", f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]")]
    noun = "value" if kind in {"integer", "long", "double", "float"} else "length"
    failing: list[tuple[Any, str]] = []
    # A list or map that long, or a text of megabytes, would only test the machine.
    if "max" in shape and (noun == "value" or shape["max"] <= 2**20):
        value = shape["max"] + 1 if noun == "value" else sized(kind, shape["max"] + 1)
        failing.append((value, f"Member must have {noun} less than or equal to {shape['max']:.15g}"))
    if shape.get("min", 0) > 0 or (noun == "value" and "min" in shape):
        value = shape["min"] - 1 if noun == "value" else sized(kind, shape["min"] - 1)
        failing.append((value, f"Member must have {noun} greater than or equal to {shape['min']:.15g}"))
    if "pattern" in shape:
        length = min(max(shape.get("min", 0), 1), 200)
        candidates = [mark * length for mark in ("\x00", "\n", " ", "!", "a", "0", "\x1f", "\ud800")]
        value = next((text for text in candidates if not re.fullmatch(shape["pattern"], text)), None)
        if value is not None:
            failing.append((value, f"Member must satisfy regular expression pattern: {shape['pattern']}"))
    return failing


def sized(kind: str, size: int) -> Any:
    if kind == "list":
        return [None] * size
    if kind == "map":
        return {f"k{number}": None for number in range(size)}
    return "QUJD" * size if kind == "blob" else "a" * size


MESSAGES = [
    pytest.param(
        "CreateDatabase",
        {"DatabaseInput": {"Name": "x" * 256}},
        f"1 validation error detected: Value '{'x' * 256}' at 'databaseInput.name' failed to satisfy constraint: "
        "Member must have length less than or equal to 255",
        id="too-long",
    ),
    pytest.param(
        "CreateDatabase",
        {},
        "1 validation error detected: Value null at 'databaseInput' failed to satisfy constraint: "
        "Member must not be null",
        id="required",
    ),
    pytest.param(
        "GetTables",
        {"MaxResults": 101, "DatabaseName": ""},
        "2 validation errors detected: Value '' at 'databaseName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
        id="all-are-told",
    ),
    pytest.param(
        "CreateTable",
        {"DatabaseName": "d", "TableInput": {"Name": "t", "PartitionKeys": [{"Name": "ok"}, {"Name": ""}]}},
        "1 validation error detected: Value '' at 'tableInput.partitionKeys.2.member.name' failed to satisfy "
        "constraint: Member must have length greater than or equal to 1",
        id="within-a-list",
    ),
    pytest.param(
        "BatchGetJobs",
        {"JobNames": ["ok", ""]},
        "1 validation error detected: Value '[ok, ]' at 'jobNames' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to 255, "
        "Member must have length greater than or equal to 1, "
        f"Member must satisfy regular expression pattern: {GLUE['NameString']['pattern']}]",
        id="list-of-scalars",
    ),
    pytest.param(
        "TagResource",
        {"ResourceArn": "arn:aws:glue:eu-west-1:123456789012:job/j", "TagsToAdd": {"": "v"}},
        "1 validation error detected: Value '{=v}' at 'tagsToAdd' failed to satisfy constraint: "
        "Map keys must satisfy constraint: [Member must have length less than or equal to 128, "
        "Member must have length greater than or equal to 1]",
        id="map-key",
    ),
]


@pytest.mark.parametrize(("operation", "document", "message"), MESSAGES)
def test_request_that_breaks_the_model_is_refused_in_awss_words(
    operation: str, document: Any, message: str
) -> None:
    with pytest.raises(ValidationException) as refused:
        parse(operation, document)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "Start of list found where not expected"),
        ("x", "Expected a structure or map"),
        ({"DatabaseName": 7}, "NUMBER_VALUE can not be converted to a String"),
        ({"DatabaseName": True}, "TRUE_VALUE can not be converted to a String"),
        ({"DatabaseName": {}}, "Start of structure or map found where not expected."),
        ({"DatabaseName": []}, "Start of list found where not expected"),
        ({"DatabaseName": "d", "MaxResults": "9"}, "STRING_VALUE can not be converted to an Integer"),
        ({"DatabaseName": "d", "MaxResults": 2**31}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"DatabaseName": "d", "MaxResults": 1.5}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"DatabaseName": "d", "IncludeStatusDetails": 1}, "NUMBER_VALUE can not be converted to a Boolean"),
        ({"DatabaseName": "d", "QueryAsOfTime": "soon"}, "STRING_VALUE can not be converted to a Timestamp"),
        ({"DatabaseName": "d", "QueryAsOfTime": -1e18}, "NUMBER_VALUE can not be converted to a Timestamp"),
        ({"DatabaseName": "d", "QueryAsOfTime": 1e18}, "NUMBER_VALUE can not be converted to a Timestamp"),
        (
            {"DatabaseName": "d", "QueryAsOfTime": "9999-12-31T23:59:59-12:00"},
            "STRING_VALUE can not be converted to a Timestamp",
        ),
    ],
)
def test_value_of_the_wrong_kind_ends_the_parse(document: Any, message: str) -> None:
    with pytest.raises(SerializationException) as refused:
        parse("GetTables", document)
    assert refused.value.message == message


def test_unknown_members_and_nulls_are_dropped() -> None:
    document = {"DatabaseName": "d", "Expression": None, "Unheard": {"of": 1}, "MaxResults": 5.0}
    assert parse("GetTables", document) == {"DatabaseName": "d", "MaxResults": 5}


def test_unknown_member_nested_to_any_depth_is_dropped_each_time() -> None:
    for _ in range(2):  # the second time is compared with the first
        nested: list[Any] = []
        for _ in range(5_000):
            nested = [nested]
        columns = [{"Name": "a", "Unknown": nested}]
        given = {"DatabaseName": "d", "TableInput": {"Name": "t", "StorageDescriptor": {"Columns": columns}}}
        parsed = parse("CreateTable", given)
        assert parsed["TableInput"]["StorageDescriptor"]["Columns"] == [{"Name": "a"}]


@pytest.mark.parametrize(("depth", "accepted"), [(90, True), (110, False), (2_000, False)])
def test_shape_that_contains_itself_is_accepted_to_a_depth_that_can_be_written_again(
    depth: int, accepted: bool
) -> None:
    mapping: dict[str, Any] = {"ToKey": "a"}
    for _ in range(depth):
        mapping = {"Children": [mapping]}
    node = {"ApplyMapping": {"Name": "n", "Inputs": ["a"], "Mapping": [mapping]}}
    job = {"Name": "j", "Role": "r", "Command": {"Name": "glueetl"}, "CodeGenConfigurationNodes": {"n": node}}
    if accepted:
        assert parse("CreateJob", job) == job
        return
    with pytest.raises(SerializationException) as refused:
        parse("CreateJob", job)
    assert refused.value.message == "The request is nested too deeply."


def test_sensitive_value_that_fails_is_not_shown() -> None:
    shapes = {
        "In": {"type": "structure", "members": {"Login": "Login"}},
        "Login": {
            "type": "structure",
            "required": ["User"],
            "members": {"User": "Text", "Secrets": "Secrets"},
        },
        "Secrets": {"type": "list", "member": "Secret", "max": 1},
        "Secret": {"type": "string", "sensitive": True, "max": 3},
        "Text": {"type": "string"},
    }
    with pytest.raises(ValidationException) as refused:
        InputCompiler(shapes).compile("In")({"Login": {"Secrets": ["hush", "hush"]}})
    assert "hush" not in refused.value.message
    assert refused.value.message.count("***Sensitive Data Redacted***") == 4


def test_many_violations_of_large_values_make_a_message_of_bounded_size() -> None:
    columns = [{"Name": "x" * 5000} for _ in range(1000)]
    with pytest.raises(ValidationException) as refused:
        parse("CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t", "PartitionKeys": columns}})
    assert refused.value.message.startswith("1000 validation errors detected: ")
    assert refused.value.message.endswith("; and 980 more")
    assert len(refused.value.message) < 50_000
