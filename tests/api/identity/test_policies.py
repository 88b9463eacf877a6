"""Managed policies, attachments, boundaries, and asking what would be decided."""

import json
from typing import Any

from api_fixtures import ROOT_ACCOUNT, Api
from identity_clients import READING, allowing, client_of, error_of, trust

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ARN = f"arn:aws:iam::{ROOT_ACCOUNT}:policy/team/look"


def make_policy(iam: Any, document: str = READING) -> dict[str, Any]:
    made: dict[str, Any] = iam.create_policy(
        PolicyName="look", Path="/team/", PolicyDocument=document, Description="d"
    )["Policy"]
    return made


def test_policy_changes_by_versions(iam: Any) -> None:
    made = make_policy(iam)
    assert (made["Arn"], made["PolicyId"][:4], made["DefaultVersionId"]) == (ARN, "ANPA", "v1")
    assert error_of(iam.create_policy, PolicyName="LOOK", PolicyDocument=READING)[0] == "EntityAlreadyExists"
    second = iam.create_policy_version(PolicyArn=ARN, PolicyDocument=allowing("s3:*"), SetAsDefault=True)[
        "PolicyVersion"
    ]
    assert (second["VersionId"], second["IsDefaultVersion"]) == ("v2", True)
    found = iam.get_policy_version(PolicyArn=ARN, VersionId="v1")["PolicyVersion"]
    assert (found["Document"], found["IsDefaultVersion"]) == (json.loads(READING), False)
    for _ in range(3):
        iam.create_policy_version(PolicyArn=ARN, PolicyDocument=READING)
    code, message = error_of(iam.create_policy_version, PolicyArn=ARN, PolicyDocument=READING)
    assert (code, "up to 5 versions" in message) == ("LimitExceeded", True)
    assert [each["VersionId"] for each in iam.list_policy_versions(PolicyArn=ARN)["Versions"]] == [
        "v5", "v4", "v3", "v2", "v1",
    ]  # fmt: skip
    assert error_of(iam.delete_policy_version, PolicyArn=ARN, VersionId="v2")[0] == "DeleteConflict"
    iam.set_default_policy_version(PolicyArn=ARN, VersionId="v1")
    for number in (5, 4, 3, 2):
        iam.delete_policy_version(PolicyArn=ARN, VersionId=f"v{number}")
    # Numbers are never used again.
    made = iam.create_policy_version(PolicyArn=ARN, PolicyDocument=READING)["PolicyVersion"]
    assert made["VersionId"] == "v6"
    iam.delete_policy_version(PolicyArn=ARN, VersionId="v6")
    iam.delete_policy(PolicyArn=ARN)
    assert error_of(iam.get_policy, PolicyArn=ARN)[0] == "NoSuchEntity"


def test_malformed_policy_is_refused_where_it_would_be_kept(iam: Any) -> None:
    iam.create_user(UserName="ann")
    wrong = READING.replace("glue:Get*", "Get*")
    for call, arguments in (
        (iam.create_policy, {"PolicyName": "p"}),
        (iam.put_user_policy, {"UserName": "ann", "PolicyName": "p"}),
    ):
        assert error_of(call, **arguments, PolicyDocument=wrong) == (
            "MalformedPolicyDocument",
            "Statement 1 (Look), Action: 'Get*' must be prefaced by a vendor, e.g., glue:GetTable.",
        )
    large = allowing("glue:" + "G" * 7000)
    assert error_of(iam.create_policy, PolicyName="p", PolicyDocument=large) == (
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    )


def test_what_is_in_use_is_not_deleted(iam: Any) -> None:
    make_policy(iam)
    iam.create_user(UserName="ann", PermissionsBoundary=ARN)
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn=READ_ONLY)
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=READING)
    iam.create_access_key(UserName="ann")
    assert error_of(iam.delete_policy, PolicyArn=ARN)[0] == "DeleteConflict"
    assert error_of(iam.delete_group, GroupName="g")[0] == "DeleteConflict"
    steps = [
        (iam.delete_user_policy, {"UserName": "ann", "PolicyName": "p"}),
        (iam.detach_user_policy, {"UserName": "ann", "PolicyArn": READ_ONLY}),
        (iam.remove_user_from_group, {"UserName": "ann", "GroupName": "g"}),
        (iam.delete_access_key, {"AccessKeyId": iam.list_access_keys(UserName="ann")["AccessKeyMetadata"][0]["AccessKeyId"], "UserName": "ann"}),
    ]  # fmt: skip
    for call, arguments in steps:
        assert error_of(iam.delete_user, UserName="ann")[0] == "DeleteConflict"
        call(**arguments)
    iam.delete_user(UserName="ann")
    iam.delete_policy(PolicyArn=ARN)


def test_policies_are_listed_with_their_uses(iam: Any) -> None:
    make_policy(iam)
    iam.create_role(RoleName="etl", AssumeRolePolicyDocument=trust({"AWS": ROOT_ACCOUNT}))
    iam.attach_role_policy(RoleName="etl", PolicyArn=ARN)
    iam.attach_role_policy(RoleName="etl", PolicyArn=ADMINISTRATOR)
    iam.create_user(UserName="ann", PermissionsBoundary=ARN)
    pages = iam.get_paginator("list_policies").paginate(PaginationConfig={"PageSize": 3})
    listed = [policy["PolicyName"] for page in pages for policy in page["Policies"]]
    assert listed == [
        "AWSGlueConsoleFullAccess", "AWSGlueServiceRole", "AWSKeyManagementServicePowerUser",
        "AWSLakeFormationDataAdmin", "AdministratorAccess", "AmazonDynamoDBReadOnlyAccess", "AmazonS3FullAccess",
        "AmazonS3ReadOnlyAccess", "CloudWatchLogsFullAccess", "ReadOnlyAccess", "look",
    ]  # fmt: skip
    (own,) = iam.list_policies(Scope="Local")["Policies"]
    assert (own["AttachmentCount"], own["PermissionsBoundaryUsageCount"]) == (1, 1)
    iam.create_policy(PolicyName="new", PolicyDocument=READING)
    filtered = iam.list_policies(Scope="Local", PolicyUsageFilter="PermissionsPolicy")["Policies"]
    assert [policy["PolicyName"] for policy in filtered] == ["look", "new"]
    bounding = iam.list_policies(PolicyUsageFilter="PermissionsBoundary")["Policies"]
    assert [policy["PolicyName"] for policy in bounding] == ["look"]
    attached = [policy["PolicyName"] for policy in iam.list_policies(OnlyAttached=True)["Policies"]]
    assert attached == ["AdministratorAccess", "look"]
    assert [
        each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName="etl")["AttachedPolicies"]
    ] == [
        ADMINISTRATOR,
        ARN,
    ]
    holders = iam.list_entities_for_policy(PolicyArn=ARN)
    assert ([each["RoleName"] for each in holders["PolicyRoles"]], [each["UserName"] for each in holders["PolicyUsers"]]) == (
        ["etl"], ["ann"],
    )  # fmt: skip
    users = iam.list_entities_for_policy(
        PolicyArn=ARN, EntityFilter="User", PolicyUsageFilter="PermissionsPolicy"
    )
    assert users["PolicyUsers"] == []


def test_boundary_limits_what_policies_give(api: Api, iam: Any) -> None:
    make_policy(iam)
    iam.create_user(UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn=ADMINISTRATOR)
    glue = client_of(api, iam, "ann", "glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=ARN)
    assert glue.get_database(Name="d")["Database"]["Name"] == "d"
    assert error_of(glue.delete_database, Name="d")[1].endswith(
        "because no permissions boundary allows the glue:DeleteDatabase action"
    )
    assert iam.get_user(UserName="ann")["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": ARN,
    }
    iam.delete_user_permissions_boundary(UserName="ann")
    glue.delete_database(Name="d")


def test_simulation_decides_and_shows_the_statement(iam: Any) -> None:
    document = '{\n "Version": "2012-10-17",\n "Statement": [\n  {"Effect": "Allow", "Action": "glue:*", "Resource": "*"},\n  {"Effect": "Deny", "Action": "glue:Delete*", "Resource": "*"}\n ]\n}'  # fmt: skip
    arn = iam.create_user(UserName="ann")["User"]["Arn"]
    iam.put_user_policy(UserName="ann", PolicyName="most", PolicyDocument=document)
    results = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["glue:GetTable", "glue:DeleteTable", "s3:GetObject"]
    )["EvaluationResults"]
    assert [(each["EvalActionName"], each["EvalDecision"]) for each in results] == [
        ("glue:GetTable", "allowed"),
        ("glue:DeleteTable", "explicitDeny"),
        ("s3:GetObject", "implicitDeny"),
    ]
    assert results[1]["MatchedStatements"] == [{
        "SourcePolicyId": "most",
        "SourcePolicyType": "none",
        "StartPosition": {"Line": 5, "Column": 3},
        "EndPosition": {"Line": 5, "Column": 64},
    }]  # fmt: skip
    more = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["s3:GetObject"], PolicyInputList=[allowing("s3:*")],
        PermissionsBoundaryPolicyInputList=[allowing("glue:*")],
    )["EvaluationResults"][0]  # fmt: skip
    assert (more["EvalDecision"], more["PermissionsBoundaryDecisionDetail"]) == (
        "implicitDeny",
        {"AllowedByPermissionsBoundary": False},
    )


def test_simulation_of_policies_uses_the_context_that_is_given(iam: Any) -> None:
    statement = {
        "Effect": "Allow", "Action": "glue:*", "Resource": "arn:aws:glue:*:*:table/${aws:username}/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    }  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    asked = {
        "PolicyInputList": [document], "ActionNames": ["glue:GetTable"],
        "ResourceArns": ["arn:aws:glue:x:1:table/ann/t"], "CallerArn": f"arn:aws:iam::{ROOT_ACCOUNT}:user/ann",
    }  # fmt: skip
    (result,) = iam.simulate_custom_policy(**asked)["EvaluationResults"]
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["aws:sourceip"])
    entry = {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["10.1.1.1"], "ContextKeyType": "ip"}
    (result,) = iam.simulate_custom_policy(**asked, ContextEntries=[entry])["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"


def test_terraform_makes_reads_and_destroys_a_role_with_its_policies(iam: Any) -> None:
    """The calls of aws_iam_role, aws_iam_policy and aws_iam_role_policy_attachment, in the provider's order."""
    iam.create_role(
        RoleName="etl", Path="/", AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}),
        MaxSessionDuration=3600, Tags=[{"Key": "env", "Value": "test"}],
    )  # fmt: skip
    assert iam.get_role(RoleName="etl")["Role"]["Tags"] == [{"Key": "env", "Value": "test"}]
    assert iam.list_role_policies(RoleName="etl")["PolicyNames"] == []
    assert iam.list_attached_role_policies(RoleName="etl")["AttachedPolicies"] == []
    arn = make_policy(iam)["Arn"]
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Description"] == "d"
    iam.get_policy_version(PolicyArn=arn, VersionId="v1")
    iam.attach_role_policy(RoleName="etl", PolicyArn=arn)
    iam.tag_role(RoleName="etl", Tags=[{"Key": "env", "Value": "prod"}, {"Key": "a", "Value": ""}])
    iam.untag_role(RoleName="etl", TagKeys=["a"])
    assert iam.list_role_tags(RoleName="etl")["Tags"] == [{"Key": "env", "Value": "prod"}]
    iam.detach_role_policy(RoleName="etl", PolicyArn=arn)
    assert error_of(iam.detach_role_policy, RoleName="etl", PolicyArn=arn)[0] == "NoSuchEntity"
    assert [each["VersionId"] for each in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v1"]
    iam.delete_policy(PolicyArn=arn)
    assert iam.list_instance_profiles_for_role(RoleName="etl")["InstanceProfiles"] == []
    iam.delete_role(RoleName="etl")


def test_only_who_may_manages_identities(api: Api, iam: Any) -> None:
    iam.create_user(UserName="ann")
    her = client_of(api, iam, "ann", "iam")
    assert error_of(her.create_user, UserName="eve")[0] == "AccessDenied"
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=allowing("iam:*"))
    her.create_user(UserName="eve")
    assert her.get_user()["User"]["UserName"] == "ann"
