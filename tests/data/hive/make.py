"""Makes the dumps of this folder anew: Hive's own schema scripts, some rows, and the real dump programs.

    python tests/data/hive/make.py SCRIPTS

SCRIPTS is the folder `scripts/metastore/upgrade` of the package hive-standalone-metastore (3.1.3 for Hive 3, which
has 4.0.1's older scripts, too). PostgreSQL is the tests' own; MariaDB's server and client have to be installed.
"""

import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
import postgresql_server  # noqa: E402

ODD = 'it\'s "odd"\\ \ttab\nline; -- é 漢字 %_ )(,'
SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
IN, OUT = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
)

#: Rows by table; every table's columns once.
ROWS: list[tuple[str, str, list[tuple]]] = [
    ("DBS", "DB_ID DESC DB_LOCATION_URI NAME", [
        (1, None, "hdfs://nn:8020/warehouse", "default"), (2, ODD, "hdfs://nn:8020/warehouse/sales.db", "sales"),
    ]),
    ("DATABASE_PARAMS", "DB_ID PARAM_KEY PARAM_VALUE", [(2, "owner", ODD), (2, "empty", None)]),
    ("CDS", "CD_ID", [(1,), (2,), (3,)]),
    ("COLUMNS_V2", "CD_ID COMMENT COLUMN_NAME TYPE_NAME INTEGER_IDX", [
        (1, None, "id", "bigint", 0), (1, ODD, "name", "string", 1), (1, None, "price", "decimal(10,2)", 2),
        (1, None, "born", "date", 3), (1, None, "odds", "double", 4), (1, None, "vip", "boolean", 5),
        (1, None, "raw", "binary", 6), (2, None, "id", "int", 0), (3, None, "id", "bigint", 0),
    ]),
    ("SERDES", "SERDE_ID NAME SLIB", [(n, f"s{n}" if n == 1 else None, SERDE) for n in range(1, 6)]),
    ("SERDE_PARAMS", "SERDE_ID PARAM_KEY PARAM_VALUE", [(1, "serialization.format", "1"), (1, "field.delim", "\x01")]),
    ("SDS", "SD_ID CD_ID INPUT_FORMAT IS_COMPRESSED IS_STOREDASSUBDIRECTORIES LOCATION NUM_BUCKETS OUTPUT_FORMAT SERDE_ID", [
        (1, 1, IN, False, False, "hdfs://nn:8020/warehouse/sales.db/orders", 4, OUT, 1),
        (2, 1, IN, True, False, "hdfs://nn:8020/warehouse/sales.db/orders/year=2026/kind=a", -1, OUT, 2),
        (3, 2, IN, False, False, "s3a://lake/orders/odd", -1, OUT, 3),
        (4, 1, IN, False, True, "s3a://lake/orders/none", -1, OUT, 4),
        (5, 3, None, False, False, None, -1, None, 5),
    ]),
    ("SD_PARAMS", "SD_ID PARAM_KEY PARAM_VALUE", [(1, "sd", "yes")]),
    ("BUCKETING_COLS", "SD_ID BUCKET_COL_NAME INTEGER_IDX", [(1, "id", 0), (1, "name", 1)]),
    ("SORT_COLS", "SD_ID COLUMN_NAME ORDER INTEGER_IDX", [(1, "id", 1, 0), (1, "name", 0, 1)]),
    ("TBLS", "TBL_ID CREATE_TIME DB_ID LAST_ACCESS_TIME OWNER RETENTION SD_ID TBL_NAME TBL_TYPE VIEW_EXPANDED_TEXT VIEW_ORIGINAL_TEXT IS_REWRITE_ENABLED", [
        (1, 1700000000, 2, 0, "ann", 0, 1, "Orders", "EXTERNAL_TABLE", None, None, False),
        (2, 1700000001, 2, 1700000002, "bob", 7, 5, "v", "VIRTUAL_VIEW", "select `o`.`id` from `sales`.`orders` `o`",
         f"select id from orders -- {ODD}", False),
    ]),
    ("TABLE_PARAMS", "TBL_ID PARAM_KEY PARAM_VALUE", [(1, "EXTERNAL", "TRUE"), (1, "comment", ODD), (1, "blank", "")]),
    ("PARTITION_KEYS", "TBL_ID PKEY_COMMENT PKEY_NAME PKEY_TYPE INTEGER_IDX", [
        (1, None, "year", "int", 0), (1, "of sale", "kind", "string", 1),
    ]),
    ("PARTITIONS", "PART_ID CREATE_TIME LAST_ACCESS_TIME PART_NAME SD_ID TBL_ID", [
        (1, 1700000000, 0, "year=2026/kind=a", 2, 1), (2, 1700000000, 1700000009, "year=2027/kind=odd", 3, 1),
        (3, 1700000000, 0, "year=2028/kind=__HIVE_DEFAULT_PARTITION__", 4, 1),
    ]),
    ("PARTITION_KEY_VALS", "PART_ID PART_KEY_VAL INTEGER_IDX", [
        (1, "2026", 0), (1, "a", 1), (2, "2027", 0), (2, ODD, 1), (3, "2028", 0),
        (3, "__HIVE_DEFAULT_PARTITION__", 1),
    ]),
    ("PARTITION_PARAMS", "PART_ID PARAM_KEY PARAM_VALUE", [(1, "numRows", "12"), (1, "note", ODD)]),
    ("FUNCS", "FUNC_ID CLASS_NAME CREATE_TIME DB_ID FUNC_NAME FUNC_TYPE OWNER_NAME OWNER_TYPE", [
        (1, "com.example.Rounded", 1700000000, 2, "Rounded", 1, "ann", "USER"),
    ]),
    ("FUNC_RU", "FUNC_ID RESOURCE_TYPE RESOURCE_URI INTEGER_IDX", [
        (1, 1, "hdfs://nn:8020/jars/a.jar", 0), (1, 2, "hdfs://nn:8020/jars/a.txt", 1),
    ]),
    ("TAB_COL_STATS", "CS_ID TBL_ID COLUMN_NAME COLUMN_TYPE LONG_LOW_VALUE LONG_HIGH_VALUE DOUBLE_LOW_VALUE DOUBLE_HIGH_VALUE BIG_DECIMAL_LOW_VALUE BIG_DECIMAL_HIGH_VALUE NUM_NULLS NUM_DISTINCTS AVG_COL_LEN MAX_COL_LEN NUM_TRUES NUM_FALSES LAST_ANALYZED", [
        (1, 1, "id", "bigint", -3, 900, None, None, None, None, 1, 800, None, None, None, None, 1700000100),
        (2, 1, "name", "string", None, None, None, None, None, None, 0, 7, 3.5, 12, None, None, 1700000100),
        (3, 1, "price", "decimal(10,2)", None, None, None, None, "-1.25", "1300.50", 0, 9, None, None, None, None, 1700000100),
        (4, 1, "born", "date", 0, 19000, None, None, None, None, 0, 9, None, None, None, None, 1700000100),
        (5, 1, "odds", "double", None, None, -0.5, 2.25, None, None, 0, 9, None, None, None, None, 1700000100),
        (6, 1, "vip", "boolean", None, None, None, None, None, None, 2, None, None, None, 4, 6, 1700000100),
        (7, 1, "raw", "binary", None, None, None, None, None, None, 2, None, 8.0, 16, None, None, 1700000100),
    ]),
    ("PART_COL_STATS", "CS_ID PART_ID COLUMN_NAME COLUMN_TYPE LONG_LOW_VALUE LONG_HIGH_VALUE NUM_NULLS NUM_DISTINCTS LAST_ANALYZED", [
        (1, 1, "id", "bigint", 1, 9, 0, 9, 1700000100),
    ]),
]  # fmt: skip

#: What a version demands besides.
MORE = {
    "3": {
        "CTLGS": {}, "DBS": {"CTLG_NAME": "hive"},
        "TAB_COL_STATS": {"CAT_NAME": "hive", "DB_NAME": "sales", "TABLE_NAME": "orders"},
        "PART_COL_STATS": {"CAT_NAME": "hive", "DB_NAME": "sales", "TABLE_NAME": "orders", "PARTITION_NAME": "x"},
    },
}  # fmt: skip
MORE["4"] = {
    **MORE["3"],
    "TAB_COL_STATS": {**MORE["3"]["TAB_COL_STATS"], "ENGINE": "hive"},
    "PART_COL_STATS": {**MORE["3"]["PART_COL_STATS"], "ENGINE": "hive"},
}


def rows(version: str) -> Iterator[tuple[str, list[str], list[tuple]]]:
    """Yield the rows of each table as a version of Hive has them."""
    yield "CTLGS", ["CTLG_ID", "NAME", "DESC", "LOCATION_URI"], [
        (1, "hive", "Default", "hdfs://nn:8020/warehouse"), (2, "spark", None, "hdfs://nn:8020/spark"),
    ]  # fmt: skip
    for table, columns, values in ROWS:
        more = MORE[version].get(table, {})
        extended = [(*row, *more.values()) for row in values]
        yield table, [*columns.split(), *more], extended
        if table == "DBS":
            yield table, [*columns.split(), "CTLG_NAME"], [(3, None, "hdfs://nn:8020/spark", "lab", "spark")]


def postgresql(scripts: Path) -> None:
    """Dump Hive 4's schema from PostgreSQL, with COPY and with INSERT."""
    with postgresql_server.running() as server:
        server.execute("CREATE DATABASE hive")
        url = server.url("hive")
        script = (scripts / "postgres" / "hive-schema-4.0.0.postgres.sql").read_text()
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url], input=script, text=True, check=True)
        with psycopg.connect(url) as connection:
            connection.execute('DELETE FROM "CTLGS"')
            for table, columns, values in rows("4"):
                names = ", ".join(f'"{name}"' for name in columns)
                marks = ", ".join(["%s"] * len(columns))
                connection.cursor().executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
        for name, flags in (("copy", []), ("inserts", ["--inserts", "--rows-per-insert=2"])):
            dump = subprocess.run(["pg_dump", *flags, url], check=True, capture_output=True).stdout
            write(f"hive-4.postgresql-{name}.sql.gz", dump)


@contextmanager
def mariadb(folder: Path) -> Iterator[list[str]]:
    """Run a MariaDB server; yields the flags that reach it."""
    data, socket = folder / "data", folder / "s"
    user = [f"--user={os.environ.get('USER', 'root')}"]
    subprocess.run(["mariadb-install-db", f"--datadir={data}", *user, "--auth-root-authentication-method=normal"],
                   check=True, capture_output=True)  # fmt: skip
    server = subprocess.Popen(["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking",
                               *user])  # fmt: skip
    flags = ["-u", "root", f"--socket={socket}"]
    try:
        while subprocess.run(["mariadb-admin", *flags, "ping"], check=False, capture_output=True).returncode:
            time.sleep(0.2)
        yield flags
    finally:
        server.terminate()
        server.wait()


def mysql(scripts: Path) -> None:
    """Dump Hive 3's schema from MariaDB, as it is; and Hive 2's, with the columns' names in every INSERT."""
    with tempfile.TemporaryDirectory(prefix="hms-") as folder, mariadb(Path(folder)) as flags:
        client = ["mariadb", *flags, "--default-character-set=utf8mb4"]
        subprocess.run([*client, "-e", "CREATE DATABASE hive CHARACTER SET utf8mb4"], check=True)
        schema = scripts / "mysql" / "hive-schema-3.1.0.mysql.sql"
        script = schema.read_text().replace("SOURCE ", f"SOURCE {schema.parent}/")
        subprocess.run([*client, "hive"], input=script, text=True, check=True)
        # Hive's script is in latin1; this is what its manual tells people who need more to do.
        wide = {
            "DBS": "DESC VARCHAR(4000)", "DATABASE_PARAMS": "PARAM_VALUE VARCHAR(4000)",
            "COLUMNS_V2": "COMMENT VARCHAR(256)", "TABLE_PARAMS": "PARAM_VALUE MEDIUMTEXT",
            "PARTITION_KEY_VALS": "PART_KEY_VAL VARCHAR(256)", "PARTITION_PARAMS": "PARAM_VALUE VARCHAR(4000)",
            "TBLS": "VIEW_ORIGINAL_TEXT MEDIUMTEXT",
        }  # fmt: skip
        widen = "".join(
            f"ALTER TABLE `{table}` MODIFY `{column.replace(' ', '` ')} CHARACTER SET utf8mb4;"
            for table, column in wide.items()
        )
        subprocess.run([*client, "hive", "-e", widen], check=True)
        inserts = "".join(
            f"INSERT INTO `{table}` ({', '.join(f'`{name}`' for name in columns)}) VALUES "
            f"({', '.join(literal(value) for value in row)});\n"
            for table, columns, values in rows("3")
            for row in values
        )
        subprocess.run(
            [*client, "hive"],
            input=f"SET FOREIGN_KEY_CHECKS=0; DELETE FROM CTLGS;\n{inserts}",
            text=True,
            check=True,
        )
        dump = ["mariadb-dump", *flags, "--default-character-set=utf8mb4"]
        write("hive-3.mysql.sql.gz", subprocess.run([*dump, "hive"], check=True, capture_output=True).stdout)
        older = (
            "SET FOREIGN_KEY_CHECKS=0; DELETE FROM DBS WHERE CTLG_NAME = 'spark'; ALTER TABLE DBS DROP CONSTRAINT CTLG_FK1;"
            "ALTER TABLE DBS DROP KEY UNIQUE_DATABASE; ALTER TABLE DBS DROP COLUMN CTLG_NAME; DROP TABLE CTLGS;"
            "ALTER TABLE TAB_COL_STATS DROP COLUMN CAT_NAME; ALTER TABLE TAB_COL_STATS DROP COLUMN BIT_VECTOR;"
            "ALTER TABLE TBLS DROP COLUMN OWNER_TYPE; ALTER TABLE SERDES DROP COLUMN DESCRIPTION;"
        )
        subprocess.run([*client, "hive", "-e", older], check=True)
        flags_2 = ["--complete-insert", "--no-create-info", "--skip-extended-insert", "--hex-blob"]
        write(
            "hive-2.mysql-complete.sql.gz",
            subprocess.run([*dump, *flags_2, "hive"], check=True, capture_output=True).stdout,
        )


def literal(value: object) -> str:
    """Write a value as MySQL reads it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return f"b'{int(value)}'"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    return str(value)


def write(name: str, dump: bytes) -> None:
    """Write a dump the same way every time."""
    (HERE / name).write_bytes(gzip.compress(dump, 9, mtime=0))


if __name__ == "__main__":
    postgresql(Path(sys.argv[1]))
    mysql(Path(sys.argv[1]))
