"""The chain retries what lost a race, answers what went wrong, and keeps tokens between pages."""

import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isinglass.domain.signature import Credentials, sign_headers
from isinglass.gateway.access_log import AccessLog
from isinglass.gateway.chain import Chain
from isinglass.gateway.identity.keys import KeyRing
from isinglass.gateway.identity.verifier import Verifier
from isinglass.gateway.protocol.messages import HttpRequest
from isinglass.gateway.protocol.paging import TokenSealer
from isinglass.gateway.service import compile_catalogue
from isinglass.model.glue.errors import EntityNotFoundException
from isinglass.operations.context import Context
from isinglass.store.access_keys import AccessKey
from isinglass.store.accounts import Account
from isinglass.store.sealing import Sealer
from isinglass.store.store import Store

DATABASES = ["sqlite"]
ACCOUNT = "123456789012"
CREDENTIALS = Credentials("AKIAISINGLASSTEST001", "secret")

Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(store: Store, tmp_path: Path) -> Callable[..., Ask]:
    """Make a chain around one handler, and a function that asks it."""
    sealer = Sealer(os.urandom(32))
    sealed = sealer.seal(CREDENTIALS.secret_access_key.encode(), CREDENTIALS.access_key_id)
    with store.begin() as tx:
        tx.accounts.insert(Account(ACCOUNT, "root", 0))
        tx.access_keys.insert(
            AccessKey(CREDENTIALS.access_key_id, ACCOUNT, sealed, f"arn:aws:iam::{ACCOUNT}:root", 0)
        )

    def chain_around(operation: str, handler: Callable[[Context, Any], Any]) -> Ask:
        chain = Chain(
            compile_catalogue({operation: handler}, strict=True),
            Verifier(KeyRing(store, sealer, time.monotonic)),
            TokenSealer(b"k" * 32),
            store,
            None,
            AccessLog(tmp_path / "access.log"),
            body_limit=10_000,
        )

        def send(document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            body = json.dumps(document).encode()
            headers = sign_headers(
                CREDENTIALS, region="eu-west-1", service="glue", method="POST", host="h", path="/",
                headers={"X-Amz-Target": f"AWSGlue.{operation}"}, body=body, now=time.time(),
            )  # fmt: skip
            response = chain.handle(HttpRequest("POST", "/", "", tuple(headers.items()), body))
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
