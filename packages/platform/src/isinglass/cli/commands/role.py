"""`isinglass role`: what jobs, and whoever a trust policy names, may become."""

import json

import click

from isinglass.cli.identities import policy_arn, take_policies
from isinglass.cli.reading import read_text
from isinglass.cli.session import Session


@click.group("role")
def command() -> None:
    r"""Make, list and delete roles: jobs run as one, and users may become one for a while.

    \b
    Examples:
      isinglass role create etl --policy AWSGlueServiceRole
      isinglass role create analyst --trust 123456789012
      isinglass role create partner --trust trust.json
      isinglass role delete etl --force
    """


@command.command("create")
@click.argument("name")
@click.option(
    "--trust",
    default="glue.amazonaws.com",
    help="Who may become it: a service, an account, an ARN, or a file with a trust policy.",
)
@click.option("--path", default="/", help="Such as /team/; policies can name it.")
@click.option("--description", default="", help="What it is for.")
@click.option("--policy", "policies", multiple=True, help="A managed policy to attach: its name or ARN.")
@click.pass_obj
def create(
    session: Session, name: str, trust: str, path: str, description: str, policies: tuple[str, ...]
) -> None:
    """Make a role; without --trust, one for jobs and crawlers."""
    arns = [policy_arn(session, policy) for policy in policies]
    request = {"RoleName": name, "Path": path, "AssumeRolePolicyDocument": _trust(trust)}
    if description:
        request["Description"] = description
    role = session.client.call("iam:CreateRole", request)["Role"]
    for arn in arns:
        session.client.call("iam:AttachRolePolicy", {"RoleName": name, "PolicyArn": arn})
    session.thing(role, [("Role", role["RoleName"]), ("ARN", role["Arn"])], role["Arn"])


@command.command("list")
@click.option("--path", default="/", help="Only roles below this path.")
@click.pass_obj
def list_(session: Session, path: str) -> None:
    """List roles."""
    roles = list(session.client.pages("iam:ListRoles", {"PathPrefix": path}, "Roles"))
    rows = [[role["RoleName"], role["Arn"], role.get("Description", "")] for role in roles]
    session.rows(["role", "arn", "description"], rows, roles)


@command.command("delete")
@click.argument("name")
@click.option("--force", is_flag=True, help="With its policies.")
@click.pass_obj
def delete(session: Session, name: str, *, force: bool) -> None:
    """Delete a role; its sessions end with it."""
    if force:
        take_policies(session, "role", name)
    session.client.call("iam:DeleteRole", {"RoleName": name})
    session.say(f"Deleted the role {name}.")


def _trust(given: str) -> str:
    if given.endswith(".amazonaws.com"):
        principal = {"Service": given}
    elif given.isdigit() or given.startswith("arn:"):
        principal = {"AWS": given}
    else:
        return read_text(given)
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
