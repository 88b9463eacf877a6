"""Temporary credentials: sessions of roles, and of callers themselves."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.access.decide import Question
from isinglass.domain.access.documents import MalformedPolicy, parse_policy
from isinglass.domain.access.managed import MANAGED
from isinglass.domain.access.principals import is_root, read_principal, session_arn
from isinglass.domain.access.standing import Standing
from isinglass.model.sts.errors import (
    AccessDeniedException,
    MalformedPolicyDocumentException,
    OperationNotSupportedException,
    PackedPolicyTooLargeException,
    ValidationException,
)
from isinglass.model.sts.shapes import (
    AssumeRoleRequest,
    AssumeRoleResponse,
    Credentials,
    GetAccessKeyInfoRequest,
    GetAccessKeyInfoResponse,
    GetSessionTokenRequest,
    GetSessionTokenResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.store.access_keys import AccessKey
from isinglass.store.identities import Identity
from isinglass.store.key_making import Holder, MadeKey, holder_of, make_session_key
from isinglass.store.store import Transaction

_HOUR = 3600
_USUAL_SESSION_TOKEN = 12 * _HOUR
_LARGEST_SESSION_POLICY = 2048
_MOST_POLICY_ARNS = 10
#: What would change who gets in, and is not carried out.
_REFUSED = ("TransitiveTagKeys", "SerialNumber", "TokenCode", "SourceIdentity", "ProvidedContexts")


@implements("sts:AssumeRole")
def assume_role(ctx: Context, request: AssumeRoleRequest) -> AssumeRoleResponse:
    """Become a role for a while: its trust policy must let the caller, and the caller's policies too."""
    _refuse_unsupported("AssumeRole", request)
    arn, session = request["RoleArn"], request["RoleSessionName"]
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    with ctx.store.begin() as tx:
        caller = tx.access_keys.find(ctx.principal.access_key_id)
        account_id = arn.split(":")[4] if arn.count(":") >= 5 else ""
        role = tx.identities.by_arn(account_id, arn)
        if caller is None or role is None or role.kind != "role" or role.trust is None:
            raise _not_trusted(ctx, "sts:AssumeRole", arn)
        standing = tx.identities.standing(caller)
        for action in ("sts:AssumeRole", *(["sts:TagSession"] if tags else [])):
            _check_trust(ctx, standing, role, action, request, tags)
        seconds = _seconds(request.get("DurationSeconds"), role, caller)
        holder = Holder(
            role.account_id,
            session_arn(role.account_id, role.name, session),
            role.id,
            _session_policies(tx, role.account_id, request),
            {"tags": tags} if tags else None,
        )
        made = make_session_key(tx, ctx.services.sealer, holder, ctx.now, ctx.now + seconds)
    return {
        "Credentials": _shown(made, ctx.now + seconds),
        "AssumedRoleUser": {"AssumedRoleId": f"{role.id}:{session}", "Arn": holder.principal_arn},
    }


@implements("sts:GetSessionToken")
def get_session_token(ctx: Context, request: GetSessionTokenRequest) -> GetSessionTokenResponse:
    """Make a temporary key that acts as the caller."""
    _refuse_unsupported("GetSessionToken", request)
    with ctx.store.begin() as tx:
        caller = tx.access_keys.find(ctx.principal.access_key_id)
        if caller is None or caller.session_token_hash is not None:
            raise AccessDeniedException("Cannot call GetSessionToken with session credentials")
        most = _HOUR if is_root(caller.principal_arn) else _USUAL_SESSION_TOKEN * 3
        ends = ctx.now + min(request.get("DurationSeconds", _USUAL_SESSION_TOKEN), most)
        made = make_session_key(tx, ctx.services.sealer, holder_of(caller), ctx.now, ends)
    return {"Credentials": _shown(made, ends)}


@implements("sts:GetAccessKeyInfo")
def get_access_key_info(ctx: Context, request: GetAccessKeyInfoRequest) -> GetAccessKeyInfoResponse:
    """Tell which account an access key is of."""
    with ctx.store.read() as tx:
        key = tx.access_keys.find(request["AccessKeyId"])
    if key is None or key.account_id != ctx.account_id:
        # Of keys of other accounts it is not even told that they are there.
        raise ValidationException(f"There is no access key {request['AccessKeyId']} in this account.")
    return {"Account": key.account_id}


def _check_trust(
    ctx: Context,
    standing: Standing,
    role: Identity,
    action: str,
    request: AssumeRoleRequest,
    tags: Mapping[str, str],
) -> None:
    facts: dict[str, tuple[str, ...]] = {
        **ctx.facts,
        "sts:rolesessionname": (request["RoleSessionName"],),
        **{f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()},
    }
    if tags:
        facts["aws:tagkeys"] = tuple(tags)
    if "ExternalId" in request:
        facts["sts:externalid"] = (request["ExternalId"],)
    question = Question(ctx.principal.arn, ctx.account_id, action, role.arn, facts)
    trust = parse_policy(role.trust or "", "trust").named(role.arn)
    decision = standing.decide(question, (trust,), role.account_id, trusting=True)
    if not decision.allowed:
        raise AccessDeniedException(decision.reason)


def _not_trusted(ctx: Context, action: str, arn: str) -> AccessDeniedException:
    # Said of roles that are not there, too: who may not become a role need not learn which there are.
    return AccessDeniedException(
        f"User: {ctx.principal.arn} is not authorized to perform: {action} on resource: {arn} "
        f"because no resource-based policy allows the {action} action"
    )


def _seconds(asked: int | None, role: Identity, caller: AccessKey) -> int:
    seconds = asked or _HOUR
    # A session that opened a session that opened a session would never end.
    if read_principal(caller.principal_arn).kind == "session" and seconds > _HOUR:
        raise ValidationException(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
            "chaining"
        )
    if seconds > (role.longest_session or _HOUR):
        raise ValidationException(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return seconds


def _session_policies(tx: Transaction, account_id: str, request: AssumeRoleRequest) -> list[str] | None:
    """Gather the documents that limit a session; they are kept as they are now."""
    given = [request["Policy"]] if "Policy" in request else []
    arns = [policy.get("arn", "") for policy in request.get("PolicyArns", [])]
    if sum(map(len, given)) > _LARGEST_SESSION_POLICY or len(arns) > _MOST_POLICY_ARNS:
        raise PackedPolicyTooLargeException(
            f"A session takes a policy of {_LARGEST_SESSION_POLICY} characters and {_MOST_POLICY_ARNS} ARNs."
        )
    for document in given:
        try:
            parse_policy(document)
        except MalformedPolicy as error:
            raise MalformedPolicyDocumentException(error.reason) from error
    documents = [*given, *(_document(tx, account_id, arn) for arn in arns)]
    return documents or None


def _document(tx: Transaction, account_id: str, arn: str) -> str:
    if arn in MANAGED:
        return MANAGED[arn].document
    policy = tx.identity_policies.find(account_id, arn.rpartition("/")[2])
    if policy is None or policy.arn != arn:
        raise ValidationException(f"The session policy {arn} does not exist in the role's account.")
    return next(
        version.document
        for version in tx.identity_policies.versions(policy)
        if version.number == policy.default_version
    )


def _refuse_unsupported(operation: str, request: Mapping[str, Any]) -> None:
    for member in _REFUSED:
        if request.get(member):
            raise OperationNotSupportedException(f"{operation} does not support {member} yet.")


def _shown(made: MadeKey, ends: float) -> Credentials:
    return {
        "AccessKeyId": made.access_key_id,
        "SecretAccessKey": made.secret_access_key,
        "SessionToken": made.session_token,
        "Expiration": ends,
    }
