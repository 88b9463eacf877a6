"""Read what stands between the name and the query of CREATE TABLE … AS."""

from dataclasses import dataclass, field

from isinglass_runtime.io.statement_cursor import Cursor


@dataclass(slots=True)
class Clauses:
    """How a table is to be stored."""

    format: str = "parquet"
    keys: list[str] = field(default_factory=list)
    #: The writer's, and `path`.
    options: dict[str, str] = field(default_factory=dict)
    #: The table's properties in the catalog.
    parameters: dict[str, str] = field(default_factory=dict)


def read_clauses(cursor: Cursor) -> Clauses:
    """Read the clauses up to the end, in any order; one that is not known is an error."""
    found = Clauses()
    while cursor.at < len(cursor.tokens):
        if cursor.takes("USING") or cursor.takes("STORED", "AS"):
            found.format = cursor.text().lower()
        elif cursor.takes("PARTITIONED", "BY"):
            found.keys = _names(cursor)
        elif cursor.takes("LOCATION"):
            found.options["path"] = cursor.text()
        elif cursor.takes("OPTIONS"):
            found.options.update(cursor.properties())
        elif cursor.takes("TBLPROPERTIES"):
            found.parameters.update(cursor.properties())
        elif cursor.takes("COMMENT"):
            found.parameters["comment"] = cursor.text()
        else:
            cursor.end()
    return found


def _names(cursor: Cursor) -> list[str]:
    cursor.expect("(")
    names = [cursor.name()[-1]]
    while cursor.takes(","):
        names.append(cursor.name()[-1])
    cursor.expect(")")
    return names
