"""The registry of connection types against what Glue's own model lists."""

from typing import Any

import pytest
from botocore.loaders import Loader

from isinglass.domain.connection_types.built_in import BUILT_IN
from isinglass.domain.connection_types.definitions import problems
from isinglass.domain.connection_types.descriptions import brief, described
from isinglass.domain.connection_types.property_keys import PROPERTY_KEYS


@pytest.fixture(scope="module")
def shapes() -> Any:
    return Loader().load_service_model("glue", "service-2")["shapes"]


def test_every_type_and_property_of_glue_is_known(shapes: Any) -> None:
    assert list(BUILT_IN) == sorted(shapes["ConnectionType"]["enum"])
    assert set(shapes["ConnectionPropertyKey"]["enum"]) == PROPERTY_KEYS


@pytest.mark.parametrize("name", BUILT_IN)
def test_type_is_described_whole(name: str) -> None:
    kind = BUILT_IN[name]
    assert kind.name == name
    listed, shown = brief(kind), described(kind)
    assert all(listed[member] for member in ("DisplayName", "Vendor", "Description", "Categories"))
    assert shown["Capabilities"] == listed["Capabilities"]
    assert all(each["Description"] for each in shown["ConnectionProperties"].values())
    names = [each.name for each in kind.properties]
    assert len(names) == len(set(names))
    assert {each for names in kind.one_of for each in names} <= set(names)
    # What works here is among what Glue itself would take.
    assert set(kind.reached.authentication) <= set(kind.authentication)


def test_connection_is_held_to_its_type() -> None:
    given = {"ConnectionProperties": {"HOST": "h", "PORT": "1", "JDBC_ENGINE": "mysql", "SECRET_ID": "s"}}
    assert list(problems(BUILT_IN["JDBC"], given)) == []
    assert list(problems(BUILT_IN["POSTGRESQL"], {"ConnectionProperties": {"PORT": "1"}})) == [
        "connections of type POSTGRESQL need HOST"
    ]
