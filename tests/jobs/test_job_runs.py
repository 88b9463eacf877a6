"""Runs of scripts, from StartJobRun to their outcome, in real processes."""

from job_fixtures import JobServer


def test_run_script_that_prints_succeeds_with_log(job_server: JobServer) -> None:
    job_server.create_job("import sys\nprint('hello', sys.argv[1:3])\nprint('warn', file=sys.stderr)\n")
    run_id = job_server.start(Arguments={"--name": "x"})
    run = job_server.wait(run_id)
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None), "\n".join(
        job_server.log(run_id)
    )
    assert sorted(job_server.log(run_id)) == ["E warn", "O hello ['--name', 'x']"]
