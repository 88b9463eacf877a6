"""What lies at a connection's other end: a real PostgreSQL, listed, described and sampled."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from connection_fixtures import SECRET, Reachable
from postgresql_server import PostgresqlServer

#: The other end is the subject, not the server's own database.
DATABASES = ["sqlite"]
COMPARED = [
    "EQUAL_TO", "NOT_EQUAL_TO", "LESS_THAN", "LESS_THAN_OR_EQUAL_TO", "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL_TO", "BETWEEN", "ORDER_BY",
]  # fmt: skip


@pytest.fixture
def glue(reachable: Reachable, shop: str) -> Iterator[Any]:
    url = reachable.properties()["JDBC_CONNECTION_URL"].replace("/postgres", f"/{shop}")
    properties = reachable.properties(JDBC_CONNECTION_URL=url)
    given = {"Name": "pg", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    reachable.glue.create_connection(ConnectionInput=given)
    return reachable.glue


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert SECRET not in str(caught.value)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def _ids(glue: Any, **wanted: Any) -> list[int]:
    given = {
        "ConnectionName": "pg",
        "EntityName": "shop.orders",
        "Limit": 100,
        "SelectedFields": ["id"],
        **wanted,
    }
    return [each["id"] for each in glue.get_entity_records(**given)["Records"]]


def test_schemas_have_the_tables_that_may_be_read(glue: Any) -> None:
    schemas = glue.list_entities(ConnectionName="pg")["Entities"]
    assert schemas == [
        {"EntityName": '"a ""b"".c"', "Label": 'a "b".c', "IsParentEntity": True, "Category": "SCHEMA"},
        {"EntityName": "public", "Label": "public", "IsParentEntity": True, "Category": "SCHEMA",
         "Description": "standard public schema"},
        {"EntityName": "shop", "Label": "shop", "IsParentEntity": True, "Category": "SCHEMA",
         "Description": "what is sold"},
    ]  # fmt: skip
    tables = glue.list_entities(ConnectionName="pg", ParentEntityName="shop")["Entities"]
    assert [(each["EntityName"], each["Label"], each["Category"]) for each in tables] == [
        ("shop.big", "big", "VIEW"),
        ("shop.long", "long", "TABLE"),
        ("shop.orders", "orders", "TABLE"),
        ("shop.pairs", "pairs", "TABLE"),
    ]
    [odd] = glue.list_entities(ConnectionName="pg", ParentEntityName=schemas[0]["EntityName"])["Entities"]
    assert (odd["EntityName"], odd["IsParentEntity"]) == ('"a ""b"".c"."x.y"', False)
    [field] = glue.describe_entity(ConnectionName="pg", EntityName=odd["EntityName"])["Fields"]
    assert field["FieldName"] == "z"
    assert glue.list_entities(ConnectionName="pg", ParentEntityName="public")["Entities"] == []


def test_columns_are_described_with_types_keys_and_filters(glue: Any) -> None:
    fields = glue.describe_entity(ConnectionName="pg", EntityName="shop.orders")["Fields"]
    by_name = {field["FieldName"]: field for field in fields}
    assert by_name["id"] == {
        "FieldName": "id", "Label": "id", "FieldType": "INT", "NativeDataType": "integer",
        "IsPrimaryKey": True, "IsNullable": False, "IsDefaultOnCreate": False, "IsRetrievable": True,
        "IsFilterable": True, "IsPartitionable": False, "IsCreateable": False, "IsUpdateable": False,
        "IsUpsertable": False, "SupportedFilterOperators": COMPARED,
    }  # fmt: skip
    assert [(field["FieldName"], field["FieldType"], field["NativeDataType"]) for field in fields[1:]] == [
        ("customer", "STRING", "text"), ("amount", "DECIMAL", "numeric(10,2)"), ("paid", "BOOLEAN", "boolean"),
        ("size", "STRING", "shop.size"), ("price", "BIGINT", "shop.cents"),
        ("ratio", "DOUBLE", "double precision"), ("ordered", "DATE", "date"),
        ("at", "TIMESTAMP", "timestamp with time zone"), ("raw", "BINARY", "bytea"), ("tags", "ARRAY", "text[]"),
        ("days", "ARRAY", "date[]"), ("place", "STRUCT", "shop.place"), ("extra", "STRING", "jsonb"),
        ("ref", "STRING", "uuid"),
    ]  # fmt: skip
    assert (by_name["amount"]["Description"], by_name["amount"]["IsNullable"]) == ("in euros", True)
    assert (by_name["paid"]["IsDefaultOnCreate"], by_name["size"]["SupportedValues"]) == (
        True,
        ["small", "large"],
    )
    operators = {name: by_name[name]["SupportedFilterOperators"] for name in ("customer", "paid", "raw")}
    assert operators == {
        "customer": [*COMPARED, "CONTAINS"],
        "paid": ["EQUAL_TO", "NOT_EQUAL_TO", "ORDER_BY"],
        "raw": [],
    }


def test_records_arrive_as_json_that_loses_nothing(glue: Any) -> None:
    read = glue.get_entity_records(ConnectionName="pg", EntityName="shop.orders", Limit=2)
    assert read["Records"] == [
        {
            "id": 1, "customer": "Ann", "amount": "10.50", "paid": True, "size": "small", "price": 5,
            "ratio": 1.5, "ordered": "2026-01-31", "at": "2026-01-31 10:00:00+00", "raw": "AP8=",
            "tags": ["a", "b"], "days": ["2026-01-01"], "place": {"city": "Oslo", "zip": 1234},
            "extra": '{"k": [1]}', "ref": "00000000-0000-0000-0000-000000000001",
        },
        {
            "id": 2, "customer": "O'Hara; DROP TABLE shop.orders", "amount": "-1.00", "paid": False,
            "size": "large", "price": 6, "ratio": "nan", "ordered": "infinity", "at": None, "raw": None,
            "tags": None, "days": None, "place": None, "extra": None, "ref": None,
        },
    ]  # fmt: skip
    chosen = glue.get_entity_records(
        ConnectionName="pg", EntityName="shop.pairs", Limit=1, SelectedFields=["Mixed Case", "A", "a"]
    )
    assert chosen["Records"] == [{"Mixed Case": "0", "a": 0}]


_FILTERS: list[tuple[str, list[int]]] = [
    ("id = 3", [3]),
    ("ID IN (1, 3) and not id = 1", [3]),
    ("amount between 4 and 5.5 or customer = 'Ann'", [1, 4, 5]),
    ("customer = 'O''Hara; DROP TABLE shop.orders'", [2]),
    ("customer like 'c1%' and id > 10", [11, 12]),
    ("ordered is not null and paid = true", [1]),
    ("ordered = DATE '2026-01-31'", [1]),
    ("at < TIMESTAMP '2026-02-01 00:00:00'", [1]),
    ("size = 'large'", [2]),
    ("customer = '%s %(x)s {}'", []),
    ("\"customer\" = 'Ann'' OR ''1''=''1'", []),
]


def test_filters_choose_records(glue: Any) -> None:
    assert [_ids(glue, FilterPredicate=predicate) for predicate, _ in _FILTERS] == [
        ids for _, ids in _FILTERS
    ]


def test_records_are_ordered_and_paged_to_the_end(glue: Any) -> None:
    def pages(entity: str, limit: int, **wanted: Any) -> list[list[Any]]:
        given = {"ConnectionName": "pg", "EntityName": entity, "Limit": limit, **wanted}
        found, answer = [], glue.get_entity_records(**given)
        while True:
            found.append([next(iter(each.values())) for each in answer["Records"]])
            if "NextToken" not in answer:
                return found
            answer = glue.get_entity_records(**given, NextToken=answer["NextToken"])

    assert pages("shop.orders", 5) == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12]]
    assert pages("shop.orders", 6, OrderBy="amount DESC, id") == [[12, 11, 1, 10, 9, 8], [7, 6, 5, 4, 3, 2]]
    assert pages("shop.orders", 2, FilterPredicate="id > 9", SelectedFields=["customer"]) == [
        ["c10", "c11"], ["c12"],
    ]  # fmt: skip
    assert pages("shop.pairs", 4, SelectedFields=["Mixed Case"]) == [
        ["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8"],
    ]  # fmt: skip
    assert sum(map(len, pages("shop.big", 3))) == 8
    assert [[key[1000:] for key in page] for page in pages("shop.long", 2)] == [["1", "2"], ["3", "4"], ["5"]]


def test_schemas_and_fields_are_paged(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("isinglass.gateway.protocol.paging._USUAL_PAGE", 2)
    first = glue.list_entities(ConnectionName="pg", ParentEntityName="shop")
    rest = glue.list_entities(ConnectionName="pg", ParentEntityName="shop", NextToken=first["NextToken"])
    assert [each["Label"] for each in (*first["Entities"], *rest["Entities"])] == [
        "big",
        "long",
        "orders",
        "pairs",
    ]
    fields, token = [], {}
    while token is not None:
        answer = glue.describe_entity(ConnectionName="pg", EntityName="shop.pairs", **token)
        fields += [field["FieldName"] for field in answer["Fields"]]
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else None
    assert fields == ["b", "a", "Mixed Case"]


_REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"FilterPredicate": "nope = 1"}, "InvalidInputException", "There is no field nope; there are id, "),
    ({"FilterPredicate": "id = 1; DELETE FROM x"}, "InvalidInputException", "FilterPredicate is not understood: "),
    ({"FilterPredicate": "raw = 'x'"}, "InvalidInputException", "raw is bytea, which is not filtered by."),
    ({"FilterPredicate": "id = 'x'"}, "InvalidInputException", "localhost:{port} does not take this query: invalid"),
    ({"OrderBy": "id; DROP TABLE x"}, "InvalidInputException", "OrderBy is not understood: "),
    ({"OrderBy": "id,"}, "InvalidInputException", "OrderBy is not understood: "),
    ({"OrderBy": "extra->>'k'"}, "InvalidInputException", "There is no field extra->>'k'; "),
    ({"SelectedFields": ["id", "x"]}, "InvalidInputException", "There is no field x; "),
    ({"EntityName": "shop.nope"}, "EntityNotFoundException", "Entity shop.nope not found."),
    ({"EntityName": "shop.secret"}, "EntityNotFoundException", "Entity shop.secret not found."),
    ({"EntityName": "orders"}, "InvalidInputException", "'orders' is no name of an entity; it has the form SCHEMA.TABLE"),
    ({"ConnectionOptions": {"a": "b"}}, "InvalidInputException", "Tables have no ConnectionOptions such as a."),
    ({"DataStoreApiVersion": "1"}, "OperationNotSupportedException", "DataStoreApiVersion is not supported"),
    ({"ConnectionName": "gone"}, "EntityNotFoundException", "Connection gone not found."),
    ({"CatalogId": "210987654321"}, "AccessDeniedException", "User: "),
]  # fmt: skip


def test_what_cannot_be_read_is_refused(glue: Any, reachable: Reachable) -> None:
    given = {"ConnectionName": "pg", "EntityName": "shop.orders", "Limit": 1}
    for wanted, code, message in _REFUSED:
        found, text = _error(glue.get_entity_records, **{**given, **wanted})
        assert (found, text.startswith(message.format(port=reachable.port))) == (code, True), (wanted, text)


def test_connections_that_lead_to_no_entities_say_so(glue: Any) -> None:
    glue.create_connection(
        ConnectionInput={"Name": "sf", "ConnectionType": "SALESFORCE", "ConnectionProperties": {}}
    )
    assert _error(glue.list_entities, ConnectionName="sf") == (
        "OperationNotSupportedException",
        "Entities of SALESFORCE connections are not read by this server.",
    )
    mysql = {"JDBC_CONNECTION_URL": "jdbc:mysql://h/db", "USERNAME": "u"}
    glue.create_connection(
        ConnectionInput={"Name": "my", "ConnectionType": "JDBC", "ConnectionProperties": mysql}
    )
    assert _error(glue.list_entities, ConnectionName="my")[0] == "OperationNotSupportedException"
    assert _error(glue.list_entities)[0] == "ValidationException"


def test_other_end_that_stops_answering_is_left_in_time(
    glue: Any, postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("isinglass.operations.connections.postgresql.session._SETTINGS", ())
    monkeypatch.setattr("isinglass.operations.connections.postgresql.session.SESSION_SECONDS", 0.5)
    import psycopg

    with psycopg.connect(postgresql.url("shop")) as holder:
        holder.execute("LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE")
        code, message = _error(
            glue.get_entity_records, ConnectionName="pg", EntityName="shop.orders", Limit=1
        )
    assert code == "OperationTimeoutException"
    assert message.endswith("did not answer within 20 seconds")


def test_reading_changes_nothing_even_where_a_view_would(glue: Any, postgresql: PostgresqlServer) -> None:
    import psycopg

    with psycopg.connect(postgresql.url("shop"), autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE shop.counted")
        connection.execute("GRANT USAGE ON shop.counted TO tester")
        connection.execute("CREATE VIEW shop.counting AS SELECT nextval('shop.counted') AS n")
        connection.execute("GRANT SELECT ON shop.counting TO tester")
        try:
            code, message = _error(
                glue.get_entity_records, ConnectionName="pg", EntityName="shop.counting", Limit=1
            )
        finally:
            connection.execute("DROP VIEW shop.counting")
    assert (code, "read-only transaction" in message) == ("FederationSourceException", True)
