"""What `isinglass audit` asks for, and what a denied caller is told to ask for."""

import time
from typing import Any

import pytest

from isinglass.cli.commands.audit import _request
from isinglass.cli.errors import CliError, api_error

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("filters", "request_"),
    [
        ({}, {}),
        ({"since": "2h"}, {"StartTime": NOW - 7200}),
        ({"since": "7d", "until": "30m"}, {"StartTime": NOW - 604_800, "EndTime": NOW - 1800}),
        ({"since": "2026-03-01"}, {"StartTime": time.mktime((2026, 3, 1, 0, 0, 0, 0, 0, -1))}),
        ({"until": "2026-03-01T08:30"}, {"EndTime": time.mktime((2026, 3, 1, 8, 30, 0, 0, 0, -1))}),
        (
            {"principal": "user/ana", "operation": "GetTable", "resource": "table/a/b", "denied": True},
            {"Principal": "user/ana", "Operation": "GetTable", "Resource": "table/a/b", "DeniedOnly": True},
        ),
    ],
)
def test_flags_become_a_request(filters: dict[str, Any], request_: dict[str, Any]):
    assert _request(filters, NOW) == request_


def test_time_that_is_none_is_refused_with_the_flag():
    with pytest.raises(CliError, match="--since 'yesterday' is no time"):
        _request({"since": "yesterday"}, NOW)


def test_denied_caller_is_told_which_statement_it_lacks():
    message = (
        "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: glue:GetTable on resource: "
        "arn:aws:glue:us-east-1:000000000000:catalog because no identity-based policy allows the glue:GetTable action"
    )
    error = api_error("AccessDeniedException", message, "r")
    assert error.hint == (
        'ask whoever manages access for {"Effect": "Allow", "Action": "glue:GetTable", '
        '"Resource": "arn:aws:glue:us-east-1:000000000000:catalog"}'
    )
    assert api_error("AccessDeniedException", "with an explicit deny in a policy", "r").hint == ""
