"""What of a policy no request can meet is told, with what was perhaps meant."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.access.documents import parse_policy
from isinglass.domain.access.principals import principal_context
from isinglass.domain.access.remarks import on_keys, on_resources, remarks_on
from isinglass.domain.access.vocabulary import can_be, is_key, vocabulary_of
from isinglass.domain.access.wildcards import matches
from isinglass.domain.keys.facts import key_facts
from isinglass.model.schema import SERVICES, load

KNOWN = vocabulary_of(map(load, SERVICES))
GLUE = "arn:aws:glue:*:123456789012:"
TABLES = "arn:aws:glue:*:*:table/*/* or arn:aws:glue:*:*:database/* or arn:aws:glue:*:*:catalog"
CREATE_USER = (
    "this server has no action iam:Creatuser, so that nothing asks for it; did you mean iam:CreateUser?"
)
TEXTS = ["".join(letters) for length in range(7) for letters in product("ab/", repeat=length)]


def remarks(actions: Any, resources: Any = "*", **more: Any) -> list[str]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return [text.removeprefix("statement 1: ") for text in remarks_on(parse_policy(document), KNOWN)]


@pytest.mark.parametrize(
    ("action", "remark"),
    [
        ("glue:GetTable", []),
        ("glue:gettable", []),
        ("glue:Get*", []),
        ("s3:Describe*", []),
        ("kms:Decrypt", []),
        ("lakeformation:GrantPermissions", []),
        ("iam:PassRole", []),
        ("*", []),
        (
            "glue:GetTabel",
            ["this server has no action glue:GetTabel, so that nothing asks for it; did you mean glue:GetTable?"],
        ),
        (
            "glue:GetTabel*",
            ["this server has no action glue:GetTabel*, so that nothing asks for it; did you mean glue:GetTable*?"],
        ),
        (
            "s3:GetObjekt",
            ["this server has no action s3:GetObjekt, so that nothing asks for it; did you mean s3:GetObject?"],
        ),
        (
            "glu:GetTable",
            ["this server has no service glu, so that nothing asks for glu:GetTable; did you mean glue:GetTable?"],
        ),
        ("sqs:SendMessage", ["this server has no service sqs, so that nothing asks for sqs:SendMessage"]),
    ],
)  # fmt: skip
def test_action_that_there_is_not_is_told_with_the_nearest(action: str, remark: list[str]) -> None:
    assert remarks(action) == remark


@pytest.mark.parametrize(
    ("actions", "resources", "remark"),
    [
        ("glue:GetTable", f"{GLUE}table/sales/*", []),
        ("glue:GetTable", "arn:aws:glue:eu-west-1:*:table/sales/orders", []),
        ("glue:*", f"{GLUE}job/*", []),
        (["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"], []),
        ("s3:*", "arn:aws:s3:::home/${aws:username}/*", []),
        ("s3:GetObject", "arn:aws:s3:::home-${aws:username}*", []),
        ("sqs:SendMessage", "arn:aws:sqs:*:*:x", ["this server has no service sqs, so that nothing asks for sqs:SendMessage"]),
        (
            "glue:GetTable",
            f"{GLUE}tabel/sales/*",
            [f"nothing asks for glue:GetTable on {GLUE}tabel/sales/*: it takes {TABLES}; did you mean table/?"],
        ),
        ("glue:GetTable", f"{GLUE}job/x", [f"nothing asks for glue:GetTable on {GLUE}job/x: it takes {TABLES}"]),
        (
            ["glue:ListJobs", "glue:GetJob"],
            f"{GLUE}job/*",
            ['nothing asks for glue:ListJobs on any of the resources: it takes no resource but "*"'],
        ),
        (
            ["s3:ListBucket", "s3:GetObject"],
            "arn:aws:s3:::lake/*",
            ["nothing asks for s3:ListBucket on any of the resources: it takes arn:aws:s3:::*"],
        ),
    ],
)  # fmt: skip
def test_resource_that_no_action_is_about_is_told(actions: Any, resources: Any, remark: list[str]) -> None:
    assert remarks(actions, resources) == remark


def test_question_about_what_is_no_arn_is_answered() -> None:
    assert list(on_resources(["job/nightly"], ["glue:GetJob"], KNOWN)) == [
        "nothing asks for glue:GetJob on job/nightly: it takes arn:aws:glue:*:*:job/*"
    ]


def test_keys_that_no_request_has_are_told_wherever_they_stand() -> None:
    keys = {"aws:SorceIp": "10.0.0.1", "aws:PrincipalTag/team": "a", "s3:prefix": "b"}
    resource = "arn:aws:s3:::home-${aws:usrname}*"
    assert remarks("s3:ListBucket", resource, Condition={"StringEquals": keys}) == [
        "no request has the condition key aws:sorceip; did you mean aws:SourceIp?",
        "no request has the condition key aws:usrname; did you mean aws:username?",
    ]
    assert list(on_keys(["kms:EncryptionContext:app", "weather:Today"])) == [
        "no request has the condition key weather:Today"
    ]


def test_what_a_statement_excludes_is_looked_at_too() -> None:
    document = {
        "Statement": {"Effect": "Deny", "NotAction": "iam:Creatuser", "NotResource": f"{GLUE}table/*"}
    }
    assert remarks_on(parse_policy(json.dumps(document)), KNOWN) == [
        f"statement 1: {CREATE_USER}",
    ]


@settings(max_examples=100, deadline=None)
@given(st.text("ab/*?", max_size=3), st.text("ab/*?", max_size=3).filter(lambda form: form != "*"))
def test_pattern_can_be_a_form_exactly_when_some_text_fits_both(pattern: str, form: str) -> None:
    both = any(matches(pattern, text) and matches(form, text) for text in TEXTS)
    assert can_be(pattern, form) == both


def test_what_is_known_of_callers_and_keys_is_among_the_condition_keys() -> None:
    user = "arn:aws:iam::123456789012:user/ann"
    facts = {
        **principal_context(user, user),
        **key_facts("123456789012", "eu-west-1", {"app": "x"}, via="glue", alias="alias/a"),
    }
    assert [key for key in facts if not is_key(key)] == []


def test_condition_keys_are_known_in_any_case() -> None:
    assert [is_key(key) for key in ("AWS:sourceip", "aws:RequestTag/x", "aws:RequestTag")] == [
        True,
        True,
        False,
    ]
