"""Finds users, groups, roles and policies by what requests call them, or raises what IAM raises."""

import secrets
import string
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Never, TypeVar

from isinglass.domain.access.documents import MalformedPolicy, PolicyKind, parse_policy
from isinglass.domain.access.managed import BY_ID, MANAGED
from isinglass.domain.access.principals import is_root, read_principal
from isinglass.model.glue.errors import InvalidInputException as UntaggableException
from isinglass.model.iam.errors import (
    DeleteConflictException,
    EntityAlreadyExistsException,
    InvalidInputException,
    LimitExceededException,
    MalformedPolicyDocumentException,
    NoSuchEntityException,
    ValidationException,
)
from isinglass.operations.context import Context
from isinglass.store.identities import Identity, IdentityKind
from isinglass.store.identity_policies import ManagedPolicy
from isinglass.store.store import Transaction

T = TypeVar("T")

_ALPHABET = string.ascii_uppercase + string.digits
_PREFIXES = {"user": "AIDA", "group": "AGPA", "role": "AROA", "policy": "ANPA"}


def new_id(kind: str) -> str:
    """Make an id that is never used again; its first letters tell the kind."""
    return _PREFIXES[kind] + "".join(secrets.choice(_ALPHABET) for _ in range(17))


def require(tx: Transaction, ctx: Context, kind: IdentityKind, name: str, *, lock: bool = False) -> Identity:
    """Find one of the account's identities by its name."""
    found = tx.identities.find(ctx.account_id, kind, name, lock=lock)
    if found is None:
        raise NoSuchEntityException(f"The {kind} with name {name} cannot be found.")
    return found


def refuse_taken(kind: IdentityKind, name: str) -> Never:
    """Say that another identity has the name."""
    raise EntityAlreadyExistsException(f"{kind.capitalize()} with name {name} already exists.")


def own_name(ctx: Context, given: str | None) -> str | None:
    """Return the user a request is about: the one it names or the caller; None is the account itself."""
    if given is not None:
        return given
    if is_root(ctx.principal.arn):
        return None
    who = read_principal(ctx.principal.arn)
    if who.kind != "user":
        raise ValidationException("Must specify userName when calling with non-User credentials")
    return who.name


def require_policy(tx: Transaction, ctx: Context, arn: str, *, lock: bool = False) -> ManagedPolicy:
    """Find a policy of the account by its ARN; those that every account has cannot be changed."""
    if arn in MANAGED:
        raise InvalidInputException(f"The policy {arn} belongs to every account; it cannot be changed.")
    return _own_policy(tx, ctx, arn, lock=lock)


def policy_id(tx: Transaction, ctx: Context, arn: str, *, lock: bool = False) -> str:
    """Find the id of a policy, the account's or one that every account has, by its ARN."""
    if arn in MANAGED:
        return MANAGED[arn].id
    return _own_policy(tx, ctx, arn, lock=lock).id


def _own_policy(tx: Transaction, ctx: Context, arn: str, *, lock: bool) -> ManagedPolicy:
    if not arn.startswith("arn:aws:iam::") or ":policy/" not in arn:
        raise InvalidInputException(f"ARN {arn} is not valid.")
    found = tx.identity_policies.find(ctx.account_id, arn.rpartition("/")[2], lock=lock)
    if found is None or found.arn != arn:
        raise NoSuchEntityException(f"Policy {arn} does not exist or is not attachable.")
    return found


def policy_arns(tx: Transaction, ctx: Context, ids: Iterable[str]) -> dict[str, str]:
    """Tell the ARNs of policies by their ids."""
    wanted = list(ids)
    own = [each for each in wanted if each not in BY_ID]
    found = tx.identity_policies.by_ids(ctx.account_id, own) if own else []
    return {policy.id: policy.arn for policy in found} | {
        each: BY_ID[each].arn for each in wanted if each in BY_ID
    }


def check_document(text: str, kind: PolicyKind = "identity") -> str:
    """Return the document, or say what is wrong with it."""
    try:
        parse_policy(text, kind)
    except MalformedPolicy as error:
        raise MalformedPolicyDocumentException(error.reason) from error
    return text


def check_size(documents: Iterable[str], most: int, quota: str = "PolicySize") -> None:
    """Refuse policies that are too large together; IAM does not count white space."""
    size = sum(len("".join(document.split())) for document in documents)
    if size > most:
        raise LimitExceededException(f"Cannot exceed quota for {quota}: {most}")


def add_tags(tx: Transaction, ctx: Context, resource: str, tags: Sequence[Any]) -> None:
    """Add tags as IAM writes them to what tags are kept under."""
    given = {tag["Key"]: tag["Value"] for tag in tags}
    if len(given) != len(tags):
        raise InvalidInputException(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    try:
        tx.tags.add(ctx.account_id, resource, given)
    except UntaggableException as error:
        raise InvalidInputException(error.message) from error


def paged(ctx: Context, member: str, items: list[Any], after: tuple[Any, ...] | None) -> Any:
    """Write a page of a listing."""
    return {member: items, "IsTruncated": after is not None, "Marker": ctx.token(after)}


def page_of(
    ctx: Context, items: Iterable[T], key: Callable[[T], Any]
) -> tuple[list[T], tuple[Any, ...] | None]:
    """Cut a page out of a list that is short enough to be read whole."""
    ordered = sorted(items, key=key)
    if ctx.page.after is not None:
        ordered = [item for item in ordered if key(item) > ctx.page.after[0]]
    page = ordered[: ctx.page.size]
    return page, (key(page[-1]),) if len(page) < len(ordered) else None


def refuse_possessions(tx: Transaction, identity: Identity) -> None:
    """Refuse to delete an identity that has policies."""
    if tx.identity_policies.inline(identity):
        raise DeleteConflictException("Cannot delete entity, must delete policies first.")
    if tx.identity_policies.attached(identity):
        raise DeleteConflictException("Cannot delete entity, must detach all policies first.")
