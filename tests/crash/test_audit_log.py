"""A server killed amid writes: every write that it acknowledged is in the audit log."""

import threading
from pathlib import Path

import orjson
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from server_fixtures import start_server

pytestmark = pytest.mark.slow


def test_killed_server_has_every_acknowledged_write_in_its_log(tmp_path: Path) -> None:
    server = start_server(tmp_path, "--data-dir", str(tmp_path / "data"))
    acknowledged: set[str] = set()
    enough = threading.Event()

    def write(prefix: str) -> None:
        glue = server.client("glue")
        try:
            for number in range(10_000):
                glue.create_database(DatabaseInput={"Name": f"{prefix}{number}"})
                acknowledged.add(f"{prefix}{number}")
                if len(acknowledged) >= 150:
                    enough.set()
        except (BotoCoreError, ClientError):
            return

    threads = [threading.Thread(target=write, args=(prefix,)) for prefix in "abcd"]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    server.kill()
    for thread in threads:
        thread.join()
    lines = [
        line
        for path in (tmp_path / "data" / "logs" / server.account / "audit").glob("*.api-writes.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    logged = {orjson.loads(line)["Resources"][1].rpartition("/")[2] for line in lines}
    assert acknowledged <= logged
    assert len(acknowledged) >= 150
