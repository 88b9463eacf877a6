"""The command line's frame: global flags anywhere, errors, what it imports."""

import json
import socket
import subprocess
import sys

import pytest

from isinglass.cli import profiles
from isinglass.cli.errors import CliError
from isinglass.cli.main import COMMANDS, invoke, split_flags
from isinglass.cli.session import table


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch, tmp_path):
    monkeypatch.setenv("ISINGLASS_CONFIG", str(tmp_path / "config.toml"))
    for name in ("ISINGLASS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_GLUE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "config.toml"


@pytest.mark.parametrize(
    ("line", "flags", "rest"),
    [
        ("tables -o json", {"output": "json"}, ["tables"]),
        ("-o json tables x", {"output": "json"}, ["tables", "x"]),
        ("account create --json -p dev", {"output": "json", "profile": "dev"}, ["account", "create"]),
        ("api X --endpoint=http://h:1 -q", {"endpoint": "http://h:1", "quiet": "1"}, ["api", "X"]),
        ("-q exec -- aws -o json", {"quiet": "1"}, ["exec", "--", "aws", "-o", "json"]),
    ],
)
def test_global_flags_anywhere(line, flags, rest):
    assert split_flags(line.split()) == (flags, rest)


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        ("statsu", 2, 'error: unknown command "statsu"\nhelp: did you mean "status"?   isinglass status --help\n'),
        ("runs lst", 2, "error: no such command 'lst'"),
        ("tables -o", 2, "error: -o needs a value\n"),
        ("tables -o xml", 2, "error: 'xml' is not an output format\nhelp: one of table, json, ndjson, csv, name\n"),
        ("run missing.py", 3, "error: there is no file missing.py\n"),
        ("crawl s3://x/", 2, ("error: --db is missing: which database gets the tables?\n"
         "help: isinglass crawl s3://x/ --db NAME\n")),
        ("api GetTabels", 2, 'error: there is no operation "GetTabels"\nhelp: did you mean GetTables or'),
        ("api iam:ListAccountAliases", 1,
         "error[OperationNotSupportedException]: The operation ListAccountAliases is not supported by this server yet.\n"),
        ("api GetTable {", 2, "error: the document is not JSON: "),
        ("tables -p none", 6, 'error: there is no profile "none"\n'),
        ("status --endpoint http://127.0.0.1:9", 4, ("error[E401]: there are no keys to sign requests with\n"
         "   = endpoint http://127.0.0.1:9, from the command line\nhelp: isinglass up      (it writes a profile with its keys)\n")),
        ("status --endpoint https://glue.eu-west-1.amazonaws.com", 6,
         "error[E400]: refusing to talk to glue.eu-west-1.amazonaws.com\n   = endpoint came from the command line\n"),
        ("status --endpoint https://glue.eu-west-1.amazonaws.com --allow-aws", 6, "error[E400]: refusing to talk"),
    ],
)  # fmt: skip
def test_mistakes_explained(capsys, line, code, text):
    assert invoke(line.split()) == code
    assert capsys.readouterr().err.startswith(text)


def test_error_as_json_for_programs(capsys):
    assert invoke(["nonsense", "-o", "json"]) == 2
    found = json.loads(capsys.readouterr().err)
    assert found == {
        "error": {
            "code": "Error",
            "message": 'unknown command "nonsense"',
            "exitCode": 2,
            "hint": "isinglass --help",
        }
    }


@pytest.mark.parametrize(
    ("line", "variable", "is_json"),
    [
        ("nonsense --json", "", True),
        ("nonsense --output=ndjson", "", True),
        ("nonsense", "json", True),
        ("nonsense json", "", False),
        ("nonsense -o csv", "json", False),
        ("-o", "", False),
    ],
)
def test_error_is_json_where_the_output_is(capsys, monkeypatch, line, variable, is_json):
    monkeypatch.setenv("ISINGLASS_OUTPUT", variable)
    assert invoke(line.split()) == 2
    assert capsys.readouterr().err.startswith('{"error": ') == is_json


def test_request_checked_before_it_is_sent(capsys):
    assert invoke(["api", "GetTable", '{"DatabaseName": "", "Name": "x"}']) == 6
    assert capsys.readouterr().err.startswith("error[ValidationException]: 1 validation error detected")


def test_profile_saved_beside_others_and_forgotten(no_configuration):
    environment = {"ISINGLASS_CONFIG": str(no_configuration)}
    no_configuration.write_text(
        '[ui]\ncolor = "never"\n\n[profile.local]\nendpoint = "http://old:1"\n\n[profile.prod]\nendpoint = "https://p"\n'
    )
    profiles.save("local", {"endpoint": "http://127.0.0.1:1", "region": 'a"b'}, environment)
    assert no_configuration.read_text() == (
        '[ui]\ncolor = "never"\n\n[profile.prod]\nendpoint = "https://p"\n\n'
        '[profile.local]\nendpoint = "http://127.0.0.1:1"\nregion = "a\\u0022b"\n'
    )
    assert no_configuration.stat().st_mode & 0o777 == 0o600
    assert profiles.resolve({}, environment).region == 'a"b'
    profiles.forget("local", "http://127.0.0.1:1", environment)
    assert profiles.resolve({}, environment).endpoint == profiles.DEFAULT_ENDPOINT


GONE = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("saved", "forgotten", "default"),
    [
        (["local"], None, "local"),
        (["ephemeral"], None, "ephemeral"),
        (["ephemeral"], "ephemeral", "local"),
        (["local", "ephemeral"], None, "ephemeral"),  # the one that lasts is gone: nothing listens there
        (["ephemeral", "local"], None, "local"),
        (["local", "ephemeral"], "ephemeral", "local"),
        (["ephemeral", "team"], None, "team"),
        (["local", "ephemeral", "local"], None, "local"),
    ],
)
def test_profile_of_the_server_started_last_is_the_default(no_configuration, saved, forgotten, default):
    environment = {"ISINGLASS_CONFIG": str(no_configuration)}
    for name in saved:
        profiles.save(name, {"endpoint": GONE}, environment)
    if forgotten:
        profiles.forget(forgotten, GONE, environment)
    assert profiles.resolve({}, environment).name == default
    assert no_configuration.read_text().count("default_profile") == (default != "local")


def test_profile_that_answers_or_was_chosen_stays_the_default(no_configuration):
    environment = {"ISINGLASS_CONFIG": str(no_configuration)}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        profiles.save("local", {"endpoint": f"http://127.0.0.1:{listening.getsockname()[1]}"}, environment)
        profiles.save("ephemeral", {"endpoint": GONE}, environment)
    assert profiles.resolve({}, environment).name == "local"
    no_configuration.write_text('default_profile = "prod"\n\n[profile.prod]\nendpoint = "https://p"\n')
    profiles.save("local", {"endpoint": GONE}, environment)
    assert profiles.resolve({}, environment).name == "prod"


@pytest.mark.parametrize(
    ("flags", "variables", "expected"),
    [
        ({"endpoint": "http://a:1"}, {"ISINGLASS_ENDPOINT": "http://b:1"}, "http://a:1"),
        ({}, {"ISINGLASS_ENDPOINT": "http://b:1", "AWS_ENDPOINT_URL": "http://c:1"}, "http://b:1"),
        ({}, {"AWS_ENDPOINT_URL": "http://c:1", "AWS_ENDPOINT_URL_GLUE": "http://d:1"}, "http://d:1"),
        ({}, {}, profiles.DEFAULT_ENDPOINT),
    ],
)
def test_endpoint_precedence(no_configuration, flags, variables, expected):
    variables = {"ISINGLASS_CONFIG": str(no_configuration), **variables}
    assert profiles.resolve(flags, variables).endpoint == expected


def test_profile_named_on_the_command_line_comes_before_variables(no_configuration):
    no_configuration.write_text(
        '[profile.other]\nendpoint = "http://p:1"\naccess_key_id = "k"\nsecret_access_key = "s"\n'
    )
    variables = {
        "ISINGLASS_CONFIG": str(no_configuration), "ISINGLASS_ENDPOINT": "http://b:1", "ISINGLASS_ACCESS_KEY_ID": "v",
        "ISINGLASS_REGION": "eu-west-1",
    }  # fmt: skip
    named = profiles.resolve({"profile": "other"}, variables)
    assert (named.endpoint, named.access_key_id, named.region) == ("http://p:1", "k", "eu-west-1")
    chosen = profiles.resolve({}, {**variables, "ISINGLASS_PROFILE": "other"})
    assert (chosen.endpoint, chosen.access_key_id) == ("http://b:1", "v")


@pytest.mark.parametrize(
    "words",
    ["api GetTable --file", "sql --file", "policy create p", "key create --policy", "role create r --trust"],
)
@pytest.mark.parametrize(("name", "reason"), [("binary", "not UTF-8"), (".", "is a directory")])
def test_file_that_is_no_text_is_refused_by_name(no_configuration, capsys, words, name, reason):
    (no_configuration.parent / "binary").write_bytes(b"\xff\xfe")
    path = str(no_configuration.parent / name)
    assert invoke([*words.split(), path]) == 2
    assert path in (told := capsys.readouterr().err)
    assert reason in told.replace("Is a", "is a")


def test_session_token_goes_with_its_own_key_only(no_configuration):
    no_configuration.write_text(
        '[profile.other]\nendpoint = "http://p:1"\naccess_key_id = "k"\nsecret_access_key = "s"\n'
    )
    variables = {
        "ISINGLASS_CONFIG": str(no_configuration), "ISINGLASS_ACCESS_KEY_ID": "v", "ISINGLASS_SECRET_ACCESS_KEY": "w",
        "ISINGLASS_SESSION_TOKEN": "t",
    }  # fmt: skip
    assert profiles.resolve({"profile": "other"}, variables).session_token == ""
    chosen = profiles.resolve({}, variables)
    assert (chosen.access_key_id, chosen.session_token) == ("v", "t")


def test_env_gives_a_token_with_its_keys_and_takes_away_that_of_others(no_configuration, monkeypatch, capsys):
    made = (
        'endpoint = "http://p:1"\ns3_endpoint = "http://p:2"\naccess_key_id = "k"\nsecret_access_key = "s"\n'
    )
    no_configuration.write_text(f'[profile.key]\n{made}[profile.session]\n{made}session_token = "t"\n')
    monkeypatch.setenv("ISINGLASS_CONFIG", str(no_configuration))
    assert invoke(["env", "-p", "session"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert {
        "unset AWS_SECURITY_TOKEN",
        "export AWS_SESSION_TOKEN=t",
        "export ISINGLASS_SESSION_TOKEN=t",
    } <= set(told)
    assert invoke(["env", "-p", "key"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "unset AWS_SESSION_TOKEN AWS_SECURITY_TOKEN ISINGLASS_SESSION_TOKEN"
    assert not any("TOKEN=" in line for line in told)


def test_keys_of_aws_without_our_endpoint_not_used(no_configuration):
    variables = {"ISINGLASS_CONFIG": str(no_configuration), "AWS_ACCESS_KEY_ID": "AKIAREAL"}
    assert profiles.resolve({}, variables).access_key_id == ""


def test_broken_configuration_named(no_configuration):
    no_configuration.write_text("not toml")
    with pytest.raises(CliError, match="not valid TOML"):
        profiles.resolve({}, {"ISINGLASS_CONFIG": str(no_configuration)})


def test_table_aligned_and_control_characters_shown():
    assert table(["name", "n"], [["a\x1b[1m\nb", 5], [None, 10]]).splitlines() == [
        "NAME          N",
        "a\\x1b[1m\\nb   5",
        "(null)       10",
    ]
    # Nor do headings, which may be somebody else's fields, and controls of one byte.
    assert table(["a\x1b", "b"], [["\x9b1m\a", "\u00fc"]]).splitlines() == [
        "A\\X1B       B",
        "\\x9b1m\\x07  \u00fc",
    ]


def test_root_help_and_version_import_nothing_heavy():
    program = (
        "import sys\nfrom isinglass.cli.main import invoke\n"
        "assert invoke(['--help']) == 0 and invoke(['--version']) == 0\n"
        "heavy = {'rich', 'boto3', 'botocore', 'sqlalchemy', 'yaml', 'duckdb', 'pyspark', 'pyarrow', 'pandas', 'numpy',"
        " 'uvicorn', 'http.client', 'ssl', 'asyncio', 'orjson', 'cryptography', 'importlib.metadata', 'subprocess'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_every_command_loads_and_shows_examples(capsys):
    for name in COMMANDS:
        assert invoke([name, "--help"]) == 0
        assert f"isinglass {name}" in capsys.readouterr().out
