"""`isinglass account`: make and list accounts."""

import click

from isinglass.cli.session import Session


@click.group("account")
def command() -> None:
    r"""Make and list accounts: each has its own catalog, jobs and buckets.

    \b
    Examples:
      isinglass account create team-a
      isinglass account create --json
      isinglass account list
    """


@command.command("create")
@click.argument("name", default="unnamed")
@click.option("--id", "account_id", help="Twelve digits; made up when left out.")
@click.pass_obj
def create(session: Session, name: str, account_id: str | None) -> None:
    """Make an account and its first key; the secret is shown this once."""
    request = {"Name": name} | ({"AccountId": account_id} if account_id else {})
    account = session.client.call("isinglass:CreateAccount", request)
    lines = [
        ("Account", account["AccountId"]),
        ("Name", account["Name"]),
        ("Access key", account["AccessKeyId"]),
        ("Secret key", account["SecretAccessKey"]),
    ]
    session.thing(account, lines, account["AccountId"])


@command.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List accounts."""
    accounts = list(session.client.pages("isinglass:ListAccounts", {}, "Accounts"))
    rows = [[account["AccountId"], account["Name"]] for account in accounts]
    session.rows(["account", "name"], rows, accounts)
