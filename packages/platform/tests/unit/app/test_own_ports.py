"""The ports that a process and its children listen on."""

import socket
import subprocess
import sys

import pytest

from isinglass.app.own_ports import listening_ports

LISTEN = (
    "import socket, sys\n"
    "with socket.create_server(('127.0.0.1', 0)) as listening:\n"
    "    print(listening.getsockname()[1], flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_ports_of_this_process_and_of_its_children_are_known() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        theirs = int(child.stdout.readline())
        with socket.create_server(("127.0.0.1", 0)) as listening:
            ours = listening.getsockname()[1]
            found = listening_ports([7])
            assert {7, ours, theirs} <= found
        assert ours not in listening_ports()
    finally:
        child.communicate()
