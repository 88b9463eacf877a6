"""The engines under test: the embedded one in this process, and a real Spark Connect server."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from isinglass_runtime.engine.session import start_session, stop_session
from isinglass_runtime.run import RunSettings


@pytest.fixture(scope="session", params=["sail", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A session on each engine; pytest runs all tests of one before it starts the other."""
    stop_session()
    name = request.param if request.param == "sail" else request.getfixturevalue("spark_url")
    yield start_session(RunSettings(engine=name, scratch_dir=str(tmp_path_factory.mktemp("scratch"))))
    stop_session()


@pytest.fixture
def sail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The embedded engine, for what concerns it alone."""
    stop_session()
    yield start_session(RunSettings(engine="sail", scratch_dir=str(tmp_path_factory.mktemp("scratch"))))
    stop_session()
