"""Managed policies: written once, attached to many; every change is a version."""

from dataclasses import replace
from typing import Any

from isinglass.domain.access.managed import MANAGED
from isinglass.model.iam.errors import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    LimitExceededException,
    NoSuchEntityException,
)
from isinglass.model.iam.shapes import (
    CreatePolicyRequest,
    CreatePolicyResponse,
    CreatePolicyVersionRequest,
    CreatePolicyVersionResponse,
    DeletePolicyRequest,
    DeletePolicyResponse,
    DeletePolicyVersionRequest,
    DeletePolicyVersionResponse,
    GetPolicyRequest,
    GetPolicyResponse,
    GetPolicyVersionRequest,
    GetPolicyVersionResponse,
    ListPolicyVersionsRequest,
    ListPolicyVersionsResponse,
    SetDefaultPolicyVersionRequest,
    SetDefaultPolicyVersionResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import (
    add_tags,
    check_document,
    check_size,
    new_id,
    page_of,
    paged,
    require_policy,
)
from isinglass.operations.identity.shown import shown_built_in, shown_policy, shown_tags, shown_version
from isinglass.operations.registry import implements
from isinglass.store.identity_policies import ManagedPolicy, PolicyVersion
from isinglass.store.store import Transaction

_LARGEST = 6144
_MOST_VERSIONS = 5


def _document(text: str) -> str:
    check_size([text], _LARGEST)
    return check_document(text)


@implements("iam:CreatePolicy")
def create_policy(ctx: Context, request: CreatePolicyRequest) -> CreatePolicyResponse:
    """Make a policy; it bears on nobody until it is attached."""
    document = _document(request["PolicyDocument"])
    policy = ManagedPolicy(
        account_id=ctx.account_id,
        id=new_id("policy"),
        name=request["PolicyName"],
        path=request.get("Path", "/"),
        description=request.get("Description"),
        default_version=1,
        last_version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    with ctx.store.begin() as tx:
        if not tx.identity_policies.insert(policy, document):
            raise EntityAlreadyExistsException(
                f"A policy called {policy.name} already exists. Duplicate names are not allowed."
            )
        add_tags(tx, ctx, policy.tag_resource, request.get("Tags", []))
        return {"Policy": _whole(tx, ctx, policy)}


@implements("iam:GetPolicy")
def get_policy(ctx: Context, request: GetPolicyRequest) -> GetPolicyResponse:
    """Show a policy; its versions have the documents."""
    built_in = MANAGED.get(request["PolicyArn"])
    with ctx.store.read() as tx:
        if built_in is None:
            return {"Policy": _whole(tx, ctx, require_policy(tx, ctx, request["PolicyArn"]))}
        uses = tx.identity_policies.uses(ctx.account_id, [built_in.id])[built_in.id]
    shown: Any = {**shown_built_in(built_in, uses), "Description": built_in.description}
    return {"Policy": shown}


@implements("iam:DeletePolicy")
def delete_policy(ctx: Context, request: DeletePolicyRequest) -> DeletePolicyResponse:
    """Delete a policy that nobody has, with its only version."""
    with ctx.store.begin() as tx:
        policy = require_policy(tx, ctx, request["PolicyArn"], lock=True)
        if any(tx.identity_policies.uses(ctx.account_id, [policy.id])[policy.id]):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(tx.identity_policies.versions(policy)) > 1:
            raise DeleteConflictException(
                "This policy has more than one version. Before you delete a policy, you must delete the "
                "policy's versions. The default version is deleted with the policy."
            )
        tx.tags.delete_all(ctx.account_id, policy.tag_resource)
        tx.identity_policies.delete(policy)
    return {}


@implements("iam:CreatePolicyVersion")
def create_policy_version(ctx: Context, request: CreatePolicyVersionRequest) -> CreatePolicyVersionResponse:
    """Add a version to a policy."""
    document = _document(request["PolicyDocument"])
    with ctx.store.begin() as tx:
        policy = require_policy(tx, ctx, request["PolicyArn"], lock=True)
        if len(tx.identity_policies.versions(policy)) >= _MOST_VERSIONS:
            raise LimitExceededException(
                f"A managed policy can have up to {_MOST_VERSIONS} versions. Before you create a new "
                "version, you must delete an existing version."
            )
        number = policy.last_version + 1
        default = number if request.get("SetAsDefault") else policy.default_version
        tx.identity_policies.add_version(policy, number, document, ctx.now)
        changed = replace(policy, last_version=number, default_version=default, updated_at=ctx.now)
        tx.identity_policies.update(changed)
    made = PolicyVersion(number, document, ctx.now)
    return {"PolicyVersion": shown_version(made, default, whole=False)}


@implements("iam:GetPolicyVersion")
def get_policy_version(ctx: Context, request: GetPolicyVersionRequest) -> GetPolicyVersionResponse:
    """Show a version of a policy with its document."""
    number = _number(request["VersionId"])
    for version, default in _versions(ctx, request["PolicyArn"]):
        if version.number == number:
            return {"PolicyVersion": shown_version(version, default, whole=True)}
    raise _no_version(request["PolicyArn"], request["VersionId"])


@implements("iam:ListPolicyVersions")
def list_policy_versions(ctx: Context, request: ListPolicyVersionsRequest) -> ListPolicyVersionsResponse:
    """List the versions of a policy, the newest first."""
    versions, after = page_of(ctx, _versions(ctx, request["PolicyArn"]), lambda entry: -entry[0].number)
    shown = [shown_version(version, default, whole=False) for version, default in versions]
    listed: ListPolicyVersionsResponse = paged(ctx, "Versions", shown, after)
    return listed


@implements("iam:SetDefaultPolicyVersion")
def set_default_policy_version(
    ctx: Context, request: SetDefaultPolicyVersionRequest
) -> SetDefaultPolicyVersionResponse:
    """Let another version of a policy bear on those who have it."""
    number = _number(request["VersionId"])
    with ctx.store.begin() as tx:
        policy = require_policy(tx, ctx, request["PolicyArn"], lock=True)
        _require_version(tx, policy, number)
        tx.identity_policies.update(replace(policy, default_version=number, updated_at=ctx.now))
    return {}


@implements("iam:DeletePolicyVersion")
def delete_policy_version(ctx: Context, request: DeletePolicyVersionRequest) -> DeletePolicyVersionResponse:
    """Delete a version that is not the default."""
    number = _number(request["VersionId"])
    with ctx.store.begin() as tx:
        policy = require_policy(tx, ctx, request["PolicyArn"], lock=True)
        _require_version(tx, policy, number)
        if number == policy.default_version:
            raise DeleteConflictException("Cannot delete the default version of a policy.")
        tx.identity_policies.delete_version(policy, number)
    return {}


def _whole(tx: Transaction, ctx: Context, policy: ManagedPolicy) -> Any:
    uses = tx.identity_policies.uses(ctx.account_id, [policy.id])[policy.id]
    shown = {**shown_policy(policy, uses), "Description": policy.description}
    tags = tx.tags.get(ctx.account_id, policy.tag_resource)
    return {**shown, "Tags": shown_tags(tags)} if tags else shown


def _versions(ctx: Context, arn: str) -> list[tuple[PolicyVersion, int]]:
    """List the versions of a policy, each with the number of the default."""
    built_in = MANAGED.get(arn)
    if built_in is not None:
        return [(PolicyVersion(1, built_in.document, 0.0), 1)]
    with ctx.store.read() as tx:
        policy = require_policy(tx, ctx, arn)
        return [(version, policy.default_version) for version in tx.identity_policies.versions(policy)]


def _require_version(tx: Transaction, policy: ManagedPolicy, number: int) -> None:
    if number not in {version.number for version in tx.identity_policies.versions(policy)}:
        raise _no_version(policy.arn, f"v{number}")


def _number(version_id: str) -> int:
    """Read `v3`; versions of services have a part after a dot, which ours never have."""
    digits = version_id.removeprefix("v")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0


def _no_version(arn: str, version_id: str) -> NoSuchEntityException:
    return NoSuchEntityException(f"Policy {arn} version {version_id} does not exist or is not attachable.")
