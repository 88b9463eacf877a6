"""`isinglass audit`: who asked for what, and how it went."""

import re
import time
from itertools import islice
from typing import Any

import click

from isinglass.cli.errors import usage
from isinglass.cli.session import Session

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_MARKS = {"SUCCESS": "✓", "DENIED": "⊘", "FAILED": "✕"}
_FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d")


@click.command("audit")
@click.option("--since", help="From then on: 30m, 12h, 7d ago, or a time such as 2026-03-01T08:00.")
@click.option("--until", help="Until then, in the same words.")
@click.option("--principal", help="Who asked: an ARN, or the end of one, such as user/ana.")
@click.option("--operation", help="What was asked: glue:GetTable, or GetTable.")
@click.option("--resource", help="What it was about: an ARN, or the end of one, such as table/sales/orders.")
@click.option("--denied", is_flag=True, help="Only what was denied.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many."
)
@click.pass_obj
def command(session: Session, /, limit: int, **filters: Any) -> None:
    r"""Show who asked for what in this account, and how it went; the latest first.

    \b
    Examples:
      isinglass audit
      isinglass audit --denied --since 7d
      isinglass audit --principal user/ana --operation DeleteTable
      isinglass audit --resource table/sales/orders --output ndjson
    """
    request = _request(filters, time.time())
    request["MaxResults"] = min(limit, 1000)
    pages = session.client.pages("isinglass:ListAuditEvents", request, "Events")
    events = list(islice(pages, limit))
    columns = ["time", "principal", "operation", "resource", "outcome", "why"]
    session.rows(columns, [_row(event) for event in events], events)
    if not events:
        session.say("No such calls are in the log.")


def _request(filters: dict[str, Any], now: float) -> dict[str, Any]:
    request: dict[str, Any] = {
        member: filters[option]
        for option, member in (
            ("principal", "Principal"), ("operation", "Operation"), ("resource", "Resource"),
        )
        if filters.get(option)
    }  # fmt: skip
    for option, member in (("since", "StartTime"), ("until", "EndTime")):
        if filters.get(option):
            request[member] = _moment(filters[option], now, option)
    if filters.get("denied"):
        request["DeniedOnly"] = True
    return request


def _moment(text: str, now: float, option: str) -> float:
    ago = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if ago:
        return now - int(ago[1]) * _UNITS[ago[2]]
    for form in _FORMATS:
        try:
            return time.mktime(time.strptime(text, form))
        except ValueError:
            continue
    raise usage(f"--{option} {text!r} is no time", "write 30m, 12h, 7d, 2026-03-01 or 2026-03-01T08:00")


def _row(event: dict[str, Any]) -> list[str]:
    outcome, resources = event["Outcome"], event["Resources"]
    why = event.get("MissingPermission", event.get("ErrorCode", ""))
    if event.get("MissingPermission") and event.get("MissingOn", "*") != "*":
        why += f" on {_short(event['MissingOn'])}"
    return [
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event["Time"])),
        event["Principal"].split(":", 5)[-1],
        event["Operation"],
        _about(resources),
        f"{_MARKS[outcome]} {outcome.lower()}",
        why,
    ]


def _about(resources: list[str]) -> str:
    # The last is the narrowest; those with a star are what it has inside.
    named = [arn for arn in resources if not arn.endswith("*")]
    return _short((named or resources or [""])[-1])


def _short(arn: str) -> str:
    return arn.split(":", 5)[-1]
