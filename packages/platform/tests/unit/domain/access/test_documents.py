"""Policy documents: what is read, and what is said of what is not one."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.access.documents import MalformedPolicy, PolicyKind, Principal, parse_policy

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "glue:GetTable", "Resource": "*"}


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


def test_single_statement_and_single_values_are_lists_of_one() -> None:
    (statement,) = parse_policy(json.dumps({"Statement": ALLOW})).statements
    assert (statement.position, statement.allows, [each.text for each in statement.actions]) == (
        1, True, ["glue:gettable"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "The policy is not valid JSON: Expecting property name enclosed in double quotes"),
        ("[]", "The policy must be a JSON object."),
        ("[" * 100_000, "The policy is nested too deeply."),
        ('{"Statement": []}', "Statement: the policy needs at least one statement."),
        ('{"Statement": [1]}', "Statement 1 must be a JSON object."),
        ('{"Version": "2020-01-01", "Statement": []}', "Version: '2020-01-01' is neither"),
        ('{"Sattement": []}', "The policy has the unknown element 'Sattement'."),
        ('{"Statement": {"Effect": "Allow", "Effect": "Deny"}}', "The element 'Effect' is given twice"),
        (document({**ALLOW, "Effect": "allow"}), "Statement 1, Effect: it must be Allow or Deny, not 'allow'."),
        (document(ALLOW, {**ALLOW, "Sid": "S", "Actoin": "x"}), "Statement 2 (S) has the unknown element 'Actoin'"),
        (document({"Effect": "Allow", "Resource": "*"}), "Statement 1, Action: the statement must contain actions."),
        (document({**ALLOW, "NotAction": "a:b"}), "Statement 1, Action: a statement has either Action or NotAction"),
        (document({**ALLOW, "Action": "GetTable"}), "'GetTable' must be prefaced by a vendor, e.g., glue:GetTable."),
        (document({**ALLOW, "Action": "gl*e:GetTable"}), "'gl*e:GetTable' must be prefaced by a vendor"),
        (document({**ALLOW, "Action": []}), "Statement 1, Action: it must be a string or a list of strings"),
        (document({"Effect": "Allow", "Action": "a:b"}), "Resource: the statement must contain resources."),
        (document({**ALLOW, "Resource": "db/x"}), "Resource: 'db/x' must be in ARN format or \"*\"."),
        (document({**ALLOW, "Resource": "arn:aws:s3:::${aws:username"}), "is not closed by '}'"),
        (document({**ALLOW, "Resource": "arn:aws:s3:::${who}"}), "${who} names no condition key"),
        (document({**ALLOW, "Principal": "*"}), "Principal: a policy of an identity names no principal."),
        (document({**ALLOW, "Sid": "x"}, {**ALLOW, "Sid": "x"}), "Sid: 'x' names two statements"),
        (document({**ALLOW, "Condition": {"StringIs": {"aws:a": "b"}}}), "there is no condition operator 'StringIs'"),
        (document({**ALLOW, "Condition": {"ForSome:StringEquals": {"aws:a": "b"}}}), "neither ForAnyValue nor"),
        (document({**ALLOW, "Condition": {"NullIfExists": {"aws:a": "true"}}}), "Null says by itself"),
        (document({**ALLOW, "Condition": {"Bool": {"aws:a": "yes"}}}), "'yes' of aws:a under Bool must be true or"),
        (document({**ALLOW, "Condition": {"NumericEquals": {"aws:a": "x"}}}), "'x' of aws:a under NumericEquals is no"),
        (document({**ALLOW, "Condition": {"DateLessThan": {"aws:a": "soon"}}}), "is no date"),
        (document({**ALLOW, "Condition": {"IpAddress": {"aws:a": "1.2.3"}}}), "is no address range"),
        (document({**ALLOW, "Condition": {"ArnLike": {"aws:a": "x"}}}), "is no ARN"),
        (document({**ALLOW, "Condition": {"StringEquals": {"username": "b"}}}), "'username' is no condition key"),
        (document({**ALLOW, "Condition": {"StringEquals": {"aws:a": []}}}), "needs a value or a list of values"),
        (document({**ALLOW, "Condition": {"StringEquals": "x"}}), "must be an object of condition keys"),
    ],
)  # fmt: skip
def test_malformed_policy_is_told_by_statement_element_and_reason(text: str, reason: str) -> None:
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(text)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        ("resource", {}, "Statement 1, Principal: the statement must say to whom it applies."),
        ("resource", {"Principal": {"AWS": "somebody"}}, "'somebody' is no principal"),
        ("resource", {"Principal": {"AWS": "arn:aws:iam::1:user/*"}}, "has a wildcard"),
        ("resource", {"Principal": {"People": "x"}}, "has the unknown element 'People'"),
        ("resource", {"Principal": {}}, 'it must be "*" or an object'),
        ("trust", {"Principal": "*"}, "Resource: a trust policy has no resources"),
        ("identity", {"NotPrincipal": "*"}, "NotPrincipal: a policy of an identity names no principal."),
    ],
)
def test_elements_that_the_kind_of_policy_does_not_have_are_refused(
    kind: PolicyKind, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(document({**ALLOW, **changes}), kind)
    assert reason in caught.value.reason


def test_accounts_are_principals_by_number_and_by_arn() -> None:
    policy = document({**ALLOW, "Principal": {"AWS": ["123456789012", "*"], "Service": "glue.amazonaws.com"}})
    assert parse_policy(policy, "resource").statements[0].principals == (
        Principal("AWS", "arn:aws:iam::123456789012:root"),
        Principal("AWS", "*"),
        Principal("Service", "glue.amazonaws.com"),
    )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["Version", "Statement", "Effect", "Action", "Resource", "Condition", "Principal", "StringLike", "aws:x"]
    ) | st.text(max_size=3), inner, max_size=4), max_leaves=12))  # fmt: skip
def test_whatever_the_json_only_malformed_policy_is_raised(value: Any) -> None:
    for text in (json.dumps(value), json.dumps({"Statement": value}), json.dumps({"Statement": [{**ALLOW, "Condition": value}]})):  # fmt: skip
        with suppress(MalformedPolicy):
            parse_policy(text)
