"""`spark.catalog` over our catalog; views of the session and functions stay the engine's."""

from typing import Any

from pyspark.sql.catalog import Column, Database, Table
from pyspark.sql.connect.catalog import Catalog

from isinglass_runtime.io import database_statements, metastore, table_statements
from isinglass_runtime.io.refused_statements import StatementRefusedError

_CATALOG = "spark_catalog"


def engine_knows(spark: Any, name: str) -> bool:
    """Tell whether the engine itself has a view or table of this name."""
    return bool(Catalog(spark).tableExists(f"`{name.replace('`', '``')}`"))


class SessionCatalog(Catalog):  # type: ignore[misc] # pyspark is not followed
    """Spark's catalog, whose databases and tables are those of ours."""

    def currentDatabase(self) -> str:
        """Give the database of names without one."""
        return metastore.CURRENT.database

    def setCurrentDatabase(self, dbName: str) -> None:
        """Let names without a database be those of this one."""
        database_statements.use(dbName)

    def databaseExists(self, dbName: str) -> bool:
        """Tell whether the catalog has a database."""
        return metastore.databases_exist(_database_name(dbName))

    def getDatabase(self, dbName: str) -> Database:
        """Describe a database."""
        return _database(database_statements.find(_database_name(dbName)))

    def listDatabases(self, pattern: str | None = None) -> list[Database]:
        """Describe the databases whose names the pattern means."""
        return [_database(found) for found in database_statements.every(pattern)]

    def tableExists(self, tableName: str, dbName: str | None = None) -> bool:
        """Tell whether there is such a table or view, in the session or in the catalog."""
        return self._own(tableName, dbName) is not None or super().tableExists(tableName, dbName)

    def getTable(self, tableName: str) -> Table:
        """Describe a table or view."""
        found = None if self._is_of_session(tableName) else self._own(tableName)
        return super().getTable(tableName) if found is None else _table(found)

    def listTables(self, dbName: str | None = None, pattern: str | None = None) -> list[Table]:
        """Describe a database's tables and the views of the session."""
        database = self.currentDatabase() if dbName is None else _database_name(dbName)
        missing = dbName is None and not metastore.databases_exist(database)
        kept = [] if missing else table_statements.every(database, pattern)
        tables = [_table(metastore.parse_table(entry)) for entry in kept]
        views = [view for view in super().listTables(pattern=pattern) if view.isTemporary]
        # Those that stand for tables in statements are nobody's.
        return tables + [view for view in views if not view.name.startswith("isinglass_")]

    def listColumns(self, tableName: str, dbName: str | None = None) -> list[Column]:
        """Describe the columns of a table or view."""
        found = None if self._is_of_session(tableName) else self._own(tableName, dbName)
        if found is None:
            return list(super().listColumns(tableName, dbName))
        keys = {name for name, _ in found.partition_keys}
        both = (*found.columns, *found.partition_keys)
        return [
            Column(name, None, kind, nullable=True, isPartition=name in keys, isBucket=False, isCluster=False)
            for name, kind in both
        ]

    def refreshTable(self, tableName: str) -> None:
        """Do nothing for a table of the catalog: its files are listed anew each time."""
        if self._own(tableName) is None:
            super().refreshTable(tableName)

    def createTable(self, tableName: str, *_: Any, **__: Any) -> Any:
        """Refuse to make a table without rows, which the engine would keep to itself."""
        raise StatementRefusedError(
            f"spark.catalog.createTable({tableName!r})",
            "use df.write.saveAsTable, or create_table of boto3's Glue client",
        )

    createExternalTable = createTable

    def recoverPartitions(self, tableName: str) -> None:
        """Refuse to look for partitions, which the engine would keep to itself."""
        raise StatementRefusedError(
            f"spark.catalog.recoverPartitions({tableName!r})",
            "run a crawler over the table, or `isinglass partition add`",
        )

    def _is_of_session(self, name: str) -> bool:
        return "." not in name and bool(super().tableExists(name))

    def _own(self, name: str, database: str | None = None) -> metastore.CatalogTable | None:
        return table_statements.own_table(metastore.name_parts(name), database)


def _database_name(name: str) -> str:
    return metastore.name_parts(name)[-1]


def _database(found: dict[str, Any]) -> Database:
    return Database(found["Name"], _CATALOG, found.get("Description"), found.get("LocationUri", ""))


def _table(found: metastore.CatalogTable) -> Table:
    kind = "VIEW" if found.kind == table_statements.VIEW else "EXTERNAL"
    comment = found.parameters.get("comment")
    return Table(found.name, _CATALOG, [found.database], comment, kind, isTemporary=False)
