"""Conditions: each operator, with keys that are there, missing, and of several values."""

import pytest

from isinglass.domain.access.conditions import read_condition

FACTS = {
    "aws:username": ("ann",),
    "aws:sourceip": ("10.1.2.3",),
    "aws:currenttime": ("2026-05-01T12:00:00Z",),
    "aws:securetransport": ("false",),
    "aws:tagkeys": ("team", "cost"),
    "aws:principalarn": ("arn:aws:iam::123456789012:user/team/ann",),
    "s3:max-keys": ("10",),
}


@pytest.mark.parametrize(
    ("operator", "key", "values", "holds"),
    [
        ("StringEquals", "aws:UserName", ["bob", "ann"], True),
        ("StringEquals", "aws:username", ["Ann"], False),
        ("StringEqualsIgnoreCase", "aws:username", ["ANN"], True),
        ("StringNotEquals", "aws:username", ["bob", "ann"], False),
        ("StringNotEquals", "aws:username", ["bob", "eve"], True),
        ("StringNotEqualsIgnoreCase", "aws:username", ["ANN"], False),
        ("StringLike", "aws:username", ["a*"], True),
        ("StringLike", "aws:username", ["a?"], False),
        ("StringNotLike", "aws:username", ["a*"], False),
        ("StringEquals", "aws:missing", ["a"], False),
        ("StringNotEquals", "aws:missing", ["a"], True),
        ("StringEqualsIfExists", "aws:missing", ["a"], True),
        ("StringEqualsIfExists", "aws:username", ["a"], False),
        ("StringEquals", "aws:username", ["${aws:username}"], True),
        ("StringEquals", "aws:username", ["${aws:missing, 'ann'}"], True),
        ("StringEquals", "aws:username", ["${aws:missing}"], False),
        ("StringNotEquals", "aws:username", ["${aws:missing}"], True),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:user/*/ann"], True),
        ("ArnEquals", "aws:PrincipalArn", ["arn:aws:iam::*:user/team/ann"], True),
        ("ArnLike", "aws:PrincipalArn", ["arn:aws:*:*:*:user/team/ann:x"], False),
        ("ArnNotLike", "aws:PrincipalArn", ["arn:aws:iam::*:user/*"], False),
        ("ArnLike", "aws:PrincipalArn", ["*"], True),
        ("NumericEquals", "s3:max-keys", ["10.0"], True),
        ("NumericNotEquals", "s3:max-keys", ["10"], False),
        ("NumericLessThan", "s3:max-keys", ["10"], False),
        ("NumericLessThanEquals", "s3:max-keys", ["10"], True),
        ("NumericGreaterThan", "s3:max-keys", ["9"], True),
        ("NumericGreaterThanEquals", "aws:username", ["1"], False),
        ("DateGreaterThan", "aws:CurrentTime", ["2026-01-01T00:00:00Z"], True),
        ("DateLessThan", "aws:CurrentTime", ["2026-01-01"], False),
        ("DateLessThanEquals", "aws:CurrentTime", ["1777636800"], True),
        ("DateNotEquals", "aws:CurrentTime", ["2026-05-01T14:00:00+02:00"], False),
        ("Bool", "aws:SecureTransport", ["true"], False),
        ("Bool", "aws:SecureTransport", ["False"], True),
        ("IpAddress", "aws:SourceIp", ["192.168.0.0/16", "10.0.0.0/8"], True),
        ("IpAddress", "aws:SourceIp", ["10.1.2.4"], False),
        ("IpAddress", "aws:SourceIp", ["2001:db8::/32"], False),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8"], False),
        ("Null", "aws:missing", ["true"], True),
        ("Null", "aws:username", ["true"], False),
        ("Null", "aws:username", ["false"], True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["team"], True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["other"], False),
        ("ForAnyValue:StringEquals", "aws:missing", ["team"], False),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["team"], True),
        ("ForAnyValue:StringNotEquals", "aws:missing", ["team"], False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["team", "cost", "x"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["team"], False),
        ("ForAllValues:StringEquals", "aws:missing", ["team"], True),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ["team"], False),
        ("foranyvalue:stringlikeifexists", "aws:tagkeys", ["t*"], True),
    ],
)
def test_condition_holds_as_its_operator_says(
    operator: str, key: str, values: list[str], holds: bool
) -> None:
    assert read_condition(operator, key, values, variables=True).holds(FACTS) is holds


def test_policy_of_the_first_version_has_no_variables() -> None:
    condition = read_condition("StringEquals", "aws:username", ["${aws:username}"], variables=False)
    assert not condition.holds(FACTS)
    assert condition.holds({"aws:username": ("${aws:username}",)})
