"""`isinglass crawl`: find tables under a path, or run a crawler."""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from isinglass.cli.errors import FAILED_RUN, NOT_FOUND, STOPPED_RUN, CliError, usage
from isinglass.cli.session import Session

_POLL_SECONDS = 0.2
_MOST_EXAMPLES = 3


@click.command("crawl")
@click.argument("target", metavar="PATH|CRAWLER")
@click.option("--db", "database", help="The database that gets the tables; made where it is missing.")
@click.option("--prefix", default="", help="What the tables' names begin with.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave files out; repeat it.")
@click.option("--sample", type=click.IntRange(1, 249), help="Look into so many files of each folder.")
@click.option("--dry-run", is_flag=True, help="Show what would be found; write nothing.")
@click.option("--save", is_flag=True, help="Keep it as a crawler.")
@click.option("--name", help="The crawler's name.")
@click.option("--schedule", metavar="CRON", help="Keep it, and crawl at these times (UTC) as well.")
@click.pass_obj
def command(
    session: Session, target: str, database: str | None, prefix: str, exclude: tuple[str, ...],
    sample: int | None, dry_run: bool, save: bool, name: str | None,
    schedule: str | None,
) -> int:  # fmt: skip
    r"""Find tables under a path, or run a crawler by its name.

    \b
    Examples:
      isinglass crawl s3://lake/raw/ --db raw --dry-run
      isinglass crawl s3://lake/raw/ --db raw --exclude '**.tmp'
      isinglass crawl s3://lake/raw/ --db raw --save --name raw-files
      isinglass crawl s3://lake/raw/ --db raw --name raw-files --schedule 'cron(0 6 * * ? *)'
      isinglass crawl raw-files
    """
    path = _path(target)
    if path is None and (database or dry_run):
        raise CliError(
            f"there is no folder {target}", hint="s3://bucket/folder/ or a folder of this machine",
            exit_code=NOT_FOUND,
        )  # fmt: skip
    if path is None:
        return _crawl(session, target, f"crawler {target}")
    if database is None:
        raise usage("--db is missing: which database gets the tables?", f"isinglass crawl {target} --db NAME")
    s3_target: dict[str, Any] = {"Path": path, "Exclusions": list(exclude)}
    if sample:
        s3_target["SampleSize"] = sample
    if dry_run:
        _preview(session, {**s3_target, "DatabaseName": database, "TablePrefix": prefix})
        return 0
    crawler = name or f"crawl-{hashlib.sha256(f'{path} {database} {prefix}'.encode()).hexdigest()[:12]}"
    _define(session, crawler, database, prefix, s3_target, schedule)
    if save or name is not None or schedule is not None:
        return _crawl(session, crawler, path)
    try:
        return _crawl(session, crawler, path)
    except KeyboardInterrupt:
        _stop(session, crawler)
        raise
    finally:
        session.client.call("DeleteCrawler", {"Name": crawler})


def _stop(session: Session, crawler: str) -> None:
    """Stop a crawler and wait for it: while it runs it cannot be deleted."""
    session.say(f"stopping {crawler}; the tables that it found stay")
    try:
        session.client.call("StopCrawler", {"Name": crawler})
    except CliError as error:
        if error.code not in {"CrawlerNotRunningException", "CrawlerStoppingException"}:
            raise
    while session.client.call("GetCrawler", {"Name": crawler})["Crawler"]["State"] != "READY":
        time.sleep(_POLL_SECONDS)


def _path(target: str) -> str | None:
    """Return the path to crawl; None for the name of a crawler."""
    if "://" in target:
        return target
    if target.startswith(("/", "./", "../", "~")) or Path(target).is_dir():
        return str(Path(target).expanduser().resolve()) + ("/" if target.endswith("/") else "")
    return None


def _define(
    session: Session, name: str, database: str, prefix: str, s3_target: dict[str, Any], schedule: str | None
) -> None:
    try:
        session.client.call("GetDatabase", {"Name": database})
    except CliError as error:
        if error.code != "EntityNotFoundException":
            raise
        session.client.call("CreateDatabase", {"DatabaseInput": {"Name": database}})
    account = session.client.call("isinglass:GetServerStatus")["AccountId"]
    definition: dict[str, Any] = {
        "Name": name,
        "Role": f"arn:aws:iam::{account}:role/isinglass",
        "DatabaseName": database,
        "TablePrefix": prefix,
        "Targets": {"S3Targets": [s3_target]},
    }
    if schedule:
        definition["Schedule"] = schedule
    try:
        session.client.call("CreateCrawler", definition)
    except CliError as error:
        if error.code != "AlreadyExistsException":
            raise
        session.client.call("UpdateCrawler", definition)


def _crawl(session: Session, name: str, where: str) -> int:
    """Start a crawler and wait for its end, telling how far it is; `where` is what an error points at."""
    began = time.monotonic()
    session.client.call("StartCrawler", {"Name": name})
    live = sys.stderr.isatty() and not session.quiet
    while True:
        crawler = session.client.call("GetCrawler", {"Name": name})["Crawler"]
        if crawler["State"] == "READY":
            break
        if live:
            print(
                f"\rCrawling {name} · {time.monotonic() - began:.0f} s", end="", file=sys.stderr, flush=True
            )
        time.sleep(_POLL_SECONDS)
    if live:
        print("\r\033[K", end="", file=sys.stderr)
    last = crawler.get("LastCrawl", {})
    crawls = session.client.call("ListCrawls", {"CrawlerName": name, "MaxResults": 1}).get("Crawls", [])
    if session.output != "table":
        session.thing(crawls[0] if crawls else last, [], name)
    if last.get("Status") == "SUCCEEDED":
        session.say(f"Crawled {crawler.get('DatabaseName', '')} in {time.monotonic() - began:.1f} s")
        for line in _summary(crawls[0] if crawls else {}) or ["nothing new"]:
            session.say(f"  {line}")
        session.say(f"  isinglass tables {crawler.get('DatabaseName', '')}")
        return 0
    raise CliError(
        last.get("ErrorMessage") or f"the crawl ended {last.get('Status', 'without an outcome')}",
        where=where,
        exit_code=STOPPED_RUN if last.get("Status") == "CANCELLED" else FAILED_RUN,
    )


def _summary(crawl: dict[str, Any]) -> list[str]:
    """Say what a crawl changed; Glue tells it as JSON within JSON."""
    try:
        groups = json.loads(crawl.get("Summary") or "{}")
        lines = []
        for kind, told_as in groups.items():
            changes = json.loads(told_as) if isinstance(told_as, str) else told_as
            lines += [
                f"{kind.lower()}: {change.lower()} {told.get('Count', '')}"
                for change, told in changes.items()
            ]
    except (ValueError, AttributeError, TypeError):
        return [str(crawl["Summary"])]
    return lines


def _preview(session: Session, request: dict[str, Any]) -> None:
    found = session.client.call("isinglass:PreviewCrawl", request)
    if session.output == "json":
        session.thing(found, [])
        return
    mark = {"CREATE": "+", "UPDATE": "~", "NONE": "="}
    rows = [
        [
            mark.get(one.get("Change", ""), " ") + " " + one["Name"],
            one.get("Format", ""),
            len(one.get("Columns", [])),
            ", ".join(key["Name"] for key in one.get("PartitionKeys", [])),
            one.get("Files", ""),
            one.get("Location", ""),
        ]
        for one in found["Tables"]
    ]
    session.say(
        f"Would look at {found['Objects']:,} objects ({found['Size']:,} bytes), sampling {found['Sampled']:,}"
    )
    columns = ["table", "format", "columns", "partitioned by", "files", "location"]
    session.rows(columns, rows, found["Tables"])
    for skipped in found["Skipped"]:
        examples = ", ".join(skipped["Examples"][:_MOST_EXAMPLES])
        more = ", …" if skipped["Count"] > _MOST_EXAMPLES else ""
        session.say(f"  skipped {skipped['Reason']}: {examples}{more}")
    session.say("Nothing written. Run again without --dry-run.")
