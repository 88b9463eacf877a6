"""The store: transactions over the metadata database, and the repositories that live in them."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import ModuleType

import sqlalchemy as sa

from isinglass.store.access_keys import AccessKeys
from isinglass.store.accounts import Accounts
from isinglass.store.asset_details import AssetDetails
from isinglass.store.asset_index import AssetIndex
from isinglass.store.asset_search import AssetSearches
from isinglass.store.asset_types import AssetTypes
from isinglass.store.assets import Assets
from isinglass.store.buckets import Buckets
from isinglass.store.catalog_exports import CatalogExports
from isinglass.store.catalog_tables import CatalogTables
from isinglass.store.catalogs import Catalogs
from isinglass.store.cells_filters import CellsFilters
from isinglass.store.client_tokens import ClientTokens
from isinglass.store.column_statistics import ColumnStatistics
from isinglass.store.connection_types import ConnectionTypes
from isinglass.store.connections import Connections
from isinglass.store.crawl_memory import CrawlMemory
from isinglass.store.crawlers import Crawlers
from isinglass.store.crawls import Crawls
from isinglass.store.data_lake import DataLake
from isinglass.store.databases import Databases
from isinglass.store.deleted_databases import DeletedDatabases
from isinglass.store.deleted_remains import DeletedRemains
from isinglass.store.deleted_tables import DeletedTables
from isinglass.store.dialects import postgresql, sqlite
from isinglass.store.documents import Allow, Documents
from isinglass.store.glossaries import Glossaries
from isinglass.store.history import History
from isinglass.store.identities import Identities
from isinglass.store.identity_center import IdentityCenter
from isinglass.store.identity_policies import IdentityPolicies
from isinglass.store.job_runs import JobRuns
from isinglass.store.jobs import Jobs
from isinglass.store.keys import Keys
from isinglass.store.new_resources import NewResources
from isinglass.store.outbox import Outbox
from isinglass.store.partition_indexes import PartitionIndexes
from isinglass.store.partitions import Partitions
from isinglass.store.permissions import Permissions
from isinglass.store.resource_policies import ResourcePolicies
from isinglass.store.restrictions import Restrictions
from isinglass.store.schedules import Schedules
from isinglass.store.security_configurations import SecurityConfigurations
from isinglass.store.statistics_runs import StatisticsRuns
from isinglass.store.statistics_settings import AllStatisticsSettings
from isinglass.store.table_access import TableAccess
from isinglass.store.table_search import TableSearch
from isinglass.store.table_versions import TableVersions
from isinglass.store.table_words import TableWords
from isinglass.store.tags import Tags
from isinglass.store.usage_profiles import UsageProfiles
from isinglass.store.user_functions import UserFunctions
from isinglass.store.vault import Moment, Vault
from isinglass.store.work import WorkQueue


class Transaction:
    """One unit of work; repositories are made when first asked for and share its connection."""

    def __init__(self, connection: sa.Connection, vault: Vault, allow: Allow | None, begun: Moment) -> None:
        self.connection = connection
        #: What of the catalog may be encrypted is written and read through this.
        self.documents = Documents(self, vault, allow, begun)

    def end(self) -> None:
        """Let go of the repositories: they know each other, and would stay until the garbage is collected."""
        self.__dict__.clear()

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.connection)

    @cached_property
    def access_keys(self) -> AccessKeys:
        return AccessKeys(self.connection)

    @cached_property
    def identities(self) -> Identities:
        return Identities(self.connection)

    @cached_property
    def identity_policies(self) -> IdentityPolicies:
        return IdentityPolicies(self.connection)

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.connection)

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self.connection)

    @cached_property
    def job_runs(self) -> JobRuns:
        return JobRuns(self.connection)

    @cached_property
    def buckets(self) -> Buckets:
        return Buckets(self.connection)

    @cached_property
    def work(self) -> WorkQueue:
        return WorkQueue(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.connection)

    @cached_property
    def catalogs(self) -> Catalogs:
        return Catalogs(self.connection, self.documents)

    @cached_property
    def identity_center(self) -> IdentityCenter:
        return IdentityCenter(self.connection)

    @cached_property
    def databases(self) -> Databases:
        return Databases(self.connection, self.documents)

    @cached_property
    def tables(self) -> CatalogTables:
        return CatalogTables(self.connection, self.documents)

    @cached_property
    def history(self) -> History:
        return History(self.connection, self.documents)

    @cached_property
    def deleted_tables(self) -> DeletedTables:
        return DeletedTables(self.connection, self.documents)

    @cached_property
    def deleted_databases(self) -> DeletedDatabases:
        return DeletedDatabases(self.connection, self.documents)

    @cached_property
    def deleted_remains(self) -> DeletedRemains:
        return DeletedRemains(self.connection)

    @cached_property
    def permissions(self) -> Permissions:
        return Permissions(self.connection)

    @cached_property
    def restrictions(self) -> Restrictions:
        return Restrictions(self.connection)

    @cached_property
    def cells_filters(self) -> CellsFilters:
        return CellsFilters(self.connection)

    @cached_property
    def data_lake(self) -> DataLake:
        return DataLake(self.connection)

    @cached_property
    def new_resources(self) -> NewResources:
        return NewResources(self.permissions, self.restrictions, self.tables)

    @cached_property
    def table_access(self) -> TableAccess:
        return TableAccess(self.permissions, self.cells_filters, self.data_lake)

    @cached_property
    def table_versions(self) -> TableVersions:
        return TableVersions(self.connection, self.documents)

    @cached_property
    def partitions(self) -> Partitions:
        return Partitions(self.connection, self.partition_indexes, self.documents)

    @cached_property
    def security_configurations(self) -> SecurityConfigurations:
        return SecurityConfigurations(self.connection)

    @cached_property
    def connection_types(self) -> ConnectionTypes:
        return ConnectionTypes(self.connection)

    @cached_property
    def connections(self) -> Connections:
        return Connections(self.connection)

    @cached_property
    def usage_profiles(self) -> UsageProfiles:
        return UsageProfiles(self.connection)

    @cached_property
    def table_words(self) -> TableWords:
        return TableWords(self.connection, self.documents)

    @cached_property
    def table_search(self) -> TableSearch:
        return TableSearch(self.connection, self.documents)

    @cached_property
    def partition_indexes(self) -> PartitionIndexes:
        return PartitionIndexes(self.connection)

    @cached_property
    def column_statistics(self) -> ColumnStatistics:
        return ColumnStatistics(self.connection, self.documents)

    @cached_property
    def user_functions(self) -> UserFunctions:
        return UserFunctions(self.connection, self.documents)

    @cached_property
    def crawlers(self) -> Crawlers:
        return Crawlers(self.connection)

    @cached_property
    def crawls(self) -> Crawls:
        return Crawls(self.connection)

    @cached_property
    def catalog_exports(self) -> CatalogExports:
        return CatalogExports(self.connection)

    @cached_property
    def crawl_memory(self) -> CrawlMemory:
        return CrawlMemory(self.connection, self.documents)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(self.connection)

    @cached_property
    def statistics_runs(self) -> StatisticsRuns:
        return StatisticsRuns(self.connection)

    @cached_property
    def statistics_settings(self) -> AllStatisticsSettings:
        return AllStatisticsSettings(self.connection)

    @cached_property
    def resource_policies(self) -> ResourcePolicies:
        return ResourcePolicies(self.connection)

    @cached_property
    def glossaries(self) -> Glossaries:
        return Glossaries(self.connection)

    @cached_property
    def asset_types(self) -> AssetTypes:
        return AssetTypes(self.connection)

    @cached_property
    def assets(self) -> Assets:
        return Assets(self.connection)

    @cached_property
    def asset_details(self) -> AssetDetails:
        return AssetDetails(self.connection)

    @cached_property
    def asset_index(self) -> AssetIndex:
        return AssetIndex(self.connection)

    @cached_property
    def asset_search(self) -> AssetSearches:
        return AssetSearches(self.connection, self.documents)

    @cached_property
    def client_tokens(self) -> ClientTokens:
        return ClientTokens(self.connection)

    @cached_property
    def tags(self) -> Tags:
        return Tags(self.connection)


class Store:
    """Opens transactions on one database; safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Connect lazily to `sqlite:///path` or `postgresql://…`; the schema is migrations' concern."""
        self.url = url
        #: Whether the database is a file read by this process: reading waits for nobody.
        self.embedded = url.startswith("sqlite")
        dialect: ModuleType = sqlite if self.embedded else postgresql
        self.engine: sa.Engine = dialect.create_engine(url)
        self._reading: sa.Engine = dialect.reading(self.engine)
        self._writes = dialect.writes(self.engine)
        #: What opens the encrypted documents of catalogs.
        self.vault = Vault()
        self._allow: Allow | None = None
        #: Set when this process committed new work. A hint for the worker beside us; others poll.
        self.work_arrived = threading.Event()

    def on_behalf(self, allow: Allow) -> "Store":
        """Give this store to somebody who may use keys of encrypted documents as `allow` lets it."""
        return self._with(allow)

    def as_server(self) -> "Store":
        """Give this store to upkeep, which reads what is encrypted and shows it to nobody."""
        return self._with(None)

    def _with(self, allow: Allow | None) -> "Store":
        other = object.__new__(Store)
        other.__dict__.update(self.__dict__)
        other._allow = allow
        return other

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Begin a transaction that writes; it commits when the block ends and rolls back when it raises."""
        begun = self.vault.moment()
        with self._writes.write() as connection:
            transaction = Transaction(connection, self.vault, self._allow, begun)
            try:
                yield transaction
                transaction.documents.confirm()
                enqueued = transaction.work.enqueued
            finally:
                transaction.end()
        if enqueued:
            self._writes.after_commit(self.work_arrived.set)

    @contextmanager
    def changing_settings(self) -> Iterator[Transaction]:
        """Begin a transaction that changes how catalogs are stored: nobody remembers that until it ends."""
        change = ExitStack()
        change.enter_context(self.vault.changing())
        try:
            with self.begin() as tx:
                yield tx
        finally:
            self._writes.once_decided(change.close)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let this thread's write transactions share one commit where the database gains by it.

        Each succeeds or fails by itself, but is durable, and seen by `read`, only when the block has ended;
        when the block raises, all are undone. NotDurable tells that they are there, and may be lost yet.
        """
        with self._writes.together():
            yield

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Begin a transaction that only reads: a consistent snapshot, no write lock."""
        begun = self.vault.moment()
        with self._reading.begin() as connection:
            transaction = Transaction(connection, self.vault, self._allow, begun)
            try:
                yield transaction
            finally:
                transaction.end()

    def close(self) -> None:
        """Close pooled connections."""
        self._writes.close()
        self._reading.dispose()
        self.engine.dispose()
