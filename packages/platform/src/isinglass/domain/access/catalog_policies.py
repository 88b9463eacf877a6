"""What the policy of a catalog must be beyond a policy: about this catalog, and no larger than Glue takes."""

import base64
import hashlib

from isinglass.domain.access.documents import MalformedPolicy, Policy, Statement, parse_policy

LARGEST_BYTES = 10 * 1024


def parse_catalog_policy(text: str, account_id: str) -> Policy:
    """Parse the policy of an account's catalog; raises MalformedPolicy."""
    size = len(text.encode())
    if size > LARGEST_BYTES:
        raise MalformedPolicy(f"The policy has {size} bytes; a catalog's policy has at most {LARGEST_BYTES}.")
    policy = parse_policy(text, "resource")
    for statement in policy.statements:
        _check(statement, account_id)
    return policy.named(f"of the catalog {account_id}")


def hash_of(text: str) -> str:
    """Tell policies apart, as PolicyHash does."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode()


def _check(statement: Statement, account_id: str) -> None:
    for action in statement.actions:
        if action.text != "*" and not action.text.startswith("glue:"):
            raise MalformedPolicy(
                f"{statement.label}, Action: {action.text[:100]!r} is no action of glue, "
                "and a catalog's policy is about no other."
            )
    for resource in statement.resources or ():
        if resource.text == "*":
            continue
        parts = resource.text.split(":", 5)
        if len(parts) != 6 or parts[2] != "glue":
            raise MalformedPolicy(
                f"{statement.label}, Resource: {resource.text[:200]!r} is no resource of glue."
            )
        if parts[4] not in {account_id, "*"}:
            raise MalformedPolicy(
                f"{statement.label}, Resource: {resource.text[:200]!r} is not of the account {account_id}."
            )
