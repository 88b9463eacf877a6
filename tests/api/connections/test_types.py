"""Connection types: Glue's own, and those that accounts register."""

import json
from typing import Any

import pytest
from api_fixtures import Api, call
from botocore.exceptions import ClientError

ARN = "arn:aws:glue:eu-west-1:123456789012:connectionType:Shop API"
URL = {"Name": "URL", "Required": True, "PropertyType": "USER_INPUT"}
SOURCE = {"RequestPath": "/items", "ResponseConfiguration": {"ResultPath": "$.items"}}
ENTITIES = {"items": {"SourceConfiguration": SOURCE}}


def _definition(**changes: Any) -> dict[str, Any]:
    return {
        "ConnectionType": "Shop API",
        "IntegrationType": "REST",
        "Description": "what the shop sells",
        "ConnectionProperties": {"Url": URL},
        "ConnectorAuthenticationConfiguration": {"AuthenticationTypes": ["BASIC"]},
        "RestConfiguration": {"EntityConfigurations": ENTITIES},
        **changes,
    }


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def _connection(**properties: str) -> dict[str, Any]:
    return {"Name": "c", "ConnectionType": "Shop API", "ConnectionProperties": properties}


def test_every_type_of_glue_is_listed_and_described(glue: Any) -> None:
    listed = [
        each
        for page in glue.get_paginator("list_connection_types").paginate(PaginationConfig={"PageSize": 40})
        for each in page["ConnectionTypes"]
    ]
    assert len(listed) == 92
    by_name = {each["ConnectionType"]: each for each in listed}
    assert list(by_name) == sorted(by_name)
    assert by_name["POSTGRESQL"] == {
        "ConnectionType": "POSTGRESQL",
        "DisplayName": "PostgreSQL",
        "Vendor": "PostgreSQL",
        "Description": "Tables of PostgreSQL.",
        "Categories": ["Database"],
        "Capabilities": {
            "SupportedAuthenticationTypes": ["BASIC"],
            "SupportedDataOperations": ["READ"],
            "SupportedComputeEnvironments": [],
        },
        "ConnectionTypeVariants": [],
    }
    reached = [name for name, each in by_name.items() if each["Capabilities"]["SupportedDataOperations"]]
    assert reached == ["JDBC", "POSTGRESQL"]
    for name in ("JDBC", "SALESFORCE", "KAFKA"):
        described = glue.describe_connection_type(ConnectionType=name)
        assert described["Capabilities"] == by_name[name]["Capabilities"]
    kafka = glue.describe_connection_type(ConnectionType="kafka")["ConnectionProperties"]
    assert kafka["KAFKA_BOOTSTRAP_SERVERS"] == {
        "Name": "KAFKA_BOOTSTRAP_SERVERS",
        "Description": "Brokers as host:port, with commas between.",
        "Required": True,
        "PropertyTypes": ["USER_INPUT"],
    }
    assert kafka["KAFKA_SASL_MECHANISM"]["AllowedValues"][0] == {"Value": "SCRAM-SHA-512"}
    missing = _error(glue.describe_connection_type, ConnectionType="NOPE")
    assert (missing[0], missing[1][:35]) == ("InvalidInputException", "There is no connection type NOPE: L")


@pytest.mark.parametrize(
    ("kind", "properties", "message"),
    [
        ("JDBC", {"HOST": "h"}, "Connection c: connections of type JDBC need JDBC_CONNECTION_URL or HOST with PORT with JDBC_ENGINE."),
        ("KAFKA", {}, "Connection c: connections of type KAFKA need KAFKA_BOOTSTRAP_SERVERS."),
        ("JDBC", {"JDBC_CONNECTION_URL": "u", "JDBC_ENFORCE_SSL": "maybe"}, "Connection c: JDBC_ENFORCE_SSL must be one of true, false."),
        ("NETWORK", {"COLOUR": "x"}, "Connection c: connections of type NETWORK have no property COLOUR."),
        ("CUSTOM", {"CONNECTOR_URL": "u"}, "Connection c: connections of type CUSTOM need CONNECTOR_CLASS_NAME."),
    ],
)  # fmt: skip
def test_connection_that_lacks_what_its_type_needs_is_refused(
    glue: Any, kind: str, properties: dict[str, str], message: str
) -> None:
    given = {"Name": "c", "ConnectionType": kind, "ConnectionProperties": properties}
    assert _error(glue.create_connection, ConnectionInput=given) == ("InvalidInputException", message)


def test_types_of_services_take_properties_of_their_own(glue: Any) -> None:
    given = {
        "Name": "c",
        "ConnectionType": "SERVICENOW",
        "ConnectionProperties": {"INSTANCE_URL": "https://x"},
    }
    glue.create_connection(ConnectionInput=given)
    found = glue.get_connection(Name="c")["Connection"]
    assert {key: found[key] for key in given} == given


def test_registered_type_is_listed_used_and_deleted(glue: Any, api: Api) -> None:
    made = glue.register_connection_type(**_definition(), Tags={"team": "a"})
    assert made["ConnectionTypeArn"] == ARN
    assert glue.get_tags(ResourceArn=ARN)["Tags"] == {"team": "a"}
    assert _error(glue.register_connection_type, **_definition()) == (
        "InvalidInputException",
        "Connection type Shop API already exists.",
    )
    described = glue.describe_connection_type(ConnectionType="Shop API")
    assert (described["Description"], described["RestConfiguration"]) == (
        "what the shop sells",
        {"EntityConfigurations": ENTITIES},
    )
    assert described["ConnectionProperties"]["URL"]["Required"] is True
    names = [
        each["ConnectionType"]
        for page in glue.get_paginator("list_connection_types").paginate()
        for each in page["ConnectionTypes"]
    ]
    assert (len(names), names.index("Shop API")) == (93, sorted(names).index("Shop API"))
    assert _error(glue.create_connection, ConnectionInput=_connection())[1] == (
        "Connection c: connections of type Shop API need URL."
    )
    glue.create_connection(ConnectionInput=_connection(URL="https://h"))
    assert _error(glue.delete_connection_type, ConnectionType="Shop API") == (
        "InvalidInputException",
        "Connection type Shop API is that of connection c; delete it first.",
    )
    other = api.client("glue", "210987654321")
    assert _error(other.delete_connection_type, ConnectionType="Shop API")[0] == "EntityNotFoundException"
    assert _error(other.create_connection, ConnectionInput=_connection(URL="https://h"))[0] == (
        "InvalidInputException"
    )
    glue.delete_connection(ConnectionName="c")
    glue.delete_connection_type(ConnectionType="Shop API")
    assert _error(glue.delete_connection_type, ConnectionType="Shop API")[0] == "EntityNotFoundException"
    assert _error(glue.get_tags, ResourceArn=ARN)[0] == "EntityNotFoundException"


def _property(**changes: Any) -> dict[str, Any]:
    return {"Name": "x", "Required": False, "PropertyType": "USER_INPUT", **changes}


def _with(**source: Any) -> dict[str, Any]:
    return {
        "RestConfiguration": {"EntityConfigurations": {"e": {"SourceConfiguration": {**SOURCE, **source}}}}
    }


def _custom(**parameter: Any) -> dict[str, Any]:
    custom = {"AuthenticationParameters": [_property(**parameter)]}
    return {
        "ConnectorAuthenticationConfiguration": {
            "AuthenticationTypes": ["CUSTOM"],
            "CustomAuthenticationProperties": custom,
        }
    }


_BAD: list[tuple[dict[str, Any], str]] = [
    ({"ConnectionType": "JDBC"}, "Connection type JDBC is one of Glue's own."),
    ({"ConnectionType": "a/b"}, "The name 'a/b' has other characters than letters, digits, spaces, and . _ - in it."),
    ({"ConnectionProperties": {}}, "ConnectionProperties.Url is missing: connections say by it where the service answers."),
    ({"ConnectionProperties": {"Url": {**URL, "PropertyType": "UNUSED"}}}, "ConnectionProperties.Url is UNUSED: nothing else says where the service answers."),
    ({"RestConfiguration": {}}, "RestConfiguration.EntityConfigurations is empty: there would be nothing to read."),
    ({"RestConfiguration": {"EntityConfigurations": {"e": {}}}}, "The entity e has no RequestPath, nor has GlobalSourceConfiguration."),
    (_with(RequestPath="/a/{id}"), "The entity e has {id} in its RequestPath; no parameter of PropertyLocation PATH fills it."),
    (_with(RequestPath="/a?b={id}"), "The entity e has {id} behind the ? of its RequestPath; a QUERY_PARAM goes there by itself."),
    (_with(ResponseConfiguration={"ResultPath": "$.a.length()"}), "The entity e: '$.a.length()' is not a path of names and positions, as $.data.items[0]."),
    (_with(RequestParameters=[_property(PropertyLocation="BODY")]), "The entity e is asked for by GET, and x goes into the BODY."),
    (_with(PaginationConfiguration={"CursorConfiguration": {"NextPage": {"Key": "c"}}}), "The entity e has a NextPage without a Value: nothing says where an answer has the next cursor."),
    (_custom(PropertyType="SECRET", DefaultValue="s"), "x is a secret and has a DefaultValue: a type is no place for secrets, a connection is."),
    (_custom(PropertyLocation="PATH"), "x is a credential and goes into the PATH, where logs would keep it."),
    (_custom(PropertyLocation="HEADER", KeyOverride="Host"), "x goes into the header 'Host', which is not sent on anybody's behalf."),
    ({"ConnectionProperties": {"Url": URL, "AdditionalRequestParameters": [_property(PropertyType="SECRET")]}},
     "x is a secret and its name does not say so; call it ..._SECRET, ..._TOKEN, ..._PASSWORD or ..._API_KEY, and give the name that is sent as its KeyOverride."),
    (_custom(Format="Bearer {}"), "x has a Format, which this server does not apply; give the value as it is sent."),
    ({"ConnectorAuthenticationConfiguration": {"AuthenticationTypes": ["OAUTH2"]}}, "AuthenticationTypes has OAUTH2, and OAuth2Properties.OAuth2GrantType is missing."),
    ({"ConnectorAuthenticationConfiguration": {"AuthenticationTypes": ["IAM"]}}, "AuthenticationTypes has IAM, which REST services are not reached by here."),
]  # fmt: skip


def test_type_that_could_not_be_used_is_refused(glue: Any) -> None:
    found = [_error(glue.register_connection_type, **_definition(**changes)) for changes, _ in _BAD]
    assert found == [("InvalidInputException", message) for _, message in _BAD]
    assert len(glue.list_connection_types(MaxResults=100)["ConnectionTypes"]) == 92


def test_types_that_were_registered_are_listed_with_what_registers_them_again(api: Api, glue: Any) -> None:
    definitions = [_definition(ConnectionType=f"Shop {number}") for number in range(3)]
    for definition in definitions:
        glue.register_connection_type(**definition, Tags={"a": "b"})
    listed, token = [], {}
    while True:
        _, answer = call(api, "ListRegisteredConnectionTypes", {"MaxResults": 2, **token})
        listed += answer["ConnectionTypes"]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert [each["ConnectionType"] for each in listed] == ["Shop 0", "Shop 1", "Shop 2"]
    assert [json.loads(each["Definition"]) for each in listed] == definitions
    assert call(api, "ListRegisteredConnectionTypes", {}, "222222222222")[1] == {"ConnectionTypes": []}
