"""Tags of keys; conditions of policies may ask for them."""

from collections.abc import Sequence

from isinglass.domain.tag_rules import MAX_TAGS
from isinglass.model.glue.errors import InvalidInputException as UntaggableException
from isinglass.model.kms.errors import LimitExceededException, TagException
from isinglass.model.kms.shapes import (
    ListResourceTagsRequest,
    ListResourceTagsResponse,
    Tag,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.keys.lookups import paged, require_kept, require_key
from isinglass.operations.registry import implements
from isinglass.store.keys import Key
from isinglass.store.store import Transaction


@implements("kms:TagResource")
def tag_resource(ctx: Context, request: TagResourceRequest) -> TagResourceResponse:
    """Give a key tags; those of the same keys are replaced."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "TagResource", request["KeyId"], lock=True)
        require_kept(key)
        add_tags(tx, key, request["Tags"])
    return {}


@implements("kms:UntagResource")
def untag_resource(ctx: Context, request: UntagResourceRequest) -> UntagResourceResponse:
    """Take tags from a key."""
    with ctx.store.begin() as tx:
        key = require_key(tx, ctx, "UntagResource", request["KeyId"], lock=True)
        require_kept(key)
        tx.tags.remove(key.account_id, key.tag_resource, request["TagKeys"])
    return {}


@implements("kms:ListResourceTags")
def list_resource_tags(ctx: Context, request: ListResourceTagsRequest) -> ListResourceTagsResponse:
    """List a key's tags."""
    with ctx.store.read() as tx:
        key = require_key(tx, ctx, "ListResourceTags", request["KeyId"])
        tags = sorted(tx.tags.get(key.account_id, key.tag_resource).items())
    first = ctx.page.after[0] if ctx.page.after else ""
    there = [{"TagKey": name, "TagValue": value} for name, value in tags if name > first]
    page = there[: ctx.page.size]
    after = (page[-1]["TagKey"],) if len(page) < len(there) else None
    listed: ListResourceTagsResponse = paged(ctx, "Tags", page, after)
    return listed


def add_tags(tx: Transaction, key: Key, tags: Sequence[Tag]) -> None:
    """Add tags as KMS writes them."""
    given = {tag["TagKey"]: tag["TagValue"] for tag in tags}
    if len(given) != len(tags):
        raise TagException("Duplicate tag keys")
    if len({*tx.tags.get(key.account_id, key.tag_resource), *given}) > MAX_TAGS:
        raise LimitExceededException(f"A key has at most {MAX_TAGS} tags.")
    try:
        tx.tags.add(key.account_id, key.tag_resource, given)
    except UntaggableException as error:
        raise TagException(error.message) from error
