"""Users, their groups, keys and policies, as boto3 sees them."""

from datetime import UTC, datetime
from typing import Any

from api_fixtures import ROOT_ACCOUNT, Api
from identity_clients import READING, allowing, client_of, error_of, trust
from job_fixtures import eventually


def test_user_made_renamed_and_deleted(iam: Any) -> None:
    made = iam.create_user(UserName="Ann", Path="/team/", Tags=[{"Key": "team", "Value": "a"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::{ROOT_ACCOUNT}:user/team/Ann"
    assert (made["UserId"][:4], made["Tags"]) == ("AIDA", [{"Key": "team", "Value": "a"}])
    assert iam.get_user(UserName="ann")["User"] == made
    assert error_of(iam.create_user, UserName="ANN") == (
        "EntityAlreadyExists",
        "User with name ANN already exists.",
    )
    iam.create_user(UserName="bob")
    assert error_of(iam.update_user, UserName="Ann", NewUserName="BOB")[0] == "EntityAlreadyExists"
    iam.delete_user(UserName="bob")
    iam.update_user(UserName="Ann", NewUserName="anna", NewPath="/")
    assert [user["Arn"] for user in iam.list_users()["Users"]] == [f"arn:aws:iam::{ROOT_ACCOUNT}:user/anna"]
    assert iam.list_users(PathPrefix="/team/")["Users"] == []
    iam.delete_user(UserName="anna")
    assert error_of(iam.get_user, UserName="anna") == (
        "NoSuchEntity",
        "The user with name anna cannot be found.",
    )


def test_user_has_no_credentials_but_keys(api: Api, iam: Any) -> None:
    """What Terraform asks before it deletes a user with all it has."""
    iam.create_user(UserName="ann")
    for caller, given in ((iam, {"UserName": "ann"}), (client_of(api, iam, "ann", "iam"), {})):
        if not given:
            iam.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        assert caller.list_mfa_devices(**given)["MFADevices"] == []
        assert caller.list_signing_certificates(**given)["Certificates"] == []
        assert caller.list_ssh_public_keys(**given)["SSHPublicKeys"] == []
        assert caller.list_service_specific_credentials(**given)["ServiceSpecificCredentials"] == []
        assert caller.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"] == []
        gone = ("NoSuchEntity", "Login Profile for User ann cannot be found.")
        assert error_of(caller.get_login_profile, **given) == gone
        assert error_of(caller.delete_login_profile, **given) == gone
    nobody = ("NoSuchEntity", "The user with name bob cannot be found.")
    assert error_of(iam.list_ssh_public_keys, UserName="bob") == nobody


def test_user_lists_page_by_marker(iam: Any) -> None:
    names = [f"u{number}" for number in range(5)]
    for name in names:
        iam.create_user(UserName=name)
    pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2}))
    assert [[user["UserName"] for user in page["Users"]] for page in pages] == [
        names[:2],
        names[2:4],
        names[4:],
    ]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]


def test_key_of_user_acts_as_the_user_until_it_is_switched_off(api: Api, iam: Any) -> None:
    user = iam.create_user(UserName="ann")["User"]
    sts = client_of(api, iam, "ann", "sts")
    who = sts.get_caller_identity()
    assert (who["UserId"], who["Arn"]) == (user["UserId"], user["Arn"])
    key = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]["Status"] == "Inactive"
    assert error_of(sts.get_caller_identity)[0] == "InvalidClientTokenId"
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Active")
    sts.get_caller_identity()
    iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    assert error_of(sts.get_caller_identity)[0] == "InvalidClientTokenId"


def test_user_of_the_first_account_names_no_files_of_the_server(api: Api, iam: Any) -> None:
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=allowing("*"))
    iam.create_role(RoleName="etl", AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}))
    crawler = {"Role": "etl", "DatabaseName": "d", "Targets": {"S3Targets": [{"Path": "/srv/data"}]}}
    code, message = error_of(client_of(api, iam, "ann", "glue").create_crawler, Name="c", **crawler)
    assert (code, "only the root account may crawl" in message) == ("InvalidInputException", True)
    api.client("glue").create_crawler(Name="c", **crawler)


def test_last_use_of_a_key_is_told(api: Api, iam: Any) -> None:
    iam.create_user(UserName="ann")
    glue = client_of(api, iam, "ann", "glue")
    key_id = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]["AccessKeyId"]
    never = {"ServiceName": "N/A", "Region": "N/A"}
    assert iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"] == never
    error_of(glue.get_databases)
    used = eventually(lambda: _last_used(iam, key_id))
    assert (used["ServiceName"], used["Region"]) == ("glue", "eu-west-1")
    assert abs((used["LastUsedDate"] - datetime.now(UTC)).total_seconds()) < 60


def _last_used(iam: Any, key_id: str) -> Any:
    found = iam.get_access_key_last_used(AccessKeyId=key_id)
    assert found["UserName"] == "ann"
    return found["AccessKeyLastUsed"] if "LastUsedDate" in found["AccessKeyLastUsed"] else None


def test_user_may_do_what_policies_of_its_own_and_its_groups_allow(api: Api, iam: Any) -> None:
    iam.create_user(UserName="ann")
    glue = client_of(api, iam, "ann", "glue")
    api.client("glue").create_database(DatabaseInput={"Name": "d"})
    code, message = error_of(glue.get_database, Name="d")
    assert code == "AccessDeniedException"
    assert message == (
        f"User: arn:aws:iam::{ROOT_ACCOUNT}:user/ann is not authorized to perform: glue:GetDatabase on "
        f"resource: arn:aws:glue:eu-west-1:{ROOT_ACCOUNT}:catalog because no identity-based policy allows "
        "the glue:GetDatabase action"
    )
    iam.put_user_policy(UserName="ann", PolicyName="look", PolicyDocument=READING)
    assert glue.get_database(Name="d")["Database"]["Name"] == "d"
    iam.delete_user_policy(UserName="ann", PolicyName="look")
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    policy = iam.create_policy(PolicyName="look", PolicyDocument=READING)["Policy"]
    iam.attach_group_policy(GroupName="readers", PolicyArn=policy["Arn"])
    assert glue.get_database(Name="d")["Database"]["Name"] == "d"
    denying = READING.replace("Allow", "Deny")
    iam.put_group_policy(GroupName="readers", PolicyName="never", PolicyDocument=denying)
    assert "with an explicit deny in an identity-based policy" in error_of(glue.get_database, Name="d")[1]
