"""`isinglass group`: users that share policies."""

import click

from isinglass.cli.identities import policy_arn, take_policies
from isinglass.cli.session import Session


@click.group("group")
def command() -> None:
    r"""Make groups and say who is in them; users have the policies of their groups besides their own.

    \b
    Examples:
      isinglass group create readers --policy ReadOnlyAccess
      isinglass group add readers ann
      isinglass group members readers
      isinglass group delete readers --force
    """


@command.command("create")
@click.argument("name")
@click.option("--policy", "policies", multiple=True, help="A managed policy to attach: its name or ARN.")
@click.pass_obj
def create(session: Session, name: str, policies: tuple[str, ...]) -> None:
    """Make a group that nobody is in yet."""
    arns = [policy_arn(session, policy) for policy in policies]
    group = session.client.call("iam:CreateGroup", {"GroupName": name})["Group"]
    for arn in arns:
        session.client.call("iam:AttachGroupPolicy", {"GroupName": name, "PolicyArn": arn})
    session.thing(group, [("Group", group["GroupName"]), ("ARN", group["Arn"])], group["GroupName"])


@command.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List groups."""
    groups = list(session.client.pages("iam:ListGroups", {}, "Groups"))
    session.rows(["group", "arn"], [[group["GroupName"], group["Arn"]] for group in groups], groups)


@command.command("members")
@click.argument("name")
@click.pass_obj
def members(session: Session, name: str) -> None:
    """List who is in a group."""
    users = list(session.client.pages("iam:GetGroup", {"GroupName": name}, "Users"))
    session.rows(["user", "arn"], [[user["UserName"], user["Arn"]] for user in users], users)


@command.command("add")
@click.argument("name")
@click.argument("user")
@click.pass_obj
def add(session: Session, name: str, user: str) -> None:
    """Put a user into a group."""
    session.client.call("iam:AddUserToGroup", {"GroupName": name, "UserName": user})
    session.say(f"{user} is in {name}.")


@command.command("remove")
@click.argument("name")
@click.argument("user")
@click.pass_obj
def remove(session: Session, name: str, user: str) -> None:
    """Take a user out of a group."""
    session.client.call("iam:RemoveUserFromGroup", {"GroupName": name, "UserName": user})
    session.say(f"{user} is not in {name}.")


@command.command("delete", short_help="Delete a group.")
@click.argument("name")
@click.option("--force", is_flag=True, help="With its policies, and whoever is in it.")
@click.pass_obj
def delete(session: Session, name: str, *, force: bool) -> None:
    """Delete a group; without --force only one that is empty and has no policies."""
    if force:
        take_policies(session, "group", name)
        for user in list(session.client.pages("iam:GetGroup", {"GroupName": name}, "Users")):
            request = {"GroupName": name, "UserName": user["UserName"]}
            session.client.call("iam:RemoveUserFromGroup", request)
    session.client.call("iam:DeleteGroup", {"GroupName": name})
    session.say(f"Deleted the group {name}.")
