"""The managed policies that every account has under `arn:aws:iam::aws:policy/`, in our own wording."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from isinglass.domain.access.documents import Policy, parse_policy

PREFIX = "arn:aws:iam::aws:policy"


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """One managed policy; `path` has its slashes, `id` never changes."""

    name: str
    path: str
    id: str
    description: str
    document: str

    @property
    def arn(self) -> str:
        return f"{PREFIX}{self.path}{self.name}"


def _allow(actions: list[str], resource: str | list[str] = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


_OBJECTS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
_READING = ["Get*", "List*", "Describe*", "BatchGet*", "Search*", "Query*", "Filter*", "Check*"]
_READ_SERVICES = ("glue", "iam", "kms", "lakeformation", "logs", "s3", "isinglass")

_GLUE_ROLE = _document(
    _allow(["glue:*", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:GetBucketAcl"]),
    _allow(["s3:CreateBucket", *_OBJECTS], ["arn:aws:s3:::aws-glue-*", "arn:aws:s3:::*/*aws-glue-*/*"]),
    _allow(["s3:GetObject"], ["arn:aws:s3:::crawler-public*", "arn:aws:s3:::aws-glue-*"]),
    _allow(
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:*:/aws-glue/*"
    ),
    _allow(["cloudwatch:PutMetricData", "iam:ListRolePolicies", "iam:GetRole", "iam:GetRolePolicy"]),
)
_GLUE_CONSOLE = _document(
    _allow([
        "glue:*", "iam:ListRoles", "iam:ListUsers", "iam:ListGroups", "iam:ListRolePolicies", "iam:GetRole",
        "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "s3:ListAllMyBuckets", "s3:ListBucket",
        "s3:GetBucketAcl", "s3:GetBucketLocation", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
        "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents",
        "isinglass:*",
    ]),
    _allow(_OBJECTS, ["arn:aws:s3:::aws-glue-*/*", "arn:aws:s3:::*/*aws-glue-*/*"]),
    _allow(["s3:CreateBucket"], "arn:aws:s3:::aws-glue-*"),
    {
        **_allow(
            ["iam:PassRole"],
            [f"arn:aws:iam::*:role/{path}AWSGlueServiceRole*" for path in ("", "service-role/")],
        ),
        "Condition": {"StringLike": {"iam:PassedToService": ["glue.amazonaws.com"]}},
    },
)  # fmt: skip

_ALL = (
    ManagedPolicy(
        "AdministratorAccess",
        "/",
        "ANPAISINGLASSADMIN001",
        "Everything on everything.",
        _document(_allow(["*"])),
    ),
    ManagedPolicy(
        "ReadOnlyAccess",
        "/",
        "ANPAISINGLASSREAD0001",
        "Reads everything and changes nothing.",
        _document(
            _allow([f"{service}:{verb}" for service in _READ_SERVICES for verb in _READING]),
            _allow(["sts:GetCallerIdentity", "sts:GetAccessKeyInfo"]),
        ),
    ),
    ManagedPolicy(
        "AWSGlueServiceRole",
        "/service-role/",
        "ANPAISINGLASSGLUE0001",
        "What crawlers and job runs need, besides their data.",
        _GLUE_ROLE,
    ),
    ManagedPolicy(
        "AWSGlueConsoleFullAccess",
        "/",
        "ANPAISINGLASSGLUE0002",
        "All of Glue, and what people who work with it need around it.",
        _GLUE_CONSOLE,
    ),
    ManagedPolicy(
        "AmazonS3FullAccess",
        "/",
        "ANPAISINGLASSS3FULL01",
        "All buckets and all objects.",
        _document(_allow(["s3:*"])),
    ),
    ManagedPolicy(
        "AmazonS3ReadOnlyAccess",
        "/",
        "ANPAISINGLASSS3READ01",
        "Reads all buckets and all objects.",
        _document(_allow(["s3:Get*", "s3:List*", "s3:Describe*"])),
    ),
    ManagedPolicy(
        "AmazonDynamoDBReadOnlyAccess",
        "/",
        "ANPAISINGLASSDYNREAD1",
        "Reads all tables of DynamoDB; roles of crawlers carry it, though nothing here is read from there.",
        _document(
            _allow(
                [f"dynamodb:{verb}" for verb in ("BatchGet*", "Describe*", "Get*", "List*", "Query", "Scan")]
            )
        ),
    ),
    ManagedPolicy(
        "AWSKeyManagementServicePowerUser",
        "/",
        "ANPAISINGLASSKEYS0001",
        "Makes and lists encryption keys; their own policies say who may use them.",
        _document(
            _allow(
                [
                    "kms:CreateAlias",
                    "kms:CreateKey",
                    "kms:DeleteAlias",
                    "kms:Describe*",
                    "kms:GenerateRandom",
                    "kms:Get*",
                    "kms:List*",
                    "kms:TagResource",
                    "kms:UntagResource",
                    "iam:ListGroups",
                    "iam:ListRoles",
                    "iam:ListUsers",
                ]
            )
        ),
    ),
    ManagedPolicy(
        "AWSLakeFormationDataAdmin",
        "/",
        "ANPAISINGLASSLAKE0001",
        "Says who may use which data.",
        _document(
            _allow(
                [
                    "lakeformation:*",
                    "glue:GetDatabase",
                    "glue:GetDatabases",
                    "glue:CreateDatabase",
                    "glue:UpdateDatabase",
                    "glue:DeleteDatabase",
                    "glue:GetTable",
                    "glue:GetTables",
                    "glue:CreateTable",
                    "glue:UpdateTable",
                    "glue:DeleteTable",
                    "glue:SearchTables",
                    "glue:GetPartitions",
                    "s3:ListBucket",
                    "s3:GetBucketLocation",
                    "s3:ListAllMyBuckets",
                    "iam:ListUsers",
                    "iam:ListRoles",
                    "iam:GetRole",
                    "iam:GetRolePolicy",
                ]
            ),
            {"Effect": "Deny", "Action": "lakeformation:PutDataLakeSettings", "Resource": "*"},
        ),
    ),
    ManagedPolicy(
        "CloudWatchLogsFullAccess",
        "/",
        "ANPAISINGLASSLOGS0001",
        "All log groups.",
        _document(_allow(["logs:*"])),
    ),
)

MANAGED: Mapping[str, ManagedPolicy] = {policy.arn: policy for policy in _ALL}
BY_ID: Mapping[str, ManagedPolicy] = {policy.id: policy for policy in _ALL}

_BECOMING_ANOTHER = [
    "iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Remove*",
    "iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*", "isinglass:CreateAccount", "isinglass:ListAccounts",
    "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
    "lakeformation:BatchGrant*", "lakeformation:BatchRevoke*", "lakeformation:Grant*",
    "lakeformation:PutDataLakeSettings", "lakeformation:Revoke*", "sts:AssumeRole", "sts:GetSessionToken",
]  # fmt: skip


@cache
def managed_policy(arn: str) -> Policy | None:
    """Return a managed policy, parsed; None when there is none of that ARN."""
    found = MANAGED.get(arn)
    return None if found is None else parse_policy(found.document).named(arn)


@lru_cache(maxsize=256)
def undefined_role_policy(role_arn: str) -> Policy:
    """Return what a role may do that a job names and nobody defined: all, but not become somebody else."""
    document = _document(
        _allow(["*"]),
        {"Sid": "NotWhoMayDoWhat", "Effect": "Deny", "Action": _BECOMING_ANOTHER, "Resource": "*"},
        {"Sid": "NoRoleButItsOwn", "Effect": "Deny", "Action": "iam:PassRole", "NotResource": role_arn},
    )
    return parse_policy(document).named("isinglass:undefined-role")
