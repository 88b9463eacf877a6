"""Run a reading statement over the catalog's tables."""

import json
from typing import cast

from isinglass.domain.reading_statements import refusal
from isinglass.jobs.queries import Statement, StatementFailedError
from isinglass.model.isinglass.errors import InvalidInputException, QueryFailedException
from isinglass.model.isinglass.shapes import QueryColumn, RunQueryRequest, RunQueryResponse
from isinglass.operations.context import Context
from isinglass.operations.registry import implements


@implements("isinglass:RunQuery")
def run_query(ctx: Context, request: RunQueryRequest) -> RunQueryResponse:
    """Run one statement that reads; Rows is a JSON array with an array for each row."""
    reason = refusal(request["SqlText"])
    if reason is not None:
        raise InvalidInputException(reason)
    statement = Statement(
        account_id=ctx.account_id,
        access_key_id=ctx.principal.access_key_id,
        sql=request["SqlText"].strip().rstrip(";"),
        database=request.get("Database", ""),
        limit=request.get("Limit", 1000),
        engine=request.get("Engine", "sail"),
    )
    try:
        found = ctx.services.run_query(statement)
    except StatementFailedError as error:
        raise QueryFailedException(str(error)) from error
    return {
        "Columns": cast("list[QueryColumn]", found.columns),
        "Rows": json.dumps(found.rows, separators=(",", ":"), ensure_ascii=False),
        "Truncated": found.truncated,
        "ElapsedSeconds": found.elapsed,
        "BytesScanned": found.bytes_scanned,
    }
