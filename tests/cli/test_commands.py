"""Commands against a live server, as a user types them."""

import json
import signal
import subprocess
import sys

import pytest
from server_fixtures import ROOT_KEY, ROOT_SECRET, environment, run_cli, wait_for

SCRIPT = """\
import sys
from awsglue.utils import getResolvedOptions
args = getResolvedOptions(sys.argv, ["day"])
print("day is", args["day"])
if args["day"] == "never":
    raise ValueError("no such day")
"""


@pytest.fixture(scope="module")
def crawled(live_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lake")
    (folder / "people").mkdir()
    (folder / "people" / "a.csv").write_text("id,name\n1,ann\n2,bob\n")
    live_server.cli("crawl", str(folder), "--db", "cli_raw")
    return folder


def test_dry_run_writes_nothing(live_server, crawled):
    shown = live_server.cli("crawl", str(crawled), "--db", "cli_dry", "--dry-run")
    assert shown.stdout.splitlines()[1].split()[:4] == ["+", "people", "csv", "2"]
    assert "cli_dry" not in live_server.cli("db", "list", "-o", "name").stdout.split()


def test_tables_listed_and_shown(live_server, crawled):
    assert live_server.cli("tables", "cli_r*", "-o", "name").stdout == "cli_raw.people\n"
    shown = live_server.cli("table", "show", "cli_raw.people").stdout
    assert shown.splitlines()[-3:] == ["COLUMN  TYPE", "id      bigint", "name    string"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("table", "ID  NAME\n 1  ann\n 2  bob\n"),
        ("csv", "id,name\n1,ann\n2,bob\n"),
        ("ndjson", '{"id": 1, "name": "ann"}\n{"id": 2, "name": "bob"}\n'),
    ],
)
def test_sql_in_every_format(live_server, crawled, form, expected):
    query = "select * from cli_raw.people order by id"
    assert live_server.cli("sql", "-", "-o", form, stdin=query).stdout == expected


def test_sql_with_two_columns_of_one_name_keeps_both(live_server):
    query = "select l.id, r.id from range(2) l join range(3) r on r.id = l.id + 1 order by 1"
    assert live_server.cli("sql", query, "-o", "csv").stdout == "id,id\n0,1\n1,2\n"
    assert json.loads(live_server.cli("sql", query, "-o", "json").stdout)[1] == {"id": 1, "id_2": 2}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select * from nodb.t", "There is no database nodb, which has to hold the table t."),
        ("select * from cli_raw.persons", "There is no table persons in the database cli_raw."),
        ("select * from nowhere", "There is no database default, which has to hold the table nowhere."),
        ("select nam from cli_raw.people", "There is no column nam. Did you mean name?"),
        ("select p.zip from cli_raw.people p", "There is no column p.zip. cli_raw.people has id, name."),
        (
            "select id from cli_raw.people a, cli_raw.people b",
            "More than one table of the statement has the column id; write it as table.column.",
        ),
        ("with x as (select 1 a) select b from x", "There is no column b."),
    ],
)
def test_sql_over_what_is_not_there_says_what_is(live_server, crawled, query, said):
    shown = live_server.cli("sql", query, code=6).stderr
    assert f"] {said}" in shown


def test_sql_that_writes_refused(live_server):
    live_server.cli("sql", "drop table x", code=6)


def test_script_run_followed_and_found_again(live_server, tmp_path):
    script = tmp_path / "daily.py"
    script.write_text(SCRIPT)
    ran = live_server.cli("run", str(script), "--arg", "day=monday")
    assert "day is monday" in ran.stdout
    runs = json.loads(live_server.cli("runs", "--json").stdout)
    newest = next(run for run in runs if run["JobName"].startswith("daily-"))
    assert newest["JobRunState"] == "SUCCEEDED"
    assert "day is monday" in live_server.cli("logs", newest["Id"][-8:], "--tail", "5").stdout
    shown = json.loads(live_server.cli("runs", "show", newest["Id"], "--json").stdout)
    assert (shown["JobRunState"], shown["Details"]["Launches"]) == ("SUCCEEDED", 1)
    assert "PeakMemory" in live_server.cli("runs", "show", newest["Id"]).stdout
    for name in (newest["Id"], newest["JobName"]):
        assert "day is monday" in live_server.cli("logs", name).stdout
    [listed] = json.loads(live_server.cli("runs", "list", "--job", newest["JobName"], "--json").stdout)
    assert listed == newest


def test_job_that_has_not_run_is_told_from_a_name_of_nothing(live_server):
    command = {"Name": "pythonshell", "ScriptLocation": "s3://b/s.py", "PythonVersion": "3.9"}
    live_server.client("glue").create_job(
        Name="cli-never-run", Role="arn:aws:iam::123456789012:role/r", Command=command
    )
    assert "cli-never-run has not run yet" in live_server.cli("logs", "cli-never-run", code=3).stderr
    assert 'there is no job or run "cli-ever-run"' in live_server.cli("logs", "cli-ever-run", code=3).stderr


def test_runs_of_a_job_and_by_the_end_of_their_id_at_once_are_refused(live_server):
    both = json.dumps({"JobName": "a", "RunIdEnd": "b"})
    refused = live_server.cli("api", "isinglass:ListJobRuns", both, code=6).stderr
    assert "JobName and RunIdEnd cannot be given together." in refused


def test_script_that_fails_gives_exit_code_7(live_server, tmp_path):
    script = tmp_path / "failing.py"
    script.write_text(SCRIPT)
    failed = live_server.cli("run", str(script), "--arg", "day=never", code=7)
    assert "no such day" in failed.stderr


def test_script_run_without_a_server(tmp_path):
    script = tmp_path / "alone.py"
    script.write_text(SCRIPT)
    nowhere = {"ISINGLASS_ACCESS_KEY_ID": "", "ISINGLASS_SECRET_ACCESS_KEY": ""}
    done = run_cli(tmp_path, "run", str(script), "--arg", "day=today", **nowhere)
    assert "day is today" in done.stdout


def test_crawl_that_is_interrupted_stops_and_leaves_no_crawler(live_server, tmp_path):
    for folder in range(300):
        (tmp_path / f"t{folder}").mkdir()
        for number in range(10):
            (tmp_path / f"t{folder}" / f"{number}.csv").write_text(f"id,of{folder}\n" + "1,2\n" * 100)
    keys = {"ISINGLASS_ACCESS_KEY_ID": ROOT_KEY, "ISINGLASS_SECRET_ACCESS_KEY": ROOT_SECRET}
    words = ["crawl", f"{tmp_path}/", "--db", "cli_interrupted", "--endpoint", live_server.endpoint]
    crawl = subprocess.Popen(
        [sys.executable, "-m", "isinglass.cli.main", *words],
        stderr=subprocess.PIPE, text=True, env=environment(live_server.home, **keys),
    )  # fmt: skip
    glue = live_server.client("glue")

    def mine():
        return [each for each in glue.get_crawlers()["Crawlers"] if each["DatabaseName"] == "cli_interrupted"]

    wait_for(lambda: any(each["State"] == "RUNNING" for each in mine()))
    crawl.send_signal(signal.SIGINT)
    _, said = crawl.communicate(timeout=60)
    assert crawl.returncode == 130, said
    assert said.startswith("stopping crawl-")
    assert mine() == []


def test_unknown_names_give_exit_code_3(live_server):
    live_server.cli("table", "show", "cli_raw.nothing", code=3)
    live_server.cli("logs", "no-such-run", code=3)
    live_server.cli("crawl", "no-such-crawler", code=3)


def test_api_paginates(live_server):
    for number in range(3):
        live_server.cli("db", "create", f"page_{number}")
    answer = live_server.cli("api", "GetDatabases", '{"MaxResults": 1}', "--paginate").stdout
    names = [found["Name"] for found in json.loads(answer)["DatabaseList"]]
    assert [name for name in names if name.startswith("page_")] == ["page_0", "page_1", "page_2"]


def test_api_calls_every_service_and_answers_with_types(live_server):
    def answer(*arguments):
        return json.loads(live_server.cli("api", *arguments).stdout)

    arn = f"arn:aws:iam::{live_server.account}:root"
    identity = {"UserId": live_server.account, "Account": live_server.account, "Arn": arn}
    assert answer("sts:GetCallerIdentity") == identity
    for name in ("ada", "bob"):
        answer("iam:CreateUser", json.dumps({"UserName": name, "Path": "/api/", "Tags": []}))
    listed = answer("iam:ListUsers", '{"PathPrefix": "/api/", "MaxItems": 1}', "--paginate")
    assert ([user["UserName"] for user in listed["Users"]], listed["IsTruncated"]) == (["ada", "bob"], False)
    assert answer("iam:ListAttachedUserPolicies", '{"UserName": "ada"}')["AttachedPolicies"] == []
    assert answer("lakeformation:ListResources") == {"ResourceInfoList": []}
    assert answer("logs:DescribeLogGroups", '{"logGroupNamePrefix": "/no"}') == {"logGroups": []}
    live_server.cli("api", "kms:DescribeKey", '{"KeyId": "alias/nobodys"}', code=3)
    for name in ("ada", "bob"):
        answer("iam:DeleteUser", json.dumps({"UserName": name}))


def test_api_names_the_nearest_service_and_operation(live_server):
    asked = {
        "iamm:ListUsers": 'there is no service "iamm"\nhelp: did you mean iam:ListUsers?',
        "iam:ListUser": "did you mean iam:ListUsers",
    }
    for operation, said in asked.items():
        assert said in live_server.cli("api", operation, code=2).stderr


def test_accounts_only_for_the_first(live_server, new_account):
    key, secret = live_server.keys_of(new_account)
    keys = {"ISINGLASS_ACCESS_KEY_ID": key, "ISINGLASS_SECRET_ACCESS_KEY": secret}
    denied = run_cli(live_server.home, "account", "list", "--endpoint", live_server.endpoint, code=4, **keys)
    assert denied.stderr.startswith("error[AccessDeniedException]: arn:aws:iam::")
    listed = live_server.cli("account", "list", "-o", "name").stdout.split()
    assert {live_server.account, new_account} <= set(listed)


def test_exec_points_aws_clients_here(live_server):
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    key, secret = live_server.keys_of(live_server.account)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "isinglass.cli.main",
            "exec",
            "--endpoint",
            live_server.endpoint,
            "--",
            sys.executable,
            "-c",
            program,
        ],
        env=environment(live_server.home, ISINGLASS_ACCESS_KEY_ID=key, ISINGLASS_SECRET_ACCESS_KEY=secret),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{live_server.account}\n"), done.stderr


def test_doctor_names_jobs_and_crawlers_whose_role_nobody_defined(own_server):
    glue = own_server.client("glue")
    account = own_server.account
    own_server.cli("role", "create", "etl")
    for job, role in (("good", "etl"), ("bad", "team/loose"), ("far", "arn:aws:iam::999999999999:role/x")):
        glue.create_job(Name=job, Role=role, Command={"Name": "pythonshell", "ScriptLocation": "s3://b/k.py"})
    targets = {"S3Targets": [{"Path": "s3://b/raw"}]}
    role = f"arn:aws:iam::{account}:role/team/loose"
    glue.create_crawler(Name="raw", Role=role, DatabaseName="raw", Targets=targets)

    def roles() -> list[str]:
        found = json.loads(own_server.cli("doctor", "-o", "json").stdout)
        return sorted(each["text"] for each in found if each["name"] == "roles")

    limitless = "nobody defined the role loose, so that it may do nearly all that the account may"
    define = "isinglass role create loose --path /team/ --policy AWSGlueServiceRole"
    foreign = "arn:aws:iam::999999999999:role/x is no role of this account, and nothing limits it"
    assert roles() == [
        f"job bad, crawler raw: {limitless}; limit it: {define}",
        f"job far: {foreign}; name another",
    ]
    glue.delete_job(JobName="far")
    own_server.cli("role", "create", "loose", "--path", "/team/", "--policy", "AWSGlueServiceRole")
    assert roles() == ["every role that a job or crawler names is defined"]


def test_doctor_finds_nothing_missing(live_server):
    done = live_server.cli("doctor", "-o", "json")
    assert {found["state"] for found in json.loads(done.stdout)} <= {"ok", "warning"}
