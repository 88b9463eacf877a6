"""`spark.sql` over our catalog: names become views over listed files, statements that write go through our
sink.
"""

from collections.abc import Callable, Sequence
from typing import Any

from isinglass_runtime.gate.tokens import Token, closing, tokenize
from isinglass_runtime.io import database_statements, metastore, refused_statements, table_statements
from isinglass_runtime.io.session_catalog import engine_knows
from isinglass_runtime.io.statement_cursor import Cursor, Rows
from isinglass_runtime.io.table_clauses import read_clauses
from isinglass_runtime.io.table_names import defined_names, table_names

EngineSql = Callable[[str], Any]
_FILE_FORMATS = frozenset({"csv", "json", "parquet"})
#: What a query may begin with.
_QUERIES = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "FROM", "("})


def run_sql(spark: Any, text: str, engine_sql: EngineSql) -> Any:
    """Run a statement; without a catalog only `format.`path`` names are ours."""
    tokens = tokenize(text)
    words = [token.upper for token in tokens]
    if metastore.is_configured() and words:
        if words[0] == "INSERT" and words[1:2] in (["INTO"], ["OVERWRITE"]) and "DIRECTORY" not in words[:4]:
            return _insert(spark, text, tokens, engine_sql)
        if query := _query_of_table(tokens, words):
            return _create_as(spark, text, tokens, query, engine_sql)
        found = database_statements.run(tokens)
        if found is None and not _means_session_view(spark, tokens):
            found = table_statements.run(tokens)
        if found is not None:
            return _frame(spark, found)
        refused_statements.check(tokens)
    return engine_sql(resolve(spark, text))


def _query_of_table(tokens: Sequence[Token], words: Sequence[str]) -> int:
    """Find the AS before the query of a CREATE TABLE in our catalog; 0 for other statements."""
    begins = (["CREATE", "TABLE"], ["CREATE", "EXTERNAL", "TABLE"], ["CREATE", "OR", "REPLACE", "TABLE"])
    start = next((len(each) for each in begins if list(words[: len(each)]) == each), 0)
    if not start or refused_statements.is_the_engines(Cursor(tokens, start)):
        return 0
    depth = 0
    for index in range(start, len(tokens) - 1):
        depth += {"(": 1, ")": -1}.get(words[index], 0)
        if depth == 0 and words[index] == "AS" and words[index + 1] in _QUERIES:
            return index
    return 0


def _means_session_view(spark: Any, tokens: Sequence[Token]) -> bool:
    """Tell whether a statement is about a view of the session, which hides a table of its name."""
    words = [token.upper for token in tokens[:4]]
    if words[0] not in {"DROP", "DESCRIBE", "DESC", "SHOW", "REFRESH"} or words[:2] == ["SHOW", "TABLES"]:
        return False
    names = [token.name for token in tokens if token.kind in {"word", "quoted"}]
    dotted = any(token.text == "." for token in tokens)
    return not dotted and bool(names) and engine_knows(spark, names[-1])


def _frame(spark: Any, answer: Rows) -> Any:
    return spark.createDataFrame(list(answer.rows), answer.schema) if answer.schema else _done(spark)


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
    return _with_current_database(text) if metastore.is_configured() else text


def _with_current_database(text: str) -> str:
    """Write out `current_database()`: the engine does not know which one it is."""
    tokens = tokenize(text)
    for index in range(len(tokens) - 3, -1, -1):
        word, opening, end = tokens[index : index + 3]
        if word.upper in {"CURRENT_DATABASE", "CURRENT_SCHEMA"} and (opening.text, end.text) == ("(", ")"):
            name = metastore.CURRENT.database.replace("\\", "\\\\").replace("'", "\\'")
            text = f"{text[: word.start]}'{name}'{text[end.end :]}"
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
    if len(parts) == 1 and engine_knows(spark, parts[0]):
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
        cursor = Cursor(tokens, at + 1)
        static, at = _partition_spec(cursor), cursor.at
    columns: list[str] | None = None
    if tokens[at].upper == "(" and tokens[at + 1].upper not in {"SELECT", "WITH", "VALUES", "("}:
        end = closing(tokens, at)
        columns, at = [token.name for token in tokens[at + 1 : end] if token.text != ","], end + 1
    rows = engine_sql(resolve(spark, text[tokens[at].start :]))
    insert_into(rows, name, overwrite=tokens[1].upper == "OVERWRITE", static=static, columns=columns)
    return _done(spark)


def _partition_spec(cursor: Cursor) -> dict[str, str | None]:
    """Read the fixed values of `(k='v', day)`; keys without a value are dynamic and left out."""
    fixed: dict[str, str | None] = {}
    cursor.expect("(")
    while True:
        key = cursor.name()[-1]
        if cursor.takes("="):
            fixed[key] = _partition_value(cursor)
        if not cursor.takes(","):
            break
    cursor.expect(")")
    return fixed


def _partition_value(cursor: Cursor) -> str | None:
    if cursor.takes("NULL"):
        return None
    cursor.takes_one_of("DATE", "TIMESTAMP")
    sign = "-" if cursor.takes("-") else ""
    return sign + cursor.text()


def _create_as(spark: Any, text: str, tokens: Sequence[Token], query: int, engine_sql: EngineSql) -> Any:
    """Run CREATE [OR REPLACE] [EXTERNAL] TABLE [IF NOT EXISTS] name and its clauses AS query."""
    from isinglass_runtime.io.tables import save_as_table

    cursor = Cursor(tokens[:query])
    cursor.expect("CREATE")
    mode = "overwrite" if cursor.takes("OR", "REPLACE") else "error"
    cursor.takes("EXTERNAL")
    cursor.expect("TABLE")
    if cursor.takes("IF", "NOT", "EXISTS"):
        mode = "ignore"
    name = ".".join("`" + part.replace("`", "``") + "`" for part in cursor.name())
    clauses = read_clauses(cursor)
    if clauses.format not in _FILE_FORMATS:
        raise refused_statements.StatementRefusedError(
            f"CREATE TABLE as {clauses.format}",
            "use parquet, csv or json, or df.write.format(…).save and then a crawler",
        )
    rows = engine_sql(resolve(spark, text[tokens[query + 1].start :]))
    save_as_table(
        rows,
        name,
        format=clauses.format,
        mode=mode,
        partition_keys=clauses.keys,
        options=clauses.options,
        parameters=clauses.parameters,
    )
    return _done(spark)


def _qualified(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Read a name of up to three parts; give it quoted, and where it ends."""
    parts = [tokens[at].name]
    while at + 2 < len(tokens) and tokens[at + 1].text == ".":
        at += 2
        parts.append(tokens[at].name)
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts), at + 1
