"""What one account has of users, roles and policies, and requests of another that aim at it."""

import json
from typing import Any

from identity_clients import trust

USER, GROUP, ROLE, POLICY = "keeper", "circle", "vault", "reading"
#: Stands for the owner's account until a request is sent.
_ARN = "arn:aws:iam::{owner}:"
_POLICY_ARN, _ROLE_ARN, _USER_ARN = f"{_ARN}policy/{POLICY}", f"{_ARN}role/{ROLE}", f"{_ARN}user/{USER}"
_ALL = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_TAGS = [{"Key": "kept", "Value": "other"}]
_TRUST = trust({"AWS": "*"})

_OF_USER, _OF_GROUP, _OF_ROLE = {"UserName": USER}, {"GroupName": GROUP}, {"RoleName": ROLE}
_OF_POLICY, _OF_KEY = {"PolicyArn": _POLICY_ARN}, {"UserName": USER, "AccessKeyId": "{key}"}
_INSIDE = {"PolicyName": "inside"}

IDENTITY_CASES: dict[str, dict[str, Any]] = {
    "iam:AddUserToGroup": {**_OF_GROUP, **_OF_USER},
    "iam:CreateAccessKey": _OF_USER,
    "iam:CreateGroup": {"GroupName": "other"},
    "iam:CreatePolicy": {"PolicyName": "other", "PolicyDocument": _ALL},
    "iam:CreatePolicyVersion": {**_OF_POLICY, "PolicyDocument": _ALL, "SetAsDefault": True},
    "iam:CreateRole": {"RoleName": "other", "AssumeRolePolicyDocument": _TRUST},
    "iam:CreateUser": {"UserName": "other", "PermissionsBoundary": _POLICY_ARN},
    "iam:DeleteAccessKey": _OF_KEY,
    "iam:DeleteGroup": _OF_GROUP,
    "iam:DeleteLoginProfile": _OF_USER,
    "iam:DeletePolicy": _OF_POLICY,
    "iam:DeletePolicyVersion": {**_OF_POLICY, "VersionId": "v2"},
    "iam:DeleteRole": _OF_ROLE,
    "iam:DeleteUser": _OF_USER,
    "iam:GetAccessKeyLastUsed": {"AccessKeyId": "{key}"},
    "iam:GetGroup": _OF_GROUP,
    "iam:GetLoginProfile": _OF_USER,
    "iam:GetPolicy": _OF_POLICY,
    "iam:GetPolicyVersion": {**_OF_POLICY, "VersionId": "v1"},
    "iam:GetRole": _OF_ROLE,
    "iam:GetUser": _OF_USER,
    "iam:ListAccessKeys": _OF_USER,
    "iam:ListEntitiesForPolicy": _OF_POLICY,
    "iam:ListGroups": {},
    "iam:ListGroupsForUser": _OF_USER,
    "iam:ListInstanceProfilesForRole": _OF_ROLE,
    "iam:ListMFADevices": _OF_USER,
    "iam:ListPolicies": {},
    "iam:ListPolicyTags": _OF_POLICY,
    "iam:ListPolicyVersions": _OF_POLICY,
    "iam:ListRoles": {},
    "iam:ListRoleTags": _OF_ROLE,
    "iam:ListServiceSpecificCredentials": _OF_USER,
    "iam:ListSigningCertificates": _OF_USER,
    "iam:ListSSHPublicKeys": _OF_USER,
    "iam:ListUsers": {},
    "iam:ListUserTags": _OF_USER,
    "iam:ListVirtualMFADevices": {},
    "iam:RemoveUserFromGroup": {**_OF_GROUP, **_OF_USER},
    "iam:SetDefaultPolicyVersion": {**_OF_POLICY, "VersionId": "v2"},
    "iam:SimulateCustomPolicy": {"PolicyInputList": [_ALL], "ActionNames": ["glue:GetTable"]},
    "iam:SimulatePrincipalPolicy": {"PolicySourceArn": _USER_ARN, "ActionNames": ["glue:GetTable"]},
    "iam:TagPolicy": {**_OF_POLICY, "Tags": _TAGS},
    "iam:TagRole": {**_OF_ROLE, "Tags": _TAGS},
    "iam:TagUser": {**_OF_USER, "Tags": _TAGS},
    "iam:UntagPolicy": {**_OF_POLICY, "TagKeys": ["kept"]},
    "iam:UntagRole": {**_OF_ROLE, "TagKeys": ["kept"]},
    "iam:UntagUser": {**_OF_USER, "TagKeys": ["kept"]},
    "iam:UpdateAccessKey": {**_OF_KEY, "Status": "Inactive"},
    "iam:UpdateAssumeRolePolicy": {**_OF_ROLE, "PolicyDocument": _TRUST},
    "iam:UpdateGroup": {**_OF_GROUP, "NewGroupName": "theirs"},
    "iam:UpdateRole": {**_OF_ROLE, "Description": "theirs"},
    "iam:UpdateRoleDescription": {**_OF_ROLE, "Description": "theirs"},
    "iam:UpdateUser": {**_OF_USER, "NewUserName": "theirs"},
    "sts:AssumeRole": {"RoleArn": _ROLE_ARN, "RoleSessionName": "stranger"},
    "sts:GetAccessKeyInfo": {"AccessKeyId": "{key}"},
    "sts:GetSessionToken": {},
    **{
        f"iam:{operation}": {**of, **more}
        for kind, of in (("User", _OF_USER), ("Group", _OF_GROUP), ("Role", _OF_ROLE))
        for operation, more in (
            (f"Attach{kind}Policy", _OF_POLICY),
            (f"Detach{kind}Policy", _OF_POLICY),
            (f"ListAttached{kind}Policies", {}),
            (f"Put{kind}Policy", {**_INSIDE, "PolicyDocument": _ALL}),
            (f"Get{kind}Policy", _INSIDE),
            (f"List{kind}Policies", {}),
            (f"Delete{kind}Policy", _INSIDE),
        )
    },
    **{
        f"iam:{operation}": {**of, **more}
        for kind, of in (("User", _OF_USER), ("Role", _OF_ROLE))
        for operation, more in (
            (f"Put{kind}PermissionsBoundary", {"PermissionsBoundary": _POLICY_ARN}),
            (f"Delete{kind}PermissionsBoundary", {}),
        )
    },
}


def make_identities(iam: Any, secret: str) -> str:
    """Let an account have one of each kind, the secret in each; returns a key of its user."""
    tags = [{"Key": "kept", "Value": secret}]
    inside = json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{secret}/*"},
    })  # fmt: skip
    policy = iam.create_policy(PolicyName=POLICY, PolicyDocument=inside, Description=secret, Tags=tags)
    arn = policy["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=inside)
    iam.create_user(UserName=USER, Tags=tags, PermissionsBoundary=arn)
    iam.create_group(GroupName=GROUP)
    iam.add_user_to_group(GroupName=GROUP, UserName=USER)
    iam.create_role(
        RoleName=ROLE, Description=secret, Tags=tags,
        AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}), PermissionsBoundary=arn,
    )  # fmt: skip
    for kind, name in (("user", USER), ("group", GROUP), ("role", ROLE)):
        of = {f"{kind.capitalize()}Name": name}
        getattr(iam, f"put_{kind}_policy")(**of, PolicyName="inside", PolicyDocument=inside)
        getattr(iam, f"attach_{kind}_policy")(**of, PolicyArn=arn)
    key_id: str = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    return key_id


def read_identities(iam: Any, account: str) -> list[Any]:
    """Read all that `make_identities` made."""
    arn = f"arn:aws:iam::{account}:policy/{POLICY}"
    answers = [
        iam.get_user(UserName=USER),
        iam.get_group(GroupName=GROUP),
        iam.get_role(RoleName=ROLE),
        iam.get_policy(PolicyArn=arn),
        iam.list_policy_versions(PolicyArn=arn),
        iam.list_entities_for_policy(PolicyArn=arn),
        iam.list_access_keys(UserName=USER),
        *(
            getattr(iam, f"get_{kind}_policy")(**{f"{kind.capitalize()}Name": name}, PolicyName="inside")
            for kind, name in (("user", USER), ("group", GROUP), ("role", ROLE))
        ),
    ]
    for answer in answers:
        del answer["ResponseMetadata"]
    return answers
