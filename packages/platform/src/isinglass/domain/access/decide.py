"""Decide whether a caller may do something: the one place where policies become yes or no.

As AWS documents it: an explicit deny in any policy wins. Then, inside one account, the identity's policies or
the resource's must allow, and the permissions boundary and the session policy must allow too; between
accounts, the identity's policies and the resource's must both allow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from isinglass.domain.access.documents import Policy, Principal, Statement
from isinglass.domain.access.principals import Who, identity_arn, is_root, principal_context, read_principal
from isinglass.domain.access.templates import Template
from isinglass.domain.access.wildcards import compile_text

PolicyRole = Literal["identity", "boundary", "session", "resource"]

_NAMES: dict[PolicyRole, str] = {
    "identity": "identity-based policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "resource": "resource-based policy",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks to do what to which resource; `account_id` is the caller's.

    `identity` is the ARN of the caller's role with its path where it is known; a session does not tell it.
    """

    principal_arn: str
    account_id: str
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """What bears on a question; `resource_account` owns the resource, None when it is the caller's."""

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    resource: tuple[Policy, ...] = ()
    resource_account: str | None = None
    #: Whether the resource's policies must allow even inside one account, as a role's trust must.
    trusting: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A statement that applied to the question."""

    role: PolicyRole
    policy: Policy
    statement: Statement


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer; `explicit` when a statement denies, `missing` the kind of policy that does not allow.

    `reason` is what the caller is told; `matches` are the statements that decided.
    """

    allowed: bool
    explicit: bool
    reason: str
    missing: PolicyRole | None = None
    matches: tuple[Match, ...] = ()


def decide(question: Question, policies: Policies) -> Decision:
    """Decide a question under the policies that bear on it."""
    asked = _Asked(question)
    applying = [
        Match(role, policy, statement)
        for role, policy in _all(policies)
        for statement in policy.statements
        if asked.concerns(statement)
    ]
    denials = tuple(match for match in applying if not match.statement.allows)
    if denials:
        kind = _NAMES[denials[0].role]
        article = "an" if kind[0] == "i" else "a"
        return Decision(
            False, True, _refusal(question, f"with an explicit deny in {article} {kind}"), None, denials
        )
    allowing = tuple(match for match in applying if match.statement.allows)
    missing = _missing(asked, policies, {match.role for match in allowing}, allowing)
    if missing is None:
        return Decision(True, False, _praise(question, allowing), None, allowing)
    return Decision(
        False,
        False,
        _refusal(question, f"because no {_NAMES[missing]} allows the {question.action} action"),
        missing,
    )


def _all(policies: Policies) -> Iterator[tuple[PolicyRole, Policy]]:
    for policy in policies.identity:
        yield "identity", policy
    if policies.boundary is not None:
        yield "boundary", policies.boundary
    if policies.session is not None:
        yield "session", policies.session
    for policy in policies.resource:
        yield "resource", policy


def _missing(
    asked: "_Asked", policies: Policies, roles: set[PolicyRole], allowing: tuple[Match, ...]
) -> PolicyRole | None:
    """Return the first kind of policy whose allow is needed and lacking."""
    granted = {asked.grant(match.statement) for match in allowing if match.role == "resource"}
    foreign = policies.resource_account not in {None, asked.question.account_id}
    identity = "identity" in roles or is_root(asked.question.principal_arn)
    if asked.who.kind == "service":
        return None if granted else "resource"
    if foreign and not identity:
        return "identity"
    if (foreign or policies.trusting) and not granted:
        return "resource"
    if not foreign:
        # Inside an account, naming the user or the session itself grants whatever the limits leave open.
        if "itself" in granted:
            return None
        if not identity and "broadly" not in granted:
            return "identity"
    if policies.boundary is not None and "boundary" not in roles:
        return "boundary"
    return "session" if policies.session is not None and "session" not in roles else None


#: How a statement of a resource's policy names the caller: it alone, a group it is of, or its whole account.
_Grant = Literal["itself", "broadly", "account"]


class _Asked:
    """A question with what follows from it, computed once for all statements."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.who: Who = read_principal(question.principal_arn)
        self.identity = question.identity or identity_arn(question.principal_arn)
        self._action = question.action.lower()

    @cached_property
    def _facts(self) -> dict[str, tuple[str, ...]]:
        """What conditions and variables may ask for; most policies ask for nothing."""
        asked = self.question
        given = {key.lower(): values for key, values in asked.context.items()}
        return {**principal_context(asked.principal_arn, self.identity), **given}

    def concerns(self, statement: Statement) -> bool:
        """Tell whether a statement applies to the question, whatever its effect."""
        return (
            self._names_action(statement)
            and self._names_resource(statement)
            and (statement.principals is None or self._names_caller(statement))
            and all(condition.holds(self._facts) for condition in statement.conditions)
        )

    def grant(self, statement: Statement) -> _Grant:
        """Tell how narrowly a statement that applies names the caller."""
        if statement.principals is None or statement.principals_excluded:
            return "broadly"
        grants = {self._named_by(principal) for principal in statement.principals}
        order: tuple[_Grant, ...] = ("itself", "broadly", "account")
        return next(grant for grant in order if grant in grants)

    def _names_action(self, statement: Statement) -> bool:
        named = False
        for action in statement.actions:
            if compile_text(action.text).matches(self._action):
                named = True
                break
        return named != statement.actions_excluded

    def _names_resource(self, statement: Statement) -> bool:
        if statement.resources is None:
            return True
        found = [self._is_resource(resource) for resource in statement.resources]
        if not statement.resources_excluded:
            return True in found
        # A variable without a value excludes nothing that can be known: no right may follow from that.
        return True not in found and not (statement.allows and None in found)

    def _is_resource(self, resource: Template) -> bool | None:
        # A question about no resource in particular, "*", is covered by "*" alone.
        facts = self._facts if resource.parts else {}
        return resource.matches(self.question.resource, facts)

    def _names_caller(self, statement: Statement) -> bool:
        grants = {self._named_by(principal) for principal in statement.principals or ()} - {None}
        if not statement.principals_excluded:
            return bool(grants)
        # Naming only the account excepts its identities from an allow, but not from a deny.
        return not grants if statement.allows else not grants - {"account"}

    def _named_by(self, principal: Principal) -> _Grant | None:
        if principal.type == "Service":
            return "itself" if self.who.kind == "service" and principal.value == self.who.name else None
        if principal.type != "AWS":
            return None
        if principal.value == "*":
            return "broadly"
        if self.who.kind == "service":
            return None
        if principal.value == self.question.principal_arn:
            return "itself"
        if principal.value == self.identity:
            return "broadly"
        return "account" if principal.value == f"arn:aws:iam::{self.who.account_id}:root" else None


def _refusal(question: Question, why: str) -> str:
    return (
        f"User: {question.principal_arn} is not authorized to perform: {question.action} "
        f"on resource: {question.resource} {why}"
    )


def _praise(question: Question, allowing: tuple[Match, ...]) -> str:
    if not allowing:
        return f"{question.principal_arn} is its account's root, which no policy needs to allow anything."
    match = allowing[0]
    source = f" {match.policy.source}" if match.policy.source else ""
    return f"{match.statement.label} of the {_NAMES[match.role]}{source} allows {question.action}."
