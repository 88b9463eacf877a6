"""Job runs are stored and listed alike in both databases."""

from dataclasses import replace

from isinglass.store.accounts import Account
from isinglass.store.job_runs import JobRun
from isinglass.store.paging import PageRequest
from isinglass.store.store import Store

FIRST = JobRun("1", "jr_1", "job", "STARTING", 0, 1.0, 1.0, {"--a": "é"}, {"Command": {"Name": "x"}}, "arn")
SECOND = replace(FIRST, run_id="jr_2", started_at=2.0, progress={"rows": [1]}, state="SUCCEEDED")


def _fill(store: Store) -> None:
    with store.begin() as tx:
        tx.accounts.insert(Account("1", "one", 1.0))
        for run in (FIRST, SECOND):
            tx.job_runs.insert(run)


def test_run_that_changes_reads_back_as_it_is_now(store: Store) -> None:
    _fill(store)
    changed = replace(FIRST, state="RUNNING", encryption={"mode": None}, attempt=3)
    with store.begin() as tx:
        assert tx.job_runs.lock("1", "jr_1") == FIRST
        tx.job_runs.update(changed)
    with store.read() as tx:
        assert tx.job_runs.find("1", "jr_1") == changed
        assert tx.job_runs.find("1", "jr_2") == SECOND
        assert tx.job_runs.find("2", "jr_1") is None
        assert (tx.job_runs.state("1", "jr_1"), tx.job_runs.state("1", "other")) == ("RUNNING", None)
        assert (tx.job_runs.active("1", "job"), tx.job_runs.active("1", "other")) == (1, 0)


def test_runs_of_a_job_are_listed_newest_first_page_by_page(store: Store) -> None:
    _fill(store)
    with store.read() as tx:
        found, after = tx.job_runs.list("1", "job", PageRequest(1))
        assert (found, after) == ([SECOND], (2.0, "jr_2"))
        assert tx.job_runs.list("1", "job", PageRequest(1, after)) == ([FIRST], None)


def test_runs_of_all_jobs_are_listed_newest_first_and_by_the_end_of_their_ids(store: Store) -> None:
    _fill(store)
    other = replace(FIRST, run_id="jr_31", job_name="another", started_at=3.0)
    with store.begin() as tx:
        tx.accounts.insert(Account("2", "two", 1.0))
        tx.job_runs.insert(other)
        tx.job_runs.insert(replace(FIRST, account_id="2", started_at=9.0))
    with store.read() as tx:
        found, after = tx.job_runs.newest("1", PageRequest(2))
        assert (found, after) == ([other, SECOND], (2.0, "jr_2"))
        assert tx.job_runs.newest("1", PageRequest(2, after)) == ([FIRST], None)
        assert tx.job_runs.newest("1", PageRequest(9), id_end="1") == ([other, FIRST], None)
        assert tx.job_runs.newest("1", PageRequest(9), id_end="jr_1") == ([FIRST], None)
        for end in ("R_1", "_%", "x_jr_1"):
            assert tx.job_runs.newest("1", PageRequest(9), id_end=end) == ([], None)
        assert tx.job_runs.newest("3", PageRequest(9)) == ([], None)
