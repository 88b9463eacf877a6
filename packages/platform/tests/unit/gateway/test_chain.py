"""The chain retries what lost a race, answers what went wrong, and keeps tokens between pages."""

import errno
import gc
import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from isinglass.domain.signature import Credentials, sign_headers
from isinglass.gateway.access_log import AccessLog
from isinglass.gateway.authorization import Authorizer
from isinglass.gateway.chain import Chain
from isinglass.gateway.exchange import Exchange
from isinglass.gateway.identity.keys import KeyRing
from isinglass.gateway.identity.verifier import Verifier
from isinglass.gateway.protocol.messages import HttpRequest, HttpResponse
from isinglass.gateway.protocol.paging import TokenSealer
from isinglass.gateway.service import compile_catalogue, operation_names
from isinglass.gateway.standings import Standings
from isinglass.model.glue.errors import AlreadyExistsException, EntityNotFoundException
from isinglass.observe.audit_log import AuditLog
from isinglass.operations import registry
from isinglass.operations.context import Context
from isinglass.operations.registry import Handler
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.paging import PageRequest
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store, Transaction

DATABASES = ["sqlite"]
ACCOUNT = "123456789012"
CREDENTIALS = Credentials("AKIAISINGLASSTEST001", "secret")

Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def chain_of(store: Store, tmp_path: Path) -> Callable[[dict[str, Handler]], Chain]:
    """Make a chain around handlers, which knows one key."""
    sealer = Sealer(os.urandom(32))
    sealed = sealer.seal(CREDENTIALS.secret_access_key.encode(), CREDENTIALS.access_key_id)
    with store.begin() as tx:
        tx.accounts.insert(Account(ACCOUNT, "root", 0))
        tx.access_keys.insert(
            AccessKey(CREDENTIALS.access_key_id, ACCOUNT, sealed, f"arn:aws:iam::{ACCOUNT}:root", 0)
        )
    return lambda handlers: Chain(
        compile_catalogue(handlers, strict=True),
        Verifier(KeyRing(store, sealer, time.monotonic)),
        Authorizer(store, Standings(store, time.monotonic)),
        TokenSealer(b"k" * 32),
        store,
        None,
        AccessLog(tmp_path / "access.log"),
        AuditLog(lambda account_id: str(tmp_path / account_id), "api", days=1, accounts=list),
        body_limit=10_000,
    )


def signed(operation: str, document: dict[str, Any]) -> HttpRequest:
    body = json.dumps(document).encode()
    headers = sign_headers(
        CREDENTIALS, region="eu-west-1", service="glue", method="POST", host="h", path="/",
        headers={"X-Amz-Target": f"AWSGlue.{operation}"}, body=body, now=time.time(),
    )  # fmt: skip
    return HttpRequest("POST", "/", "", tuple(headers.items()), body)


@pytest.fixture
def ask(chain_of: Callable[[dict[str, Handler]], Chain]) -> Callable[[str, Handler], Ask]:
    """Make a chain around one handler, and a function that asks it."""

    def chain_around(operation: str, handler: Handler) -> Ask:
        chain = chain_of({operation: handler})

        def send(document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            response = chain.handle(signed(operation, document))
            return response.status, json.loads(response.body)

        return send

    return chain_around


def test_operation_that_lost_a_race_is_tried_again(ask: Callable[..., Ask]) -> None:
    attempts = []

    def handler(ctx: Context, request: Any) -> Any:
        attempts.append(ctx.request_id)
        if len(attempts) < 3:
            raise sqlite3.OperationalError("database is locked")
        return {"JobNames": ["won"]}

    assert ask("ListJobs", handler)({}) == (200, {"JobNames": ["won"]})
    assert len(attempts) == 3
    assert len(set(attempts)) == 1


def test_unexpected_failure_is_logged_once_and_answered_without_its_text(
    ask: Callable[..., Ask], caplog: pytest.LogCaptureFixture
) -> None:
    def handler(_ctx: Context, _request: Any) -> Any:
        raise KeyError("inner detail")

    with caplog.at_level(logging.ERROR):
        status, document = ask("ListJobs", handler)({})
    assert (status, document["__type"]) == (500, "InternalServiceException")
    assert "inner detail" not in document["message"]
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert caplog.records[0].getMessage().split("request ")[1].rstrip(")") in document["message"]


def test_answer_that_the_model_does_not_know_is_an_internal_error_when_strict(
    ask: Callable[..., Ask],
) -> None:
    status, document = ask("ListJobs", lambda _ctx, _request: {"JobName": ["typo"]})({})
    assert (status, document["__type"]) == (500, "InternalServiceException")


def test_modelled_error_is_answered_with_its_members(ask: Callable[..., Ask]) -> None:
    def handler(_ctx: Context, _request: Any) -> Any:
        raise EntityNotFoundException("Database d not found.", FromFederationSource=False)

    message = "Database d not found."
    assert ask("GetDatabase", handler)({"Name": "d"}) == (
        400,
        {
            "__type": "EntityNotFoundException",
            "message": message,
            "Message": message,
            "FromFederationSource": False,
        },
    )


def test_page_key_travels_sealed_and_comes_back_with_the_asked_size(ask: Callable[..., Ask]) -> None:
    seen = []

    def handler(ctx: Context, _request: Any) -> Any:
        seen.append((ctx.page.size, ctx.page.after))
        return {"JobNames": [], "NextToken": ctx.token(("job", 7) if ctx.page.after is None else None)}

    send = ask("ListJobs", handler)
    _, first = send({"MaxResults": 5})
    status, second = send({"NextToken": first["NextToken"]})
    assert (status, second) == (200, {"JobNames": []})
    assert seen == [(5, None), (100, ("job", 7))]
    assert send({"NextToken": first["NextToken"], "Tags": {"a": "b"}})[1]["__type"] == "InvalidInputException"


def create_database(ctx: Context, request: Any) -> Any:
    name = request["DatabaseInput"]["Name"]
    with ctx.store.begin() as tx:
        if not tx.databases.insert(ctx.account_id, {"Name": name}, ctx.change("CreateDatabase")):
            raise AlreadyExistsException("Database already exists.")
    return {}


def names(store: Store) -> list[str]:
    with store.read() as tx:
        return [found.name for found in tx.databases.page(ACCOUNT, PageRequest(100))[0]]


def test_group_answers_each_request_for_itself(
    store: Store, chain_of: Callable[[dict[str, Handler]], Chain]
) -> None:
    chain = chain_of({"CreateDatabase": create_database})
    requests = [signed("CreateDatabase", {"DatabaseInput": {"Name": name}}) for name in ("a", "b", "a", "c")]
    forged = replace(requests[1], body=requests[1].body + b" ")
    answers = chain.handle_together([*requests, forged, signed("CreateDatabase", {})])
    assert [json.loads(answer.body).get("__type") for answer in answers] == [
        None, None, "AlreadyExistsException", None, "InvalidSignatureException", "ValidationException",
    ]  # fmt: skip
    assert names(store) == ["a", "b", "c"]


@pytest.mark.parametrize("lost", ["at its member", "at its commit"])
def test_group_that_is_lost_has_each_of_its_requests_tried_again(
    store: Store, chain_of: Callable[[dict[str, Handler]], Chain], lost: str
) -> None:
    calls = []

    def handler(ctx: Context, request: Any) -> Any:
        answer = create_database(ctx, request)
        calls.append(request["DatabaseInput"]["Name"])
        if calls == ["a", "b"]:
            if lost == "at its member":
                raise sqlite3.OperationalError("database is locked")
            store._writes._group()._connection.connection.dbapi_connection.execute("ROLLBACK")
        return answer

    chain = chain_of({"CreateDatabase": handler})
    requests = [signed("CreateDatabase", {"DatabaseInput": {"Name": name}}) for name in ("a", "b")]
    assert [answer.status for answer in chain.handle_together(requests)] == [200, 200]
    assert (calls, names(store)) == (["a", "b", "a", "b"], ["a", "b"])


def test_group_that_the_disk_does_not_confirm_is_not_tried_again_and_not_said_to_be_there(
    store: Store, chain_of: Callable[[dict[str, Handler]], Chain], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = chain_of({"CreateDatabase": create_database})
    requests = [signed("CreateDatabase", {"DatabaseInput": {"Name": name}}) for name in ("a", "a", "b")]

    def fail(_file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr("isinglass.store.dialects.group_sync.os.fdatasync", fail)
        answers = chain.handle_together(requests)
    assert [json.loads(answer.body)["__type"] for answer in answers] == [
        "InternalServiceException", "AlreadyExistsException", "InternalServiceException",
    ]  # fmt: skip
    assert names(store) == ["a", "b"]


def test_check_refuses_who_did_not_sign_and_tells_who_did_and_runs_nothing(
    chain_of: Callable[[dict[str, Handler]], Chain],
) -> None:
    chain = chain_of({"ListJobs": lambda _ctx, _request: pytest.fail("it ran")})
    request = signed("ListJobs", {})
    assert chain.check(request) == ACCOUNT
    refused = chain.check(replace(request, body=b"{ }"))
    assert isinstance(refused, HttpResponse)
    assert json.loads(refused.body)["__type"] == "InvalidSignatureException"


def test_request_leaves_nothing_that_only_a_search_for_garbage_would_find(
    chain_of: Callable[[dict[str, Handler]], Chain],
) -> None:
    chain = chain_of(registry.load(operation_names()))
    requests = [
        ("CreateDatabase", {"DatabaseInput": {"Name": "shop"}}, 200),
        ("CreateTable", {"DatabaseName": "shop", "TableInput": {"Name": "sales"}}, 200),
        ("GetTables", {"DatabaseName": "shop"}, 200),
        ("GetTable", {"DatabaseName": "shop", "Name": "no such"}, 400),
        ("SearchTables", {"SearchText": "sales"}, 200),
    ]
    gc.collect()
    gc.disable()
    try:
        for operation, document, status in requests:
            assert chain.handle(signed(operation, document)).status == status
        left = [one for one in gc.get_objects() if isinstance(one, Exchange | Transaction)]
    finally:
        gc.enable()
    assert left == []
