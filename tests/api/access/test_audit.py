"""The audit log, as its readers see it: every call, also what failed and what was denied."""

import json
from typing import Any

import pytest
from access_fixtures import User, allow, make_user
from api_fixtures import REGION, ROOT_ACCOUNT, Api, call, serving
from botocore.exceptions import ClientError

OTHER = "210987654321"
ARN = f"arn:aws:glue:{REGION}:{ROOT_ACCOUNT}"
DATABASES = ["sqlite"]


def _events(api: Api, account_id: str = ROOT_ACCOUNT, **filters: Any) -> list[dict[str, Any]]:
    """Read all pages of a listing, the latest event first, without those of the listing itself."""
    events, token = [], None
    while True:
        request = {**filters, **({"NextToken": token} if token else {})}
        status, answer = call(api, "ListAuditEvents", request, account_id)
        assert status == 200, answer
        events += answer["Events"]
        token = answer.get("NextToken")
        if token is None:
            return [event for event in events if event["Operation"] != "isinglass:ListAuditEvents"]


def _flushed(api: Api, **filters: Any) -> list[dict[str, Any]]:
    """Wait until the reads of this test are written, as they are a moment later."""
    marker = f"gone{len(api.credentials)}{id(filters)}"
    with pytest.raises(ClientError):
        api.client("glue").get_job(JobName=marker)
    while not _events(api, Resource=f"job/{marker}"):
        pass
    return [event for event in _events(api, **filters) if f"{ARN}:job/{marker}" not in event["Resources"]]


def _refused(function: Any, **arguments: Any) -> None:
    with pytest.raises(ClientError):
        function(**arguments)


@pytest.fixture
def ana(api: Api) -> User:
    return make_user(api, "ana", ROOT_ACCOUNT, allow("glue:GetDatabase*"))


def test_event_tells_who_asked_for_what_and_how_it_went(api: Api, ana: User):
    _refused(ana.client("glue", user_agent="Mozilla").create_database, DatabaseInput={"Name": "sales"})
    (event,) = _flushed(api, Operation="glue:CreateDatabase")
    assert event.pop("Time") > 1_700_000_000
    assert event.pop("RequestId").count("-") == 4
    assert event.pop("UserAgent").startswith("Mozilla")
    assert json.loads(event.pop("RequestParameters")) == {"DatabaseInput": {"Name": "sales"}}
    resource = f"{ARN}:catalog"
    assert event == {
        "AccountId": ROOT_ACCOUNT,
        "Principal": ana.arn,
        "AccessKeyId": ana.credentials.access_key_id,
        "SourceIp": "127.0.0.1",
        "Operation": "glue:CreateDatabase",
        "Resources": [resource, f"{ARN}:database/sales"],
        "ReadOnly": False,
        "Outcome": "DENIED",
        "ErrorCode": "AccessDeniedException",
        "ErrorMessage": f"User: {ana.arn} is not authorized to perform: glue:CreateDatabase on resource: "
        f"{resource} because no identity-based policy allows the glue:CreateDatabase action",
        "MissingPermission": "glue:CreateDatabase",
        "MissingOn": resource,
    }


def test_events_are_found_by_what_they_are_about(api: Api, ana: User, glue: Any):
    glue.create_database(DatabaseInput={"Name": "sales"})
    ana.client("glue").get_database(Name="sales")
    _refused(ana.client("glue").get_table, DatabaseName="sales", Name="orders")
    _refused(glue.get_database, Name="people")

    def found(**filters: Any) -> list[tuple[str, str]]:
        return [(event["Operation"], event["Outcome"]) for event in _flushed(api, **filters)]

    everything = [
        ("glue:GetDatabase", "FAILED"),
        ("glue:GetTable", "DENIED"),
        ("glue:GetDatabase", "SUCCESS"),
        ("glue:CreateDatabase", "SUCCESS"),
    ]
    assert sorted(found()) == sorted(everything)
    assert found(Operation="GetTable") == [("glue:GetTable", "DENIED")]
    assert sorted(found(Principal="user/ana")) == [
        ("glue:GetDatabase", "SUCCESS"),
        ("glue:GetTable", "DENIED"),
    ]
    assert found(Resource="database/people") == [("glue:GetDatabase", "FAILED")]
    assert found(Resource=f"{ARN}:table/sales/orders") == [("glue:GetTable", "DENIED")]
    assert found(DeniedOnly=True) == [("glue:GetTable", "DENIED")]
    assert found(Operation="Table") == []
    moment = _events(api, Operation="CreateDatabase")[0]["Time"]
    assert found(EndTime=moment) == []
    assert found(StartTime=moment + 3600) == []
    assert found(StartTime=moment, EndTime=moment + 0.001, Operation="CreateDatabase") == [
        ("glue:CreateDatabase", "SUCCESS")
    ]


def test_pages_hold_every_event_once_though_more_are_written(api: Api, glue: Any):
    for number in range(25):
        glue.create_database(DatabaseInput={"Name": f"d{number}"})
    names, token = [], None
    while True:
        request = {"MaxResults": 4, "Operation": "CreateDatabase", **({"NextToken": token} if token else {})}
        status, answer = call(api, "ListAuditEvents", request)
        assert status == 200
        names += [event["Resources"][1].rpartition("/")[2] for event in answer["Events"]]
        glue.create_database(DatabaseInput={"Name": f"late{len(names)}"})
        token = answer.get("NextToken")
        if token is None:
            break
    assert names == [f"d{number}" for number in reversed(range(25))]


def test_accounts_read_their_own_events_only(api: Api, glue: Any):
    glue.create_database(DatabaseInput={"Name": "sales"})
    api.client("glue", OTHER).create_database(DatabaseInput={"Name": "other"})
    assert [event["AccountId"] for event in _events(api, Operation="CreateDatabase")] == [ROOT_ACCOUNT]
    assert [event["AccountId"] for event in _events(api, OTHER, Operation="CreateDatabase")] == [OTHER]


def test_call_into_another_account_is_in_the_log_of_both(api: Api, glue: Any):
    glue.create_database(DatabaseInput={"Name": "sales"})
    shared = {**allow("glue:GetDatabase", on=f"{ARN}:*"), "Principal": {"AWS": OTHER}}
    glue.put_resource_policy(PolicyInJson=json.dumps({"Version": "2012-10-17", "Statement": [shared]}))
    api.client("glue", OTHER).get_database(CatalogId=ROOT_ACCOUNT, Name="sales")
    (event,) = _flushed(api, Operation="GetDatabase", Resource="database/sales")
    assert (event["AccountId"], event["Outcome"]) == (OTHER, "SUCCESS")
    assert [event["Operation"] for event in _events(api, OTHER)] == ["glue:GetDatabase"]


def test_secrets_are_not_in_the_log(api: Api, glue: Any):
    properties = {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d", "USERNAME": "u", "PASSWORD": "5ecret"}
    connection = {"Name": "c", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    glue.create_connection(ConnectionInput=connection)
    command = {"Name": "glueetl", "ScriptLocation": "s3://b/s.py"}
    glue.create_job(Name="j", Role="r", Command=command, DefaultArguments={"--api-token": "5ecret"})
    glue.update_connection(Name="c", ConnectionInput={**connection, "Description": "x"})
    assert len(_events(api)) == 3
    logs = (api.access_log.parent / "logs").rglob("*.jsonl")
    assert all(b"5ecret" not in path.read_bytes() for path in logs)


def test_error_that_quotes_what_an_encrypted_catalog_refuses_is_hidden(api: Api, glue: Any):
    glue.create_database(DatabaseInput={"Name": "d"})
    at_rest = {"CatalogEncryptionMode": "SSE-KMS"}
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings={"EncryptionAtRest": at_rest})
    columns = [{"Name": "a", "Comment": "5ecret" * 99}]
    table = {"Name": "t", "StorageDescriptor": {"Columns": columns}}
    _refused(glue.create_table, DatabaseName="d", TableInput=table)
    _refused(glue.create_database, DatabaseInput={"Name": "d"})
    failed = [event for event in _flushed(api) if event["Outcome"] == "FAILED" and not event["ReadOnly"]]
    assert [(event["ErrorCode"], event["ErrorMessage"]) for event in failed] == [
        ("AlreadyExistsException", "Database already exists."),
        ("ValidationException", "********"),
    ]
    logs = (api.access_log.parent / "logs").rglob("*.jsonl")
    assert all(b"5ecret" not in path.read_bytes() for path in logs)


def test_write_is_in_the_log_before_its_answer(api: Api, glue: Any):
    folder = api.access_log.parent / "logs" / ROOT_ACCOUNT / "audit"
    for number in range(5):
        glue.create_database(DatabaseInput={"Name": f"d{number}"})
        (path,) = folder.glob("*writes.jsonl")
        assert path.read_text().splitlines()[-1].count(f"database/d{number}") == 1


def test_events_survive_a_restart(api: Api, store: Any, tmp_path: Any, boto_session: Any):
    from api_fixtures import FolderServices

    api.client("glue").create_database(DatabaseInput={"Name": "before"})
    folder = api.access_log.parent / "logs" / ROOT_ACCOUNT / "audit"
    (path,) = folder.glob("*writes.jsonl")
    with path.open("ab") as file:
        file.write(b'{"Time":17')  # what a killed writer leaves
    with serving(store, FolderServices(tmp_path), boto_session) as again:
        again.credentials = api.credentials
        again.credentials.clear()
        again.client("glue").create_database(DatabaseInput={"Name": "after"})
        found = [event["Resources"][1].rpartition("/")[2] for event in _events(again)]
    assert found == ["after", "before"]
