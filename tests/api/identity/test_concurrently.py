"""Changes of the same identities at the same moment: one of them wins, and nothing is left half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api_fixtures import Api
from botocore.exceptions import ClientError
from identity_clients import READING, trust


def _outcomes(calls: list[Callable[[], Any]]) -> list[str]:
    """Make calls at once; returns the code of each one's error, empty when it had none."""

    def outcome(call: Callable[[], Any]) -> str:
        try:
            call()
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def test_one_of_many_makes_a_user_and_only_two_keys_are_made(api: Api, iam: Any) -> None:
    clients = [api.client("iam") for _ in range(6)]
    made = _outcomes([lambda client=client: client.create_user(UserName="ann") for client in clients])
    assert sorted(made) == ["", *["EntityAlreadyExists"] * 5]
    keys = _outcomes([lambda client=client: client.create_access_key(UserName="ann") for client in clients])
    assert sorted(keys) == ["", "", *["LimitExceeded"] * 4]
    for number in range(3):
        iam.create_user(UserName=f"user{number}")
    renamed = _outcomes([
        lambda number=number: clients[number].update_user(UserName=f"user{number}", NewUserName="same")
        for number in range(3)
    ])  # fmt: skip
    assert sorted(renamed) == ["", "EntityAlreadyExists", "EntityAlreadyExists"]


def test_policy_is_attached_or_deleted_but_not_both(api: Api, iam: Any) -> None:
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust({"AWS": "*"}))
    other = api.client("iam")
    for number in range(5):
        arn = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=READING)["Policy"]["Arn"]
        attached, deleted = _outcomes([
            lambda arn=arn: iam.attach_role_policy(RoleName="r", PolicyArn=arn),
            lambda arn=arn: other.delete_policy(PolicyArn=arn),
        ])  # fmt: skip
        assert (attached, deleted) in {("", "DeleteConflict"), ("NoSuchEntity", "")}
    listed = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert {each["PolicyArn"] for each in listed} == {
        each["Arn"] for each in iam.list_policies(Scope="Local")["Policies"]
    }
