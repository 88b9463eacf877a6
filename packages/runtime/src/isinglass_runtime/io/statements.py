"""`spark.sql` over our catalog: names become views over listed files, statements that write go through our
sink.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pyspark.errors import AnalysisException

from isinglass_runtime.gate.tokens import Token, closing, find, tokenize
from isinglass_runtime.io import metastore
from isinglass_runtime.io.table_names import defined_names, table_names

EngineSql = Callable[[str], Any]
_FILE_FORMATS = frozenset({"csv", "json", "parquet"})


def run_sql(spark: Any, text: str, engine_sql: EngineSql) -> Any:
    """Run a statement; without a catalog only `format.`path`` names are ours."""
    tokens = tokenize(text)
    words = [token.upper for token in tokens]
    if metastore.is_configured() and words:
        if words[0] == "USE":
            return _use(spark, tokens, words)
        if words[0] == "SHOW" and len(words) > 1 and words[1] in {"DATABASES", "SCHEMAS", "TABLES"}:
            return _show(spark, tokens, words)
        if words[0] == "INSERT" and words[1:2] in (["INTO"], ["OVERWRITE"]) and "DIRECTORY" not in words[:4]:
            return _insert(spark, text, tokens, engine_sql)
        if (
            words[0] == "CREATE"
            and "TABLE" in words[:4]
            and find(tokens, "AS") > 0
            and "VIEW" not in words[:5]
        ):
            return _create_as(spark, text, tokens, engine_sql)
        if words[:2] == ["DROP", "TABLE"]:
            return _drop(spark, text, tokens, engine_sql)
    return engine_sql(resolve(spark, text))


def resolve(spark: Any, text: str) -> str:
    """Replace names of catalog tables and of files by the names of session views over them."""
    own = defined_names(text)
    for name in reversed(table_names(text)):
        view = _view_for(spark, name.parts, own)
        if view is not None:
            # Columns may be qualified by the table's own name, so the view goes by that, unless an alias
            # follows.
            alias = "" if _has_alias(text, name.end) else f" AS `{name.parts[-1]}`"
            text = f"{text[: name.start]}`{view}`{alias}{text[name.end :]}"
    return text


def _has_alias(text: str, end: int) -> bool:
    rest = tokenize(text[end : end + 200])[:2]
    if not rest:
        return False
    if rest[0].upper == "AS" or rest[0].kind == "quoted":
        return True
    follows = {
        "JOIN",
        "INNER",
        "LEFT",
        "RIGHT",
        "FULL",
        "CROSS",
        "SEMI",
        "ANTI",
        "ON",
        "USING",
        "WHERE",
        "GROUP",
        "ORDER",
        "HAVING",
        "LIMIT",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "MINUS",
        "WINDOW",
        "LATERAL",
        "NATURAL",
        "TABLESAMPLE",
        "PIVOT",
        "UNPIVOT",
        "DISTRIBUTE",
        "SORT",
        "CLUSTER",
        "OFFSET",
        "SELECT",
        "VERSION",
        "TIMESTAMP",
        "FOR",
        "SET",
        "VALUES",
    }
    return rest[0].kind == "word" and rest[0].upper not in follows


def _view_for(spark: Any, parts: tuple[str, ...], own: frozenset[str]) -> str | None:
    if len(parts) == 2 and parts[0].lower() in _FILE_FORMATS and "/" in parts[1]:
        return _register(spark.read.format(parts[0].lower()).load(parts[1]), "files", parts[1])
    if not metastore.is_configured() or (len(parts) == 1 and parts[0].lower() in own):
        return None
    if len(parts) == 1 and spark.catalog.tableExists(parts[0]):
        return None
    from isinglass_runtime.io.catalog import read_table

    try:
        database, name = metastore.split_name(".".join("`" + part.replace("`", "``") + "`" for part in parts))
        frame = read_table(spark, database, name).df
    except metastore.TableNotFoundError:
        return None
    return _register(frame, database, name)


def _register(frame: Any, database: str, name: str) -> str:
    import hashlib

    # The plan lists files as they are now, so every statement gets a fresh view of that name.
    view = f"isinglass_{hashlib.sha256(f'{database}.{name}'.encode()).hexdigest()[:16]}"
    frame.createOrReplaceTempView(view)
    return view


def _done(spark: Any) -> Any:
    return spark.createDataFrame([], "ok string").drop("ok")


def _use(spark: Any, tokens: Sequence[Token], words: Sequence[str]) -> Any:
    name = tokens[2 if words[1:2] in (["DATABASE"], ["SCHEMA"], ["NAMESPACE"]) else 1].name
    if not metastore.databases_exist(name):
        raise AnalysisException(f"[SCHEMA_NOT_FOUND] The database `{name}` cannot be found.")
    metastore.CURRENT.database = name
    return _done(spark)


def _show(spark: Any, tokens: Sequence[Token], words: Sequence[str]) -> Any:
    if words[1] != "TABLES":
        pages = metastore.client().get_paginator("get_databases").paginate()
        names = [(entry["Name"],) for page in pages for entry in page["DatabaseList"]]
        return spark.createDataFrame(names, "namespace string")
    database = tokens[3].name if words[2:3] in (["IN"], ["FROM"]) else metastore.CURRENT.database
    pages = metastore.client().get_paginator("get_tables").paginate(DatabaseName=database.lower())
    rows = [(database, entry["Name"], False) for page in pages for entry in page["TableList"]]
    return spark.createDataFrame(rows, "namespace string, tableName string, isTemporary boolean")


def _insert(spark: Any, text: str, tokens: Sequence[Token], engine_sql: EngineSql) -> Any:
    """Run INSERT INTO|OVERWRITE [TABLE] name [PARTITION (k[=v], …)] [(columns)] query."""
    from isinglass_runtime.io.tables import insert_into

    at = 3 if tokens[2].upper == "TABLE" else 2
    name, at = _qualified(tokens, at)
    try:
        metastore.table(*metastore.split_name(name))
    except metastore.TableNotFoundError:
        return engine_sql(resolve(spark, text))
    static: dict[str, str | None] = {}
    if tokens[at].upper == "PARTITION":
        end = closing(tokens, at + 1)
        static, at = _partition_spec(tokens[at + 2 : end]), end + 1
    columns: list[str] | None = None
    if tokens[at].upper == "(" and tokens[at + 1].upper not in {"SELECT", "WITH", "VALUES", "("}:
        end = closing(tokens, at)
        columns, at = [token.name for token in tokens[at + 1 : end] if token.text != ","], end + 1
    rows = engine_sql(resolve(spark, text[tokens[at].start :]))
    insert_into(rows, name, overwrite=tokens[1].upper == "OVERWRITE", static=static, columns=columns)
    return _done(spark)


def _partition_spec(tokens: Sequence[Token]) -> dict[str, str | None]:
    """Read the fixed values of `k='v', day`; keys without a value are dynamic and left out."""
    fixed: dict[str, str | None] = {}
    for index, token in enumerate(tokens):
        if token.text == "=":
            value = tokens[index + 1]
            fixed[tokens[index - 1].name] = None if value.upper == "NULL" else value.value
    return fixed


def _create_as(spark: Any, text: str, tokens: Sequence[Token], engine_sql: EngineSql) -> Any:
    """Run CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name [USING f] [PARTITIONED BY (…)] [LOCATION '…'] AS
    query.
    """
    from isinglass_runtime.io.tables import save_as_table

    words = [token.upper for token in tokens]
    at = words.index("TABLE") + 1
    guarded = words[at : at + 3] == ["IF", "NOT", "EXISTS"]
    name, at = _qualified(tokens, at + 3 if guarded else at)
    query = find(tokens, "AS", start=at)
    head = words[at:query]
    kind = tokens[at + head.index("USING") + 1].text.lower() if "USING" in head else "parquet"
    if kind not in _FILE_FORMATS:
        return engine_sql(resolve(spark, text))
    keys: list[str] = []
    if "PARTITIONED" in head:
        start = at + head.index("PARTITIONED") + 2
        keys = [token.name for token in tokens[start + 1 : closing(tokens, start)] if token.text != ","]
    options = {}
    if "LOCATION" in head:
        options["path"] = tokens[at + head.index("LOCATION") + 1].value
    mode = "overwrite" if words[1] == "OR" else "ignore" if guarded else "error"
    rows = engine_sql(resolve(spark, text[tokens[query + 1].start :]))
    save_as_table(rows, name, format=kind, mode=mode, partition_keys=keys, options=options)
    return _done(spark)


def _drop(spark: Any, text: str, tokens: Sequence[Token], engine_sql: EngineSql) -> Any:
    guarded = [token.upper for token in tokens[2:4]] == ["IF", "EXISTS"]
    name, _ = _qualified(tokens, 4 if guarded else 2)
    database, table = metastore.split_name(name)
    try:
        metastore.client().delete_table(DatabaseName=database.lower(), Name=table.lower())
    except metastore.client().exceptions.EntityNotFoundException:
        return engine_sql(text)
    return _done(spark)


def _qualified(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Read a name of up to three parts; give it quoted, and where it ends."""
    parts = [tokens[at].name]
    while at + 2 < len(tokens) and tokens[at + 1].text == ".":
        at += 2
        parts.append(tokens[at].name)
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts), at + 1
