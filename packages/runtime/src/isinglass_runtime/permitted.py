"""Copy the cells of a table that somebody may read; runs with full rights, and none of a user's code."""

from functools import reduce
from typing import Any

from isinglass_runtime.launch import Permitted
from isinglass_runtime.steady import read_steadily


def copy(part: Permitted) -> dict[str, Any]:
    """Write the permitted part of a table as Parquet to its target."""
    return read_steadily(lambda: _copy(part), again="read the table")


def _copy(part: Permitted) -> dict[str, Any]:
    from isinglass_runtime.engine.session import start_session
    from isinglass_runtime.io.catalog import read_table
    from isinglass_runtime.io.write import write_files

    spark = start_session()
    frame = read_table(spark, part.database, part.table, catalog_partition_predicate=part.expression).df
    chosen = permitted_cells(frame, part)
    written = write_files(
        chosen, url=part.target, format="parquet", options={}, mode="overwrite", write_id="permitted"
    )
    columns = [{"Name": field.name, "Type": field.dataType.simpleString()} for field in chosen.schema.fields]
    return {"columns": columns, "rows": written.rows}


def permitted_cells(frame: Any, part: Permitted) -> Any:
    """Keep the permitted rows and columns; a cell whose own filters are not met is null."""
    from pyspark.sql import functions as F

    named = {field.name.lower(): field for field in frame.schema.fields}
    filters = [condition(each, named) for each in part.filters]
    needed = {rows for _, rows in part.columns}
    kept = (
        frame if None in needed else frame.filter(_any(filters, {i for rows in needed for i in rows or ()}))
    )
    cells = []
    for name, rows in part.columns:
        field = named[name.lower()]
        cell = F.col(_quoted(field.name))
        if rows is not None and len(needed) > 1:
            cell = F.when(_any(filters, set(rows)), cell)
        cells.append(cell.alias(field.name))
    return kept.select(*cells)


def _any(filters: list[Any], wanted: set[int]) -> Any:
    return reduce(lambda left, right: left | right, (filters[index] for index in sorted(wanted)))


def condition(tree: dict[str, Any], named: dict[str, Any]) -> Any:
    """Turn a filter's tree into the engine's expression: columns and literals, never text of a statement."""
    from pyspark.sql import functions as F

    test = tree["test"]
    if test == "all":
        return F.lit(True)
    if test == "not":
        return ~condition(tree["of"][0], named)
    if test in ("and", "or"):
        operands = [condition(operand, named) for operand in tree["of"]]
        return reduce(lambda left, right: left & right if test == "and" else left | right, operands)
    field = named[tree["column"]]
    column = F.col(_quoted(field.name))
    literals = [F.lit(text).cast(field.dataType) for text in tree["literals"]]
    match test:
        case "null":
            return column.isNull()
        case "in":
            return column.isin(*literals)
        case "between":
            return column.between(*literals)
        case "like":
            return column.like(tree["literals"][0])
    compare = {"=": "__eq__", "<>": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
    return getattr(column, compare[test])(literals[0])


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
