"""botocore's own parser reads back what we write, for every operation."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shape_values
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from isinglass.gateway.protocol import json_rpc, query
from isinglass.gateway.protocol.messages import HttpResponse
from isinglass.gateway.protocol.outputs import OutputCompiler, UnknownMember
from isinglass.gateway.service import Operation, compile_catalogue
from isinglass.model.schema import SERVICES

OURS = Path(__file__).parents[6] / "tools/models/isinglass.json"
OPERATIONS = {
    name: op for name, op in compile_catalogue({}, strict=True).operations.items() if op.model.output
}


def botocore_model(service: str) -> ServiceModel:
    if service == "isinglass":
        return ServiceModel(json.loads(OURS.read_text()), service)
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


MODELS = {service: botocore_model(service) for service in SERVICES}


def as_parsed(value: Any, name: str, shapes: dict[str, Any]) -> Any:
    """Turn an answer into what botocore makes of it: times become datetimes."""
    shape = shapes[name]
    if shape["type"] == "structure" and not shape.get("document"):
        return {key: as_parsed(item, shape["members"][key], shapes) for key, item in value.items()}
    if shape["type"] == "list":
        return [as_parsed(item, shape["member"], shapes) for item in value]
    if shape["type"] == "map":
        return {key: as_parsed(item, shape["value"], shapes) for key, item in value.items()}
    if shape["type"] == "timestamp":
        return datetime.fromtimestamp(value, UTC)
    return value


@pytest.mark.parametrize("service", SERVICES)
def test_answers_written_and_parsed_by_botocore_are_unchanged(service: str) -> None:
    operations = [operation for operation in OPERATIONS.values() if operation.service.name == service]
    parser = create_parser(operations[0].service.protocol)
    for operation in operations:
        for seed in range(3):
            answer = shape_values.answer(
                operation.service.shapes, operation.model.output, random.Random(f"{operation.name} {seed}")
            )
            response = respond(operation, answer)
            output = MODELS[service].operation_model(operation.model.name).output_shape
            parsed = parser.parse(
                {"status_code": response.status, "headers": dict(response.headers), "body": response.body},
                output,
            )
            parsed.pop("ResponseMetadata")
            assert parsed == as_parsed(answer, operation.model.output, operation.service.shapes), (
                operation.name
            )


def respond(operation: Operation, answer: dict[str, Any]) -> HttpResponse:
    written = operation.write(answer)
    if operation.service.protocol in {"json", "rest-json"}:
        return json_rpc.encode(written, "id", operation.service.protocol)
    return query.encode(written, operation.service, operation.model, "id")


SHAPES = {
    "Out": {
        "type": "structure",
        "members": {"Name": "Text", "Data": "Blob", "At": "Time", "Next": "Out", "All": "Outs"},
    },
    "Outs": {"type": "list", "member": "Out"},
    "Text": {"type": "string"},
    "Blob": {"type": "blob"},
    "Time": {"type": "timestamp", "timestampFormat": "iso8601"},
}


def test_write_none_members_are_left_out_at_every_depth() -> None:
    write = OutputCompiler(SHAPES).compile("Out")
    answer = {"Name": None, "Next": {"Name": "n", "Data": None}, "All": [{"Name": None}]}
    assert write(answer) == {"Next": {"Name": "n"}, "All": [{}]}


def test_write_blob_and_iso_time_take_their_wire_forms() -> None:
    write = OutputCompiler(SHAPES).compile("Out")
    assert write({"Data": b"\x00\xff", "At": 0}) == {"Data": "AP8=", "At": "1970-01-01T00:00:00Z"}


def test_write_unknown_member_is_dropped_or_an_error_when_strict() -> None:
    answer = {"Name": "n", "Nmae": "x"}
    assert OutputCompiler(SHAPES).compile("Out")(answer) == {"Name": "n"}
    with pytest.raises(UnknownMember, match=r"Out has no member Nmae\."):
        OutputCompiler(SHAPES, strict=True).compile("Out")(answer)
