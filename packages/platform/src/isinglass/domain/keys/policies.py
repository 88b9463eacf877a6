"""Key policies: who may use a key and who may change it, as only the key itself can say."""

import json
from functools import lru_cache

from isinglass.domain.access.decide import Policies, Question, decide
from isinglass.domain.access.documents import MalformedPolicy, Policy, parse_policy
from isinglass.domain.access.principals import is_root

#: The one policy a key has goes by this name.
POLICY_NAME = "default"
LARGEST_BYTES = 32 * 1024

_USING = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
_READING = ["kms:Describe*", "kms:Get*", "kms:List*"]


@lru_cache(maxsize=1024)
def parse_key_policy(text: str) -> Policy:
    """Parse a key's policy; raises MalformedPolicy."""
    size = len(text.encode())
    if size > LARGEST_BYTES:
        raise MalformedPolicy(f"The policy has {size} bytes; a key's policy has at most {LARGEST_BYTES}.")
    return parse_policy(text, "resource")


def default_policy(account_id: str) -> str:
    """Write the policy that hands a key over to its account's identity policies."""
    return _document(
        "key-default-1",
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": _root(account_id)},
            "Action": "kms:*",
            "Resource": "*",
        },
    )


def service_policy(service: str, account_id: str) -> str:
    """Write the policy of a service's own key: used through the service, looked at by the account."""
    return _document(
        f"auto-{service}-1",
        {
            "Sid": f"Allow access through {service} for all principals in the account",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": _USING,
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": account_id},
                "StringLike": {"kms:ViaService": f"{service}.*.amazonaws.com"},
            },
        },
        {
            "Sid": "Allow direct access to key metadata to the account",
            "Effect": "Allow",
            "Principal": {"AWS": _root(account_id)},
            "Action": _READING,
            "Resource": "*",
        },
    )


def locks_out(policy: Policy, principal_arn: str, identity_arn: str, account_id: str, key_arn: str) -> bool:
    """Tell whether whoever puts a policy could not change it again, be it by their identity policies."""
    question = Question(principal_arn, account_id, "kms:PutKeyPolicy", key_arn, identity=identity_arn or None)
    decision = decide(question, Policies(resource=(policy,), trusting=True))
    # Naming the account is enough: its identity policies decide then.
    return not decision.allowed and (decision.missing != "identity" or is_root(principal_arn))


def _document(policy_id: str, *statements: object) -> str:
    document = {"Version": "2012-10-17", "Id": policy_id, "Statement": list(statements)}
    return json.dumps(document, indent=2)


def _root(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:root"
