"""Connections that are tried: against a real PostgreSQL, and against what answers wrongly or not at all."""

import socket
from typing import Any

import pytest
from api_fixtures import Api, FolderServices
from botocore.exceptions import ClientError
from connection_fixtures import SECRET, Reachable

#: The other end is the subject, not the server's own database.
DATABASES = ["sqlite"]


def _error(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert SECRET not in str(caught.value)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def _inline(glue: Any, properties: dict[str, str], kind: str = "JDBC", **more: Any) -> tuple[str, str]:
    given = {"ConnectionType": kind, "ConnectionProperties": properties, **more}
    return _error(glue.test_connection, TestConnectionInput=given)


def test_saved_connection_is_logged_in_to_and_remembers_it(reachable: Reachable) -> None:
    glue = reachable.glue
    given = {"Name": "pg", "ConnectionType": "JDBC", "ConnectionProperties": reachable.properties()}
    glue.create_connection(ConnectionInput=given)
    assert "LastConnectionValidationTime" not in glue.get_connection(Name="pg")["Connection"]
    glue.test_connection(ConnectionName="pg")
    tried = glue.get_connection(Name="pg")["Connection"]
    assert (tried["Status"], "StatusReason" in tried) == ("READY", False)
    assert tried["LastConnectionValidationTime"] >= tried["LastUpdatedTime"]

    wrong = {**given, "ConnectionProperties": reachable.properties(PASSWORD="wrong")}
    glue.update_connection(Name="pg", ConnectionInput=wrong)
    assert "LastConnectionValidationTime" not in glue.get_connection(Name="pg")["Connection"]
    code, message = _error(glue.test_connection, ConnectionName="pg")
    failed = glue.get_connection(Name="pg")["Connection"]
    assert (code, failed["Status"], failed["StatusReason"]) == (
        "FederationSourceException",
        "FAILED",
        message,
    )
    assert message == (
        f"localhost:{reachable.port} did not accept the user name and password: "
        'password authentication failed for user "tester"'
    )


def test_described_connection_is_tried_with_basic_credentials(reachable: Reachable) -> None:
    basic = {"Username": "tester", "Password": SECRET}
    given = {
        "ConnectionType": "POSTGRESQL",
        "ConnectionProperties": {"HOST": "127.0.0.1", "PORT": str(reachable.port), "DATABASE": "postgres"},
        "AuthenticationConfiguration": {
            "AuthenticationType": "BASIC",
            "BasicAuthenticationCredentials": basic,
        },
    }
    reachable.glue.test_connection(TestConnectionInput=given)
    saved = {**given, "Name": "v2"}
    reachable.glue.create_connection(ConnectionInput=saved)
    reachable.glue.test_connection(ConnectionName="v2")
    # Redshift speaks PostgreSQL's protocol.
    properties = reachable.properties()
    url = properties["JDBC_CONNECTION_URL"].replace("postgresql", "redshift")
    redshift = {
        "ConnectionType": "JDBC",
        "ConnectionProperties": {**properties, "JDBC_CONNECTION_URL": url},
    }
    reachable.glue.test_connection(TestConnectionInput=redshift)


def test_failures_are_told_apart(reachable: Reachable) -> None:
    glue, port = reachable.glue, reachable.port
    assert _inline(glue, reachable.properties("?sslmode=require")) == (
        "FederationSourceException",
        (
            f"localhost:{port} could not be reached over TLS as the connection asks for: "
            "server does not support SSL, but SSL was required"
        ),
    )
    missing = reachable.properties()
    missing["JDBC_CONNECTION_URL"] = missing["JDBC_CONNECTION_URL"].replace("/postgres", "/nope")
    assert _inline(glue, missing) == (
        "FederationSourceException",
        f'localhost:{port} does not have this database: database "nope" does not exist',
    )
    assert _inline(glue, reachable.properties(USERNAME="nobody else"))[1] == (
        f'localhost:{port} did not accept the user name and password: role "nobody else" does not exist'
    )
    nowhere = {"JDBC_CONNECTION_URL": "jdbc:postgresql://nowhere.invalid/x", "USERNAME": "u"}
    assert _inline(glue, nowhere) == (
        "FederationSourceException",
        "nowhere.invalid:5432 cannot be found: no such host",
    )
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and does not listen
        closed = held.getsockname()[1]
        assert _inline(glue, {"HOST": "127.0.0.1", "PORT": str(closed)}, "NETWORK") == (
            "FederationSourceException",
            f"127.0.0.1:{closed} refused the connection: nothing listens on this port",
        )


def test_other_end_that_never_answers_times_out(
    reachable: Reachable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("isinglass.operations.connections.probing.TIMEOUT_SECONDS", 2)
    monkeypatch.setattr(FolderServices, "own_ports", lambda _services: frozenset())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"jdbc:postgresql://127.0.0.1:{port}/x"
        code, message = _inline(reachable.glue, {"JDBC_CONNECTION_URL": url, "USERNAME": "u"})
    assert (code, message) == (
        "OperationTimeoutException",
        f"127.0.0.1:{port} did not answer in time: connection timeout expired",
    )


def test_brokers_are_reached_one_by_one(reachable: Reachable) -> None:
    servers = {"KAFKA_BOOTSTRAP_SERVERS": f"localhost:{reachable.port},127.0.0.1:{reachable.port}"}
    given = {"ConnectionType": "KAFKA", "ConnectionProperties": servers}
    reachable.glue.test_connection(TestConnectionInput=given)
    servers["KAFKA_BOOTSTRAP_SERVERS"] += ",nowhere.invalid:9092"
    assert (
        _inline(reachable.glue, servers, "KAFKA")[1] == "nowhere.invalid:9092 cannot be found: no such host"
    )


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "0.0.0.0", "224.0.0.1"],
)
def test_addresses_of_a_cloud_s_credentials_and_of_no_machine_are_refused(glue: Any, address: str) -> None:
    url = f"jdbc:postgresql://{address}:80/x"
    code, message = _inline(glue, {"JDBC_CONNECTION_URL": url, "USERNAME": "u"})
    assert code == "InvalidInputException"
    assert message.startswith(f"The server does not connect to {address.strip('[]')}: ")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3"])
def test_server_s_own_ports_are_refused(api: Api, glue: Any, host: str) -> None:
    port = api.url.rpartition(":")[2]
    code, message = _inline(glue, {"HOST": host, "PORT": port}, "NETWORK")
    assert code == "InvalidInputException"
    assert message.endswith(f" port {port}: a part of the server itself listens there.")
    # … by whatever name its machine has.
    own = socket.gethostbyname(socket.gethostname())
    for name in (own, f"::ffff:{own}"):
        assert _inline(glue, {"HOST": name, "PORT": port}, "NETWORK")[0] == "InvalidInputException"


@pytest.mark.parametrize(
    ("kind", "properties", "code", "message"),
    [
        (
            "JDBC",
            {"JDBC_CONNECTION_URL": "jdbc:mysql://h/db", "USERNAME": "u"},
            "OperationNotSupportedException",
            ("This server has no MySQL driver to log in with; it tests PostgreSQL and Redshift connections, and "
            "whether KAFKA and NETWORK ones can be reached."),
        ),
        (
            "JDBC",
            {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/db", "SECRET_ID": "s"},
            "OperationNotSupportedException",
            ("SECRET_ID names a secret of AWS Secrets Manager, which this server does not read; give USERNAME and "
            "PASSWORD."),
        ),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/db"}, "InvalidInputException", "The connection has no USERNAME."),
        (
            "JDBC",
            {"JDBC_CONNECTION_URL": "jdbc:postgresql://h:99999/db", "USERNAME": "u"},
            "InvalidInputException",
            "The port in JDBC_CONNECTION_URL is not a number from 0 to 65535.",
        ),
        ("NETWORK", {}, "InvalidInputException", "The connection has no HOST and PORT to reach."),
        (
            "SALESFORCE",
            {},
            "OperationNotSupportedException",
            "Connections of type SALESFORCE are not tested by this server.",
        ),
    ],
)  # fmt: skip
def test_connection_that_cannot_be_tried_is_refused_with_what_is_missing(
    glue: Any, kind: str, properties: dict[str, str], code: str, message: str
) -> None:
    assert _inline(glue, properties, kind) == (code, message)


def test_connection_of_another_account_is_not_there(reachable: Reachable) -> None:
    given = {"Name": "pg", "ConnectionType": "JDBC", "ConnectionProperties": reachable.properties()}
    reachable.glue.create_connection(ConnectionInput=given)
    other = reachable.api.client("glue", "210987654321")
    assert _error(other.test_connection, ConnectionName="pg")[0] == "EntityNotFoundException"
    assert _error(other.test_connection)[1] == "Give either ConnectionName or TestConnectionInput."
