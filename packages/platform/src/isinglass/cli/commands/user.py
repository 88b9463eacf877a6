"""`isinglass user`: people and programs with keys of their own."""

import click

from isinglass.cli.identities import policy_arn, take_policies
from isinglass.cli.session import Session


@click.group("user")
def command() -> None:
    r"""Make, list and delete users and their keys.

    \b
    Examples:
      isinglass user create ann --policy ReadOnlyAccess
      isinglass user key create ann
      isinglass user list
      isinglass user delete ann --force
    """


@command.command("create")
@click.argument("name")
@click.option("--path", default="/", help="Such as /team/; policies can name it.")
@click.option("--policy", "policies", multiple=True, help="A managed policy to attach: its name or ARN.")
@click.pass_obj
def create(session: Session, name: str, path: str, policies: tuple[str, ...]) -> None:
    """Make a user, who may do nothing but what its policies allow."""
    arns = [policy_arn(session, policy) for policy in policies]
    user = session.client.call("iam:CreateUser", {"UserName": name, "Path": path})["User"]
    for arn in arns:
        session.client.call("iam:AttachUserPolicy", {"UserName": name, "PolicyArn": arn})
    session.thing(user, [("User", user["UserName"]), ("ARN", user["Arn"])], user["UserName"])
    session.say(f"It needs a key to sign requests with:   isinglass user key create {name}")


@command.command("list")
@click.option("--path", default="/", help="Only users below this path.")
@click.pass_obj
def list_(session: Session, path: str) -> None:
    """List users."""
    users = list(session.client.pages("iam:ListUsers", {"PathPrefix": path}, "Users"))
    rows = [[user["UserName"], user["Arn"], user["CreateDate"]] for user in users]
    session.rows(["user", "arn", "created"], rows, users)


@command.command("delete")
@click.argument("name")
@click.option("--force", is_flag=True, help="With its keys, policies and memberships.")
@click.pass_obj
def delete(session: Session, name: str, *, force: bool) -> None:
    """Delete a user; without --force only one that has nothing left."""
    if force:
        take_policies(session, "user", name)
        who = {"UserName": name}
        for key in list(session.client.pages("iam:ListAccessKeys", who, "AccessKeyMetadata")):
            session.client.call("iam:DeleteAccessKey", {**who, "AccessKeyId": key["AccessKeyId"]})
        for group in list(session.client.pages("iam:ListGroupsForUser", who, "Groups")):
            session.client.call("iam:RemoveUserFromGroup", {**who, "GroupName": group["GroupName"]})
    session.client.call("iam:DeleteUser", {"UserName": name})
    session.say(f"Deleted the user {name}.")


@command.group("key", short_help="Make, list and end keys of users.")
def key() -> None:
    r"""Make, list, switch off and delete the keys that a user signs requests with.

    \b
    Examples:
      isinglass user key create ann
      isinglass user key list ann
      isinglass user key delete ann AKIAIOSFODNN7EXAMPLE
    """


@key.command("create")
@click.argument("user")
@click.pass_obj
def create_key(session: Session, user: str) -> None:
    """Make a key for a user; the secret is shown this once."""
    made = session.client.call("iam:CreateAccessKey", {"UserName": user})["AccessKey"]
    lines = [
        ("User", made["UserName"]),
        ("Access key", made["AccessKeyId"]),
        ("Secret key", made["SecretAccessKey"]),
    ]
    session.thing(made, lines, made["AccessKeyId"])


@key.command("list")
@click.argument("user")
@click.pass_obj
def list_keys(session: Session, user: str) -> None:
    """List the keys of a user."""
    keys = list(session.client.pages("iam:ListAccessKeys", {"UserName": user}, "AccessKeyMetadata"))
    rows = [[found["AccessKeyId"], found["Status"], found["CreateDate"]] for found in keys]
    session.rows(["key", "status", "created"], rows, keys)


@key.command("switch")
@click.argument("user")
@click.argument("access_key_id")
@click.argument("state", type=click.Choice(["on", "off"]))
@click.pass_obj
def switch_key(session: Session, user: str, access_key_id: str, state: str) -> None:
    """Switch a key off, or on again; one that is off signs nothing."""
    status = "Active" if state == "on" else "Inactive"
    session.client.call(
        "iam:UpdateAccessKey", {"UserName": user, "AccessKeyId": access_key_id, "Status": status}
    )
    session.say(f"The key {access_key_id} is {state}.")


@key.command("delete")
@click.argument("user")
@click.argument("access_key_id")
@click.pass_obj
def delete_key(session: Session, user: str, access_key_id: str) -> None:
    """Delete a key; what is signed with it is refused from then on."""
    session.client.call("iam:DeleteAccessKey", {"UserName": user, "AccessKeyId": access_key_id})
    session.say(f"Deleted the key {access_key_id}.")
