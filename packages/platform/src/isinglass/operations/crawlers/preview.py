"""The dry run of a crawl."""

from collections import defaultdict
from typing import Any

from isinglass.crawl.access import open_storage
from isinglass.crawl.changes import ColumnChange
from isinglass.crawl.crawl import Crawled, CrawlFailure, target
from isinglass.crawl.plan import TooManyTables
from isinglass.crawl.preview import PreviewedTable, preview
from isinglass.crawl.settings import InvalidConfiguration, settings_of
from isinglass.model.isinglass.errors import InvalidInputException
from isinglass.model.isinglass.shapes import (
    CrawlColumnChange,
    CrawlDecision,
    CrawlSkipped,
    CrawlTable,
    PreviewCrawlRequest,
    PreviewCrawlResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.globs import GlobError

_EXAMPLES = 10


@implements("isinglass:PreviewCrawl")
def preview_crawl(ctx: Context, request: PreviewCrawlRequest) -> PreviewCrawlResponse:
    given: dict[str, Any] = {"Path": request["Path"], "Exclusions": request.get("Exclusions", [])}
    if "SampleSize" in request:
        given["SampleSize"] = request["SampleSize"]
    definition = {
        "Configuration": request.get("Configuration", ""),
        "TablePrefix": request.get("TablePrefix", ""),
    }
    try:
        found = preview(
            ctx.store,
            open_storage(ctx.services.storage_of(ctx.principal)),
            ctx.account_id,
            [target(given, local_allowed=ctx.may_use_local_files)],
            settings_of(definition),
            database=(request.get("DatabaseName") or "default").lower(),
            crawler=request.get("CrawlerName", ""),
            now=ctx.now,
        )
    except (CrawlFailure, TooManyTables, InvalidConfiguration, StorageError, GlobError) as error:
        raise InvalidInputException(str(error)) from error
    return {
        "Objects": found.crawled.objects,
        "Size": sum(survey.size for survey, _ in found.crawled.surveyed),
        "Sampled": sum(survey.sampled for survey, _ in found.crawled.surveyed),
        "Tables": [_table(table) for table in found.tables],
        "Skipped": _skipped(found.crawled),
        "Decisions": _decisions(found.crawled),
    }


def _table(previewed: PreviewedTable) -> CrawlTable:
    planned, change = previewed.planned, previewed.change
    rendered: CrawlTable = {
        "Name": planned.name,
        "Location": planned.location,
        "Format": planned.shape.kind.format,
        "Compression": planned.shape.kind.compression,
        "Columns": [{"Name": name, "Type": hive} for name, hive in planned.columns],
        "PartitionKeys": [{"Name": name, "Type": hive} for name, hive in planned.keys.columns],
        "Files": planned.found.count,
        "Size": planned.found.size,
        "Partitions": len(set(planned.partition_values())) if planned.keys.columns else 0,
        "Change": "CREATE" if change.action == "create" else "UPDATE" if change.columns else "NONE",
        "ColumnChanges": [_column_change(column) for column in change.columns],
    }
    if planned.shape.kind.format == "csv":
        rendered["Header"] = dict(planned.shape.details).get("header") == "true"
    if change.note:
        rendered["Reason"] = change.note
    return rendered


def _column_change(column: ColumnChange) -> CrawlColumnChange:
    rendered: CrawlColumnChange = {"Name": column.name}
    if column.before is not None:
        rendered["Before"] = column.before
    if column.after is not None:
        rendered["After"] = column.after
    return rendered


def _skipped(crawled: Crawled) -> list[CrawlSkipped]:
    counts: dict[str, int] = defaultdict(int)
    examples: dict[str, list[str]] = defaultdict(list)
    for survey, grouping in crawled.surveyed:
        for skipped in [*survey.skipped, *grouping.skipped]:
            counts[skipped.reason] += skipped.count
            if len(examples[skipped.reason]) < _EXAMPLES:
                examples[skipped.reason].append(skipped.path)
    return [
        {"Reason": reason, "Count": counts[reason], "Examples": examples[reason]} for reason in sorted(counts)
    ]


def _decisions(crawled: Crawled) -> list[CrawlDecision]:
    return [
        {
            "Folder": survey.target.root + "/".join(decision.folder),
            "Verdict": decision.verdict,
            "Reason": decision.reason,
        }
        for survey, grouping in crawled.surveyed
        for decision in grouping.decisions
    ]
