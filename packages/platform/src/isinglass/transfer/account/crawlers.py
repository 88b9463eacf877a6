"""Crawlers, as a transfer reads and puts them; one whose schedule was stopped stays stopped."""

from collections.abc import Iterator
from typing import Any

from isinglass.domain import arns
from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Source, putting, said_by
from isinglass.transfer.inputs import NOT_SCHEDULED
from isinglass.transfer.putting import Target, put_compared, put_tags, tagged, tags_there
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_CRAWLER_INPUT = (
    "Role", "DatabaseName", "Description", "Targets", "Classifiers", "TablePrefix", "SchemaChangePolicy",
    "RecrawlPolicy", "LineageConfiguration", "LakeFormationConfiguration", "Configuration",
    "CrawlerSecurityConfiguration",
)  # fmt: skip


def _read(source: Source) -> Iterator[Record]:
    for found in source.listed("GetCrawlers", "Crawlers"):
        name = found["Name"]
        given, state = _input(found)
        tags = source.tags(arns.build(source.region, source.account_id, "crawler", name))
        yield Record(records.CRAWLER, {"Name": name}, given, {"Tags": tags, "ScheduleState": state})


def _input(found: Any) -> tuple[dict[str, Any], str]:
    """Take what makes a crawler, and the state of its schedule where that does not run."""
    given = inputs.of(found, _CRAWLER_INPUT)
    schedule = found.get("Schedule", {})
    if schedule.get("ScheduleExpression"):
        given["Schedule"] = schedule["ScheduleExpression"]
    return given, NOT_SCHEDULED if schedule.get("State") == NOT_SCHEDULED else ""


def _put(target: Target, entry: Entry) -> None:
    name, more = str(entry.record.names["Name"]), entry.record.more
    given, tags = dict(entry.record.input), more.get("Tags", {})
    stopped = {"ScheduleState": NOT_SCHEDULED} if more.get("ScheduleState") == NOT_SCHEDULED else {}

    def there() -> dict[str, Any] | None:
        found = target.find("GetCrawler", {"Name": name}, "Crawler")
        if found is None:
            return None
        shown, state = _input(found)
        schedule = {"ScheduleState": state} if state else {}
        return {**said_by(given, shown), **tags_there(target, "crawler", name, tags=tags), **schedule}

    def turn(was: str) -> None:
        if stopped and was != NOT_SCHEDULED:
            target.glue.call("StopCrawlerSchedule", {"CrawlerName": name})
        elif not stopped and was == NOT_SCHEDULED:
            target.glue.call("StartCrawlerSchedule", {"CrawlerName": name})

    def create() -> None:
        target.glue.call("CreateCrawler", {"Name": name, **given, **tagged(tags)})
        turn("")

    def replace() -> None:
        was = str((there() or {}).get("ScheduleState", ""))
        target.glue.call("UpdateCrawler", {"Name": name, **given})
        turn(was)
        put_tags(target, "crawler", name, tags=tags)

    put_compared(target, entry, {**given, **tagged(tags), **stopped}, there, create, replace)


CRAWLERS = AccountKind(records.CRAWLER, _read, putting(_put))
