"""Job arguments and the job object."""

import pytest

from awsglue.utils import GlueArgumentError, getResolvedOptions

ALWAYS = {
    "JOB_ID": None,
    "JOB_RUN_ID": None,
    "SECURITY_CONFIGURATION": None,
    "encryption_type": None,
    "enable_data_lineage": None,
    "job_bookmark_option": "job-bookmark-disable",
}


@pytest.mark.parametrize(
    ("argv", "options", "expected"),
    [
        (["--JOB_NAME", "j"], ["JOB_NAME"], {"JOB_NAME": "j"}),
        (["--JOB_NAME", "j", "--other", "x", "stray"], ["JOB_NAME"], {"JOB_NAME": "j"}),
        (["--my-opt", "v"], ["my-opt"], {"my_opt": "v", "JOB_NAME": None}),
        (["--sql", "--starts", "--sql=--dashes"], ["sql"], {"sql": "--dashes", "JOB_NAME": None}),
        (["--a=1", "--JOB_NAME=j"], ["JOB_NAME", "a"], {"JOB_NAME": "j", "a": "1"}),
        (["--JOB_NAME", "j", "--JOB_RUN_ID", "jr_1"], ["JOB_NAME"], {"JOB_NAME": "j", "JOB_RUN_ID": "jr_1"}),
        (
            ["--JOB_NAME", "j", "--TempDir", "s3://t"],
            ["JOB_NAME", "TempDir"],
            {"JOB_NAME": "j", "TempDir": "s3://t", "RedshiftTempDir": "s3://t"},
        ),
        (["--JOB_NAME", "j"], ["JOB_NAME", "TempDir"], {"JOB_NAME": "j", "TempDir": None}),
        (
            ["--JOB_NAME", "j", "--job-bookmark-option", "job-bookmark-enable"],
            ["JOB_NAME"],
            {"JOB_NAME": "j", "job_bookmark_option": "job-bookmark-enable"},
        ),
        (
            ["--JOB_NAME", "j", "--continuation-option", "continuation-readonly"],
            ["JOB_NAME"],
            {"JOB_NAME": "j", "job_bookmark_option": "job-bookmark-pause"},
        ),
        (
            [
                *("--JOB_NAME", "j", "--job-bookmark-option", "job-bookmark-pause"),
                *("--job-bookmark-from", "jr_1", "--job-bookmark-to", "jr_2"),
            ],
            ["JOB_NAME"],
            {
                "JOB_NAME": "j",
                "job_bookmark_option": "job-bookmark-pause",
                "job_bookmark_from": "jr_1",
                "job_bookmark_to": "jr_2",
            },
        ),
    ],
)
def test_get_resolved_options_gives_the_asked_and_the_service_arguments(argv, options, expected):
    if "--starts" in argv:
        argv = argv[2:]

    assert getResolvedOptions(["script.py", *argv], options) == ALWAYS | expected


@pytest.mark.parametrize(
    ("argv", "options", "error", "message"),
    [
        ([], ["JOB_NAME"], GlueArgumentError, "the following arguments are required: --JOB_NAME"),
        (["--databas", "x"], ["database"], GlueArgumentError, "--database"),
        (["--a", "--b"], ["a"], GlueArgumentError, "expected one argument"),
        (["--job-bookmark-option", "sometimes"], [], GlueArgumentError, "invalid choice"),
        ([], ["job-bookmark-option"], RuntimeError, "Using reserved arguments job-bookmark-option"),
        ([], ["job_bookmark_from"], RuntimeError, "Using reserved arguments job_bookmark_from"),
        (["--job-bookmark-from", "a"], [], RuntimeError, "Invalid option"),
        (
            ["--job-bookmark-option", "job-bookmark-pause", "--job-bookmark-from", "a"],
            [],
            RuntimeError,
            "Missing option or value for job_bookmark_to",
        ),
    ],
)
def test_get_resolved_options_of_wrong_arguments_raises(argv, options, error, message):
    with pytest.raises(error, match=message):
        getResolvedOptions(["script.py", *argv], options)


def test_get_resolved_options_accepts_abbreviations_when_told():
    assert getResolvedOptions(["s", "--databas", "x"], ["database"], allow_abbrev=True)["database"] == "x"


def test_job_commit_needs_init(glue_context, monkeypatch):
    from awsglue.job import Job

    monkeypatch.setattr(Job, "_initialized", False)
    job = Job(glue_context)
    with pytest.raises(RuntimeError, match=r"Job\.commit\(\) without Job\.init\(\)"):
        job.commit()
    job.init("nightly", {"JOB_NAME": "nightly"})
    job.commit()
    assert (job.isInitialized(), Job.isInitialized(), Job.job_name()) == (True, True, "nightly")
