"""The schemas, tables and records of a PostgreSQL database, as entities."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isinglass.domain.connection_targets import Login
from isinglass.domain.entities import names
from isinglass.operations.connections.postgresql.columns import ALIAS, Column, named, record
from isinglass.operations.connections.postgresql.predicates import Predicate, ordered
from isinglass.operations.connections.postgresql.session import reading
from isinglass.operations.connections.sources import (
    LARGEST_PAGE,
    After,
    BadQuery,
    Document,
    EntityMissing,
    Wanted,
)
from isinglass.store.paging import PageRequest

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

FORM = "SCHEMA.TABLE"
#: Characters of a key that a token has room for.
_LONGEST_PLACE = 500
_KINDS = {"r": "TABLE", "p": "TABLE", "f": "TABLE", "v": "VIEW", "m": "VIEW"}

_SCHEMAS = """
    SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema'
      AND has_schema_privilege(oid, 'USAGE') AND nspname > %s ORDER BY nspname LIMIT %s"""
_SCHEMA = "SELECT 1 FROM pg_namespace WHERE nspname = %s AND has_schema_privilege(oid, 'USAGE')"
_TABLES = """
    SELECT c.relname, c.relkind, obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND has_schema_privilege(n.oid, 'USAGE')
      AND has_table_privilege(c.oid, 'SELECT') AND c.relname > %s ORDER BY c.relname LIMIT %s"""
_TABLE = """
    SELECT c.oid, (SELECT k.conkey FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"""
_COLUMNS = """
    SELECT a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), b.typname, b.typtype, NOT a.attnotnull,
           a.atthasdef, col_description(a.attrelid, a.attnum), b.oid
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_LABELS = (
    "SELECT enumtypid, enumlabel FROM pg_enum WHERE enumtypid = ANY(%s) ORDER BY enumtypid, enumsortorder"
)


@dataclass(frozen=True, slots=True)
class PostgresqlEntities:
    """Schemas are entities that have others, their tables and views."""

    login: Login
    own_ports: Collection[int]

    def entities(self, parent: str | None, page: PageRequest) -> tuple[list[Document], After]:
        """List schemas, or what of a schema the user may read."""
        last = page.after[0] if page.after else ""
        with reading(self.login, self.own_ports) as connection:
            if parent is None:
                rows = connection.execute(_SCHEMAS, (last, page.size + 1)).fetchall()
                found = [_schema(*row) for row in rows]
            else:
                (schema,) = _parts(parent, "SCHEMA")
                rows = connection.execute(_TABLES, (schema, last, page.size + 1)).fetchall()
                if not rows and connection.execute(_SCHEMA, (schema,)).fetchone() is None:
                    raise EntityMissing(parent)
                found = [_table(schema, *row) for row in rows]
        more = len(rows) > page.size
        return found[: page.size], (rows[page.size - 1][0],) if more else None

    def fields(self, entity: str, page: PageRequest) -> tuple[list[Document], After]:
        """List a table's columns."""
        last = page.after[0] if page.after else 0
        with reading(self.login, self.own_ports) as connection:
            columns = [each for each in _columns(connection, entity) if each.position > last]
        shown = columns[: page.size]
        more = len(columns) > len(shown)
        return [column.field() for column in shown], (shown[-1].position,) if more else None

    def records(self, wanted: Wanted) -> tuple[list[Document], After]:
        """Read rows of a table: by its primary key from page to page, or counted where it has none."""
        if wanted.options:
            raise BadQuery(f"Tables have no ConnectionOptions such as {min(wanted.options)}")
        with reading(self.login, self.own_ports) as connection:
            return _read(connection, wanted, _columns(connection, wanted.entity))


def _parts(name: str, form: str) -> tuple[str, ...]:
    try:
        return names.split(name, form)
    except names.InvalidEntityName as error:
        raise BadQuery(str(error)) from error


def _schema(name: str, comment: str | None) -> Document:
    shown = {"EntityName": names.join(name), "Label": name, "IsParentEntity": True, "Category": "SCHEMA"}
    return {**shown, "Description": comment} if comment else shown


def _table(schema: str, name: str, kind: str, comment: str | None) -> Document:
    shown = {
        "EntityName": names.join(schema, name),
        "Label": name,
        "IsParentEntity": False,
        "Category": _KINDS[kind],
    }
    return {**shown, "Description": comment} if comment else shown


def _columns(connection: "psycopg.Connection", entity: str) -> list[Column]:
    found = connection.execute(_TABLE, _parts(entity, FORM)).fetchone()
    if found is None:
        raise EntityMissing(entity)
    table, key = found
    places = {position: place for place, position in enumerate(key or ())}
    rows = connection.execute(_COLUMNS, (table,)).fetchall()
    labels: dict[int, list[str]] = {}
    enums = [row[8] for row in rows if row[4] == "e"]
    for kind, label in connection.execute(_LABELS, (enums,)).fetchall() if enums else ():
        labels.setdefault(kind, []).append(label)
    return [_column(row, places, labels) for row in rows]


def _column(row: Any, places: Mapping[int, int], labels: Mapping[int, Sequence[str]]) -> Column:
    name, position, native, type_name, type_kind, nullable, defaulted, comment, kind = row
    return Column(
        name, position, native, type_name, type_kind, nullable, defaulted, comment,
        key_place=places.get(position), labels=tuple(labels.get(kind, ())),
    )  # fmt: skip


def _key(columns: Sequence[Column]) -> list[Column]:
    return sorted(
        (column for column in columns if column.key_place is not None),
        key=lambda column: column.key_place or 0,
    )


def _read(
    connection: "psycopg.Connection", wanted: Wanted, columns: Sequence[Column]
) -> tuple[list[Document], After]:
    shown = [named(columns, name) for name in dict.fromkeys(wanted.selected)] or list(columns)
    key = [] if wanted.order else _key(columns)
    statement, parameters = _statement(wanted, columns, shown, key)
    records: list[Document] = []
    size, last, more = 0, None, False
    with connection.cursor() as cursor:
        # One row at a time: a page of large rows is never in memory as a whole.
        for row in cursor.stream(statement, parameters):
            if len(records) == wanted.limit or size > LARGEST_PAGE:
                more = True
                break
            records.append(dict(record(shown, row[: len(shown)])))
            size += sum(len(value) for value in row if isinstance(value, str))
            last = row[len(shown) :]
    if not more:
        return records, None
    place = tuple(last or ())
    read_before = wanted.after[0] if wanted.after else 0
    # Tokens are short: after a long key, the reading goes on by counting.
    return records, (read_before + len(records), *(place if sum(map(len, place)) <= _LONGEST_PLACE else ()))


def _statement(
    wanted: Wanted, columns: Sequence[Column], shown: Sequence[Column], key: Sequence[Column]
) -> "tuple[sql.Composed, list[Any]]":
    from psycopg import sql

    keys = [column.identifier() for column in key]
    conditions: list[sql.Composable] = [sql.SQL("true")]
    parameters: list[Any] = []
    if wanted.predicate:
        predicate = Predicate(wanted.predicate, columns)
        conditions.append(predicate.condition)
        parameters += predicate.parameters
    counted, *place = wanted.after or (0,)
    if place:
        places = sql.SQL(", ").join([sql.Placeholder()] * len(place))
        conditions.append(sql.SQL("({}) > ({})").format(sql.SQL(", ").join(keys), places))
        parameters += place
    order: list[sql.Composable] = [*ordered(wanted.order, columns)] if wanted.order else [*keys]
    if wanted.order:
        order += [column.identifier() for column in _key(columns)]
    values = [column.value() for column in shown]
    values += [sql.SQL("{}::text").format(each) for each in keys]
    statement = sql.SQL("SELECT {} FROM {} AS {} WHERE {}{} LIMIT {} OFFSET {}").format(
        sql.SQL(", ").join(values),
        sql.Identifier(*_parts(wanted.entity, FORM)),
        sql.Identifier(ALIAS),
        sql.SQL(" AND ").join(conditions),
        sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(order)) if order else sql.SQL(""),
        sql.Literal(wanted.limit + 1),
        sql.Literal(0 if place else counted),
    )
    return statement, parameters
