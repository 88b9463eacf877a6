"""Operations on the tags of any resource, named by its ARN."""

from collections.abc import Callable

from isinglass.domain import arns
from isinglass.domain.arns import Arn, InvalidArn
from isinglass.domain.catalog_ids import join
from isinglass.model.glue.errors import EntityNotFoundException, InvalidInputException
from isinglass.model.glue.shapes import (
    GetTagsRequest,
    GetTagsResponse,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.registry import implements
from isinglass.operations.visibility import require_on_database
from isinglass.store.databases import Database
from isinglass.store.store import Transaction


def _catalog_exists(tx: Transaction, account_id: str, path: str) -> bool:
    return tx.catalogs.find(join(account_id, path)) is not None


def _database(tx: Transaction, account_id: str, name: str) -> tuple[str, Database | None]:
    """Find a database of the account's own catalog, or `sales/emea/orders` of one nested in it."""
    found = tx.databases.find(account_id, name)
    path, _, last = name.rpartition("/")
    if found is not None or not path:
        return account_id, found
    catalog = join(account_id, path)
    return catalog, tx.databases.find(catalog, last)


def _database_exists(tx: Transaction, account_id: str, name: str) -> bool:
    return _database(tx, account_id, name)[1] is not None


#: Kinds of resources that can have tags, and how to know that one exists.
TAGGABLE: dict[str, Callable[[Transaction, str, str], bool]] = {
    "catalog": _catalog_exists,
    "connectionType": lambda tx, account_id, name: tx.connection_types.find(account_id, name) is not None,
    "connection": lambda tx, account_id, name: tx.connections.find(account_id, name) is not None,
    "crawler": lambda tx, account_id, name: tx.crawlers.find(account_id, name) is not None,
    "database": _database_exists,
    "job": lambda tx, account_id, name: tx.jobs.find(account_id, name) is not None,
    "usageProfile": lambda tx, account_id, name: tx.usage_profiles.find(account_id, name) is not None,
}


def _holds_catalog(tx: Transaction, account_id: str, path: str) -> bool:
    tx.catalogs.hold(join(account_id, path))
    return True


def _holds_database(tx: Transaction, account_id: str, name: str) -> bool:
    catalog, found = _database(tx, account_id, name)
    if found is not None:
        tx.databases.hold(catalog, found.name)
    return found is not None


#: How to keep one from being deleted while it is tagged: its tags would be the next one's of its name.
_HOLDING: dict[str, Callable[[Transaction, str, str], bool]] = {
    "catalog": _holds_catalog,
    "connectionType": lambda tx, account_id, name: (
        tx.connection_types.find(account_id, name, hold=True) is not None
    ),
    "connection": lambda tx, account_id, name: tx.connections.find(account_id, name, hold=True) is not None,
    "crawler": lambda tx, account_id, name: tx.crawlers.lock(account_id, name) is not None,
    "database": _holds_database,
    "job": lambda tx, account_id, name: tx.jobs.lock(account_id, name) is not None,
    "usageProfile": lambda tx, account_id, name: (
        tx.usage_profiles.find(account_id, name, hold=True) is not None
    ),
}

_UNTAGGABLE = frozenset({"table", "tableVersion", "userDefinedFunction", "classifier"})


def _resource(ctx: Context, tx: Transaction, text: str, on_database: str, *, hold: bool = False) -> str:
    """Find the resource an ARN names; those of other accounts do not exist for the caller.

    On a database it needs a permission: tags say who may do what. What is held stays until the transaction
    ends.
    """
    try:
        arn: Arn = arns.parse(text)
    except InvalidArn as error:
        raise InvalidInputException(str(error)) from error
    if arn.kind in _UNTAGGABLE or not arn.names:
        raise InvalidInputException(f"Resources of type {arn.kind} cannot have tags")
    exists = (_HOLDING if hold else TAGGABLE).get(arn.kind)
    if (
        exists is None
        or arn.account_id != ctx.account_id
        or not exists(tx, ctx.account_id, "/".join(arn.names))
    ):
        raise EntityNotFoundException(f"Resource {text} not found.")
    if arn.kind == "database":
        catalog, database = _database(tx, ctx.account_id, "/".join(arn.names))
        assert database is not None
        require_on_database(ctx, tx, catalog, database, on_database)
    return arn.resource


@implements("TagResource")
def tag_resource(ctx: Context, request: TagResourceRequest) -> TagResourceResponse:
    with ctx.store.begin() as tx:
        resource = _resource(ctx, tx, request["ResourceArn"], "ALTER", hold=True)
        tx.tags.add(ctx.account_id, resource, request["TagsToAdd"])
    return {}


@implements("UntagResource")
def untag_resource(ctx: Context, request: UntagResourceRequest) -> UntagResourceResponse:
    with ctx.store.begin() as tx:
        resource = _resource(ctx, tx, request["ResourceArn"], "ALTER")
        tx.tags.remove(ctx.account_id, resource, request["TagsToRemove"])
    return {}


@implements("GetTags")
def get_tags(ctx: Context, request: GetTagsRequest) -> GetTagsResponse:
    with ctx.store.read() as tx:
        return {"Tags": tx.tags.get(ctx.account_id, _resource(ctx, tx, request["ResourceArn"], "DESCRIBE"))}
