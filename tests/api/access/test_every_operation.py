"""Every operation that is implemented is denied to who has no policy, and let through by what it names."""

import importlib.util
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from access_fixtures import User, allow, make_user, policy
from api_fixtures import ROOT_ACCOUNT, Api, call
from botocore import xform_name
from botocore.exceptions import ClientError
from identity_clients import trust

from isinglass.operations import registry

DATABASES = ["sqlite"]
#: Whoever is signed in may ask this; becoming a role is a matter of its trust policy, too.
FREE = {"sts:GetCallerIdentity", "sts:GetSessionToken", "sts:AssumeRole"}
DENIAL = re.compile(
    r"User: (\S+) is not authorized to perform: (\S+) on resource: (.+) "
    r"because no identity-based policy allows the (\S+) action"
)
_MOST_PERMISSIONS = 12


def _cases() -> dict[str, dict[str, Any]]:
    """Read the requests that another suite keeps complete."""
    path = Path(__file__).parents[2] / "e2e" / "test_accounts.py"
    spec = importlib.util.spec_from_file_location("account_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cases: dict[str, dict[str, Any]] = module.CASES
    return cases


class Asker:
    """Sends operations of any service as one user."""

    def __init__(self, api: Api, user: User) -> None:
        self._api = api
        self._user = user
        self._clients: dict[str, Any] = {}
        api.credentials[user.arn] = user.credentials

    def refusal(self, operation: str, request: dict[str, Any]) -> str:
        """Send a request and return what it is refused with, empty when it is not."""
        service, _, name = operation.rpartition(":")
        if service == "isinglass":
            status, answer = call(self._api, name, request, self._user.arn)
            return "" if status == 200 else f"{answer['__type']}: {answer.get('message', '')}"
        if service not in self._clients:
            self._clients[service] = self._user.client(service or "glue", parameter_validation=False)
        try:
            getattr(self._clients[service], xform_name(name))(**request)
        except ClientError as error:
            return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
        return ""


@pytest.fixture
def cases(api: Api, tmp_path: Path) -> dict[str, dict[str, Any]]:
    for module in registry.MODULES:
        import_module(module)
    # Only roles that are there can be passed on.
    for role in ("r", "x"):
        document = trust({"Service": "glue.amazonaws.com"})
        api.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=document)
    names = {"owner": ROOT_ACCOUNT, "run": "jr_" + "0" * 64, "bucket": "bucket", "key": "AKIA" + "0" * 16}
    names["master"] = "00000000-0000-4000-8000-000000000000"
    found = {}
    for operation in registry.registered():
        text = json.dumps(_cases().get(operation, {}))
        for name, value in names.items():
            text = text.replace(f"{{{name}}}", value)
        found[operation] = json.loads(text)
    # Nothing here reaches an object store.
    (tmp_path / "crawled").mkdir()
    found["isinglass:PreviewCrawl"] = {"Path": str(tmp_path / "crawled")}
    return found


def test_every_operation_is_denied_to_who_has_no_policy(api: Api, cases: dict[str, dict[str, Any]]):
    user = make_user(api)
    asker = Asker(api, user)
    wrong = {}
    for operation, request in cases.items():
        refusal = asker.refusal(operation, request)
        service, _, name = operation.rpartition(":")
        found = DENIAL.search(refusal)
        action = f"{service or 'glue'}:{name}"
        denied = found is not None and found[1] == user.arn and found[2] == found[4] == action
        if denied == (operation in FREE):
            wrong[operation] = refusal
    assert wrong == {}


def test_every_operation_passes_with_exactly_what_its_refusals_name(
    api: Api, cases: dict[str, dict[str, Any]]
):
    user = make_user(api)
    asker, iam = Asker(api, user), api.client("iam")
    wrong = {}
    for operation, request in cases.items():
        if operation in FREE:
            continue
        given: list[dict[str, Any]] = [allow("none:Nothing")]
        found = None
        for _ in range(_MOST_PERMISSIONS):
            # As an administrator does it, so that it counts at once.
            iam.put_user_policy(UserName="ana", PolicyName="only", PolicyDocument=policy(*given))
            refusal = asker.refusal(operation, request)
            found = DENIAL.search(refusal)
            if found is None or allow(found[2], on=found[3]) in given:
                break
            given.append(allow(found[2], on=found[3]))
        if found is not None or "is not authorized to perform" in refusal:
            wrong[operation] = refusal
    assert wrong == {}
