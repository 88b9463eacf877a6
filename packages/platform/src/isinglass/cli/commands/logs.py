"""`isinglass logs`: the log of a run."""

from collections import deque

import click

from isinglass.cli import following
from isinglass.cli.errors import usage
from isinglass.cli.session import Session


@click.command("logs")
@click.argument("name", default="@last")
@click.option("-f", "--follow", is_flag=True, help="Go on until the run ends; exits with its outcome.")
@click.option("--tail", type=click.IntRange(1), help="Only the last lines.")
@click.pass_obj
def command(session: Session, name: str, follow: bool, tail: int | None) -> int:
    r"""Print the log of a run: its id or the end of it, a job's name for its newest, or the last run of all.

    \b
    Examples:
      isinglass logs
      isinglass logs customer-data-cleansing -f
      isinglass logs 7f3a --tail 50
    """
    if follow and tail:
        raise usage("--follow and --tail cannot be used together")
    run = following.find_run(session, name)
    if follow:
        try:
            return following.report(session, following.follow(session, run, show=True))
        except KeyboardInterrupt:
            session.say(f"Detached; the run goes on: isinglass logs {run['Id']} -f")
            return 130
    events = following.LogTail(session, run).new_lines()
    for event in events if tail is None else deque(events, tail):
        print(event["message"])
    return 0
