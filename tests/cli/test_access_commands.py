"""Users, roles and policies from the command line, against a live server."""

import json

from server_fixtures import LiveServer, run_cli

LOOK = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"}}


def test_user_with_a_policy_and_keys_comes_and_goes(live_server: LiveServer, tmp_path) -> None:
    cli = live_server.cli
    (tmp_path / "look.json").write_text(json.dumps(LOOK))
    cli("policy", "create", "look", str(tmp_path / "look.json"))
    made = json.loads(cli("user", "create", "carl", "--path", "/team/", "--policy", "LOOK", "--json").stdout)
    assert made["Arn"] == f"arn:aws:iam::{live_server.account}:user/team/carl"
    assert cli("user", "list", "--path", "/team/", "-o", "name").stdout == "carl\n"
    key = json.loads(cli("user", "key", "create", "carl", "--json").stdout)["AccessKeyId"]
    cli("user", "key", "switch", "carl", key, "off")
    [listed] = json.loads(cli("user", "key", "list", "carl", "--json").stdout)
    assert (listed["AccessKeyId"], listed["Status"]) == (key, "Inactive")
    cli("policy", "delete", "look", code=5)
    cli("group", "create", "team", "--policy", "look")
    cli("group", "add", "team", "carl")
    assert cli("group", "members", "team", "-o", "name").stdout == "carl\n"
    cli("group", "delete", "team", code=5)
    cli("group", "remove", "team", "carl")
    cli("group", "delete", "team", "--force")
    assert cli("group", "list").stdout == ""
    cli("user", "delete", "carl", code=5)
    cli("policy", "detach", "look", "--user", "carl")
    cli("policy", "detach", "look", "--user", "carl", code=3)
    assert [row.split(",")[0] for row in cli("policy", "list", "--own", "-o", "csv").stdout.split()] == [
        "policy",
        "look",
    ]
    cli("policy", "delete", "look")
    cli("user", "key", "delete", "carl", key)
    cli("user", "delete", "carl")
    cli("user", "delete", "carl", code=3)


def test_check_takes_resources_and_context(live_server: LiveServer, tmp_path) -> None:
    cli = live_server.cli
    near = {**LOOK["Statement"], "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    document = {**LOOK, "Statement": {**near, "Resource": "arn:aws:glue:*:*:table/raw/*"}}
    (tmp_path / "near.json").write_text(json.dumps(document))
    cli("role", "create", "visitor", "--trust", live_server.account, "--description", "for a day")
    cli("policy", "create", "near", str(tmp_path / "near.json"))
    cli("policy", "attach", "near", "--role", "visitor")
    asked = ("policy", "check", "glue:GetTable", "--role", "visitor", "--resource")
    raw, other = (f"arn:aws:glue:us-east-1:{live_server.account}:table/{name}/t" for name in ("raw", "other"))
    cli(*asked, raw, "--context", "aws:SourceIp=10.1.2.3")
    cli(*asked, other, "--context", "aws:SourceIp=10.1.2.3", code=4)
    assert "no statement (not known: aws:sourceip)" in cli(*asked, raw, code=4).stdout
    cli("policy", "check", "glue:GetTable", code=2)
    [row] = [line for line in cli("role", "list").stdout.splitlines() if line.startswith("visitor")]
    assert row.endswith("for a day")
    cli("role", "delete", "visitor", "--force")
    cli("policy", "delete", "near")


def test_mistyped_policies_and_questions_are_warned_of(live_server: LiveServer, tmp_path) -> None:
    cli = live_server.cli
    statement = {**LOOK["Statement"], "Action": "glue:GetTabel", "Resource": "arn:aws:s3:::lake"}
    (tmp_path / "typo.json").write_text(json.dumps({**LOOK, "Statement": statement}))
    no_such = (
        "this server has no action glue:GetTabel, so that nothing asks for it; did you mean glue:GetTable?"
    )
    made = cli("policy", "create", "typo", str(tmp_path / "typo.json"))
    assert made.stderr == f"warning: policy typo, statement 1: {no_such}\n"
    cli("group", "create", "typists", "--policy", "typo")
    cli("user", "create", "tina")
    cli("group", "add", "typists", "tina")
    asked = ("policy", "check", "glue:GetTabel", "--user", "tina", "--context", "aws:SorceIp=10.0.0.1")
    assert cli(*asked, code=4).stderr.splitlines() == [
        f"warning: {no_such}",
        "warning: no request has the condition key aws:SorceIp; did you mean aws:SourceIp?",
        f"warning: policy typo, statement 1: {no_such}",
    ]
    assert cli(*asked, "--quiet", code=4).stderr == ""
    cli("user", "delete", "tina", "--force")
    cli("group", "delete", "typists", "--force")
    cli("policy", "delete", "typo")


def test_doctor_tells_who_may_only_read_what_is_missing_and_finds_nothing_broken(
    live_server: LiveServer,
) -> None:
    cli = live_server.cli
    cli("user", "create", "reader", "--policy", "ReadOnlyAccess")
    key = json.loads(cli("user", "key", "create", "reader", "--json").stdout)
    keys = {
        "ISINGLASS_ACCESS_KEY_ID": key["AccessKeyId"],
        "ISINGLASS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    found = run_cli(live_server.home, "doctor", "--json", "--endpoint", live_server.endpoint, **keys)
    [storage] = [each for each in json.loads(found.stdout) if each["name"] == "storage"]
    assert storage["state"] == "warning"
    assert "is not authorized to perform: s3:PutObject" in storage["text"]
    cli("user", "delete", "reader", "--force")
