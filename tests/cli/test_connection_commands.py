"""The commands on connections, against a real PostgreSQL at the other end."""

import json
from collections.abc import Iterator

import pytest
from connection_fixtures import SECRET
from server_fixtures import LiveServer


@pytest.fixture
def connection(live_server: LiveServer, password_port: int, shop: str) -> Iterator[str]:
    properties = {
        "JDBC_CONNECTION_URL": f"jdbc:postgresql://tester:{SECRET}@localhost:{password_port}/{shop}",
        "USERNAME": "tester",
        "PASSWORD": SECRET,
    }
    given = {"Name": "shop-db", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    glue = live_server.client("glue")
    glue.create_connection(ConnectionInput=given)
    yield "shop-db"
    glue.delete_connection(ConnectionName="shop-db")


def test_connection_is_listed_tried_and_looked_into(live_server: LiveServer, connection: str) -> None:
    def run(*arguments: str) -> str:
        answer = live_server.cli("connection", *arguments)
        assert SECRET not in answer.stdout + answer.stderr
        return answer.stdout

    assert "shop-db" in run("list", "--type", "JDBC")
    assert json.loads(run("list", "--json"))[0]["Name"] == "shop-db"
    run("test", connection)
    assert run("entities", connection, "-o", "name").split("\n")[1:3] == ["public", "shop"]
    assert run("entities", connection, "shop").splitlines() == [
        "ENTITY       KIND   DESCRIPTION",
        "shop.big     VIEW",
        "shop.long    TABLE",
        "shop.orders  TABLE",
        "shop.pairs   TABLE",
    ]
    assert run("fields", connection, "shop.pairs").splitlines() == [
        "FIELD       TYPE    NATIVE TYPE  KEY  NULLABLE",
        "b           int     integer      yes",
        "a           int     integer      yes",
        "Mixed Case  string  text              yes",
    ]
    asked = ["--field", "a", "--field", "Mixed Case", "--where", "b = 1", "--order", "a DESC", "--limit", "2"]
    assert run("sample", connection, "shop.pairs", *asked).splitlines() == [
        "A  MIXED CASE",
        "2  5",
        "1  4",
    ]
    assert len(json.loads(run("sample", connection, "shop.orders", "--json"))) == 12


def test_types_are_listed_and_described(live_server: LiveServer) -> None:
    rows = live_server.cli("connection", "types", "-o", "csv").stdout.splitlines()
    assert rows[0] == "type,name,category,works here"
    assert "POSTGRESQL,PostgreSQL,Database,read" in rows
    shown = live_server.cli("connection", "types", "kafka").stdout
    assert "KAFKA_BOOTSTRAP_SERVERS" in shown
    assert "SCRAM-SHA-512|GSSAPI|AWS_MSK_IAM|PLAIN" in shown
