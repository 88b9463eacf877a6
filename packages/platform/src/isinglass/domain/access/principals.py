"""Who asks: what the ARN of a caller says about it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

PrincipalKind = Literal["root", "user", "session", "role", "service"]


@dataclass(frozen=True, slots=True)
class Who:
    """A caller's ARN, taken apart; `name` is the user's, the role's, or the service's."""

    kind: PrincipalKind
    account_id: str
    name: str
    identity_arn: str


@lru_cache(maxsize=4096)
def identity_arn(principal_arn: str) -> str:
    """Return whose policies decide: a role session's role, and every other caller itself.

    A session does not tell its role's path; who knows the role passes its own ARN on.
    """
    account_id, role = _session_role(principal_arn)
    return f"arn:aws:iam::{account_id}:role/{role}" if role else principal_arn


def session_arn(account_id: str, role: str, session: str) -> str:
    """Name a session of an account's role, given by its ARN or name; it does not tell the role's path."""
    return f"arn:aws:sts::{account_id}:assumed-role/{role.rpartition('/')[2]}/{session}"


def is_root(principal_arn: str) -> bool:
    """Tell whether the caller is an account itself, which no identity policy limits."""
    return principal_arn.startswith("arn:aws:iam::") and principal_arn.endswith(":root")


@lru_cache(maxsize=4096)
def read_principal(principal_arn: str) -> Who:
    """Take a caller's ARN apart; what is no ARN of an identity is the name of a service."""
    account_id, role = _session_role(principal_arn)
    if role:
        return Who("session", account_id, role, identity_arn(principal_arn))
    parts = principal_arn.split(":", 5)
    if len(parts) != 6 or parts[:3] != ["arn", "aws", "iam"]:
        return Who("service", "", principal_arn, principal_arn)
    kind, _, path = parts[5].partition("/")
    name = path.rpartition("/")[2]
    if kind == "user":
        return Who("user", parts[4], name, principal_arn)
    if kind == "role":
        return Who("role", parts[4], name, principal_arn)
    return Who("root", parts[4], "root", principal_arn)


def principal_context(principal_arn: str, identity: str) -> dict[str, tuple[str, ...]]:
    """Tell the condition keys that follow from who asks, in lower case."""
    who = read_principal(principal_arn)
    kinds = {"root": "Account", "user": "User", "session": "AssumedRole", "role": "AssumedRole"}
    if who.kind == "service":
        return {"aws:principalisawsservice": ("true",), "aws:principalservicename": (who.name,)}
    context: dict[str, tuple[str, ...]] = {
        "aws:principalaccount": (who.account_id,),
        "aws:principalarn": (identity,),
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": (kinds[who.kind],),
    }
    if who.kind == "user":
        context["aws:username"] = (who.name,)
    return context


def _session_role(principal_arn: str) -> tuple[str, str]:
    """Read `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; no role when it is another ARN."""
    parts = principal_arn.split(":", 5)
    if len(parts) != 6 or parts[:3] != ["arn", "aws", "sts"]:
        return "", ""
    kind, _, rest = parts[5].partition("/")
    return (parts[4], rest.rpartition("/")[0]) if kind == "assumed-role" else ("", "")
