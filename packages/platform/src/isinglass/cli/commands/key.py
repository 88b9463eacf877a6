"""`isinglass key`: encryption keys, and the names that lead to them."""

from typing import Any

import click

from isinglass.cli import changes
from isinglass.cli.errors import CONFLICT, DENIED, INVALID, CliError, usage
from isinglass.cli.reading import read_text
from isinglass.cli.session import Session
from isinglass.domain.keys.references import RESERVED, is_alias_name

_ROTATION_DAYS = click.IntRange(90, 2560)


@click.group("key")
def command() -> None:
    r"""Make encryption keys, switch them off and on, rotate and delete them.

    KEY is a key's id, its ARN, or an alias: `alias/lake`.

    \b
    Examples:
      isinglass key create --alias lake --description "of the data lake" --rotate-days 365
      isinglass key list
      isinglass key disable alias/lake
      isinglass key delete alias/lake --days 7
    """


@command.command("create")
@click.option("--alias", "aliases", multiple=True, help="A name for the key, with or without alias/.")
@click.option("--description", default="", help="What the key is for.")
@click.option("--policy", "path", metavar="FILE", help="Who may use it; without, as identity policies say.")
@click.option(
    "--rotate-days", type=_ROTATION_DAYS, metavar="N", help="Rotate it every so many days: 90 to 2560."
)
@click.pass_obj
def create(
    session: Session, aliases: tuple[str, ...], description: str, path: str | None, rotate_days: int | None
) -> None:
    """Make a key."""
    request: dict[str, Any] = {"Description": description}
    if path is not None:
        request["Policy"] = read_text(path)
    names = list(dict.fromkeys(_alias(name) for name in aliases))
    _check_names(session, names)
    made = session.client.call("kms:CreateKey", request)["KeyMetadata"]
    try:
        for name in names:
            session.client.call("kms:CreateAlias", {"AliasName": name, "TargetKeyId": made["KeyId"]})
        if rotate_days is not None:
            rotation = {"KeyId": made["KeyId"], "RotationPeriodInDays": rotate_days}
            session.client.call("kms:EnableKeyRotation", rotation)
    except CliError as error:
        error.facts.append(f"the key {made['KeyId']} is made; only this is missing")
        error.hint = error.hint or f"isinglass key alias NAME {made['KeyId']}"
        raise
    session.thing(made, [("Key", made["KeyId"]), ("ARN", made["Arn"])], made["KeyId"])


def _check_names(session: Session, names: list[str]) -> None:
    """Refuse names that are none or lead to other keys, before a key is made that nobody would know."""
    if not names:
        return
    for name in names:
        if not is_alias_name(name) or name.startswith(RESERVED):
            raise CliError(
                f"{name!r} cannot be the name of a key",
                facts=["no key was made"],
                hint=f"letters, digits, /, _ and -, and not {RESERVED} at the beginning",
                exit_code=INVALID,
            )
    try:
        there = list(session.client.pages("kms:ListAliases", {}, "Aliases"))
    except CliError as error:
        if error.exit_code != DENIED:
            raise
        return  # CreateAlias will say it
    taken = {each["AliasName"]: each["TargetKeyId"] for each in there if "TargetKeyId" in each}
    for name in taken.keys() & set(names):
        raise CliError(
            f"{name} leads to the key {taken[name]}",
            facts=["no key was made"],
            hint=f"let it lead to a new one: isinglass key create, then isinglass key alias {name} KEY",
            exit_code=CONFLICT,
        )


@command.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List keys with their aliases and states."""
    names: dict[str, list[str]] = {}
    for alias in session.client.pages("kms:ListAliases", {}, "Aliases"):
        names.setdefault(alias["TargetKeyId"], []).append(alias["AliasName"])
    keys = [
        session.client.call("kms:DescribeKey", {"KeyId": key["KeyId"]})["KeyMetadata"]
        for key in session.client.pages("kms:ListKeys", {}, "Keys")
    ]
    rows = [
        [key["KeyId"], ", ".join(names.get(key["KeyId"], [])), key["KeyState"], key["Description"]]
        for key in keys
    ]
    session.rows(["key", "aliases", "state", "description"], rows, keys)


@command.command("show")
@click.argument("key")
@click.pass_obj
def show(session: Session, key: str) -> None:
    """Show a key, its rotation, its tags and its policy."""
    call = session.client.call
    found = call("kms:DescribeKey", {"KeyId": key})["KeyMetadata"]
    named = {"KeyId": found["KeyId"]}
    rotation = call("kms:GetKeyRotationStatus", named)
    tags = list(session.client.pages("kms:ListResourceTags", named, "Tags"))
    aliases = [each["AliasName"] for each in session.client.pages("kms:ListAliases", named, "Aliases")]
    policy = call("kms:GetKeyPolicy", named)["Policy"]
    lines = [
        ("Key", found["KeyId"]),
        ("ARN", found["Arn"]),
        ("Aliases", ", ".join(aliases)),
        ("State", found["KeyState"]),
        ("Description", found["Description"]),
        ("Made", changes.moment(found["CreationDate"])),
        ("Rotates", _rotation(rotation)),
        ("Tags", ", ".join(f"{tag['TagKey']}={tag['TagValue']}" for tag in tags)),
        ("Policy", policy),
    ]
    if "DeletionDate" in found:
        lines.insert(4, ("Deleted on", changes.moment(found["DeletionDate"])))
    document = {**found, "Aliases": aliases, "Rotation": rotation, "Tags": tags, "Policy": policy}
    session.thing(document, lines, found["KeyId"])


def _rotation(status: dict[str, Any]) -> str:
    if not status["KeyRotationEnabled"]:
        return "on demand only"
    following = changes.moment(status["NextRotationDate"])
    return f"every {status['RotationPeriodInDays']} days, next on {following}"


@command.command("enable")
@click.argument("key")
@click.pass_obj
def enable(session: Session, key: str) -> None:
    """Let a key be used again."""
    session.client.call("kms:EnableKey", {"KeyId": key})
    session.say(f"{key} is enabled.")


@command.command("disable", short_help="Keep a key from being used.")
@click.argument("key")
@click.pass_obj
def disable(session: Session, key: str) -> None:
    """Keep a key from being used: what it encrypted cannot be read until it is enabled."""
    session.client.call("kms:DisableKey", {"KeyId": key})
    session.say(f"{key} is disabled.")


@command.command("rotate", short_help="Rotate a key now, or by itself.")
@click.argument("key")
@click.option("--days", type=_ROTATION_DAYS, metavar="N", help="Not now but every so many days: 90 to 2560.")
@click.option("--never", is_flag=True, help="Not by itself any more.")
@click.pass_obj
def rotate(session: Session, key: str, days: int | None, never: bool) -> None:
    """Rotate a key now, or by itself; what it encrypted before can still be read."""
    if never and days is not None:
        raise usage("--days and --never exclude each other")
    if never:
        session.client.call("kms:DisableKeyRotation", {"KeyId": key})
        session.say(f"{key} is rotated on demand only.")
    elif days is not None:
        session.client.call("kms:EnableKeyRotation", {"KeyId": key, "RotationPeriodInDays": days})
        session.say(f"{key} is rotated every {days} days.")
    else:
        session.client.call("kms:RotateKeyOnDemand", {"KeyId": key})
        session.say(f"{key} is rotated.")


@command.command("delete", short_help="Delete a key after some days.")
@click.argument("key")
@click.option(
    "--days", type=click.IntRange(7, 30), default=30, show_default=True, help="Days to change one's mind."
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(session: Session, key: str, days: int, yes: bool) -> None:
    """Stop a key at once, and delete it for good after some days with all that only it can open."""
    question = f"Delete {key} in {days} days? What it encrypted can never be read again then."
    session.confirm(question, yes=yes)
    answer = session.client.call("kms:ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": days})
    lines = [("Key", answer["KeyId"]), ("Deleted on", changes.moment(answer["DeletionDate"]))]
    session.thing(answer, lines, answer["KeyId"])


@command.command("restore")
@click.argument("key")
@click.pass_obj
def restore(session: Session, key: str) -> None:
    """Have a key back that is to be deleted, and let it be used again."""
    session.client.call("kms:CancelKeyDeletion", {"KeyId": key})
    session.client.call("kms:EnableKey", {"KeyId": key})
    session.say(f"{key} is enabled.")


@command.command("alias", short_help="Name a key.")
@click.argument("name")
@click.argument("key", required=False)
@click.option("--delete", "deleting", is_flag=True, help="Take the name away instead.")
@click.pass_obj
def alias_(session: Session, name: str, key: str | None, deleting: bool) -> None:
    """Let a name lead to a key, also one that led to another; with --delete take the name away."""
    if deleting == (key is not None):
        raise usage("name the key that the alias leads to, or --delete the alias", "isinglass key list")
    if key is None:
        session.client.call("kms:DeleteAlias", {"AliasName": _alias(name)})
        session.say(f"{_alias(name)} is gone.")
        return
    found = session.client.call("kms:DescribeKey", {"KeyId": key})["KeyMetadata"]["KeyId"]
    _name(session, name, found)
    session.say(f"{_alias(name)} leads to {found}.")


def _name(session: Session, name: str, key_id: str) -> None:
    request = {"AliasName": _alias(name), "TargetKeyId": key_id}
    try:
        session.client.call("kms:CreateAlias", request)
    except CliError as error:
        if error.code != "AlreadyExistsException":
            raise
        session.client.call("kms:UpdateAlias", request)


def _alias(name: str) -> str:
    return name if name.startswith("alias/") else f"alias/{name}"
