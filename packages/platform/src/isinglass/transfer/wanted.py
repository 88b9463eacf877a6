"""Which parts of a catalog a transfer takes."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

PARTITIONS, STATISTICS, PARTITION_STATISTICS = "partitions", "statistics", "partition-statistics"
FUNCTIONS, CONNECTIONS, VERSIONS, TAGS = "functions", "connections", "versions", "tags"
SECURITY, CATALOGS, BUSINESS, PERMISSIONS = "security", "catalogs", "business", "permissions"
CRAWLERS, STATISTICS_TASKS = "crawlers", "statistics-tasks"

#: What a transfer takes unless it is told not to, and what it takes only when told to: what is large or slow
#: to read, and what would begin to run by itself where it is put.
USUAL = (PARTITIONS, STATISTICS, FUNCTIONS, CONNECTIONS, TAGS, SECURITY, CATALOGS, BUSINESS, PERMISSIONS)
ON_DEMAND = (VERSIONS, PARTITION_STATISTICS, CRAWLERS, STATISTICS_TASKS)
#: What is of an account, and in no catalog nested in its own.
OF_ACCOUNT = (CONNECTIONS, SECURITY, CATALOGS, BUSINESS, CRAWLERS)
#: What tells of databases and tables, and gives nothing away of who may use them.
OF_DATA = (PARTITIONS, STATISTICS, FUNCTIONS, CONNECTIONS, TAGS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Databases and tables by patterns (none means all), and the parts of them."""

    databases: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    parts: frozenset[str] = field(default_factory=lambda: frozenset(USUAL))

    @property
    def everything(self) -> bool:
        """Whether no database and no table is left out."""
        return not self.databases and not self.tables

    def everything_of(self, database: str) -> bool:
        """Whether no table of a database is left out."""
        return self.database(database) and not self.tables

    def database(self, name: str) -> bool:
        """Tell whether a database, or something in it, is wanted."""
        patterns = self.databases or tuple(
            pattern.partition(".")[0] for pattern in self.tables if "." in pattern
        )
        if not self.databases and any("." not in pattern for pattern in self.tables):
            return True
        return not patterns or any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)

    def table(self, database: str, name: str) -> bool:
        """Tell whether a table of a wanted database is wanted: `orders*`, or `sales.orders*`."""
        if not self.database(database):
            return False
        return not self.tables or any(
            fnmatchcase(f"{database}.{name}".lower() if "." in pattern else name.lower(), pattern.lower())
            for pattern in self.tables
        )
