"""Keys from the command line, against a live server."""

import json

from server_fixtures import LiveServer


def test_key_comes_is_named_rotated_switched_and_goes(live_server: LiveServer) -> None:
    cli = live_server.cli
    made = json.loads(
        cli("key", "create", "--alias", "pond", "--description", "of the pond", "--json").stdout
    )
    key = made["KeyId"]
    [row] = [line for line in cli("key", "list").stdout.splitlines() if line.startswith(key)]
    assert row.split() == [key, "alias/pond", "Enabled", "of", "the", "pond"]
    cli("key", "alias", "puddle", "alias/pond")
    cli("key", "rotate", "alias/puddle")
    cli("key", "rotate", key, "--days", "90")
    shown = json.loads(cli("key", "show", "alias/pond", "--json").stdout)
    assert shown["Aliases"] == ["alias/pond", "alias/puddle"]
    assert shown["Rotation"]["RotationPeriodInDays"] == 90
    assert shown["CurrentKeyMaterialId"] != made["CurrentKeyMaterialId"]
    cli("key", "rotate", key, "--never", "--days", "90", code=2)
    cli("key", "rotate", key, "--never")
    assert "on demand only" in cli("key", "show", key).stdout
    cli("key", "disable", "alias/pond")
    assert json.loads(cli("key", "show", key, "--json").stdout)["KeyState"] == "Disabled"
    cli("key", "enable", "alias/pond")
    cli("key", "delete", "alias/pond", "--days", "7", "--yes")
    assert "Deleted on" in cli("key", "show", key).stdout
    cli("key", "restore", key)
    cli("key", "alias", "puddle", "--delete")
    cli("key", "alias", "puddle", "--delete", code=3)
    cli("key", "alias", "puddle", code=2)
    assert json.loads(cli("key", "show", key, "--json").stdout)["Aliases"] == ["alias/pond"]
    cli("key", "show", "alias/none", code=3)


def test_key_create_with_a_name_that_is_taken_or_none_makes_no_key(live_server: LiveServer) -> None:
    cli = live_server.cli
    first = json.loads(cli("key", "create", "--alias", "brook", "--json").stdout)["KeyId"]
    before = cli("key", "list").stdout
    refused = cli("key", "create", "--alias", "brook", code=5).stderr
    assert f"alias/brook leads to the key {first}" in refused
    cli("key", "create", "--alias", "rill", "--rotate-days", "3", code=2)
    assert (
        "'alias/b a d' cannot be the name of a key" in cli("key", "create", "--alias", "b a d", code=6).stderr
    )
    cli("key", "create", "--alias", "aws/mine", code=6)
    assert cli("key", "list").stdout == before


def test_key_mistakes_say_what_to_do_next(live_server: LiveServer) -> None:
    cli = live_server.cli
    assert "help: did you mean kms:ListKeys?" in cli("api", "ListKeys", code=2).stderr
    assert "isinglass api kms:OPERATION" in cli("api", "kms", code=2).stderr
    assert "isinglass key list" in cli("key", "show", "brook", code=3).stderr
    broken = cli("api", "kms:Decrypt", '{"CiphertextBlob": "AAAA"}', code=6).stderr
    assert "another EncryptionContext" in broken
