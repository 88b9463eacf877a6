"""A pytest plugin for people who test Glue scripts: `glue_context` and `run_glue_script`.

Loading it costs nothing: the engine starts with the first test that asks for it, and the stand-ins for
SparkContext take their places when `pyspark` is first imported.
"""

import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from isinglass_runtime.spark_import_hook import install_on_import


def pytest_configure(config: pytest.Config) -> None:  # noqa: ARG001 - pytest's signature
    """Let test modules import scripts that import `pyspark.context`."""
    install_on_import()


@pytest.fixture(scope="session")
def glue_context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A GlueContext over an embedded engine of its own; one for the whole test session."""
    from dataclasses import replace

    from isinglass_runtime import run
    from isinglass_runtime.engine.session import stop_session
    from isinglass_runtime.spark_context import install

    install()
    run.use(replace(run.current(), scratch_dir=str(tmp_path_factory.mktemp("isinglass"))))
    from awsglue.context import GlueContext

    yield GlueContext()
    stop_session()


@pytest.fixture
def run_glue_script(
    glue_context: Any,  # noqa: ARG001 - the script finds the session by itself
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., dict[str, Any]]:
    """Run a script file as a job would, with arguments; gives its global variables."""

    def run_script(path: str | Path, arguments: Mapping[str, str] | None = None) -> dict[str, Any]:
        given = {"JOB_NAME": Path(path).stem, **(arguments or {})}
        argv = [str(path)]
        for name, value in given.items():
            argv += [f"--{name}", value]
        monkeypatch.setattr(sys, "argv", argv)
        return runpy.run_path(str(path), run_name="__main__")

    return run_script
