"""Updates of one table by many at once: each that succeeds saw exactly what the one before it left."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from api_fixtures import Api
from botocore.exceptions import ClientError

WRITERS, UPDATES = 6, 8
TABLE = {"DatabaseName": "sales", "Name": "counted"}


@dataclass(frozen=True)
class Step:
    """One update that succeeded: the version it saw, and when it began and ended."""

    seen: int
    began: int
    ended: int


class Counter:
    """Writers that add one to a number in a table's parameters, if the table is still what they read."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.clock = itertools.count()  # one step of it is atomic
        self.refused = 0
        self.lock = threading.Lock()

    def write(self, writer: int) -> list[Step]:
        glue = self.api.client("glue")
        steps: list[Step] = []
        while len(steps) < UPDATES:
            began = next(self.clock)
            table = glue.get_table(**TABLE)["Table"]
            count = int(table["Parameters"]["count"]) + 1
            parameters = {"count": str(count), f"writer {writer}": str(len(steps) + 1)}
            given = {"Name": "counted", "Parameters": {**table["Parameters"], **parameters}}
            try:
                glue.update_table(DatabaseName="sales", TableInput=given, VersionId=table["VersionId"])
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConcurrentModificationException":
                    raise
                with self.lock:
                    self.refused += 1
            else:
                steps.append(Step(int(table["VersionId"]), began, next(self.clock)))
        return steps


@pytest.fixture
def steps(api: Api, catalog: Any) -> list[Step]:
    """All updates of a table by writers at once."""
    catalog.create_table("counted", Parameters={"count": "0"})
    counter = Counter(api)
    with ThreadPoolExecutor(WRITERS) as pool:
        return [step for steps in pool.map(counter.write, range(WRITERS)) for step in steps]


def test_updates_that_name_the_version_they_saw_are_linearizable(steps: list[Step], catalog: Any) -> None:
    total = WRITERS * UPDATES
    in_order = sorted(steps, key=lambda step: step.seen)
    # Each version was seen by exactly one update that succeeded, and all happened.
    assert [step.seen for step in in_order] == list(range(total))
    # An update that ended before another began comes before it.
    latest = 0
    for step in in_order:
        assert step.ended > latest
        latest = max(latest, step.began)
    table = catalog.glue.get_table(**TABLE)["Table"]
    expected = {"count": str(total)} | {f"writer {writer}": str(UPDATES) for writer in range(WRITERS)}
    assert (table["VersionId"], table["Parameters"]) == (str(total), expected)
    pages = catalog.glue.get_paginator("get_table_versions").paginate(
        DatabaseName="sales", TableName="counted"
    )
    versions = [version for page in pages for version in page["TableVersions"]]
    counts = {int(version["VersionId"]): version["Table"]["Parameters"]["count"] for version in versions}
    assert counts == {version: str(version) for version in range(total + 1)}
