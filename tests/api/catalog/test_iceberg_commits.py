"""Updates of one Iceberg table by many at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from botocore.exceptions import ClientError
from lake_fixtures import Lake


def test_only_one_of_concurrent_updates_of_a_version_wins(lake: Lake) -> None:
    lake.create()

    def update(number: int) -> str:
        try:
            lake.update({"Action": "set-properties", "Properties": {f"p{number}": "x"}}, VersionId="0")
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "done"

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(update, range(8)))
    assert results == ["ConcurrentModificationException"] * 7 + ["done"]
    assert len(lake.metadata()["properties"]) == 1
    assert lake.files() == ["00000", "00001"]


def test_updates_that_lost_and_try_again_lose_nothing(lake: Lake) -> None:
    lake.create()

    def update(number: int) -> None:
        while True:
            with suppress(lake.glue.exceptions.ConcurrentModificationException):
                lake.update({"Action": "set-properties", "Properties": {f"p{number}": "x"}})
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(update, range(8)))
    assert sorted(lake.metadata()["properties"]) == [f"p{number}" for number in range(8)]
    assert lake.table()["VersionId"] == "8"
