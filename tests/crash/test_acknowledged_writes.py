"""A process killed amid its writes: what it acknowledged is there, what failed is not, nothing is torn."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from isinglass.store.store import Store

WRITER = Path(__file__).parents[1] / "support" / "writing_process.py"
pytestmark = pytest.mark.slow


def account_ids(store: Store) -> set[str]:
    with store.read() as tx:
        return set(tx.connection.scalars(sa.text("SELECT account_id FROM accounts")))


@pytest.mark.parametrize("seed", range(4))
def test_process_killed_amid_writes_keeps_all_that_it_acknowledged(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    acknowledged: set[str] = set()
    for first, last in ((100, 101), (200, 205)):
        arguments = [sys.executable, str(WRITER), database_url, str(first), str(last)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 150)):
                acknowledged.add(process.stdout.readline().decode().strip())
            process.kill()
            acknowledged.update(process.stdout.read().decode().splitlines())
        store = Store(database_url)
        kept = account_ids(store)
        assert acknowledged <= kept
        assert not {account_id for account_id in kept if account_id.startswith("9")}
        if store.embedded:
            with store.read() as tx:
                assert tx.connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
        store.close()
