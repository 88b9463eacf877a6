"""The HTTP edge over a live server: what is refused, how, and what the access log keeps."""

import json
import socket
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from api_fixtures import REGION, ROOT_ACCOUNT, Api, FolderServices, serving
from botocore.exceptions import ClientError
from server_fixtures import wait_for

from isinglass.domain.signature import sign_headers
from isinglass.store.store import Store

DATABASES = ["sqlite"]
OTHER_ACCOUNT = "210987654321"


def post(
    api: Api, body: bytes, target: str = "AWSGlue.GetDatabases", service: str = "glue"
) -> tuple[int, Any, Any]:
    """Send a signed body as it is."""
    signed = sign_headers(
        api.credentials_of(ROOT_ACCOUNT), region=REGION, service=service, method="POST",
        host=api.url.removeprefix("http://"), path="/", headers={"X-Amz-Target": target}, body=body, now=time.time(),
    )  # fmt: skip
    return fetch(urllib.request.Request(api.url + "/", data=body, headers=signed, method="POST"))


def fetch(request: urllib.request.Request | str) -> tuple[int, Any, Any]:
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read())


@pytest.mark.parametrize(
    ("body", "target", "service", "status", "code", "text"),
    [
        (b"{", "AWSGlue.GetDatabases", "glue", 400, "SerializationException", "not valid JSON"),
        (b"\xff", "AWSGlue.GetDatabases", "glue", 400, "SerializationException", "not valid JSON"),
        (b"[" * 5000, "AWSGlue.GetDatabases", "glue", 400, "SerializationException", "not valid JSON"),
        (b"[]", "AWSGlue.GetDatabases", "glue", 400, "SerializationException", "Start of list"),
        (b'{"MaxResults":0}', "AWSGlue.GetDatabases", "glue", 400, "ValidationException", "at 'maxResults'"),
        (b'{"NextToken":"x"}', "AWSGlue.GetDatabases", "glue", 400, "InvalidInputException", "token"),
        (b"{}", "AWSGlue.GetMarried", "glue", 400, "UnknownOperationException", "AWSGlue.GetMarried"),
        (b"{}", "AWSGlue.CreateBlueprint", "glue", 400, "OperationNotSupportedException", "CreateBlueprint"),
        (b"{}", "AWSGlue.GetDatabases", "s3", 400, "InvalidSignatureException", "correct service: 'glue'"),
        (
            b"a" * (16 * 2**20 + 1),
            "AWSGlue.GetDatabases",
            "glue",
            413,
            "RequestEntityTooLargeException",
            "16777216",
        ),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_request_that_cannot_be_answered_gets_an_error_clients_can_read(
    api: Api, body: bytes, target: str, service: str, status: int, code: str, text: str
) -> None:
    found, headers, document = post(api, body, target, service)
    assert (found, document["__type"], headers["x-amzn-errortype"]) == (status, code, code)
    assert text in document["message"]
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert len(headers["x-amzn-requestid"]) == 36


def test_bodies_that_never_end_leave_room_for_small_requests(
    store: Store, tmp_path: Path, boto_session: boto3.Session
) -> None:
    large = json.dumps({"Expression": "a" * 300_000}).encode()
    with serving(store, FolderServices(tmp_path), boto_session, held_limit=1_000_000) as api:
        host, _, port = api.url.removeprefix("http://").partition(":")
        with ExitStack() as senders:
            for _ in range(3):
                sender = senders.enter_context(socket.create_connection((host, int(port))))
                sender.sendall(
                    b"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 400000\r\n\r\n" + b"a" * 300_000
                )
            refused = wait_for(lambda: (found := post(api, large))[0] != 200 and found)
            assert refused[2]["__type"] == "ThrottlingException"
            assert post(api, b"{}")[0] == 200
        wait_for(lambda: post(api, large)[0] == 200)


def test_body_that_never_ends_is_answered_after_its_time(
    store: Store, tmp_path: Path, boto_session: boto3.Session
) -> None:
    with serving(store, FolderServices(tmp_path), boto_session, body_seconds=1) as api:
        host, _, port = api.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as sender:
            sender.sendall(b"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 40\r\n\r\nhalf")
            answer = sender.makefile("rb").read()
    head, _, document = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    message = "The request body was not complete after 1 seconds."
    assert json.loads(document) == {
        "__type": "RequestTimeoutException", "message": message, "Message": message,
    }  # fmt: skip


def test_client_of_the_object_store_at_the_api_is_told_where_to_go(api: Api) -> None:
    with pytest.raises(ClientError) as caught:
        api.client("s3").list_objects_v2(Bucket="lake")
    error = caught.value.response["Error"]
    assert (error["Code"], "AWS_ENDPOINT_URL_S3" in error["Message"]) == ("InvalidRequest", True)


def test_path_without_anything_answers_json_and_health_needs_no_signature(api: Api) -> None:
    status, _, document = fetch(api.url + "/nothing")
    assert (status, document["__type"]) == (400, "UnknownOperationException")
    status, _, document = fetch(urllib.request.Request(f"{api.url}/CreateLFTagg", data=b"{}"))
    message = "There is no operation CreateLFTagg."
    assert (status, document["__type"], document["message"]) == (400, "UnknownOperationException", message)
    assert fetch(api.url + "/health")[::2] == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("service", "method", "request_", "code"),
    [
        ("iam", "list_account_aliases", {}, "UnsupportedOperation"),
        ("kms", "list_grants", {"KeyId": "k"}, "OperationNotSupportedException"),
        ("lakeformation", "list_lf_tags", {}, "OperationNotSupportedException"),
        ("logs", "describe_metric_filters", {}, "OperationNotSupportedException"),
        ("sts", "get_federation_token", {"Name": "ana"}, "UnsupportedOperation"),
    ],
)
def test_real_operation_that_is_not_served_is_told_from_a_misspelt_one(
    api: Api, service: str, method: str, request_: dict[str, Any], code: str
) -> None:
    client = api.client(service)
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**request_)
    name = client.meta.method_to_api_mapping[method]
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == (
        code,
        f"The operation {name} is not supported by this server yet.",
    )


def test_name_that_no_service_has_is_unknown(api: Api) -> None:
    status, _, document = post(api, b"{}", "TrentService.ListGrantss", "kms")
    assert (status, document["__type"], document["message"]) == (
        400,
        "UnknownOperationException",
        "There is no operation TrentService.ListGrantss.",
    )


def test_listing_goes_on_only_for_whom_and_what_it_began(api: Api, glue: Any) -> None:
    for name in ("a", "b", "c"):
        glue.create_database(DatabaseInput={"Name": name})
    first = glue.get_databases(MaxResults=2)
    rest = glue.get_databases(NextToken=first["NextToken"])
    assert [d["Name"] for d in first["DatabaseList"] + rest["DatabaseList"]] == ["a", "b", "c"]
    assert "NextToken" not in rest

    other = api.client("glue", OTHER_ACCOUNT)
    assert other.get_databases()["DatabaseList"] == []
    for client, request in [
        (other, {"NextToken": first["NextToken"]}),
        (glue, {"NextToken": first["NextToken"], "AttributesToGet": ["NAME"]}),
        (glue, {"NextToken": first["NextToken"][:-4] + "AAAA"}),
    ]:
        with pytest.raises(ClientError) as refused:
            client.get_databases(**request)
        assert refused.value.response["Error"]["Code"] == "InvalidInputException"


def test_deleted_key_stops_working_and_unknown_key_is_refused(api: Api) -> None:
    made = api.credentials_of(OTHER_ACCOUNT)
    with api.store.begin() as tx:
        tx.access_keys.delete(made.access_key_id)
    with pytest.raises(ClientError) as refused:
        api.client("sts", OTHER_ACCOUNT).get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "InvalidClientTokenId"


def test_caller_identity_over_the_query_protocol_is_the_keys_account(api: Api) -> None:
    answer = api.client("sts").get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == (ROOT_ACCOUNT, f"arn:aws:iam::{ROOT_ACCOUNT}:root")


def test_access_log_has_a_line_per_request_without_what_was_said(api: Api, glue: Any) -> None:
    answer = glue.create_database(DatabaseInput={"Name": "d", "Description": "confidential"})
    deadline = time.monotonic() + 10
    while (
        not (lines := api.access_log.read_text() if api.access_log.exists() else "")
        and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    entry = json.loads(lines)
    assert (
        entry.items()
        >= {
            "operation": "CreateDatabase",
            "account_id": ROOT_ACCOUNT,
            "status": 200,
            "error": None,
            "request_id": answer["ResponseMetadata"]["RequestId"],
        }.items()
    )
    assert "confidential" not in lines
