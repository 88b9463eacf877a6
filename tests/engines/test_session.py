"""The session: forked from a process that has everything imported, and a run that is executed again."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from isinglass_runtime import run
from isinglass_runtime.io.write import PathExistsError, write_files

FORKED = """
import json, os, threading
import isinglass_runtime.engine.session as session, isinglass_runtime.io.scan, pysail.spark
before = threading.active_count()
read, write = os.pipe()
if os.fork() == 0:
    spark = session.start_session()
    rows = [row.id for row in spark.range(3).collect()]
    os.write(write, json.dumps([before, rows]).encode())
    session.stop_session()
    os._exit(0)
os.wait()
print(os.read(read, 1000).decode())
"""


def test_session_starts_in_a_fork_of_a_process_with_all_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=dict(os.environ),
    )
    assert json.loads(done.stdout) == [1, [0, 1, 2]]
    assert done.stderr == ""


def test_write_of_a_run_executed_again_replaces_its_own_output(sail: Any, tmp_path: Path) -> None:
    target = str(tmp_path / "out")
    sail.range(1).write.parquet(target)
    before = run.current()
    try:
        for attempt in (0, 1):
            run.use(run.RunSettings(run_id="jr_1", attempt=attempt))
            write_files(
                sail.range(10, 12 + attempt), url=target, format="parquet", options={}, write_id="0001"
            )
    finally:
        run.use(before)
    assert sorted(row.id for row in sail.read.parquet(target).collect()) == [0, 10, 11, 12]


def test_write_that_must_create_may_replace_its_own_earlier_attempt(sail: Any, tmp_path: Path) -> None:
    target = str(tmp_path / "out")
    before = run.current()
    try:
        for attempt in (0, 1):
            run.use(run.RunSettings(run_id="jr_1", attempt=attempt))
            write_files(
                sail.range(2), url=target, format="parquet", options={}, mode="error", write_id="0001"
            )
        with pytest.raises(PathExistsError):
            write_files(
                sail.range(2), url=target, format="parquet", options={}, mode="error", write_id="0002"
            )
    finally:
        run.use(before)
    assert sail.read.parquet(target).count() == 2
