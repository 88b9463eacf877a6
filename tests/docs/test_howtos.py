"""The how-to pages, typed as they stand; running on Spark is tests/e2e/test_run_script.py."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from doc_pages import ROOT, blocks, commands, shell
from server_fixtures import READY, LiveServer, environment, run_cli, stop_server

from isinglass.cli.main import split_flags

MY_JOB = """
from pyspark.sql import functions as F


def totals(orders):
    return orders.groupBy("customer").agg(F.sum("amount").alias("total"))
"""


def test_pytest_page_runs_its_test(tmp_path):
    [test] = [
        block.text for block in blocks("docs/howto/test-a-glue-script.md") if block.language == "python"
    ]
    (tmp_path / "my_job.py").write_text(MY_JOB)
    (tmp_path / "test_my_job.py").write_text(test)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_job.py"],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_ci_page_starts_the_account_it_fixes(tmp_path):
    *exports, up = commands("docs/howto/use-in-ci.md")
    assert up == "isinglass up --ephemeral --port 0"
    variables = dict(re.fullmatch(r"export (\w+)=(\S+)", line).groups() for line in exports)
    process = subprocess.Popen(
        [sys.executable, "-m", "isinglass.cli.main", *up.split()[1:]],
        env=environment(tmp_path, **variables), stdout=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    try:
        ready = READY.fullmatch(process.stdout.readline().strip())
        server = LiveServer(process, tmp_path, ready[1], ready[2], ready[3])
        server.keys[ready[3]] = (
            variables["ISINGLASS_ROOT_ACCESS_KEY_ID"],
            variables["ISINGLASS_ROOT_SECRET_ACCESS_KEY"],
        )
        identity = server.client("sts").get_caller_identity()
        assert identity["Account"] == variables["ISINGLASS_ROOT_ACCOUNT_ID"]
    finally:
        assert stop_server(server) == 0


def test_spark_page_names_the_options_there_are():
    page = (ROOT / "docs/howto/run-on-spark.md").read_text()
    assert "--isinglass-engine" in page
    for module in ("pyarrow", "pandas", "duckdb", "orjson", "boto3"):
        assert f"`{module}`" in page


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs/howto").glob("*.md")))
def test_commands_of_howtos_have_the_options_they_use(tmp_path, page):
    for command in commands(f"docs/howto/{page}"):
        if command.startswith("isinglass "):
            name, *rest = command.split()[1:]
            inner = [word for word in rest[:1] if not word.startswith("-")]  # of a group, its command
            shown = run_cli(tmp_path, name, *inner, "--help").stdout
            # Global flags may stand anywhere; helps of commands do not repeat them.
            _, own = split_flags(rest)
            for option in (word for word in own if word.startswith("-")):
                assert re.search(rf"(^|\s){re.escape(option)}\b", shown), f"{name} has no {option}"


def test_describe_page_finds_what_it_describes(own_server, tmp_path):
    page = (ROOT / "docs/howto/describe-data.md").read_text()
    for name, text in re.findall(r"`(\w+\.json)`.*?```json\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text.replace("000000000000", own_server.account))
    answers = {}
    for line in commands("docs/howto/describe-data.md"):
        answers[line] = shell(own_server.home, tmp_path, line)
    shown = answers["isinglass asset show retail.orders"].replace(own_server.account, "000000000000")
    assert shown in re.sub("^    ", "", page, flags=re.MULTILINE)
    assert [line.split()[0] for line in answers["isinglass asset search turnover"].splitlines()[1:]] == [
        f"arn:aws:glue:us-east-1:{own_server.account}:table/retail/orders"
    ]
    found = json.loads(answers["isinglass api SearchAssets --file filter.json"])["Items"]
    assert [item["AssetName"] for item in found] == ["Orders by day", "orders"]


def test_access_page_gives_and_takes_access(own_server, tmp_path):
    [document] = [block for block in blocks("docs/howto/give-people-access.md") if block.language == "json"]
    assert document.file_name == "work_on_tables.json"
    (tmp_path / document.file_name).write_text(document.text)
    lines = [block.text for block in blocks("docs/howto/give-people-access.md") if block.language == "sh"]
    script = "\n".join(lines).replace("000000000000", own_server.account)
    printed = shell(own_server.home, tmp_path, script)
    assert f"denied       arn:aws:iam::{own_server.account}:policy/work-on-tables, line 5" in printed
    assert f"arn:aws:sts::{own_server.account}:assumed-role/analyst/tuesday" in printed
    assert own_server.client("iam").list_users()["Users"][0]["UserName"] == "ben"


def test_catalog_page_moves_catalogs(live_server, new_account, tmp_path):
    """Every command as it stands; the AWS tools' profile `prod` leads to this server, too."""
    key, secret = live_server.keys_of(new_account)
    (tmp_path / "aws").write_text(
        f"[profile prod]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
        f"endpoint_url = {live_server.endpoint}\n"
    )
    shutil.copy(ROOT / "tests/data/hive/hive-3.mysql.sql.gz", tmp_path / "metastore.sql.gz")
    made = json.loads(live_server.cli("account", "create", "other", "--json").stdout)
    live_server.keys[made["AccountId"]] = (made["AccessKeyId"], made["SecretAccessKey"])
    profiles = {"local": (key, secret), "other": live_server.keys[made["AccountId"]]}
    (tmp_path / "config").write_text(
        "".join(
            f'[profile.{name}]\nendpoint = "{live_server.endpoint}"\n'
            f'access_key_id = "{keys[0]}"\nsecret_access_key = "{keys[1]}"\n'
            for name, keys in profiles.items()
        )
    )
    variables = {
        "AWS_CONFIG_FILE": str(tmp_path / "aws"),
        "ISINGLASS_CONFIG": str(tmp_path / "config"),
        "ISINGLASS_ENDPOINT": live_server.endpoint,
        "ISINGLASS_ACCESS_KEY_ID": key,
        "ISINGLASS_SECRET_ACCESS_KEY": secret,
    }
    lines = commands("docs/howto/move-a-catalog.md")
    # The dump first, so that there is something to move.
    hive = next(line for line in lines if "hive" in line and "--map" in line)
    for line in [hive, *lines]:
        printed = shell(live_server.home, tmp_path, line, **variables)
        assert "Traceback" not in printed
    places = {new_account: "s3://lake", made["AccountId"]: "s3://new-lake"}
    for account, place in places.items():
        glue = live_server.client("glue", account)
        orders = glue.get_table(DatabaseName="sales", Name="orders")["Table"]
        assert orders["StorageDescriptor"]["Location"] == f"{place}/warehouse/sales.db/orders"
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["aws", "aws.jsonl.gz", "catalog", "catalog.jsonl.gz", "config", "metastore.sql.gz"]


def test_restricting_page_shows_ann_her_part(live_server, new_account, tmp_path):
    page = "docs/howto/restrict-columns-and-rows.md"
    [script] = [block.text for block in blocks(page) if block.language == "python"]
    (tmp_path / "orders.py").write_text(script)
    *lines, hers, listing = [block.text for block in blocks(page) if block.language == "sh"]
    key, secret = live_server.keys_of(new_account)
    owner = {
        "ISINGLASS_ENDPOINT": live_server.endpoint,
        "ISINGLASS_ACCESS_KEY_ID": key,
        "ISINGLASS_SECRET_ACCESS_KEY": secret,
    }
    script = "\n".join([*lines, listing]).replace("000000000000", new_account)
    printed = shell(live_server.home, tmp_path, script, **owner)
    assert f"arn:aws:iam::{new_account}:user/ann" in printed
    ann = json.loads((tmp_path / "ann.json").read_text())
    keys = {
        "ISINGLASS_ACCESS_KEY_ID": ann["AccessKeyId"],
        "ISINGLASS_SECRET_ACCESS_KEY": ann["SecretAccessKey"],
    }
    printed = shell(live_server.home, tmp_path, hers, **{**owner, **keys})
    [shown] = re.findall(r"(    ID  REGION  AMOUNT\n(?:    .*\n)+)", (ROOT / page).read_text())
    assert re.sub("^    ", "", shown, flags=re.MULTILINE) in printed
    assert "card" not in printed


def test_statistics_page_shows_what_it_computes(own_server, tmp_path):
    page = "docs/howto/column-statistics.md"
    script = "\n".join(block.text for block in blocks(page) if block.language == "sh")
    printed = shell(own_server.home, tmp_path, script)
    [shown] = re.findall(r"(    COLUMN .*\n(?:    .*\n)+)", (ROOT / page).read_text())
    assert re.sub("^    ", "", shown, flags=re.MULTILINE) in printed
