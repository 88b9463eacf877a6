"""Connections of registered types: a real HTTP service, listed, described, sampled and tried."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from api_fixtures import Api, FolderServices
from botocore.exceptions import ClientError
from rest_service import Answer, Asked, RestService, serving

#: The other end is the subject, not the server's own database.
DATABASES = ["sqlite"]
SECRET = "hush-hush"
ITEMS = [{"id": number, "name": f"n{number}"} for number in range(7)]
URL = {"Name": "URL", "Required": True, "PropertyType": "USER_INPUT"}
SHOP = {"Name": "shop", "Required": True, "PropertyType": "USER_INPUT", "PropertyLocation": "PATH"}


def _text(name: str, location: str, **more: Any) -> dict[str, Any]:
    return {
        "Name": name, "Required": False, "PropertyType": "USER_INPUT", "PropertyLocation": location, **more,
    }  # fmt: skip


def _at(key: str, **more: Any) -> dict[str, Any]:
    return {"Key": key, "PropertyLocation": "QUERY_PARAM", **more}


CURSOR = {
    "CursorConfiguration": {
        "NextPage": _at("after", Value={"ContentPath": "$.next"}),
        "LimitParameter": _at("count"),
    }
}
OFFSET = {"OffsetConfiguration": {"OffsetParameter": _at("skip"), "LimitParameter": _at("count")}}
RESULT = {"ResultPath": "$.data.items", "ErrorPath": "$.error.message"}
SCHEMA = {
    "id": {"Name": "id", "FieldDataType": "INT", "IsNullable": False},
    "name": {"Name": "name", "FieldDataType": "STRING"},
}
ENTITIES = {
    "by cursor": {"SourceConfiguration": {"PaginationConfiguration": CURSOR}, "Schema": SCHEMA},
    "by offset": {"SourceConfiguration": {"PaginationConfiguration": OFFSET}},
    "posted": {
        "SourceConfiguration": {"RequestMethod": "POST", "RequestParameters": [_text("kind", "BODY")]}
    },
    "whole": {"SourceConfiguration": {"ResponseConfiguration": {"ResultPath": "$"}}},
}
REST = {
    "GlobalSourceConfiguration": {
        "RequestPath": "/shops/{shop}/items?v=1",
        "ResponseConfiguration": RESULT,
        "RequestParameters": [_text("colour", "QUERY_PARAM", AllowedValues=["red", "blue"])],
    },
    "ValidationEndpointConfiguration": {"RequestPath": "/me"},
    "EntityConfigurations": ENTITIES,
}
BASIC = {
    "AuthenticationType": "BASIC",
    "BasicAuthenticationCredentials": {"Username": "u", "Password": SECRET},
}


def _answer(asked: Asked) -> Answer:
    """Answer items as the pages of a shop."""
    if asked.path == "/token":
        return 200, {}, {"access_token": "t0ken"}
    count = int(asked.query.get("count", ["100"])[0])
    start = int(asked.query.get("after", asked.query.get("skip", ["0"]))[0])
    shown = ITEMS[start : start + count]
    more = {"next": str(start + count)} if start + count < len(ITEMS) else {}
    return 200, {}, {"data": {"items": shown}, **more}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[RestService]:
    with serving(_answer) as found:
        # The service is of this very process, in which the server of the tests runs as well.
        own = FolderServices.own_ports
        monkeypatch.setattr(FolderServices, "own_ports", lambda services: own(services) - {found.port})
        yield found


def _register(glue: Any, authentication: dict[str, Any], *more: dict[str, Any], **rest: Any) -> None:
    glue.register_connection_type(
        ConnectionType="shop",
        IntegrationType="REST",
        ConnectionProperties={"Url": URL, "AdditionalRequestParameters": [SHOP, *more]},
        ConnectorAuthenticationConfiguration=authentication,
        RestConfiguration={**REST, **rest},
    )


def _connect(glue: Any, service: RestService, authentication: dict[str, Any], **properties: str) -> None:
    glue.create_connection(
        ConnectionInput={
            "Name": "c",
            "ConnectionType": "shop",
            "ConnectionProperties": {"URL": f"{service.url}/api/", "shop": "a/b", **properties},
            "AuthenticationConfiguration": authentication,
        }
    )


@pytest.fixture
def shop(glue: Any, service: RestService) -> Any:
    _register(glue, {"AuthenticationTypes": ["BASIC"]})
    _connect(glue, service, BASIC)
    return glue


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert SECRET not in str(caught.value)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def _read(glue: Any, entity: str, limit: int = 100, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = glue.get_entity_records(
        ConnectionName="c", EntityName=entity, Limit=limit, **more
    )
    return found


def test_entities_and_fields_are_those_of_the_type(shop: Any) -> None:
    listed = shop.list_entities(ConnectionName="c")["Entities"]
    assert [(each["EntityName"], each["IsParentEntity"]) for each in listed] == [
        (name, False) for name in sorted(ENTITIES)
    ]
    fields = shop.describe_entity(ConnectionName="c", EntityName="by cursor")["Fields"]
    told = [(field["FieldName"], field["FieldType"], field["IsNullable"]) for field in fields]
    assert told == [("id", "INT", False), ("name", "STRING", True)]
    operators = [(field["IsFilterable"], field["SupportedFilterOperators"][-1]) for field in fields]
    assert operators == [(True, "BETWEEN"), (True, "CONTAINS")]
    # Without a schema, the first records tell.
    fields = shop.describe_entity(ConnectionName="c", EntityName="by offset")["Fields"]
    assert [(field["FieldName"], field["FieldType"]) for field in fields] == [
        ("id", "BIGINT"),
        ("name", "STRING"),
    ]
    assert _error(shop.describe_entity, ConnectionName="c", EntityName="x") == (
        "EntityNotFoundException",
        "Entity x not found.",
    )


@pytest.mark.parametrize("entity", ["by cursor", "by offset", "posted"])
def test_records_are_paged_to_the_end(shop: Any, entity: str) -> None:
    answer = _read(shop, entity, 3)
    pages = [answer["Records"]]
    while "NextToken" in answer:
        answer = _read(shop, entity, 3, NextToken=answer["NextToken"])
        pages.append(answer["Records"])
    assert pages == [ITEMS[:3], ITEMS[3:6], ITEMS[6:]]


@pytest.mark.parametrize("entity", ["by cursor", "by offset", "posted"])
@pytest.mark.parametrize(
    ("predicate", "ids"),
    [
        ("id > 1 and NAME <> 'n3'", [2, 4, 5, 6]),
        ("name like '%6' or id in (0, 2)", [0, 2, 6]),
        ("id < 0", []),
    ],
)
def test_records_are_filtered_page_by_page(shop: Any, entity: str, predicate: str, ids: list[int]) -> None:
    if entity != "by cursor":
        predicate = predicate.replace("NAME", "name")  # without a schema, names are as the records have them
    answer = _read(shop, entity, 2, FilterPredicate=predicate, SelectedFields=["id"])
    pages = [answer["Records"]]
    while "NextToken" in answer:
        token = answer["NextToken"]
        answer = _read(shop, entity, 2, FilterPredicate=predicate, SelectedFields=["id"], NextToken=token)
        pages.append(answer["Records"])
    assert all(len(page) == 2 for page in pages[:-1])
    assert [each["id"] for page in pages for each in page] == ids


def test_search_through_many_pages_ends_and_goes_on(shop: Any, service: RestService) -> None:
    endless = {"data": {"items": [{"id": 1}]}}
    service.answer = lambda asked: (
        200, {}, {**endless, "next": str(int(asked.query.get("after", ["0"])[0]) + 1)},
    )  # fmt: skip
    answer = _read(shop, "by cursor", 1, FilterPredicate="id = 2")
    assert (answer["Records"], len(service.asked)) == ([], 10)
    _read(shop, "by cursor", 1, FilterPredicate="id = 2", NextToken=answer["NextToken"])
    assert service.asked[10].query["after"] == ["10"]


def test_filter_that_meets_a_value_it_cannot_compare_says_so(shop: Any, service: RestService) -> None:
    service.answer = lambda _asked: (200, {}, [{"a": None}, {"b": 1}, {"a": 2}, {"a": ["x"]}])
    assert _read(shop, "whole", 1, FilterPredicate="a = 2")["Records"] == [{"a": 2}]
    assert _error(
        shop.get_entity_records, ConnectionName="c", EntityName="whole", Limit=2, FilterPredicate="a = 2"
    ) == ("InvalidInputException", "a is a structure, which is not filtered by.")


def test_offset_past_the_end_may_be_not_found(shop: Any, service: RestService) -> None:
    service.answer = lambda asked: (404, {}, {}) if asked.query["skip"] != ["0"] else _answer(asked)
    assert _read(shop, "by offset")["Records"] == ITEMS


def test_requests_are_what_the_type_says(shop: Any, service: RestService) -> None:
    _read(shop, "by offset", 2, ConnectionOptions={"colour": "red"}, SelectedFields=["name"])
    [asked] = service.asked
    assert (asked.method, asked.path, asked.query) == (
        "GET",
        "/api/shops/a%2Fb/items",
        {"v": ["1"], "colour": ["red"], "skip": ["0"], "count": ["2"]},
    )
    login = base64.b64encode(f"u:{SECRET}".encode()).decode()
    assert asked.headers["authorization"] == f"Basic {login}"
    assert asked.headers["host"] == f"localhost:{service.port}"
    _read(shop, "posted", ConnectionOptions={"kind": 'a"b'})
    assert (service.asked[1].method, json.loads(service.asked[1].body)) == ("POST", {"kind": 'a"b'})
    shop.test_connection(ConnectionName="c")
    assert service.asked[2].path == "/api/me"
    assert shop.get_connection(Name="c")["Connection"]["LastConnectionValidationTime"]
    described = {
        "ConnectionType": "shop",
        "ConnectionProperties": {"URL": service.url, "shop": "x"},
        "AuthenticationConfiguration": {
            **BASIC,
            "BasicAuthenticationCredentials": {"Username": "other", "Password": SECRET},
        },
    }
    shop.test_connection(TestConnectionInput=described)
    login = base64.b64encode(f"other:{SECRET}".encode()).decode()
    assert (service.asked[3].path, service.asked[3].headers["authorization"]) == ("/me", f"Basic {login}")


def test_custom_credentials_go_where_the_type_says(glue: Any, service: RestService) -> None:
    parameters = [
        _text("key", "HEADER", KeyOverride="X-Api-Key", PropertyType="SECRET", Required=True),
        _text("tenant", "QUERY_PARAM"),
    ]
    custom = {
        "AuthenticationTypes": ["CUSTOM"],
        "CustomAuthenticationProperties": {"AuthenticationParameters": parameters},
    }
    _register(glue, custom, _text("SIGNING_TOKEN", "HEADER", PropertyType="SECRET", KeyOverride="signature"))
    given = {
        "AuthenticationType": "CUSTOM",
        "CustomAuthenticationCredentials": {"key": SECRET, "tenant": "t"},
    }
    _connect(glue, service, given, SIGNING_TOKEN="sealed")
    _read(glue, "by cursor", 1)
    [asked] = service.asked
    assert (asked.headers["x-api-key"], asked.query["tenant"], asked.headers["signature"]) == (
        SECRET,
        ["t"],
        "sealed",
    )
    hidden = glue.get_connection(Name="c", HidePassword=True)["Connection"]["ConnectionProperties"]
    assert sorted(hidden) == ["URL", "shop"]


def test_token_is_had_before_records_are_read(glue: Any, service: RestService) -> None:
    client = {
        "TokenUrl": {"Name": "TokenUrl", "Required": True, "PropertyType": "USER_INPUT"},
        "Scope": {"Name": "scope", "Required": False, "PropertyType": "USER_INPUT", "DefaultValue": "read"},
    }
    oauth2 = {"OAuth2GrantType": "CLIENT_CREDENTIALS", "ClientCredentialsProperties": client}
    _register(glue, {"AuthenticationTypes": ["OAUTH2"], "OAuth2Properties": oauth2})
    properties = {
        "OAuth2GrantType": "CLIENT_CREDENTIALS",
        "TokenUrl": f"{service.url}/token",
        "OAuth2ClientApplication": {"UserManagedClientApplicationClientId": "me"},
        "OAuth2Credentials": {"UserManagedClientApplicationClientSecret": SECRET},
    }
    _connect(glue, service, {"AuthenticationType": "OAUTH2", "OAuth2Properties": properties})
    assert _read(glue, "by cursor")["Records"] == ITEMS
    token, asked = service.asked
    assert (token.method, token.path, token.body) == (
        "POST",
        "/token",
        f"grant_type=client_credentials&client_id=me&client_secret={SECRET}&scope=read",
    )
    assert asked.headers["authorization"] == "Bearer t0ken"
    # One token serves all pages that are read for one answer.
    _read(glue, "by offset", 3, FilterPredicate="id > 100")
    assert [asked.path for asked in service.asked[2:]].count("/token") == 1


_FAILURES: list[tuple[Answer, str, str]] = [
    ((401, {}, {}), "InvalidCredentialsException", "answered 401"),
    ((403, {}, {"error": {"message": f"no {SECRET}"}}), "AccessDeniedException", "answered 403: no ********"),
    ((404, {}, b"gone"), "EntityNotFoundException", "answered 404"),
    ((429, {}, {}), "ThrottlingException", "answered 429"),
    ((500, {}, {}), "InternalServiceException", "answered 500"),
    ((200, {}, {"error": {"message": "wrong"}}), "InvalidResponseException", "answered 200: wrong"),
    ((302, {"Location": "http://169.254.169.254/"}, {}), "InvalidResponseException", "answered 302: redirects are not followed"),
    ((200, {}, b"<html>"), "InvalidResponseException", "answered nothing at the ResultPath"),
    ((200, {}, b"[" * 100_000), "InvalidResponseException", "answered nothing at the ResultPath"),
    ((200, {}, {"data": {"items": []}, "next": "x" * 2000}), "InvalidResponseException", "gave a cursor of more than 1000 characters"),
    ((200, {"Content-Length": "9"}, b"{}"), "InvalidResponseException", "broke off in the middle of its answer"),
]  # fmt: skip


def test_failures_of_the_service_are_told_apart(shop: Any, service: RestService) -> None:
    for answer, code, message in _FAILURES:
        service.answer = lambda _asked, answer=answer: answer  # type: ignore[misc] # a default keeps the answer
        with pytest.raises(ClientError) as caught:
            _read(shop, "by cursor")
        error = caught.value.response
        told = (error["Error"]["Code"], error["FederationSourceErrorCode"], error["Error"]["Message"])
        assert told == ("FederationSourceException", code, f"localhost:{service.port} {message}")


def test_odd_values_of_the_service_arrive_as_json_can_have_them(shop: Any, service: RestService) -> None:
    odd = (
        b'{"a": 123456789012345678901234567890, "b": NaN, "c": "\\ud800x", "d": 1e999, "e": [1, {"f": null}]}'
    )
    service.answer = lambda _asked: (200, {}, odd)
    assert _read(shop, "whole")["Records"] == [
        {"a": "123456789012345678901234567890", "b": "NaN", "c": "?x", "d": "1e999", "e": [1, {"f": None}]}
    ]


@pytest.mark.parametrize(
    ("entity", "wanted", "code", "message"),
    [
        ("by cursor", {"OrderBy": "id"}, "OperationNotSupportedException",
         "OrderBy is not supported for REST services: they give records in an order of their own."),
        ("by cursor", {"FilterPredicate": "id ="}, "InvalidInputException",
         "FilterPredicate is not understood: it ends too early."),
        ("by cursor", {"FilterPredicate": "nope = 1"}, "InvalidInputException", "There is no field nope; there are id, name."),
        ("by cursor", {"FilterPredicate": "id = 'x'"}, "InvalidInputException", "id is a number, and 'x' is none."),
        ("by cursor", {"SelectedFields": ["nope"]}, "InvalidInputException", "There is no field nope; there are id, name."),
        ("whole", {"ConnectionOptions": {"nope": "x"}}, "InvalidInputException", "There is no connection option nope."),
        ("whole", {"ConnectionOptions": {"colour": "x"}}, "InvalidInputException", "colour must be one of red, blue."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(
    shop: Any, service: RestService, entity: str, wanted: dict[str, Any], code: str, message: str
) -> None:
    found = _error(shop.get_entity_records, ConnectionName="c", EntityName=entity, Limit=1, **wanted)
    assert (found, service.asked) == ((code, message), [])


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://169.254.169.254/", "The server does not connect to 169.254.169.254: "),
        (
            "http://127.0.0.1:{own}/",
            "The server does not connect to 127.0.0.1 port {own}: a part of the server",
        ),
        ("file:///etc/passwd", "The address of the service must be a URL as https://host/path"),
        ("http://user:pw@h/", "The address of the service must be a URL as https://host/path"),
    ],
)
def test_service_is_not_reached_where_nobody_may(shop: Any, api: Api, url: str, message: str) -> None:
    own = api.url.rpartition(":")[2]
    properties = {"URL": url.format(own=own), "shop": "x"}
    given = {"Name": "c", "ConnectionType": "shop", "ConnectionProperties": properties}
    shop.update_connection(Name="c", ConnectionInput={**given, "AuthenticationConfiguration": BASIC})
    code, text = _error(shop.get_entity_records, ConnectionName="c", EntityName="whole", Limit=1)
    assert (code, text.startswith(message.format(own=own))) == ("InvalidInputException", True)


def test_path_cannot_be_left_through_a_parameter(shop: Any, service: RestService) -> None:
    for name in ("..", "."):
        given = {
            "Name": "c",
            "ConnectionType": "shop",
            "ConnectionProperties": {"URL": service.url, "shop": name},
        }
        shop.update_connection(Name="c", ConnectionInput={**given, "AuthenticationConfiguration": BASIC})
        code, _ = _error(shop.get_entity_records, ConnectionName="c", EntityName="whole", Limit=1)
        assert (code, service.asked) == ("InvalidInputException", [])


def test_service_that_answers_a_byte_at_a_time_is_left_in_time(
    shop: Any, service: RestService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("isinglass.operations.connections.rest.http.SECONDS", 0.5)
    service.answer = lambda _asked: (200, {}, b"[]" + b" " * 200)
    service.pause = 0.1
    code, message = _error(shop.get_entity_records, ConnectionName="c", EntityName="whole", Limit=1)
    assert (code, message) == (
        "OperationTimeoutException",
        f"localhost:{service.port} did not answer within 0.5 seconds",
    )
