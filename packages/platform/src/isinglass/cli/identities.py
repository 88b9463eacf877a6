"""What the commands about users, roles and policies share."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from isinglass.cli.errors import NOT_FOUND, CliError, usage
from isinglass.cli.session import Session

#: The operations about each kind, in the words of IAM.
KINDS = {"user": "User", "group": "Group", "role": "Role"}

#: How the ARNs of the policies begin that every account has.
_EVERYBODYS = "arn:aws:iam::aws:"


def policy_arn(session: Session, policy: str) -> str:
    """Return the ARN of a managed policy given by its ARN or its name."""
    if policy.startswith("arn:"):
        return policy
    for found in session.client.pages("iam:ListPolicies", {}, "Policies"):
        if found["PolicyName"].lower() == policy.lower():
            return str(found["Arn"])
    raise CliError(
        f'there is no policy "{policy}"',
        hint="isinglass policy list",
        code="NoSuchEntity",
        exit_code=NOT_FOUND,
    )


def one_holder(**names: str | None) -> tuple[str, str]:
    """Return which of --user, --group and --role was given, and its name."""
    given = [(kind, name) for kind, name in names.items() if name]
    if len(given) != 1:
        raise usage("say who: one of --user, --group and --role")
    return given[0]


def take_policies(session: Session, kind: str, name: str) -> None:
    """Detach all managed policies of an identity and delete those inside it."""
    word = KINDS[kind]
    call, who = session.client.call, {f"{word}Name": name}
    attached = list(session.client.pages(f"iam:ListAttached{word}Policies", who, "AttachedPolicies"))
    for policy in attached:
        call(f"iam:Detach{word}Policy", {**who, "PolicyArn": policy["PolicyArn"]})
    for inside in list(session.client.pages(f"iam:List{word}Policies", who, "PolicyNames")):
        call(f"iam:Delete{word}Policy", {**who, "PolicyName": inside})


def arn_of(session: Session, kind: str, name: str) -> str:
    """Return the ARN of a user, group or role."""
    word = KINDS[kind]
    answer: dict[str, Any] = session.client.call(f"iam:Get{word}", {f"{word}Name": name})
    return str(answer[word]["Arn"])


def documents_of(session: Session, kind: str, name: str) -> Iterator[tuple[str, str]]:
    """Read the policies of a user, group or role that somebody here wrote: their names and documents."""
    word, call = KINDS[kind], session.client.call
    who = {f"{word}Name": name}
    for inside in session.client.pages(f"iam:List{word}Policies", who, "PolicyNames"):
        found = call(f"iam:Get{word}Policy", {**who, "PolicyName": inside})
        yield inside, unquote(found["PolicyDocument"])
    for attached in session.client.pages(f"iam:ListAttached{word}Policies", who, "AttachedPolicies"):
        arn = attached["PolicyArn"]
        if not arn.startswith(_EVERYBODYS):
            version = call("iam:GetPolicy", {"PolicyArn": arn})["Policy"]["DefaultVersionId"]
            found = call("iam:GetPolicyVersion", {"PolicyArn": arn, "VersionId": version})
            yield attached["PolicyName"], unquote(found["PolicyVersion"]["Document"])
    if kind == "user":
        for group in session.client.pages("iam:ListGroupsForUser", who, "Groups"):
            yield from documents_of(session, "group", group["GroupName"])
