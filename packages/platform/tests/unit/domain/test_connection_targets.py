"""What a connection is tried by: read from its properties."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.connection_targets import (
    Address,
    BadConnection,
    Login,
    Reach,
    UntestableConnection,
    target_of,
)

USER = {"USERNAME": "u", "PASSWORD": "p"}
NUL = "The database, user name or password has the character U+0000."


@pytest.mark.parametrize(
    ("properties", "login"),
    [
        (
            {"JDBC_CONNECTION_URL": "jdbc:postgresql://db.example:6543/shop", **USER},
            Login(Address("db.example", 6543), "shop", "u", "p"),
        ),
        (
            {"JDBC_CONNECTION_URL": "jdbc:postgresql://[::1]/a%20b?sslmode=require", **USER},
            Login(Address("::1", 5432), "a b", "u", "p", "require"),
        ),
        (
            {"JDBC_CONNECTION_URL": "jdbc:redshift://h/dev?user=v&password=q&ssl=true"},
            Login(Address("h", 5439), "dev", "v", "q", "require"),
        ),
        (
            {"JDBC_CONNECTION_URL": "jdbc:postgresql://v:q%40@h/dev"},
            Login(Address("h", 5432), "dev", "v", "q@"),
        ),
        (
            {"JDBC_CONNECTION_URL": "JDBC:POSTGRESQL://h", "JDBC_ENFORCE_SSL": "true", **USER},
            Login(Address("h", 5432), "u", "u", "p", "verify-full"),
        ),
        (
            {"JDBC_ENGINE": "postgresql", "HOST": "h", "PORT": "1", "DATABASE": "d", **USER},
            Login(Address("h", 1), "d", "u", "p"),
        ),
    ],
)
def test_jdbc_connection_is_a_login(properties: dict[str, str], login: Login) -> None:
    assert target_of("JDBC", properties, {}) == login
    assert "'p'" not in repr(login)


def test_credentials_of_an_authentication_come_first() -> None:
    basic = {"BasicAuthenticationCredentials": {"Username": "v", "Password": "q"}}
    properties = {"HOST": "h", "DATABASE": "d", **USER}
    found = target_of("POSTGRESQL", properties, {"AuthenticationType": "BASIC", **basic})
    assert found == Login(Address("h", 5432), "d", "v", "q")


def test_postgresql_connection_may_insist_on_tls() -> None:
    properties = {"HOST": "h", "DATABASE": "d", "JDBC_ENFORCE_SSL": "true", **USER}
    assert target_of("POSTGRESQL", properties, {}) == Login(Address("h", 5432), "d", "u", "p", "verify-full")


def test_kafka_and_network_connections_are_reached() -> None:
    servers = {"KAFKA_BOOTSTRAP_SERVERS": "a:9092, [::1]:9094"}
    assert target_of("KAFKA", servers, {}) == Reach((Address("a", 9092), Address("::1", 9094)))
    assert target_of("NETWORK", {"HOST": "h", "PORT": "80"}, {}) == Reach((Address("h", 80),))


@pytest.mark.parametrize(
    ("kind", "properties", "reason"),
    [
        ("JDBC", USER, "The connection has neither JDBC_CONNECTION_URL nor JDBC_ENGINE, HOST and PORT."),
        ("JDBC", {"JDBC_CONNECTION_URL": "postgresql://h/d"}, "JDBC_CONNECTION_URL must begin with jdbc: and a database, as jdbc:postgresql://…"),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql:d"}, "JDBC_CONNECTION_URL names no host; it has the form jdbc:postgresql://host:port/database."),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql://[h/d", **USER}, "JDBC_CONNECTION_URL is no URL: its host cannot be read."),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql://a\u2100b/d", **USER}, "JDBC_CONNECTION_URL is no URL: its host cannot be read."),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d%00", **USER}, NUL),
        ("POSTGRESQL", {"HOST": "h", "DATABASE": "d", "USERNAME": "u\0", "PASSWORD": "p"}, NUL),
        ("POSTGRESQL", {"HOST": "h", "DATABASE": "d", "USERNAME": "u", "PASSWORD": "p\0"}, NUL),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d?sslmode=on", **USER}, "sslmode=on is none of allow, disable, prefer, require, verify-ca, verify-full."),
        ("KAFKA", {}, "KAFKA_BOOTSTRAP_SERVERS must name 1 to 10 brokers as host:port."),
        ("KAFKA", {"KAFKA_BOOTSTRAP_SERVERS": "h"}, "The broker h has no port; write host:port."),
        ("KAFKA", {"KAFKA_BOOTSTRAP_SERVERS": "h:0"}, "The port '0' is not a number from 1 to 65535."),
    ],
)  # fmt: skip
def test_connection_that_does_not_say_what_to_reach_is_refused(
    kind: str, properties: dict[str, str], reason: str
) -> None:
    with pytest.raises(BadConnection) as caught:
        target_of(kind, properties, {})
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("kind", "properties", "authentication"),
    [
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:oracle:thin://@h:1521/SID", **USER}, {}),
        ("JDBC", {"JDBC_ENGINE": "mysql", "HOST": "h", "PORT": "1"}, {}),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d", "CUSTOM_JDBC_CERT": "s3://c", **USER}, {}),
        ("JDBC", {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d", "ENCRYPTED_PASSWORD": "x"}, {}),
        ("KAFKA", {"KAFKA_SASL_SCRAM_SECRETS_ARN": "arn"}, {}),
        ("POSTGRESQL", {"HOST": "h", **USER}, {"SecretArn": "arn"}),
        ("POSTGRESQL", {"HOST": "h", **USER}, {"AuthenticationType": "IAM"}),
        ("MONGODB", {"CONNECTION_URL": "mongodb://h/d"}, {}),
    ],
)
def test_connection_that_needs_what_is_not_there_is_refused(
    kind: str, properties: dict[str, str], authentication: dict[str, Any]
) -> None:
    with pytest.raises(UntestableConnection):
        target_of(kind, properties, authentication)


@given(st.text(max_size=40) | st.text("[]:/@?%0\u2100h", max_size=12).map("//".__add__))
def test_any_url_is_read_or_refused(text: str) -> None:
    try:
        found = target_of("JDBC", {"JDBC_CONNECTION_URL": f"jdbc:postgresql:{text}", **USER}, {})
    except (BadConnection, UntestableConnection):
        return
    assert isinstance(found, Login)
