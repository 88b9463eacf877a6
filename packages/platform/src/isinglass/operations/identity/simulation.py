"""Ask what would be decided: the same decision as for real requests, with the statements that made it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain.access.decide import Decision, Match, Policies, Question, decide
from isinglass.domain.access.documents import MalformedPolicy, Policy, PolicyKind, parse_policy
from isinglass.domain.access.managed import MANAGED
from isinglass.domain.access.positions import statement_span
from isinglass.domain.access.principals import principal_context
from isinglass.domain.access.templates import Template, Variable
from isinglass.model.iam.errors import (
    InvalidInputException,
    NoSuchEntityException,
    OperationNotSupportedException,
)
from isinglass.model.iam.shapes import (
    SimulateCustomPolicyRequest,
    SimulatePolicyResponse,
    SimulatePrincipalPolicyRequest,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import paged
from isinglass.operations.registry import implements
from isinglass.store.identities import Identity

_NOBODY = "arn:aws:iam::{account}:user/simulated"


@dataclass(frozen=True, slots=True)
class Simulated:
    """Who asks in a simulation, under which policies, and what is known of the request."""

    caller: str
    account_id: str
    identity: str
    policies: Policies
    facts: dict[str, tuple[str, ...]]


@implements("iam:SimulatePrincipalPolicy")
def simulate_principal_policy(
    ctx: Context, request: SimulatePrincipalPolicyRequest
) -> SimulatePolicyResponse:
    """Decide actions for a user, group or role, with more policies when they are given."""
    _refuse_unsupported("SimulatePrincipalPolicy", request)
    arn = request["PolicySourceArn"]
    with ctx.store.read() as tx:
        identity = tx.identities.by_arn(ctx.account_id, arn)
        if identity is None:
            raise NoSuchEntityException(f"Cannot find the user, group or role {arn} in this account.")
        policies, boundary, tags = tx.identities.policies(identity)
        excluded = {each.get("PolicyArn") for each in request.get("PolicyExclusionList", [])}
    caller = request.get("CallerArn", arn)
    simulated = _simulated(
        ctx,
        request,
        caller,
        (*(policy for policy in policies if policy.source not in excluded), *_given(request)),
        _bound(request) or boundary,
        _tag_facts(identity, tags),
    )
    listed: SimulatePolicyResponse = _answer(ctx, request, simulated)
    return listed


@implements("iam:SimulateCustomPolicy")
def simulate_custom_policy(ctx: Context, request: SimulateCustomPolicyRequest) -> SimulatePolicyResponse:
    """Decide actions under policies that are given, attached or not."""
    _refuse_unsupported("SimulateCustomPolicy", request)
    caller = request.get("CallerArn", _NOBODY.format(account=ctx.account_id))
    simulated = _simulated(ctx, request, caller, tuple(_given(request)), _bound(request), {})
    listed: SimulatePolicyResponse = _answer(ctx, request, simulated)
    return listed


def _simulated(
    ctx: Context,
    request: Mapping[str, Any],
    caller: str,
    policies: tuple[Policy, ...],
    boundary: Policy | None,
    facts: dict[str, tuple[str, ...]],
) -> Simulated:
    resource = (
        (_parse("ResourcePolicy", request["ResourcePolicy"], "resource"),)
        if "ResourcePolicy" in request
        else ()
    )
    owner = request.get("ResourceOwner")
    if owner is not None and not owner.isdigit():
        owner = owner.split(":")[4] if owner.count(":") >= 5 else owner
    account_id = caller.split(":")[4] if caller.count(":") >= 5 else ctx.account_id
    entries = {
        entry["ContextKeyName"].lower(): tuple(entry.get("ContextKeyValues", []))
        for entry in request.get("ContextEntries", [])
    }
    bearing = Policies(policies, boundary, None, resource, owner)
    return Simulated(caller, account_id, caller, bearing, {**facts, **entries})


def _answer(ctx: Context, request: Mapping[str, Any], simulated: Simulated) -> Any:
    """Decide every action on every resource; a page goes on after the number of results before it."""
    questions = [
        Question(simulated.caller, simulated.account_id, action, resource, simulated.facts)
        for action in request["ActionNames"]
        for resource in request.get("ResourceArns") or ["*"]
    ]
    start = ctx.page.after[0] if ctx.page.after else 0
    end = start + ctx.page.size
    missing = sorted(_asked_for(simulated.policies) - _known(simulated))
    results = [_result(question, simulated.policies, missing) for question in questions[start:end]]
    return paged(ctx, "EvaluationResults", results, (end,) if end < len(questions) else None)


def _result(question: Question, policies: Policies, missing: list[str]) -> dict[str, Any]:
    if ":" not in question.action:
        raise InvalidInputException(f"Invalid Action Name: {question.action}")
    decision = decide(question, policies)
    result: dict[str, Any] = {
        "EvalActionName": question.action,
        "EvalResourceName": question.resource,
        "EvalDecision": _decided(decision),
        "MatchedStatements": [_matched(match) for match in decision.matches],
        "MissingContextValues": missing,
    }
    if policies.boundary is not None:
        allowed = decide(question, Policies((policies.boundary,))).allowed
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
    return result


def _decided(decision: Decision) -> str:
    if decision.allowed:
        return "allowed"
    return "explicitDeny" if decision.explicit else "implicitDeny"


def _matched(match: Match) -> dict[str, Any]:
    source = match.policy.source
    if match.role == "resource":
        kind = "resource"
    elif source in MANAGED:
        kind = "aws-managed"
    else:
        kind = "user-managed" if source.startswith("arn:") else "none"
    found: dict[str, Any] = {"SourcePolicyId": source, "SourcePolicyType": kind}
    span = statement_span(match.policy.text, match.statement.position)
    if span is not None:
        for member, position in zip(("StartPosition", "EndPosition"), span, strict=True):
            found[member] = {"Line": position.line, "Column": position.column}
    return found


def _given(request: Mapping[str, Any]) -> Iterator[Policy]:
    for number, text in enumerate(request.get("PolicyInputList", []), 1):
        yield _parse(f"PolicyInputList.{number}", text)


def _bound(request: Mapping[str, Any]) -> Policy | None:
    texts = request.get("PermissionsBoundaryPolicyInputList", [])
    if len(texts) > 1:
        raise InvalidInputException("There can be one permissions boundary only.")
    return _parse("PermissionsBoundaryPolicyInputList.1", texts[0]) if texts else None


def _parse(name: str, text: str, kind: PolicyKind = "identity") -> Policy:
    try:
        return parse_policy(text, kind).named(name)
    except MalformedPolicy as error:
        raise InvalidInputException(f"{name}: {error.reason}") from error


def _tag_facts(identity: Identity, tags: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    tagged = {f"aws:principaltag/{key.lower()}": (value,) for key, value in tags.items()}
    return {"aws:userid": (identity.id,), **tagged}


def _asked_for(policies: Policies) -> set[str]:
    """Gather the condition keys and variables that the policies look at."""
    bearing: Iterable[Policy | None] = (*policies.identity, policies.boundary, *policies.resource)
    keys: set[str] = set()
    for policy in bearing:
        for statement in policy.statements if policy is not None else ():
            keys.update(condition.key for condition in statement.conditions)
            for condition in statement.conditions:
                keys.update(_variables(condition.values))
            keys.update(_variables(statement.resources or ()))
    return keys


def _variables(templates: Iterable[Template]) -> Iterator[str]:
    for template in templates:
        for part in template.parts:
            if isinstance(part, Variable) and part.default is None:
                yield part.key


def _known(simulated: Simulated) -> set[str]:
    return {*simulated.facts, *principal_context(simulated.caller, simulated.identity)}


def _refuse_unsupported(operation: str, request: Mapping[str, Any]) -> None:
    for member in ("OrderedOrganizationPolicyInputList", "ResourceHandlingOption"):
        if request.get(member):
            raise OperationNotSupportedException(f"{operation} does not support {member} yet.")
