"""What a crawler's role may write to the catalog, and what it has of what it makes."""

from isinglass.crawl.crawl import CrawlFailure
from isinglass.domain.access.principals import identity_arn
from isinglass.domain.permissions.denials import missing
from isinglass.domain.permissions.principals import Asker
from isinglass.store.catalog_tables import CatalogTable
from isinglass.store.databases import Database
from isinglass.store.store import Transaction


def check_own(database: Database) -> None:
    """Refuse a database that holds no tables itself: a crawler fills what is its account's own."""
    for member, words in (("TargetDatabase", "is a link"), ("FederatedDatabase", "is federated")):
        if member in database.document:
            raise CrawlFailure(f"Database {database.name} {words}: name one that can hold tables.")


def check_database(tx: Transaction, account_id: str, database: Database, actor: str) -> None:
    """Refuse tables in a database that the role may not create them in."""
    held = tx.table_access.of_database(account_id, database, _asker(account_id, actor))
    if held is not None and "CREATE_TABLE" not in held:
        raise CrawlFailure(missing(["CREATE_TABLE"], database.name))


def check_table(tx: Transaction, table: CatalogTable, actor: str) -> None:
    """Refuse changes to a table that the role may not alter."""
    if not tx.table_access.of(table, _asker(table.account_id, actor)).allows("ALTER"):
        raise CrawlFailure(missing(["ALTER"], table.name))


def own_database(tx: Transaction, account_id: str, name: str, actor: str, now: float) -> None:
    """Give what a database begins with, and the role everything."""
    settings = tx.data_lake.settings(account_id)
    tx.new_resources.database(account_id, name, settings, by=identity_arn(actor), now=now)


def own_table(
    tx: Transaction, account_id: str, database: Database, name: str, actor: str, now: float
) -> None:
    """Give what a table begins with, and the role everything."""
    tx.new_resources.table(account_id, database, name, by=identity_arn(actor), now=now)


def _asker(account_id: str, actor: str) -> Asker:
    return Asker(account_id, actor, identity_arn(actor))
