"""Settings: flags over variables over defaults, and every problem told at once."""

from pathlib import Path

import pytest

from isinglass.app.settings import ExternalStore, RootAccount, SettingsInvalid, load

HOME = {"XDG_DATA_HOME": "/data"}


def test_defaults():
    found = load({"workers": 3}, HOME)
    assert (found.host, found.port, found.s3_port, found.data_dir, found.database_url) == (
        "127.0.0.1", 5500, 5501, Path("/data/isinglass"), "sqlite:////data/isinglass/isinglass.db",
    )  # fmt: skip
    assert (found.region, found.workers, found.root) == (
        "us-east-1",
        3,
        RootAccount("000000000000", None, None),
    )


@pytest.mark.parametrize(
    ("flags", "variables", "expected"),
    [
        ({}, {"ISINGLASS_PORT": "1234"}, (1234, 0)),
        ({"port": 0}, {"ISINGLASS_PORT": "1234"}, (0, 0)),
        ({"port": "7000", "s3_port": "7001"}, {}, (7000, 7001)),
        ({}, {"ISINGLASS_S3_PORT": "9"}, (5500, 9)),
    ],
)
def test_flags_win_over_variables(flags, variables, expected):
    found = load(flags, {**HOME, **variables})
    assert (found.port, found.s3_port) == expected


def test_external_store_takes_its_keys_from_aws_variables():
    variables = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-north-1"}
    found = load({"s3_endpoint": "https://storage.example.org/"}, {**HOME, **variables})
    assert found.external_store == ExternalStore("https://storage.example.org", "k", "s", None, "eu-north-1")


def test_every_problem_told_at_once():
    flags = {"port": "99999", "workers": "none", "host": "0.0.0.0", "s3_endpoint": "here", "ephemeral": True}
    variables = {
        "ISINGLASS_ROOT_ACCOUNT_ID": "12", "ISINGLASS_ROOT_ACCESS_KEY_ID": "short", "ISINGLASS_REGION": "Mars",
        "ISINGLASS_DATABASE_URL": "postgresql://db/x",
    }  # fmt: skip
    with pytest.raises(SettingsInvalid) as raised:
        load(flags, {**HOME, **variables})
    assert raised.value.problems == [
        "--port is '99999'; it must be a number from 0 to 65535.",
        "ISINGLASS_REGION is 'Mars'; it must be a region's name such as us-east-1.",
        "--workers is 'none'; it must be a number from 1 to 256.",
        "ISINGLASS_ROOT_ACCOUNT_ID is '12'; it must be twelve digits.",
        "ISINGLASS_ROOT_ACCESS_KEY_ID and ISINGLASS_ROOT_SECRET_ACCESS_KEY go together; one of them is missing.",
        "ISINGLASS_ROOT_ACCESS_KEY_ID must be 16 to 128 letters, digits or underscores.",
        "--s3-endpoint is 'here'; it must be a URL such as https://storage.example.org.",
        "--s3-endpoint needs the keys of that object store in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        (
            "The host 0.0.0.0 can be reached from other machines, and there is no TLS. "
            "Put a proxy with TLS in front and allow it with --allow-remote, or use 127.0.0.1."
        ),
        "--ephemeral cannot be used with --database-url: the data would stay there.",
    ]


def test_no_secret_in_a_printed_setting():
    variables = {"ISINGLASS_ROOT_ACCESS_KEY_ID": "A" * 20, "ISINGLASS_ROOT_SECRET_ACCESS_KEY": "hush" * 8}
    assert "hush" not in repr(load({}, {**HOME, **variables}))
