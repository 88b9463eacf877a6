"""The decision: inside an account, between accounts, with boundaries, sessions and trust."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass.domain.access.decide import Policies, Question, decide
from isinglass.domain.access.documents import Policy, PolicyKind, parse_policy
from isinglass.domain.access.managed import MANAGED, managed_policy, undefined_role_policy

OWN, OTHER = "111111111111", "222222222222"
USER = f"arn:aws:iam::{OWN}:user/team/ann"
ROLE = f"arn:aws:iam::{OWN}:role/etl"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/etl/run"
ROOT = f"arn:aws:iam::{OWN}:root"
TABLE = f"arn:aws:glue:eu-west-1:{OWN}:table/sales/orders"
ACTION = "glue:GetTable"


def policy(
    effect: str = "Allow",
    action: str | list[str] = ACTION,
    resource: str | list[str] = "*",
    kind: PolicyKind = "identity",
    **more: Any,
) -> Policy:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    if kind == "trust":
        del statement["Resource"]
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return parse_policy(text, kind)


def grant(principal: Any, effect: str = "Allow") -> Policy:
    return policy(effect, kind="resource", Principal=principal)


def ask(principal: str = USER, resource: str = TABLE, **context: tuple[str, ...]) -> Question:
    return Question(principal, OWN, ACTION, resource, {f"aws:{key}": value for key, value in context.items()})


@pytest.mark.parametrize(
    ("given_", "allowed"),
    [
        (policy(), True),
        (policy(action="GLUE:gettable"), True),
        (policy(action="glue:Get*"), True),
        (policy(action="glue:Get?able"), True),
        (policy(action="*"), True),
        (policy(action="glue:GetTables"), False),
        (policy(resource=TABLE), True),
        (policy(resource=TABLE.replace("sales", "SALES")), False),
        (policy(resource=f"arn:aws:glue:*:{OWN}:table/sales/*"), True),
        (policy(resource=f"arn:aws:glue:*:{OWN}:table/*/customers"), False),
        (policy(resource="arn:aws:glue:*:*:table/${aws:username}/*"), False),
        (policy("Deny"), False),
    ],
)
def test_identity_policy_allows_what_it_names(given_: Policy, allowed: bool) -> None:
    assert decide(ask(), Policies((given_,))).allowed is allowed


def test_variable_is_the_callers_and_its_value_is_literal() -> None:
    own = policy(resource="arn:aws:glue:*:*:table/${aws:username}/*")
    assert decide(ask(resource=f"arn:aws:glue:x:{OWN}:table/ann/t"), Policies((own,))).allowed
    tagged = policy(resource="arn:aws:glue:*:*:table/${aws:PrincipalTag/team}/*")
    assert not decide(ask(**{"PrincipalTag/team": ("*",)}), Policies((tagged,))).allowed
    starred = f"arn:aws:glue:x:{OWN}:table/*/t"
    assert decide(ask(resource=starred, **{"principaltag/team": ("*",)}), Policies((tagged,))).allowed


def test_unknown_variable_gives_no_right_through_not_resource() -> None:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "*",
        "NotResource": "arn:aws:s3:::${aws:missing}",
    }
    allow = parse_policy(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    deny = parse_policy(json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Effect": "Deny"}}))
    assert not decide(ask(), Policies((allow,))).allowed
    assert decide(ask(), Policies((policy(), deny))).explicit


def test_not_action_allows_all_but_what_it_names() -> None:
    def excluding(action: str) -> Policy:
        return parse_policy(
            json.dumps({"Statement": {"Effect": "Allow", "NotAction": action, "Resource": "*"}})
        )

    assert decide(ask(), Policies((excluding("iam:*"),))).allowed
    assert not decide(ask(), Policies((excluding("glue:*"),))).allowed


NEEDS = "is not authorized to perform: glue:GetTable on resource:"


@pytest.mark.parametrize(
    ("policies", "ending"),
    [
        (Policies(), "because no identity-based policy allows the glue:GetTable action"),
        (Policies((policy(),), boundary=policy(action="s3:*")), "because no permissions boundary allows the glue:GetTable action"),
        (Policies((policy(),), session=policy(action="s3:*")), "because no session policy allows the glue:GetTable action"),
        (Policies((policy(),), resource_account=OTHER), "because no resource-based policy allows the glue:GetTable action"),
        (Policies((policy(), policy("Deny"))), "with an explicit deny in an identity-based policy"),
        (Policies((policy(),), boundary=policy("Deny")), "with an explicit deny in a permissions boundary"),
        (Policies((policy(),), session=policy("Deny")), "with an explicit deny in a session policy"),
        (Policies((policy(),), resource=(grant("*", "Deny"),)), "with an explicit deny in a resource-based policy"),
    ],
)  # fmt: skip
def test_refusal_says_what_is_missing_in_the_words_of_aws(policies: Policies, ending: str) -> None:
    assert decide(ask(), policies).reason == f"User: {USER} {NEEDS} {TABLE} {ending}"


def test_allowance_says_which_statement_gave_it() -> None:
    decision = decide(
        ask(), Policies((policy(action="s3:*").named("s3"), policy(Sid="Look").named("inline")))
    )
    assert decision.reason == "statement 1 (Look) of the identity-based policy inline allows glue:GetTable."


@pytest.mark.parametrize(
    ("principal", "policies", "missing"),
    [
        # Inside the account the resource's policy alone is enough, when it names more than the account.
        (USER, Policies(resource=(grant({"AWS": USER}),)), None),
        (USER, Policies(resource=(grant("*"),)), None),
        (USER, Policies(resource=(grant({"AWS": OWN}),)), "identity"),
        (USER, Policies((policy(),), resource=(grant({"AWS": OWN}),)), None),
        (USER, Policies(resource=(grant({"AWS": OTHER}),)), "identity"),
        (SESSION, Policies(resource=(grant({"AWS": ROLE}),)), None),
        (SESSION, Policies(resource=(grant({"AWS": SESSION}),)), None),
        (SESSION, Policies(resource=(grant({"AWS": f"{ROLE}2"}),)), "identity"),
        # Naming the role leaves its limits in force, naming the session or the user does not.
        (SESSION, Policies(session=policy(action="s3:*"), resource=(grant({"AWS": ROLE}),)), "session"),
        (SESSION, Policies(session=policy(action="s3:*"), resource=(grant({"AWS": SESSION}),)), None),
        (USER, Policies(boundary=policy(action="s3:*"), resource=(grant({"AWS": USER}),)), None),
        (USER, Policies(boundary=policy(action="s3:*"), resource=(grant("*"),)), "boundary"),
        # Between accounts both must allow, and naming the account is enough on the other side.
        (USER, Policies(resource=(grant({"AWS": USER}),), resource_account=OTHER), "identity"),
        (USER, Policies((policy(),), resource_account=OTHER), "resource"),
        (USER, Policies((policy(),), resource=(grant({"AWS": OWN}),), resource_account=OTHER), None),
        (USER, Policies((policy(),), boundary=policy(action="s3:*"), resource=(grant({"AWS": OWN}),), resource_account=OTHER), "boundary"),
        (ROOT, Policies(), None),
        (ROOT, Policies(resource_account=OTHER), "resource"),
        (ROOT, Policies(resource=(grant({"AWS": OWN}),), resource_account=OTHER), None),
        # A role's trust must allow in any case.
        (USER, Policies((policy(),), trusting=True), "resource"),
        (ROOT, Policies(trusting=True), "resource"),
        (USER, Policies(resource=(grant({"AWS": OWN}),), trusting=True), "identity"),
        (USER, Policies((policy(),), resource=(grant({"AWS": OWN}),), trusting=True), None),
        (USER, Policies(resource=(grant({"AWS": USER}),), trusting=True), None),
        ("glue.amazonaws.com", Policies(resource=(grant({"Service": "glue.amazonaws.com"}),), trusting=True), None),
        ("glue.amazonaws.com", Policies(resource=(grant({"Service": "ec2.amazonaws.com"}),), trusting=True), "resource"),
    ],
)  # fmt: skip
def test_resource_policies_count_as_aws_documents(
    principal: str, policies: Policies, missing: str | None
) -> None:
    decision = decide(ask(principal), policies)
    assert (decision.allowed, decision.missing) == (missing is None, missing)


def test_not_principal_spares_only_whom_it_names() -> None:
    denying = policy("Deny", kind="resource", NotPrincipal={"AWS": [USER, OWN]})
    assert decide(ask(), Policies((policy(),), resource=(denying,))).allowed
    assert not decide(ask(SESSION), Policies((policy(),), resource=(denying,))).allowed


def test_role_with_a_path_is_named_by_its_whole_arn() -> None:
    role = f"arn:aws:iam::{OWN}:role/team/etl"
    question = Question(SESSION, OWN, ACTION, TABLE, {}, role)
    assert decide(question, Policies(resource=(grant({"AWS": role}),))).allowed
    assert not decide(question, Policies(resource=(grant({"AWS": ROLE}),))).allowed


def test_undefined_role_may_do_all_but_become_another() -> None:
    policies = Policies((undefined_role_policy(ROLE),))

    def allowed(action: str, resource: str = "*") -> bool:
        return decide(Question(SESSION, OWN, action, resource), policies).allowed

    assert (allowed("glue:DeleteTable"), allowed("s3:GetObject"), allowed("iam:PassRole", ROLE)) == (
        True,
    ) * 3
    assert [
        allowed(action)
        for action in ("iam:CreateUser", "iam:PutRolePolicy", "sts:AssumeRole", "isinglass:CreateAccount")
    ] == [False] * 4
    assert not allowed("iam:PassRole", f"{ROLE}-admin")


def test_every_managed_policy_is_a_policy() -> None:
    assert all(managed_policy(arn) for arn in MANAGED)


_STATEMENTS = st.builds(
    dict,
    Effect=st.sampled_from(["Allow", "Deny"]),
    Action=st.sampled_from(["*", "glue:*", "glue:Get*", "glue:GetTable", "s3:*"]),
    Resource=st.sampled_from(["*", "arn:aws:glue:*:*:table/*", TABLE, "arn:aws:s3:::b"]),
    Condition=st.sampled_from([{}, {"StringEquals": {"aws:username": "ann"}}, {"Bool": {"aws:x": "true"}}]),
)
_POLICIES = st.builds(
    lambda statements: parse_policy(json.dumps({"Version": "2012-10-17", "Statement": statements})),
    st.lists(_STATEMENTS, min_size=1, max_size=3),
)
_BEARING = st.builds(
    Policies,
    st.lists(_POLICIES, max_size=3).map(tuple),
    st.none() | _POLICIES,
    st.none() | _POLICIES,
    st.lists(st.sampled_from([grant("*"), grant({"AWS": USER}), grant({"AWS": OWN})]), max_size=2).map(tuple),
    st.sampled_from([None, OWN, OTHER]),
)


@given(_BEARING, st.sampled_from([USER, SESSION, ROOT]))
def test_explicit_deny_is_never_outvoted(policies: Policies, principal: str) -> None:
    denied = Policies(
        (*policies.identity, policy("Deny")),
        policies.boundary,
        policies.session,
        policies.resource,
        policies.resource_account,
    )
    decision = decide(ask(principal), denied)
    assert (decision.allowed, decision.explicit) == (False, True)


@given(_BEARING, st.sampled_from([USER, SESSION, ROOT]), _STATEMENTS)
def test_more_allowance_never_takes_away(policies: Policies, principal: str, statement: Any) -> None:
    allowing = parse_policy(
        json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Effect": "Allow"}})
    )
    more = Policies(
        (*policies.identity, allowing),
        policies.boundary,
        policies.session,
        policies.resource,
        policies.resource_account,
    )
    assert decide(ask(principal), more).allowed >= decide(ask(principal), policies).allowed
