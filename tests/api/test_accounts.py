"""Accounts and the server's state, over the API."""

from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT, Api, call

from isinglass.domain.signature import Credentials


def test_new_account_works_at_once_and_has_a_catalog_of_its_own(api: Api, glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "of_the_first"})
    status, made = call(api, "CreateAccount", {"Name": "second", "AccountId": "222222222222"})
    assert (status, made["AccountId"], made["Name"]) == (200, "222222222222", "second")
    api.credentials["222222222222"] = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    assert api.client("glue", "222222222222").get_databases()["DatabaseList"] == []
    assert call(api, "CreateAccount", {"Name": "again", "AccountId": "222222222222"})[1]["__type"] == (
        "AlreadyExistsException"
    )
    _, listed = call(api, "ListAccounts", {})
    assert [found["AccountId"] for found in listed["Accounts"]] == [ROOT_ACCOUNT, "222222222222"]


@pytest.mark.parametrize(("operation", "request_"), [("CreateAccount", {"Name": "a"}), ("ListAccounts", {})])
def test_other_account_makes_and_sees_no_accounts(api: Api, operation: str, request_: dict[str, Any]) -> None:
    status, answer = call(api, operation, request_, account_id="222222222222")
    assert (status, answer["__type"]) == (400, "AccessDeniedException")


def test_status_tells_version_and_components(api: Api) -> None:
    status, answer = call(api, "GetServerStatus", {})
    assert (status, answer["AccountId"], [part["Name"] for part in answer["Components"]]) == (
        200, ROOT_ACCOUNT, ["api"],
    )  # fmt: skip
