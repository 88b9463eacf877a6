"""Connection types that an account registered move with the connections that are of them."""

import itertools

import pytest
from api_fixtures import REGION
from transfer_fixtures import Mover

from isinglass.transfer.aws_glue import open_account

DATABASES = ["sqlite"]
ACCOUNTS = itertools.count(510_000_000_000)
URL = {"Name": "URL", "Required": True, "PropertyType": "USER_INPUT"}
SOURCE = {"RequestPath": "/items", "ResponseConfiguration": {"ResultPath": "$.items"}}
SHOP = {
    "ConnectionType": "Shop API",
    "IntegrationType": "REST",
    "Description": "what the shop sells",
    "ConnectionProperties": {"Url": URL},
    "ConnectorAuthenticationConfiguration": {"AuthenticationTypes": ["BASIC"]},
    "RestConfiguration": {"EntityConfigurations": {"items": {"SourceConfiguration": SOURCE}}},
}


@pytest.fixture
def account() -> str:
    return str(next(ACCOUNTS))


@pytest.fixture
def moved(api, account):
    """Register a type, make a connection of it, and export both."""
    glue = api.client("glue", account)
    glue.register_connection_type(**SHOP, Tags={"a": "b"})
    properties = {"URL": "https://shop.example.com"}
    connection = {"Name": "shop", "ConnectionType": "Shop API", "ConnectionProperties": properties}
    glue.create_connection(ConnectionInput=connection)
    mover = Mover(api)
    return mover, mover.export(account)


def test_registered_type_and_its_connections_are_made_in_another_account(api, moved):
    mover, exported = moved
    other = str(next(ACCOUNTS))
    report = mover.put(other, exported)
    assert report.problems == []
    assert report.counts["ConnectionType", "created"] == report.counts["Connection", "created"] == 1
    assert mover.export(other).partition(b"\n")[2] == exported.partition(b"\n")[2]
    described = api.client("glue", other).describe_connection_type(ConnectionType="Shop API")
    assert described["Description"] == "what the shop sells"
    assert mover.put(other, exported).counts["ConnectionType", "unchanged"] == 1


def test_registered_type_that_differs_is_told_of_and_stays(moved, account):
    mover, exported = moved
    changed = exported.replace(b"what the shop sells", b"something else")
    report = mover.put(account, changed, on_conflict="replace", go_on=True)
    why = "a registered connection type cannot be changed: delete the one that is there first"
    assert [(each.what, each.why.partition(": ")[2]) for each in report.problems] == [
        ("ConnectionType Shop API", why)
    ]
    assert mover.export(account) == exported


def test_glue_itself_does_not_show_what_made_a_type(api, moved, account, monkeypatch):
    mover, exported = moved
    keys = api.credentials_of(account)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    read = mover.export(account, glue=open_account(None, REGION, api.url).glue)
    lines = [line for line in exported.splitlines() if b'"Kind":"ConnectionType"' not in line]
    assert read.splitlines() == lines
