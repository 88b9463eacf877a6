"""A real Spark beside the live server; the way to start one is the engine suite's."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engines"))

from spark_server import missing, spark_connect


@pytest.fixture(scope="session")
def spark_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Spark Connect server, started once."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with spark_connect(tmp_path_factory.mktemp("spark")) as url:
        yield url
