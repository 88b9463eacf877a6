"""`isinglass status`: how the server is."""

import time

import click

from isinglass.cli.session import Session


@click.command("status")
@click.pass_obj
def command(session: Session) -> None:
    r"""Show how the server is; exits with 13 when there is none.

    \b
    Examples:
      isinglass status
      isinglass status -o json
    """
    status = session.client.call("isinglass:GetServerStatus")
    up = duration(time.time() - status["StartedAt"])
    lines = [
        ("Server", f"up {up} · {status['Version']} · account {status['AccountId']} · {status['Region']}")
    ]
    for part in status["Components"]:
        detail = " · ".join(text for text in (part.get("Endpoint"), part.get("Detail")) if text)
        lines.append((part["Name"], f"{part['State'].lower()}  {detail}".rstrip()))
    session.thing(status, lines, session.profile.endpoint)


def duration(seconds: float) -> str:
    """Write a duration as people do: 41s, 4m 12s, 2h 5m, 3d 2h."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60}s"
    if whole < 86_400:
        return f"{whole // 3600}h {whole % 3600 // 60}m"
    return f"{whole // 86_400}d {whole % 86_400 // 3600}h"
