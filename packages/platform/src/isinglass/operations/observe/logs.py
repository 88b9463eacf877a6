"""CloudWatch Logs, the reading side: what runs and crawlers wrote."""

import heapq
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import cast

from isinglass.model.logs.errors import InvalidParameterException, ResourceNotFoundException
from isinglass.model.logs.shapes import (
    DescribeLogGroupsRequest,
    DescribeLogGroupsResponse,
    DescribeLogStreamsRequest,
    DescribeLogStreamsResponse,
    FilteredLogEvent,
    FilterLogEventsRequest,
    FilterLogEventsResponse,
    GetLogEventsRequest,
    GetLogEventsResponse,
)
from isinglass.model.logs.shapes import LogGroup as WireLogGroup
from isinglass.model.logs.shapes import LogStream as WireLogStream
from isinglass.observe.log_groups import (
    GROUPS,
    LogGroup,
    StreamInfo,
    UnsupportedPatternError,
    lines,
    parse_filter,
    stream_path,
    streams,
)
from isinglass.observe.log_sealing import LineCipher
from isinglass.observe.logs import LogLine
from isinglass.observe.sealed_logs import LogKeys
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.key_use import KeyUnavailable


def _group(name: str | None, identifier: str | None) -> LogGroup:
    """Find a group by its name, or by an ARN that ends with it."""
    wanted = name or (identifier or "").partition("log-group:")[2].removesuffix(":*") or identifier or ""
    if not wanted:
        raise InvalidParameterException("Either logGroupName or logGroupIdentifier is needed.")
    if wanted not in GROUPS:
        raise ResourceNotFoundException(f"The specified log group does not exist: {wanted}")
    return GROUPS[wanted]


def _arn(ctx: Context, group: str, stream: str = "*") -> str:
    tail = "*" if stream == "*" else f"log-stream:{stream}"
    return f"arn:aws:logs:{ctx.region}:{ctx.account_id}:log-group:{group}:{tail}"


def _cipher(ctx: Context, path: Path) -> LineCipher | None:
    """Open the key of a sealed log."""
    try:
        keys = LogKeys(ctx.store, ctx.services.sealer, ctx.region)
        return keys.for_reading(ctx.account_id, path)
    except KeyUnavailable as error:
        raise InvalidParameterException(f"The log is encrypted and cannot be read. {error}") from error


@implements("logs:DescribeLogGroups")
def describe_log_groups(ctx: Context, request: DescribeLogGroupsRequest) -> DescribeLogGroupsResponse:
    """List the groups that hold something, by name."""
    directory = ctx.services.log_directory(ctx.account_id)
    prefix, pattern = request.get("logGroupNamePrefix", ""), request.get("logGroupNamePattern", "")
    after = ctx.page.after[0] if ctx.page.after else ""
    found: list[WireLogGroup] = []
    for name, group in sorted(GROUPS.items()):
        held = (
            streams(group, directory) if name.startswith(prefix) and pattern in name and name > after else []
        )
        if held:
            arn = _arn(ctx, name)
            size = sum(stream.size for stream in held)
            found.append({"logGroupName": name, "arn": arn, "logGroupArn": arn[:-2], "storedBytes": size})
    page = found[: ctx.page.size]
    following = (page[-1]["logGroupName"],) if len(found) > len(page) else None
    return {"logGroups": page, "nextToken": ctx.token(following)}


@implements("logs:DescribeLogStreams")
def describe_log_streams(ctx: Context, request: DescribeLogStreamsRequest) -> DescribeLogStreamsResponse:
    """List a group's streams by name or by when they were last written to."""
    group = _group(request.get("logGroupName"), request.get("logGroupIdentifier"))
    held = streams(group, ctx.services.log_directory(ctx.account_id), request.get("logStreamNamePrefix", ""))
    by_time = request.get("orderBy") == "LastEventTime"

    def key(stream: StreamInfo) -> tuple[int, str]:
        return (stream.modified_ms if by_time else 0, stream.name)

    descending = request.get("descending", False)
    held.sort(key=key, reverse=descending)
    if ctx.page.after is not None:
        after = cast("tuple[int, str]", ctx.page.after)
        held = [stream for stream in held if (key(stream) < after if descending else key(stream) > after)]
    page = held[: ctx.page.size]
    following = key(page[-1]) if len(held) > len(page) else None
    described = [_described(ctx, group, stream) for stream in page]
    return {"logStreams": described, "nextToken": ctx.token(following)}


def _described(ctx: Context, group: LogGroup, stream: StreamInfo) -> WireLogStream:
    first = next(lines(group, stream.path, 0), None)
    last = next(lines(group, stream.path, stream.size, backward=True), None)
    described: WireLogStream = {
        "logStreamName": stream.name,
        "arn": _arn(ctx, group.name, stream.name),
        "lastIngestionTime": stream.modified_ms,
        "storedBytes": stream.size,
    }
    if first is not None and last is not None:
        described["creationTime"] = described["firstEventTimestamp"] = first.time_ms
        described["lastEventTimestamp"] = last.time_ms
    return described


@implements("logs:GetLogEvents")
def get_log_events(ctx: Context, request: GetLogEventsRequest) -> GetLogEventsResponse:
    """Read a stream forward or backward; asking again with the same forward token tails it."""
    group = _group(request.get("logGroupName"), request.get("logGroupIdentifier"))
    path = stream_path(group, ctx.services.log_directory(ctx.account_id), request["logStreamName"])
    if path is None:
        raise ResourceNotFoundException(
            f"The specified log stream does not exist: {request['logStreamName']}"
        )
    start, end = request.get("startTime", 0), request.get("endTime")
    if ctx.page.after is not None:
        direction, position = ctx.page.after
    elif request.get("startFromHead"):
        direction, position = "f", 0
    else:
        direction, position = "b", path.stat().st_size
    backward = direction == "b"
    cipher = _cipher(ctx, path)
    read = lines(group, path, position, backward=backward, start=start, end=end, cipher=cipher)
    found = list(islice(read, ctx.page.size))
    if backward:
        found.reverse()
    first, last = (found[0].position, found[-1].after) if found else (position, position)
    return {
        "events": [
            {"timestamp": line.time_ms, "ingestionTime": line.time_ms, "message": line.text} for line in found
        ],
        "nextForwardToken": ctx.token(("f", last)),
        "nextBackwardToken": ctx.token(("b", first)),
    }


@implements("logs:FilterLogEvents")
def filter_log_events(ctx: Context, request: FilterLogEventsRequest) -> FilterLogEventsResponse:
    """Search a group's streams, merged by time."""
    group = _group(request.get("logGroupName"), request.get("logGroupIdentifier"))
    try:
        matches = parse_filter(request.get("filterPattern", ""))
    except UnsupportedPatternError as error:
        raise InvalidParameterException(str(error)) from error
    after = cast("tuple[int, str, int]", ctx.page.after or (-1, "", 0))
    start = max(request.get("startTime", 0), after[0])
    wanted = set(request.get("logStreamNames", ()))
    held = streams(group, ctx.services.log_directory(ctx.account_id), request.get("logStreamNamePrefix", ""))
    merged = heapq.merge(
        *(
            _events(group, stream, start, request.get("endTime"), _cipher(ctx, stream.path))
            for stream in held
            if (not wanted or stream.name in wanted) and stream.modified_ms + 1000 >= start
        )
    )
    hits = (
        (name, line)
        for at, name, _, line in merged
        if (at, name, line.position) > after and matches(line.text)
    )
    found = list(islice(hits, ctx.page.size + 1))
    page = found[: ctx.page.size]
    following = (page[-1][1].time_ms, page[-1][0], page[-1][1].position) if len(found) > len(page) else None
    return {"events": [_filtered(name, line) for name, line in page], "nextToken": ctx.token(following)}


def _events(
    group: LogGroup, stream: StreamInfo, start: int, end: int | None, cipher: LineCipher | None
) -> Iterator[tuple[int, str, int, LogLine]]:
    path: Path = stream.path
    for line in lines(group, path, 0, start=start, end=end, cipher=cipher):
        yield line.time_ms, stream.name, line.position, line


def _filtered(name: str, line: LogLine) -> FilteredLogEvent:
    return {
        "logStreamName": name,
        "timestamp": line.time_ms,
        "ingestionTime": line.time_ms,
        "message": line.text,
        "eventId": f"{line.time_ms:020d}{line.position:020d}",
    }
