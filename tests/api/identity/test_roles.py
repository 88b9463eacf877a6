"""Roles, their trust, and the sessions that temporary keys are of."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from api_fixtures import ROOT_ACCOUNT, Api
from identity_clients import READING, allowing, client_of, error_of, session_client, trust

OTHER = "222222222222"
ROLE = f"arn:aws:iam::{ROOT_ACCOUNT}:role/team/etl"


@pytest.fixture
def ann(api: Api, iam: Any) -> Any:
    """A client of STS with a key of a new user."""
    iam.create_user(UserName="ann")
    return client_of(api, iam, "ann", "sts")


def make_role(iam: Any, document: str) -> dict[str, Any]:
    made: dict[str, Any] = iam.create_role(
        RoleName="etl",
        Path="/team/",
        AssumeRolePolicyDocument=document,
        Description="d",
        MaxSessionDuration=7200,
    )["Role"]
    return made


def test_role_made_changed_and_deleted(iam: Any) -> None:
    document = trust({"Service": "glue.amazonaws.com"})
    made = make_role(iam, document)
    assert (made["Arn"], made["RoleId"][:4], made["MaxSessionDuration"]) == (ROLE, "AROA", 7200)
    assert made["AssumeRolePolicyDocument"] == json.loads(document)
    iam.update_role(RoleName="etl", Description="other", MaxSessionDuration=3600)
    iam.update_assume_role_policy(RoleName="etl", PolicyDocument=trust({"AWS": ROOT_ACCOUNT}))
    found = iam.get_role(RoleName="etl")["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("other", 3600)
    assert found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": ROOT_ACCOUNT}
    assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/team/")["Roles"]] == ["etl"]
    assert error_of(iam.update_assume_role_policy, RoleName="etl", PolicyDocument=READING) == (
        "MalformedPolicyDocument",
        "Statement 1 (Look), Resource: a trust policy has no resources; it is about its role.",
    )
    iam.delete_role(RoleName="etl")
    assert error_of(iam.get_role, RoleName="etl")[0] == "NoSuchEntity"


def test_session_may_do_what_its_role_may_and_its_policy_leaves(api: Api, iam: Any, ann: Any) -> None:
    role = make_role(iam, trust({"AWS": f"arn:aws:iam::{ROOT_ACCOUNT}:user/ann"}))
    iam.put_role_policy(RoleName="etl", PolicyName="all", PolicyDocument=allowing("glue:*"))
    answer = ann.assume_role(RoleArn=ROLE, RoleSessionName="s1")
    arn = f"arn:aws:sts::{ROOT_ACCOUNT}:assumed-role/etl/s1"
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role['RoleId']}:s1", "Arn": arn}
    lifetime = (answer["Credentials"]["Expiration"] - datetime.now(UTC)).total_seconds()
    assert 3500 < lifetime <= 3600
    who = session_client(api, answer["Credentials"], "sts").get_caller_identity()
    assert (who["Arn"], who["UserId"]) == (arn, f"{role['RoleId']}:s1")
    glue = session_client(api, answer["Credentials"], "glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    narrow = ann.assume_role(RoleArn=ROLE, RoleSessionName="s2", Policy=allowing("glue:Get*"))["Credentials"]
    reader = session_client(api, narrow, "glue")
    assert reader.get_database(Name="d")["Database"]["Name"] == "d"
    assert error_of(reader.delete_database, Name="d")[1].endswith(
        "because no session policy allows the glue:DeleteDatabase action"
    )
    wide = ann.assume_role(RoleArn=ROLE, RoleSessionName="s3", Policy=allowing("*"))["Credentials"]
    assert error_of(session_client(api, wide, "iam").list_users)[0] == "AccessDenied"
    iam.delete_role_policy(RoleName="etl", PolicyName="all")
    iam.delete_role(RoleName="etl")
    assert error_of(glue.get_database, Name="d")[0] in {
        "UnrecognizedClientException",
        "AccessDeniedException",
    }


def test_trust_decides_who_becomes_a_role(api: Api, iam: Any, ann: Any) -> None:
    make_role(iam, trust({"Service": "glue.amazonaws.com"}))
    refused = "is not authorized to perform: sts:AssumeRole on resource:"
    asked = {"RoleArn": ROLE, "RoleSessionName": "session"}
    # Neither the account itself nor whoever may assume any role gets past a trust that names neither.
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=allowing("sts:AssumeRole"))
    for client in (ann, api.client("sts")):
        code, message = error_of(client.assume_role, **asked)
        assert (code, refused in message) == ("AccessDenied", True)
    # Trusting the account leaves it to the account's own policies.
    iam.update_assume_role_policy(RoleName="etl", PolicyDocument=trust({"AWS": ROOT_ACCOUNT}))
    ann.assume_role(**asked)
    iam.delete_user_policy(UserName="ann", PolicyName="p")
    assert "no identity-based policy allows" in error_of(ann.assume_role, **asked)[1]
    condition = {"StringEquals": {"sts:ExternalId": "secret-id"}}
    iam.update_assume_role_policy(
        RoleName="etl",
        PolicyDocument=trust({"AWS": f"arn:aws:iam::{ROOT_ACCOUNT}:user/ann"}, Condition=condition),
    )
    assert error_of(ann.assume_role, **asked)[0] == "AccessDenied"
    ann.assume_role(**asked, ExternalId="secret-id")
    missing = {**asked, "RoleArn": f"arn:aws:iam::{ROOT_ACCOUNT}:role/none"}
    assert error_of(ann.assume_role, **missing)[0] == "AccessDenied"
    # The whole ARN counts, not the name at its end.
    nearly = {**asked, "RoleArn": f"arn:aws:iam::{ROOT_ACCOUNT}:role/etl"}
    assert error_of(ann.assume_role, **nearly, ExternalId="secret-id")[0] == "AccessDenied"


def test_role_of_another_account_needs_both_accounts_to_agree(api: Api, iam: Any) -> None:
    make_role(iam, trust({"AWS": OTHER}))
    iam.put_role_policy(RoleName="etl", PolicyName="all", PolicyDocument=allowing("glue:*"))
    other_iam = api.client("iam", OTHER)
    other_iam.create_user(UserName="bob")
    bob = client_of(api, other_iam, "bob", "sts")
    asked = {"RoleArn": ROLE, "RoleSessionName": "visit"}
    assert error_of(bob.assume_role, **asked)[0] == "AccessDenied"
    other_iam.put_user_policy(
        UserName="bob", PolicyName="visit", PolicyDocument=allowing("sts:AssumeRole", ROLE)
    )
    credentials = bob.assume_role(**asked)["Credentials"]
    api.client("glue").create_database(DatabaseInput={"Name": "ours"})
    assert session_client(api, credentials, "glue").get_database(Name="ours")["Database"]["Name"] == "ours"
    assert session_client(api, credentials, "sts").get_caller_identity()["Account"] == ROOT_ACCOUNT
    iam.update_assume_role_policy(RoleName="etl", PolicyDocument=trust({"AWS": ROOT_ACCOUNT}))
    assert error_of(bob.assume_role, **asked)[0] == "AccessDenied"


def test_sessions_are_no_longer_than_allowed(api: Api, iam: Any) -> None:
    make_role(iam, trust({"AWS": "*"}))
    iam.put_role_policy(RoleName="etl", PolicyName="all", PolicyDocument=allowing("sts:AssumeRole"))
    sts = api.client("sts")
    asked = {"RoleArn": ROLE, "RoleSessionName": "session"}
    code, message = error_of(sts.assume_role, **asked, DurationSeconds=7201)
    assert (code, "MaxSessionDuration" in message) == ("ValidationError", True)
    session = session_client(api, sts.assume_role(**asked, DurationSeconds=7200)["Credentials"], "sts")
    assert "role chaining" in error_of(session.assume_role, **asked, DurationSeconds=7200)[1]
    session.assume_role(**asked)
    assert error_of(session.get_session_token)[0] == "AccessDenied"
    for member, value in (("SerialNumber", "123456789"), ("SourceIdentity", "me")):
        assert error_of(sts.assume_role, **asked, **{member: value})[0] == "UnsupportedOperation"


def test_session_token_acts_as_its_caller(api: Api, ann: Any) -> None:
    credentials = ann.get_session_token(DurationSeconds=900)["Credentials"]
    arn = session_client(api, credentials, "sts").get_caller_identity()["Arn"]
    assert arn == f"arn:aws:iam::{ROOT_ACCOUNT}:user/ann"
    wrong = {**credentials, "SessionToken": "x"}
    assert error_of(session_client(api, wrong, "sts").get_caller_identity)[0] == "InvalidClientTokenId"


def test_key_tells_its_account_only_to_its_account(api: Api, iam: Any) -> None:
    iam.create_user(UserName="bob")
    key_id = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    assert api.client("sts").get_access_key_info(AccessKeyId=key_id)["Account"] == ROOT_ACCOUNT
    assert error_of(api.client("sts", OTHER).get_access_key_info, AccessKeyId=key_id)[0] == "ValidationError"


def test_role_that_may_not_pass_roles_makes_no_jobs(api: Api, iam: Any) -> None:
    make_role(iam, trust({"Service": "glue.amazonaws.com"}))
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=allowing("glue:*"))
    glue = client_of(api, iam, "ann", "glue")
    job = {"Name": "j", "Role": ROLE, "Command": {"Name": "pythonshell", "ScriptLocation": "s3://b/x.py"}}
    assert "iam:PassRole on resource: " + ROLE in error_of(glue.create_job, **job)[1]
    iam.put_user_policy(UserName="ann", PolicyName="q", PolicyDocument=allowing("iam:PassRole", ROLE))
    glue.create_job(**job)
