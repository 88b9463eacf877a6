"""Definitions of jobs: defaults, sizes, limits, arguments."""

from typing import Any

import pytest

from isinglass.domain.job_arguments import customer_environment, resolve, script_argv
from isinglass.domain.job_definitions import complete, with_overrides
from isinglass.domain.job_sizing import InvalidSize, default_timeout, dpu_seconds, memory_bytes

COMMON = {
    "MaxRetries": 0,
    "JobMode": "SCRIPT",
    "JobRunQueuingEnabled": False,
    "ExecutionProperty": {"MaxConcurrentRuns": 1},
}


def given(command: str = "glueetl", **members: Any) -> dict[str, Any]:
    return {"Role": "r", "Command": {"Name": command, "ScriptLocation": "s3://b/s.py"}, **members}


def test_complete_of_barest_spark_job_reads_back_as_glue_does() -> None:
    assert complete(given()) == {
        "Role": "r",
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/s.py", "PythonVersion": "2"},
        "GlueVersion": "5.1",
        "WorkerType": "G.1X",
        "NumberOfWorkers": 10,
        "MaxCapacity": 10.0,
        "AllocatedCapacity": 10,
        "Timeout": 480,
        **COMMON,
    }


def test_complete_of_barest_streaming_job_has_no_timeout() -> None:
    found = complete(given("gluestreaming"))
    assert {"Timeout", "WorkerType", "NumberOfWorkers"} & set(found) == set()
    assert (found["MaxCapacity"], found["AllocatedCapacity"]) == (10.0, 10)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"GlueVersion": "4.0"}, {"Timeout": 2880}),
        ({"GlueVersion": "5.0"}, {"Timeout": 480}),
        ({"WorkerType": "G.2X", "NumberOfWorkers": 3}, {"MaxCapacity": 6.0, "AllocatedCapacity": 6}),
        ({"MaxCapacity": 4.0}, {"MaxCapacity": 4.0, "AllocatedCapacity": 4}),
        ({"AllocatedCapacity": 5}, {"MaxCapacity": 5.0, "AllocatedCapacity": 5}),
    ],
)
def test_complete_derives_what_is_not_given(members: dict[str, Any], expected: dict[str, Any]) -> None:
    found = complete(given(**members))
    assert {name: found[name] for name in expected} == expected


def test_complete_of_python_shell_is_a_sixteenth_of_a_dpu() -> None:
    found = complete(given("pythonshell"))
    assert (found["MaxCapacity"], found["AllocatedCapacity"], found["Timeout"]) == (0.0625, 0, 2880)


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        (
            given(MaxCapacity=4.0, WorkerType="G.1X", NumberOfWorkers=2),
            "Please do not set Allocated Capacity",
        ),
        (given(WorkerType="G.1X"), "must be set together"),
        (given(MaxCapacity=1.0), "from 2 to 100"),
        (given(MaxCapacity=2.5), "from 2 to 100"),
        (given("pythonshell", MaxCapacity=2.0), "0.0625 or 1"),
        (given("pythonshell", WorkerType="G.1X", NumberOfWorkers=2), "cannot be used with a Python shell"),
        (given("spark"), "Command.Name is one of"),
        (given(Timeout=10081), "at most 10080"),
        (given(MaxRetries=11), "from 0 to 10"),
        (given(ExecutionProperty={"MaxConcurrentRuns": 0}), "at least 1"),
        (given(DefaultArguments={"key": "value"}), "'key' does not start with two dashes"),
        (given(DefaultArguments={"--key": "x" * 300_000}), "the limit is 266240"),
        (given("pythonshell", ExecutionClass="FLEX"), "FLEX is for glueetl"),
        (given(WorkerType="G.025X", NumberOfWorkers=2), "gluestreaming"),
    ],
)
def test_complete_refuses_with_a_reason(definition: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidSize, match=reason):
        complete(definition)


@pytest.mark.parametrize(
    ("command", "glue_version", "minutes"),
    [
        ("glueetl", "4.0", 2880),
        ("glueetl", "5.1", 480),
        ("glueray", "4.0", 480),
        ("pythonshell", "5.1", 2880),
        ("gluestreaming", "5.1", None),
    ],
)
def test_timeout_follows_from_command_and_version(
    command: str, glue_version: str, minutes: int | None
) -> None:
    assert default_timeout(command, glue_version) == minutes


def test_run_overrides_replace_the_sizing_as_a_whole() -> None:
    frozen = with_overrides(complete(given()), {"WorkerType": "G.2X", "NumberOfWorkers": 2, "Timeout": 5})
    assert (frozen["WorkerType"], frozen["NumberOfWorkers"], frozen["MaxCapacity"], frozen["Timeout"]) == (
        "G.2X",
        2,
        4.0,
        5,
    )
    capacity = with_overrides(complete(given()), {"MaxCapacity": 3.0})
    assert ("WorkerType" in capacity, capacity["MaxCapacity"]) == (False, 3.0)


def test_resolve_lets_non_overridable_arguments_win() -> None:
    definition = {
        "DefaultArguments": {"--a": "default", "--b": "default", "--c": "default"},
        "NonOverridableArguments": {"--c": "fixed"},
    }
    assert resolve(definition, {"--b": "run", "--c": "run"}) == {
        "--a": "default",
        "--b": "run",
        "--c": "fixed",
    }


def test_script_argv_keeps_values_that_look_like_options_together() -> None:
    argv = script_argv({"--a": "--x", "--b": "1"}, job_name="j", job_id="j_1", run_id="jr_1")
    assert argv == [
        *("--a=--x", "--b", "1", "--JOB_NAME", "j", "--JOB_ID", "j_1", "--JOB_RUN_ID", "jr_1"),
        *("--job-bookmark-option", "job-bookmark-disable"),
    ]


def test_customer_environment_reads_quotes_and_ignores_other_names() -> None:
    assert customer_environment('CUSTOMER_A=1,CUSTOMER_B="x,y",PATH=/') == {
        "CUSTOMER_A": "1",
        "CUSTOMER_B": "x,y",
    }


@pytest.mark.parametrize(
    ("definition", "arguments", "expected"),
    [
        ({"MaxCapacity": 10.0}, {}, None),
        ({"MaxCapacity": 10.0, "ExecutionClass": "FLEX"}, {}, 125.0),
        ({"MaxCapacity": 2.0}, {"--enable-auto-scaling": "true"}, 25.0),
    ],
)
def test_dpu_seconds_are_for_flexible_and_scaling_runs(
    definition: dict[str, Any], arguments: dict[str, str], expected: float | None
) -> None:
    assert dpu_seconds(definition, arguments, 12.5) == expected


def test_memory_is_what_workers_have_within_the_share_of_the_machine() -> None:
    gib = 2**30
    small = {"WorkerType": "G.1X", "NumberOfWorkers": 1, "MaxCapacity": 1.0}
    assert memory_bytes(small, machine_bytes=100 * gib, slots=2) == 16 * gib
    assert memory_bytes(small, machine_bytes=10 * gib, slots=2) == 4 * gib
    assert memory_bytes({"MaxCapacity": 0.0625}, machine_bytes=10 * gib, slots=2) == gib
