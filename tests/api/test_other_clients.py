"""Clients that are not boto3: the AWS command line, the JavaScript and Rust SDKs, unmodified, over HTTP."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from api_fixtures import REGION, ROOT_ACCOUNT, Api

DATABASES = ["sqlite"]
AWS = Path(sys.executable).parent / "aws"
JAVASCRIPT_SDK = "@aws-sdk/client-glue@3"

SCRIPT = """
const { GlueClient, CreateDatabaseCommand, CreateTableCommand, GetTableCommand, GetDatabaseCommand, GetTablesCommand }
  = require("@aws-sdk/client-glue");
const glue = new GlueClient({ endpoint: process.env.AWS_ENDPOINT_URL_GLUE, maxAttempts: 1 });
(async () => {
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: "js", Parameters: { "ü": "ö" } } }));
  for (const name of ["a", "b"])
    await glue.send(new CreateTableCommand({ DatabaseName: "js", TableInput: { Name: name } }));
  const table = (await glue.send(new GetTableCommand({ DatabaseName: "js", Name: "a" }))).Table;
  const page = await glue.send(new GetTablesCommand({ DatabaseName: "js", MaxResults: 1 }));
  const rest = await glue.send(new GetTablesCommand({ DatabaseName: "js", NextToken: page.NextToken }));
  let error = null;
  try { await glue.send(new GetDatabaseCommand({ Name: "none" })); }
  catch (e) { error = { name: e.name, message: e.message, status: e.$metadata.httpStatusCode, fault: e.$fault }; }
  console.log(JSON.stringify({
    name: table.Name, created: table.CreateTime instanceof Date, rest: rest.TableList.map(t => t.Name), error }));
})();
"""


SAIL_SCRIPT = """
import json, os
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession
server = SparkConnectServer()
server.start()
spark = SparkSession.builder.remote(f"sc://localhost:{server.listening_address[1]}").getOrCreate()
spark.sql("CREATE DATABASE rusty").collect()
print(json.dumps([row.name for row in spark.sql("SHOW DATABASES").collect()]), flush=True)
os._exit(0)  # the server's threads have nothing to save
"""


def environment(api: Api) -> dict[str, str]:
    made = api.credentials_of(ROOT_ACCOUNT)
    return {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": made.access_key_id,
        "AWS_SECRET_ACCESS_KEY": made.secret_access_key,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_GLUE": api.url,
        "AWS_ENDPOINT_URL_STS": api.url,
        "AWS_MAX_ATTEMPTS": "1",
    }


@pytest.fixture(scope="session")
def javascript_sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the JavaScript SDK installed."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node.js is not installed; install node and npm to test the JavaScript SDK.")
    folder = tmp_path_factory.mktemp("javascript")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", JAVASCRIPT_SDK]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode:
        pytest.skip(f"npm could not install {JAVASCRIPT_SDK}: {done.stderr[-500:]}")
    return folder


@pytest.mark.slow
def test_javascript_sdk_creates_reads_pages_and_understands_errors(api: Api, javascript_sdk: Path) -> None:
    done = subprocess.run(
        ["node", "-e", SCRIPT],
        cwd=javascript_sdk, env=environment(api), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "name": "a",
        "created": True,
        "rest": ["b"],
        "error": {
            "name": "EntityNotFoundException",
            "message": "Database none not found.",
            "status": 400,
            "fault": "client",
        },
    }


def aws(api: Api, *arguments: str) -> tuple[int, Any]:
    done = subprocess.run(
        [str(AWS), *arguments], env=environment(api), capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else done.stderr.strip()


@pytest.mark.slow
def test_aws_command_line_creates_reads_and_understands_errors(api: Api) -> None:
    if not AWS.exists():
        pytest.skip("The AWS command line is not installed; `tools/setup_env.sh dev` installs it.")
    assert aws(api, "glue", "create-database", "--database-input", '{"Name":"cli"}')[0] == 0
    status, answer = aws(api, "glue", "get-database", "--name", "cli")
    assert (status, answer["Database"]["Name"]) == (0, "cli")
    assert aws(api, "sts", "get-caller-identity")[1]["Account"] == ROOT_ACCOUNT
    status, error = aws(api, "glue", "get-table", "--database-name", "cli", "--name", "none")
    assert status != 0
    assert "(EntityNotFoundException)" in error


@pytest.mark.slow
def test_rust_sdk_of_sails_glue_catalog_creates_and_lists(api: Api) -> None:
    catalog = f'[{{name="glue", type="glue", region="{REGION}", endpoint_url="{api.url}"}}]'
    settings = {"SAIL_CATALOG__LIST": catalog, "SAIL_CATALOG__DEFAULT_CATALOG": "glue"}
    done = subprocess.run(
        [sys.executable, "-c", SAIL_SCRIPT],
        env=environment(api) | settings, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["rusty"]
