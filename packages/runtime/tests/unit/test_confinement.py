"""What a confined process can still do, tried in processes that confine themselves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isinglass_runtime import confinement

pytestmark = pytest.mark.skipif(not confinement.available(), reason="this kernel has no Landlock")

BEGIN = """
import os, sys
from isinglass_runtime import confinement
own, others = sys.argv[1:]
assert confinement.confine([own])
"""

ALLOWED = {
    "write in one's own folder": "open(own + '/new', 'w').write('x'); os.mkdir(own + '/d'); os.rename(own + '/new', own + '/d/n')",
    "run a program": "import subprocess; subprocess.run(['ls', '/usr'], check=True, stdout=subprocess.DEVNULL)",
    "import a library": "import boto3, pyarrow, pysail; boto3.client('s3', region_name='us-east-1')",
    "share memory": "import multiprocessing; multiprocessing.Lock()",
    "find the network": "import socket, ssl; socket.getaddrinfo('localhost', 80); ssl.create_default_context()",
}

REFUSED = {
    "read another's file": "open(others + '/secret').read()",
    "list another's folder": "os.listdir(others)",
    "write in another's folder": "open(others + '/new', 'w')",
    "make a folder elsewhere": "os.mkdir('/var/tmp/confined')",
    "see the environment of another": "open(f'/proc/{os.getppid()}/environ').read()",
    "kill another": "os.kill(os.getppid(), 0)",
    "read from a process it starts": "import subprocess; subprocess.run(['cat', others + '/secret'], check=True)",
    "follow a link out": "os.symlink(others, own + '/link'); open(own + '/link/secret')",
}


def _run(tmp_path: Path, script: str) -> "subprocess.CompletedProcess[str]":
    own, others = tmp_path / "own", tmp_path / "others"
    own.mkdir()
    others.mkdir()
    (others / "secret").write_text("x")
    return subprocess.run(
        [sys.executable, "-P", "-c", BEGIN + script, str(own), str(others)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "TMPDIR": str(own)},
    )


@pytest.mark.parametrize("deed", sorted(ALLOWED))
def test_confined_process_may(tmp_path: Path, deed: str) -> None:
    done = _run(tmp_path, ALLOWED[deed])
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("deed", sorted(REFUSED))
def test_confined_process_may_not(tmp_path: Path, deed: str) -> None:
    done = _run(tmp_path, REFUSED[deed])
    assert done.returncode == 1
    assert "PermissionError" in done.stderr or "Permission denied" in done.stderr
