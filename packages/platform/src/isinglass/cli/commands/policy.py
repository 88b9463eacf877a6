"""`isinglass policy`: what users, groups and roles may do."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from isinglass.cli.errors import DENIED, CliError
from isinglass.cli.identities import KINDS, arn_of, documents_of, one_holder, policy_arn
from isinglass.cli.reading import read_text
from isinglass.cli.session import Session

if TYPE_CHECKING:
    from isinglass.domain.access.vocabulary import Vocabulary

_DECISIONS = {"allowed": "allowed", "explicitDeny": "denied", "implicitDeny": "not allowed"}


@click.group("policy")
def command() -> None:
    r"""Make policies, give them to users, groups and roles, and ask what they allow.

    \b
    Examples:
      isinglass policy create look look.json
      isinglass policy attach look --user ann
      isinglass policy attach AWSGlueServiceRole --role etl
      isinglass policy check --user ann glue:GetTable glue:DeleteTable
    """


@command.command("create", short_help="Make a managed policy from a file.")
@click.argument("name")
@click.argument("file")
@click.pass_obj
def create(session: Session, name: str, file: str) -> None:
    """Make a managed policy from a file with its document; warns of what no request can ever meet."""
    document = read_text(file)
    made = session.client.call("iam:CreatePolicy", {"PolicyName": name, "PolicyDocument": document})["Policy"]
    _warn(session, _remarks([(name, document)]))
    session.thing(made, [("Policy", made["PolicyName"]), ("ARN", made["Arn"])], made["Arn"])


@command.command("list")
@click.option("--own", is_flag=True, help="Without those that every account has.")
@click.pass_obj
def list_(session: Session, *, own: bool) -> None:
    """List managed policies."""
    request = {"Scope": "Local" if own else "All"}
    policies = list(session.client.pages("iam:ListPolicies", request, "Policies"))
    rows = [[policy["PolicyName"], policy["Arn"], int(policy["AttachmentCount"])] for policy in policies]
    session.rows(["policy", "arn", "attached"], rows, policies)


@command.command("delete")
@click.argument("policy")
@click.pass_obj
def delete(session: Session, policy: str) -> None:
    """Delete a managed policy that nobody has."""
    session.client.call("iam:DeletePolicy", {"PolicyArn": policy_arn(session, policy)})
    session.say(f"Deleted the policy {policy}.")


@command.command("attach")
@click.argument("policy")
@click.option("--user", help="Who gets it.")
@click.option("--group", help="Who gets it.")
@click.option("--role", help="Who gets it.")
@click.pass_obj
def attach(session: Session, policy: str, user: str | None, group: str | None, role: str | None) -> None:
    """Attach a managed policy, given by its name or ARN."""
    kind, name = one_holder(user=user, group=group, role=role)
    request = {f"{KINDS[kind]}Name": name, "PolicyArn": policy_arn(session, policy)}
    session.client.call(f"iam:Attach{KINDS[kind]}Policy", request)
    session.say(f"The {kind} {name} has {request['PolicyArn']}.")


@command.command("detach")
@click.argument("policy")
@click.option("--user", help="Who loses it.")
@click.option("--group", help="Who loses it.")
@click.option("--role", help="Who loses it.")
@click.pass_obj
def detach(session: Session, policy: str, user: str | None, group: str | None, role: str | None) -> None:
    """Detach a managed policy, given by its name or ARN."""
    kind, name = one_holder(user=user, group=group, role=role)
    request = {f"{KINDS[kind]}Name": name, "PolicyArn": policy_arn(session, policy)}
    session.client.call(f"iam:Detach{KINDS[kind]}Policy", request)
    session.say(f"The {kind} {name} has {request['PolicyArn']} no more.")


@command.command("check", short_help="Ask what policies allow, and which statement decides.")
@click.argument("actions", nargs=-1, required=True)
@click.option("--user", help="Whose policies decide.")
@click.option("--group", help="Whose policies decide.")
@click.option("--role", help="Whose policies decide.")
@click.option("--resource", "resources", multiple=True, help="An ARN; all of them when left out.")
@click.option("--context", "context", multiple=True, help="What a condition asks for: aws:SourceIp=10.0.0.1")
@click.pass_obj
def check(
    session: Session,
    actions: tuple[str, ...],
    user: str | None,
    group: str | None,
    role: str | None,
    resources: tuple[str, ...],
    context: tuple[str, ...],
) -> int:
    """Ask whether actions would be allowed, and which statement decides; ends with 4 when one is not.

    Warns of actions, resources and condition keys, asked for or in the policies, that no request has.
    """
    kind, name = one_holder(user=user, group=group, role=role)
    request: dict[str, Any] = {
        "PolicySourceArn": arn_of(session, kind, name),
        "ActionNames": list(actions),
        "ResourceArns": list(resources) or ["*"],
    }
    if context:
        request["ContextEntries"] = [_entry(text) for text in context]
    results = list(session.client.pages("iam:SimulatePrincipalPolicy", request, "EvaluationResults"))
    rows = [
        [each["EvalActionName"], each["EvalResourceName"], _DECISIONS[each["EvalDecision"]], _why(each)]
        for each in results
    ]
    session.rows(["action", "resource", "decision", "because of"], rows, results)
    _warn(session, _remarks_on_question(actions, resources, context))
    try:
        _warn(session, _remarks(documents_of(session, kind, name)))
    except CliError as error:
        # Who may ask for a decision need not be allowed to read the policies.
        if error.exit_code != DENIED:
            raise
    return 0 if all(each["EvalDecision"] == "allowed" for each in results) else DENIED


def _vocabulary() -> "Vocabulary":
    """Gather what policies can speak of; only here, as it takes the models of all services."""
    from isinglass.domain.access.vocabulary import vocabulary_of
    from isinglass.model.schema import SERVICES, load

    return vocabulary_of(map(load, SERVICES))


def _remarks_on_question(
    actions: Sequence[str], resources: Sequence[str], context: Sequence[str]
) -> Iterator[str]:
    from isinglass.domain.access.remarks import on_actions, on_keys, on_resources

    vocabulary = _vocabulary()
    yield from on_actions(actions, vocabulary)
    yield from on_resources(resources, actions, vocabulary)
    yield from on_keys(text.partition("=")[0] for text in context)


def _remarks(documents: Iterable[tuple[str, str]]) -> Iterator[str]:
    from isinglass.domain.access.documents import parse_policy
    from isinglass.domain.access.remarks import remarks_on

    vocabulary = _vocabulary()
    for name, document in documents:
        yield from (f"policy {name}, {remark}" for remark in remarks_on(parse_policy(document), vocabulary))


def _warn(session: Session, remarks: Iterable[str]) -> None:
    for remark in remarks:
        session.say(f"warning: {remark}.".replace("?.", "?"))


def _entry(text: str) -> dict[str, Any]:
    key, _, value = text.partition("=")
    return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}


def _why(result: dict[str, Any]) -> str:
    matches = result.get("MatchedStatements") or []
    if not matches:
        missing = ", ".join(result.get("MissingContextValues") or [])
        return "no statement" + (f" (not known: {missing})" if missing else "")
    first = matches[0]
    line = first.get("StartPosition", {}).get("Line")
    return f"{first['SourcePolicyId']}" + (f", line {line}" if line else "")
