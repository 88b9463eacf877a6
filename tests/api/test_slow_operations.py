"""Operations that take minutes keep nobody else waiting, and too many of them are turned away."""

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import boto3
from api_fixtures import ROOT_ACCOUNT, FolderServices, call, serving
from server_fixtures import wait_for

from isinglass.gateway.lanes import MOST_SLOW, SLOW, most_of_one
from isinglass.jobs.queries import Rows, Statement
from isinglass.store.store import Store


@dataclass(frozen=True)
class HeldServices(FolderServices):
    """Services whose statements run until they are released."""

    released: threading.Event = field(default_factory=threading.Event)
    running: list[str] = field(default_factory=list)

    def run_query(self, statement: Statement) -> Rows:
        self.running.append(statement.sql)
        assert self.released.wait(60)
        return Rows(columns=[{"Name": "a", "Type": "string"}], rows=[[1]], truncated=False, elapsed=0.0)


def test_queries_that_never_end_keep_nobody_else_waiting(
    store: Store, tmp_path: Path, boto_session: boto3.Session
) -> None:
    services = HeldServices(tmp_path)
    with serving(store, services, boto_session) as api, ThreadPoolExecutor(MOST_SLOW + 4) as clients:
        api.credentials_of(ROOT_ACCOUNT)
        try:
            queries = [
                clients.submit(call, api, "RunQuery", {"SqlText": f"SELECT {number}"})
                for number in range(MOST_SLOW + 3)
            ]
            # All but three run or wait; those three are told so at once.
            refused = [query.result() for _, query in zip(range(3), as_completed(queries, 30), strict=False)]
            assert [(status, answer["__type"]) for status, answer in refused] == [
                (400, "ThrottlingException")
            ] * 3
            assert refused[0][1]["message"] == (
                f"{MOST_SLOW} requests of RunQuery are running or waiting already; send this one again later."
            )
            # One account never has all threads: others need not wait for it.
            assert len(services.running) <= most_of_one(SLOW["isinglass:RunQuery"])
            others = clients.submit(call, api, "RunQuery", {"SqlText": "SELECT 99"}, "222233334444")
            wait_for(lambda: "SELECT 99" in services.running)

            glue = api.client("glue", read_timeout=20)
            glue.create_database(DatabaseInput={"Name": "meanwhile"})
            assert glue.get_database(Name="meanwhile")["Database"]["Name"] == "meanwhile"
            assert len(glue.get_databases()["DatabaseList"]) == 1
            assert call(api, "GetServerStatus", {})[0] == 200
        finally:
            services.released.set()
        answers = [query.result(30) for query in queries]
        assert others.result(30)[0] == 200
    assert sorted(status for status, _ in answers) == [200] * MOST_SLOW + [400] * 3
    assert len(services.running) == MOST_SLOW + 1
