"""What an account shares by permissions on its databases and tables, beside the policy of its catalog."""

from isinglass.domain.permissions.cutting import LEFT_TO_IAM
from isinglass.domain.permissions.principals import IAM_ALLOWED, Asker
from isinglass.store.store import Transaction


def is_shared(tx: Transaction, owner: str, resource: str, asker: Asker) -> bool:
    """Tell whether permissions given to another account, or to somebody of it, let it see a resource.

    What is left to IAM was given to nobody: of such tables, those are shared that the policy shares.
    """
    if not resource.startswith("arn:aws:glue:"):
        return False
    names = tuple(name for name in asker.names if name != IAM_ALLOWED)
    kind, _, rest = resource.split(":", 5)[5].partition("/")
    *path, last = rest.split("/")
    if kind == "catalog":
        return tx.permissions.has_any(owner, names)
    if kind == "database":
        return _shows_database(tx, _catalog_id(owner, path), last, names)
    if kind == "table" and path:
        catalog_id, database = _catalog_id(owner, path[:-1]), path[-1]
        table = tx.tables.find(catalog_id, database, last)
        if table is None or table.restricted == LEFT_TO_IAM:
            return False
        grants = tx.permissions.of_table(catalog_id, database, table.id, names)
        return any(grant.permissions for grant in grants)
    return False


def _shows_database(tx: Transaction, catalog_id: str, database: str, names: tuple[str, ...]) -> bool:
    grants = tx.permissions.of_databases(catalog_id, [database], names)[database]
    return any(grant.permissions for grant in grants) or bool(
        tx.permissions.with_tables(catalog_id, [database], names)
    )


def _catalog_id(owner: str, path: list[str]) -> str:
    return f"{owner}:{'/'.join(path)}" if path else owner
