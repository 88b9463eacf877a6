"""Which managed policies there are, and who has them."""

from typing import Any

from isinglass.domain.access.managed import MANAGED
from isinglass.model.iam.shapes import (
    ListEntitiesForPolicyRequest,
    ListEntitiesForPolicyResponse,
    ListPoliciesRequest,
    ListPoliciesResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import paged, policy_id
from isinglass.operations.identity.shown import shown_built_in, shown_policy
from isinglass.operations.registry import implements
from isinglass.store.identities import IdentityKind
from isinglass.store.paging import PageRequest
from isinglass.store.store import Transaction

#: Policies that every account has come first in listings.
_BUILT_IN, _OWN = 0, 1
_KINDS: dict[str, IdentityKind] = {"Group": "group", "Role": "role", "User": "user"}


@implements("iam:ListPolicies")
def list_policies(ctx: Context, request: ListPoliciesRequest) -> ListPoliciesResponse:
    """List managed policies: those that every account has, then the account's own, by name.

    A page of attached policies may be short, even empty, and still have a next one.
    """
    scope, prefix = request.get("Scope", "All"), request.get("PathPrefix", "/")
    stage, name = ctx.page.after or (_BUILT_IN, "")
    shown: list[tuple[int, str, Any]] = []
    after: tuple[Any, ...] | None = None
    with ctx.store.read() as tx:
        if stage == _BUILT_IN and scope != "Local":
            shown += _built_in(tx, ctx, prefix, name)
        room = ctx.page.size - len(shown)
        if room < 0:
            shown, room = shown[: ctx.page.size], 0
            after = shown[-1][:2]
        elif scope != "AWS":
            start = (name,) if stage == _OWN else None
            policies, more = tx.identity_policies.page(
                ctx.account_id, prefix, PageRequest(max(room, 1), start)
            )
            uses = tx.identity_policies.uses(ctx.account_id, [policy.id for policy in policies])
            if room:
                shown += [(_OWN, each.name, shown_policy(each, uses[each.id])) for each in policies]
                after = None if more is None else (_OWN, *more)
            elif policies:
                after = (_OWN, "")
    wanted = [policy for _, _, policy in shown if _is_wanted(policy, request)]
    listed: ListPoliciesResponse = paged(ctx, "Policies", wanted, after)
    return listed


def _built_in(tx: Transaction, ctx: Context, prefix: str, after: str) -> list[tuple[int, str, Any]]:
    policies = sorted(
        (policy for policy in MANAGED.values() if policy.path.startswith(prefix) and policy.name > after),
        key=lambda policy: policy.name,
    )
    uses = tx.identity_policies.uses(ctx.account_id, [policy.id for policy in policies])
    return [(_BUILT_IN, policy.name, shown_built_in(policy, uses[policy.id])) for policy in policies]


def _is_wanted(policy: Any, request: ListPoliciesRequest) -> bool:
    usage = request.get("PolicyUsageFilter")
    attached, bounds = policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"]
    if usage == "PermissionsBoundary":
        return bool(bounds)
    if usage == "PermissionsPolicy" and bounds and not attached:
        return False
    return not request.get("OnlyAttached") or bool(attached)


@implements("iam:ListEntitiesForPolicy")
def list_entities_for_policy(
    ctx: Context, request: ListEntitiesForPolicyRequest
) -> ListEntitiesForPolicyResponse:
    """List the groups, roles and users that have a policy attached, or as their boundary."""
    wanted = request.get("EntityFilter")
    kinds = list(_KINDS.values()) if wanted is None else [_KINDS[wanted]] if wanted in _KINDS else []
    with ctx.store.read() as tx:
        found, after = tx.identity_policies.holders(
            ctx.account_id,
            policy_id(tx, ctx, request["PolicyArn"]),
            kinds,
            request.get("PathPrefix", "/"),
            request.get("PolicyUsageFilter"),
            ctx.page,
        )
    return {
        "PolicyGroups": [
            {"GroupName": name, "GroupId": each} for kind, name, each in found if kind == "group"
        ],
        "PolicyRoles": [{"RoleName": name, "RoleId": each} for kind, name, each in found if kind == "role"],
        "PolicyUsers": [{"UserName": name, "UserId": each} for kind, name, each in found if kind == "user"],
        "IsTruncated": after is not None,
        "Marker": ctx.token(after),
    }
